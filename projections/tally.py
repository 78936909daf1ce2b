"""How many items, findings and entries stand with each unit, and how did its rates of a year come out?

Counted from rows: each row is counted in a few cells, and a row that changed leaves the cells that it was counted in
before it is counted again: the sums are always those of the rows as they are, and the same row twice changes nothing.
Whoever may not see some rows is told the sums without the cells of these.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.rules.law import Law
from projections.cases import CaseRow
from projections.due import over
from projections.kpis import OUTCOMES, PARTS, concerns, marks

Cell = tuple[str, str, Any]
"""(what is counted, of whom or when, what of it)."""
Summed = tuple[str, str, str | tuple[str | bool, ...], int]
"""A cell, and how often something was counted in it."""
Slots = dict[Any, int]
TOTALS = ("items", "open", "late", "resolved", "closed")
WATCHED = ("supervision", "sponsorship", "dispute")
"""The ledgers whose entries a scoreboard counts."""


class FoundRow(NamedTuple):
    """What is counted of a finding's row."""

    id: str
    rule: str
    unit: str
    since: str
    cleared_at: int


class EnteredRow(NamedTuple):
    """What is counted of a ledger's row."""

    subject: str
    ledger: str
    name: str
    state: str
    unit: str | None
    due_on: str | None
    ended_on: str | None


class LimitRow(NamedTuple):
    """What is counted of a limit that runs."""

    owed_by: str
    due_on: str
    missed: int


def of_item(row: CaseRow, law: Callable[[date], Law], *, repeated: bool) -> Iterator[Cell]:
    """The cells that an item is counted in."""
    unit, county = row.unit, row.place[:6]
    yield ("unit", unit, "items")
    yield ("county", county, "registered")
    if not row.over:
        yield ("unit", unit, "open")
        yield ("county", county, "open")
        if row.late:
            yield ("unit", unit, "late")
            yield ("county", county, "late")
    if row.resolved:
        yield ("unit", unit, "resolved")
    if row.closed_on is not None:
        yield ("unit", unit, "closed")
        yield ("month", row.closed_on[:7], "closed")
    yield ("category", row.category, "items")
    yield ("month", row.registered_on[:7], "registered")
    for mark in marks(row, law, repeated=repeated):
        outcome = mark.outcome if mark.outcome == "unrated" else OUTCOMES[mark.outcome][0]
        yield ("rate", mark.unit, (mark.day, mark.rate, outcome))


def of_finding(row: FoundRow) -> Iterator[Cell]:
    """The cells of a finding that stands."""
    if not row.cleared_at:
        yield ("findings", row.unit, row.rule)
        yield ("month", row.since[:7], "findings")


def of_entry(row: EnteredRow) -> Iterator[Cell]:
    """The cells of a ledger's entry."""
    if row.unit is not None:
        yield ("ledger", row.unit, (row.ledger, row.state))
        if row.due_on is not None and row.ended_on is None:
            yield ("owing", row.unit, (row.ledger, row.due_on))


def of_limit(row: LimitRow) -> Iterator[Cell]:
    """The cells of a limit."""
    if row.missed:
        yield ("ends", "", "missed")
    else:
        yield ("ends", row.owed_by, row.due_on)
        yield ("ends", "", row.due_on)


class Tally:
    """The sums over all rows that were put in, and the rates of the days from `start` to `today`, both included."""

    def __init__(self, start: str, today: str) -> None:
        self.rows: dict[str, dict[str, bytes]] = defaultdict(dict)
        """What each row is counted in, by table and key: the numbers of its cells."""
        self.changed: set[tuple[str, str]] = set()
        """Rows that were counted otherwise since somebody last took note."""
        self._cells: list[Cell] = []
        self._numbers: dict[Cell, int] = {}
        self._sums: dict[str, dict[str, Slots]] = defaultdict(lambda: defaultdict(dict))
        self.turn(start, today)

    def turn(self, start: str, today: str) -> None:
        """Another day: the rates are of other days from now on."""
        self.start, self.today = start, today
        self._year: dict[str, Slots] = defaultdict(dict)
        for unit, slots in self._sums["rate"].items():
            self._count_rates(unit, slots.items())

    def put(self, table: str, key: str, cells: Iterable[Cell]) -> None:
        """Counts a row as it is now, in place of how it was counted before. A row that is gone has no cells."""
        new, former = array("I", map(self._number, cells)).tobytes(), self.rows[table].get(key, b"")
        if new != former:
            for number in array("I", former):
                self._count(self._cells[number], -1)
            for number in array("I", new):
                self._count(self._cells[number], 1)
            self.rows[table][key] = new
            self.changed.add((table, key))

    def _number(self, cell: Cell) -> int:
        number = self._numbers.get(cell)
        if number is None:
            number = self._numbers[cell] = len(self._cells)
            self._cells.append(cell)
        return number

    def counted(self) -> list[Summed]:
        """Every cell in the order of its number, to begin with another time."""
        sums = self._sums
        return [(kind, name, slot, sums[kind][name].get(slot, 0)) for kind, name, slot in self._cells]

    def begin(self, counted: Iterable[Summed]) -> None:
        """Goes on from sums that were counted another time. A row must be among `rows` before it is put again."""
        for kind, name, slot, times in counted:
            self._number(cell := (kind, name, slot))
            if times:
                self._count(cell, times)

    def unlike(self, other: "Tally") -> tuple[list[Cell], list[tuple[str, str]]]:
        """Cells that hold another number in the other tally, and rows that are counted in others there."""
        mine, theirs = ({each[:3]: each[3] for each in tally.counted() if each[3]} for tally in (self, other))
        cells = [cell for cell in dict.fromkeys((*mine, *theirs)) if mine.get(cell, 0) != theirs.get(cell, 0)]
        keys = {(table, key) for tally in (self, other) for table, rows in tally.rows.items() for key in rows}
        return cells, sorted(row for row in keys if not self._alike(other, row))

    def _alike(self, other: "Tally", row: tuple[str, str]) -> bool:
        """Of several limits of an item it does not matter which comes first."""
        one, two = (each._of(row) for each in (self, other))  # noqa: SLF001 -- of the same kind
        return one == two or Counter(one) == Counter(two)

    def _of(self, row: tuple[str, str]) -> list[Cell]:
        return [self._cells[number] for number in array("I", self.rows[row[0]].get(row[1], b""))]

    def counting(self, cells: Collection[Cell]) -> dict[Cell, list[tuple[str, str]]]:
        """The rows, by table and key, that are counted in these cells."""
        found: dict[Cell, list[tuple[str, str]]] = {cell: [] for cell in cells}
        wanted = {self._numbers[cell] for cell in cells if cell in self._numbers}
        for table, rows in self.rows.items() if wanted else ():
            for key, told in rows.items():
                for number in wanted.intersection(array("I", told)):
                    found[self._cells[number]].append((table, key))
        return found

    def _count(self, cell: Cell, times: int) -> None:
        kind, name, slot = cell
        _add(self._sums[kind][name], slot, times)
        if kind == "rate":
            self._count_rates(name, [(slot, times)])

    def _count_rates(self, unit: str, slots: Iterable[tuple[tuple[str, str, bool | str], int]]) -> None:
        """A rating that may still be given counts no earlier than the day after its last."""
        year, start, today = self._year[unit], self.start, self.today
        for (day, rate, outcome), times in slots:
            if start <= day <= today and not (outcome == "unrated" and day == today):
                _add(year, (rate, outcome is True), times)

    def load(self, sums: Iterable[tuple[str, str, Slots]], moves: Mapping[Cell, int]) -> None:
        """Sums that were counted before, each of a kind and a name, and what moved since."""
        for kind, name, slots in sums:
            self._sums[kind][name].update(slots)
            if kind == "rate":
                self._count_rates(name, slots.items())
        for cell, times in moves.items():
            self._count(cell, times)

    # what is asked

    def totals(self, members: Collection[str] | None = None) -> dict[str, int]:
        """Items of these units, or of all: open, late (of the open ones), resolved, closed; and what is found."""
        told = dict.fromkeys(TOTALS, 0) | self._over("unit", members)
        return {**told, "findings": sum(self._over("findings", members).values())}

    def open(self, unit: str) -> tuple[int, int]:
        """Open items of one unit itself, and how many of them are late."""
        slots = self._sums["unit"].get(unit, {})
        return slots.get("open", 0), slots.get("late", 0)

    def findings(self, members: Collection[str] | None = None) -> Slots:
        """Findings that stand against these units, or all, by rule."""
        return self._over("findings", members)

    def findings_by_unit(self) -> Slots:
        """Findings that stand, by unit."""
        return {unit: sum(slots.values()) for unit, slots in self._sums["findings"].items() if slots}

    def entries(self, members: Collection[str]) -> tuple[Slots, Slots]:
        """Entries of these units by ledger and state; those past their day and not ended, by ledger."""
        overdue: Slots = {}
        for (ledger, due_on), number in self._over("owing", members).items():
            if over(due_on, self.today):
                _add(overdue, ledger, number)
        return self._over("ledger", members), overdue

    def coming(self, *ends: str) -> list[int]:
        """How many limits are missed or ended before today, and how many others end by each of these days."""
        days = self._sums["ends"].get("", {})
        late = sum(number for day, number in days.items() if day == "missed" or over(day, self.today))
        return [late, *(sum(n for day, n in days.items() if self.today <= day <= end) for end in ends)]

    def ending(self, members: Collection[str] | None, wanted: int) -> tuple[set[str], str]:
        """Which of these units, or of all, have a limit that ends between today and the day by which enough do."""
        sums, days = self._sums["ends"], dict[str, set[str]]()
        among = [unit for unit in (sums if members is None else members) if unit and unit in sums]
        for unit in among:
            for day in sums[unit]:
                if day >= self.today:
                    days.setdefault(day, set()).add(unit)
        units, last, found = set[str](), self.today, 0
        for day in sorted(days):
            if found >= wanted:
                break
            units, last, found = units | days[day], day, found + sum(sums[unit][day] for unit in days[day])
        return units, last

    def each(self, kind: str) -> dict[str, Slots]:
        """All sums of one kind: `county`, `category`, `month`."""
        return {name: slots for name, slots in self._sums[kind].items() if slots}

    def rates(self, members: Collection[str], bureaus: Collection[str]) -> dict[str, dict[str, Any]]:
        """Numerator, denominator and rate of each rate of the year, over these units."""
        good, all_ = dict.fromkeys(PARTS, 0), dict.fromkeys(PARTS, 0)
        for unit in members:
            for (rate, fine), number in self._year.get(unit, {}).items():
                if concerns(rate, unit in bureaus):
                    all_[rate] += number
                    good[rate] += number * fine
        return {
            name: {"numerator": good[name], "denominator": all_[name],
                   "rate": round(good[name] / all_[name], 4) if all_[name] else None}
            for name in PARTS
        }  # fmt: skip

    def _over(self, kind: str, members: Collection[str] | None) -> Slots:
        told: Slots = {}
        sums = self._sums[kind]
        for unit in sums if members is None else members:
            for slot, number in sums.get(unit, {}).items():
                told[slot] = told.get(slot, 0) + number
        return told


def _add(slots: Slots, slot: Any, times: int) -> None:
    number = slots.get(slot, 0) + times
    if number:
        slots[slot] = number
    else:
        del slots[slot]
