"""Sums over rows, and over what a reader sees of them.

A row is counted in a few cells, and one that changed leaves the cells that it was counted in before it is counted
again: the sums are always those of the rows as they are, and the same row twice changes nothing.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from types import MappingProxyType
from typing import Any

from projections.board import Board, Slots
from projections.cells import Cell
from projections.kpis import OUTCOMES

Summed = tuple[str, str, str | tuple[str, ...], int]
"""A cell, and how often something was counted in it."""
NONE: Slots = MappingProxyType({})  # type: ignore[assignment]
"""No sums."""
RATED = tuple[str, str, str, str]


class Cells:
    """Numbers of cells, by which they are kept."""

    def __init__(self, one: AbstractContextManager[Any] | None = None) -> None:
        """`one` is held while a cell gets its number, where several threads count."""
        self.every: list[Cell] = []
        self._numbers: dict[Cell, int] = {}
        self._one = one or nullcontext()

    def number(self, cell: Cell) -> int:
        number = self._numbers.get(cell)
        return self._new(cell) if number is None else number

    def _new(self, cell: Cell) -> int:
        with self._one:
            if cell not in self._numbers:
                self.every.append(cell)
                self._numbers[cell] = len(self.every) - 1
            return self._numbers[cell]

    def told(self, cells: Iterable[Cell]) -> bytes:
        """Their numbers, as they are kept of a row."""
        return array("I", map(self.number, cells)).tobytes()

    def of(self, told: bytes) -> list[Cell]:
        return [self.every[number] for number in array("I", told)]


class Tally(Board):
    """The sums over all rows that were put in, and the rates of the days from `start` to `today`, both included."""

    def __init__(self, start: str, today: str, cells: Cells | None = None) -> None:
        """With the cells of another tally its rows are told by the same numbers."""
        self.rows: dict[str, dict[str, bytes]] = defaultdict(dict)
        """What each row is counted in, by table and key: the numbers of its cells."""
        self.cells = cells or Cells()
        self._sums: dict[str, dict[str, Slots]] = defaultdict(lambda: defaultdict(dict))
        self.turn(start, today)

    def turn(self, start: str, today: str) -> None:
        """Another day: the rates are of other days from now on."""
        self.start, self.today = start, today
        self._year: dict[str, Slots] = {}
        for unit, slots in self._sums["rate"].items():
            self._year[unit] = in_year(slots, start, today)

    def put(self, table: str, key: str, cells: Iterable[Cell]) -> bool:
        """Counts a row as it is now, in place of how it was counted before; whether that was otherwise. A row that is
        gone has no cells.
        """
        new, former = self.cells.told(cells), self.rows[table].get(key, b"")
        if new == former:
            return False
        for cell in self.cells.of(former):
            self._count(cell, -1)
        for cell in self.cells.of(new):
            self._count(cell, 1)
        self.rows[table][key] = new
        return True

    def fill(self, table: str, rows: Mapping[str, bytes]) -> None:
        """Counts rows that were not counted before, by the numbers of their cells."""
        self.rows[table].update(rows)
        for number, times in Counter(array("I", b"".join(rows.values()))).items():
            self._count(self.cells.every[number], times)

    def counted(self) -> list[Summed]:
        """Every cell in the order of its number, to begin with another time."""
        sums = self._sums
        return [(kind, name, slot, sums[kind][name].get(slot, 0)) for kind, name, slot in self.cells.every]

    def begin(self, counted: Iterable[Summed]) -> None:
        """Goes on from sums that were counted another time. A row must be among `rows` before it is put again."""
        for kind, name, slot, times in counted:
            self.cells.number(cell := (kind, name, slot))
            if times:
                self._count(cell, times)

    def load(self, sums: Iterable[tuple[str, str, Slots]], moves: Mapping[Cell, int]) -> None:
        """Sums that were counted before, each of a kind and a name, and what moved since."""
        for kind, name, slots in sums:
            self._sums[kind][name].update(slots)
        self.turn(self.start, self.today)
        for cell, times in moves.items():
            self._count(cell, times)

    def _count(self, cell: Cell, times: int) -> None:
        kind, name, slot = cell
        _add(self._sums[kind][name], slot, times)
        if kind == "rate":
            for short in _within(slot, self.start, self.today):
                _add(self._year.setdefault(name, {}), short, times)

    # as a board

    def names(self, kind: str) -> Collection[str]:
        return self._sums[kind].keys()

    def slots(self, kind: str, name: str) -> Slots:
        return self._sums[kind].get(name, NONE)

    def year(self, unit: str) -> Slots:
        return self._year.get(unit, NONE)

    # held against another

    def unlike(self, other: "Tally") -> tuple[list[Cell], list[tuple[str, str]]]:
        """Cells that hold another number in the other tally, and rows that are counted in others there."""
        mine, theirs = ({each[:3]: each[3] for each in tally.counted() if each[3]} for tally in (self, other))
        cells = [cell for cell in dict.fromkeys((*mine, *theirs)) if mine.get(cell, 0) != theirs.get(cell, 0)]
        keys = {(table, key) for tally in (self, other) for table, rows in tally.rows.items() for key in rows}
        return cells, sorted(row for row in keys if not self._alike(other, row))

    def _alike(self, other: "Tally", row: tuple[str, str]) -> bool:
        """Of several limits of an item it does not matter which comes first."""
        one, two = (each.cells.of(each.rows[row[0]].get(row[1], b"")) for each in (self, other))
        return one == two or Counter(one) == Counter(two)

    def counting(self, cells: Collection[Cell]) -> dict[Cell, list[tuple[str, str]]]:
        """The rows, by table and key, that are counted in these cells."""
        found: dict[Cell, list[tuple[str, str]]] = {cell: [] for cell in cells}
        for table, rows in self.rows.items() if cells else ():
            for key, told in rows.items():
                for cell in found.keys() & self.cells.of(told):
                    found[cell].append((table, key))
        return found


def in_year(slots: Slots, start: str, today: str) -> Slots:
    """Rates of these days: by rate, and whether it is good."""
    year: Slots = {}
    for slot, times in slots.items():
        for short in _within(slot, start, today):
            _add(year, short, times)
    return year


def _within(slot: RATED, start: str, today: str) -> list[tuple[str, bool]]:
    """A rating that may still be given counts no earlier than the day after its last."""
    day, rate, outcome, _ = slot
    return (
        [(rate, OUTCOMES[outcome][0])] if start <= day <= today and not (outcome == "unrated" and day == today) else []
    )


def _add(slots: Slots, slot: object, times: int) -> None:
    number = slots.get(slot, 0) + times
    if number:
        slots[slot] = number
    else:
        del slots[slot]
