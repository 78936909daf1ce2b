"""How many items, findings and entries stand with each unit, and how did its rates of a year come out?"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from projections.due import over
from projections.kpis import PARTS, Mark, concerns

Slots = dict[Any, int]
"""How many were counted, by what of it."""
TOTALS = ("items", "open", "late", "resolved", "closed")


class Board(ABC):
    """Sums by kind and name; rates are of the days from `start` to `today`, both included."""

    start: str
    today: str

    @abstractmethod
    def names(self, kind: str) -> Collection[str]:
        """Units, months or whatever else anything of a kind is counted of."""

    @abstractmethod
    def slots(self, kind: str, name: str) -> Slots:
        """The sums of one of these. Not to be changed."""

    @abstractmethod
    def year(self, unit: str) -> Slots:
        """How its rates of these days came out: by rate, and whether it is good."""

    def totals(self, members: Collection[str] | None = None) -> dict[str, int]:
        """Items of these units, or of all: open, late (of the open ones), resolved, closed; and what is found."""
        told = dict.fromkeys(TOTALS, 0) | self._over("unit", members)
        return {**told, "findings": sum(self._over("findings", members).values())}

    def open(self, unit: str) -> tuple[int, int]:
        """Open items of one unit itself, and how many of them are late."""
        slots = self.slots("unit", unit)
        return slots.get("open", 0), slots.get("late", 0)

    def findings(self, members: Collection[str] | None = None) -> Slots:
        """Findings that stand against these units, or all, by rule."""
        return self._over("findings", members)

    def findings_by_unit(self) -> Slots:
        """Findings that stand, by unit."""
        return {unit: sum(slots.values()) for unit, slots in self.each("findings").items()}

    def entries(self, members: Collection[str]) -> tuple[Slots, Slots]:
        """Entries of these units by ledger and state; those past their day and not ended, by ledger."""
        overdue: Slots = {}
        for (ledger, due_on), number in self._over("owing", members).items():
            if over(due_on, self.today):
                overdue[ledger] = overdue.get(ledger, 0) + number
        return self._over("ledger", members), overdue

    def coming(self, *ends: str) -> list[int]:
        """How many limits are missed or ended before today, and how many others end by each of these days."""
        days = self.slots("ends", "")
        late = sum(number for day, number in days.items() if day == "missed" or over(day, self.today))
        return [late, *(sum(n for day, n in days.items() if self.today <= day <= end) for end in ends)]

    def ending(self, members: Collection[str] | None, wanted: int) -> tuple[set[str], str, int]:
        """Which of these units, or of all, have a limit that ends between today and the day by which enough do; that
        day, and how many do.
        """
        sums = {unit: self.slots("ends", unit) for unit in (self.names("ends") if members is None else members) if unit}
        days: dict[str, set[str]] = {}
        for unit, slots in sums.items():
            for day in slots:
                if day >= self.today:
                    days.setdefault(day, set()).add(unit)
        units, last, found = set[str](), self.today, 0
        for day in sorted(days):
            if found >= wanted:
                break
            units, last, found = units | days[day], day, found + sum(sums[unit][day] for unit in days[day])
        return units, last, found

    def each(self, kind: str) -> dict[str, Slots]:
        """All sums of one kind: `county`, `category`, `month`."""
        return {name: slots for name in self.names(kind) if (slots := self.slots(kind, name))}

    def rates(self, members: Collection[str], bureaus: Collection[str]) -> dict[str, dict[str, Any]]:
        """Numerator, denominator and rate of each rate of the year, over these units."""
        good, all_ = dict.fromkeys(PARTS, 0), dict.fromkeys(PARTS, 0)
        for unit in members:
            for (rate, fine), number in self.year(unit).items():
                if concerns(rate, unit in bureaus):
                    all_[rate] += number
                    good[rate] += number * fine
        return {
            name: {"numerator": good[name], "denominator": all_[name],
                   "rate": round(good[name] / all_[name], 4) if all_[name] else None}
            for name in PARTS
        }  # fmt: skip

    def marks(self, units: Iterable[str], start: str, end: str) -> Iterator[tuple[Mark, int]]:
        """Where items of these units count in rates from one day to another, both included, and how many alike."""
        for unit in units:
            for (day, rate, outcome, until), number in self.slots("rate", unit).items():
                if start <= day <= end:
                    yield Mark(rate, unit, day, outcome, until), number

    def _over(self, kind: str, members: Collection[str] | None) -> Slots:
        told: Slots = {}
        for unit in self.names(kind) if members is None else members:
            for slot, number in self.slots(kind, unit).items():
                told[slot] = told.get(slot, 0) + number
        return told
