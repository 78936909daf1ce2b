"""What a reader sees of a tally: less the rows that he does not see, more of those that count otherwise for him.

Nearly nothing is hidden from who sees the whole city, and what he is told is what all rows come to, without a few. Of a
jurisdiction the items are counted by themselves; what belongs to one unit is the whole's, of its units.
"""

from collections.abc import Collection, Iterable

from projections.board import Board, Slots
from projections.cells import OF_UNITS, Cell
from projections.tally import Tally, in_year


class Excerpt(Board):
    """Of a tally, as that goes on. Not to be asked while the other is being counted on."""

    def __init__(self, whole: Tally, within: Collection[str] | None, start: str, today: str) -> None:
        """`within` are the units of a jurisdiction; None for the whole record."""
        self._whole, self._within = whole, within
        self.less, self.more = (Tally(start, today, whole.cells) for _ in range(2))
        self.turn(start, today)

    def turn(self, start: str, today: str) -> None:
        """Another day: his is that of the newest event that he sees."""
        self.start, self.today = start, today
        self.less.turn(start, today)
        self.more.turn(start, today)

    def put(self, table: str, key: str, cells: Iterable[Cell], whole: bytes) -> None:
        """Counts a row as he sees it, if he does; `whole` is how all rows count it now."""
        seen, told = [*cells], [cell for cell in self._whole.cells.of(whole) if self._has(*cell[:2])]
        for tally, counted in ((self.less, told), (self.more, seen)):
            if counted or key in tally.rows[table]:
                tally.put(table, key, counted if told != seen else ())

    def _has(self, kind: str, name: str) -> bool:
        """Whether such sums are the whole's, as far as not told otherwise."""
        return self._within is None or (kind in OF_UNITS and name in self._within)

    # as a board

    def names(self, kind: str) -> Collection[str]:
        whole = self._whole.names(kind) if self._within is None else self._within if kind in OF_UNITS else ()
        return {*whole, *self.more.names(kind)}

    def slots(self, kind: str, name: str) -> Slots:
        less, more = self.less.slots(kind, name), self.more.slots(kind, name)
        whole = self._whole.slots(kind, name) if self._has(kind, name) else {}
        return _sum(whole, more, less)

    def year(self, unit: str) -> Slots:
        if self._within is None and (self.start, self.today) != (self._whole.start, self._whole.today):
            return in_year(self.slots("rate", unit), self.start, self.today)
        whole = self._whole.year(unit) if self._has("rate", unit) else {}
        return _sum(whole, self.more.year(unit), self.less.year(unit))


def _sum(whole: Slots, more: Slots, less: Slots) -> Slots:
    if not less:
        if not whole:
            return more
        if not more:
            return whole
    total = {**whole}
    for slot, number in more.items():
        total[slot] = total.get(slot, 0) + number
    for slot, number in less.items():
        total[slot] = total.get(slot, 0) - number
    return {slot: number for slot, number in total.items() if number}
