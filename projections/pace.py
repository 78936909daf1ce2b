"""How long do acceptance and answer take on average (平均受理周期, 平均答复周期)? Days over items, exactly.

Both run from registration to the first day on which the item was accepted (or refused), and to the day of its answer;
an item counts in the period of that day. What was not done yet has no length: the rates beside tell what is overdue.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from domain.calendar import Calendar
from projections.cases import CaseRow
from projections.kpis import Asked, countable


class _Lasted:
    """Days that items took, in calendar days and in working days."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.count = self.days = self.workdays = 0

    def add(self, first: str, last: str, calendar: Calendar, times: int = 1) -> None:
        """So many items that took from one day to another."""
        begun, done = date.fromisoformat(first), date.fromisoformat(last)
        self.count += times
        self.days += (done - begun).days * times
        self.workdays += calendar.workdays(begun, done) * times

    def told(self) -> dict[str, Any]:
        """Numerators in days over a denominator in items; the means are None over none."""
        count = self.count
        return {
            **({"items": sorted(self.items)} if self.items or not count else {}),
            **{unit: {"numerator": days, "denominator": count, "mean": round(days / count, 2) if count else None}
               for unit, days in (("calendar", self.days), ("working", self.workdays))},
        }  # fmt: skip


def pace(rows: Iterable[CaseRow], asked: Asked, calendar: Calendar) -> dict[str, Any]:
    """The two averages over the items that the units have."""
    lasted = {"acceptance": _Lasted(), "answer": _Lasted()}
    for row in rows:
        if countable(row) and asked.has(row):
            for name, until in (("acceptance", row.accepted_on), ("answer", row.answered_on)):
                if until is not None and asked.within(until):
                    lasted[name].items.append(row.no)
                    lasted[name].add(row.registered_on, until, calendar)
    return {name: each.told() for name, each in lasted.items()}


def paces(lasting: Mapping[str, Iterable[tuple[str, str, int]]], calendar: Calendar) -> dict[str, Any]:
    """The same without the items: of first and last days, and how many items took from the one to the other."""
    told = {}
    for name, rows in lasting.items():
        lasted = _Lasted()
        for first, last, times in rows:
            lasted.add(first, last, calendar, times)
        told[name] = {unit: mean for unit, mean in lasted.told().items() if unit != "items"}
    return told


NOT_COMPUTED = [
    {"name": "first_contact_rate", "zh": "初次信访办理联系率：记录中没有联系信访人的事实，不予计算。",
     "en": "Contact during first handling: no fact says that a petitioner was contacted."},
    {"name": "publicity_rate", "zh": "公开回复率：记录中没有公开答复的事实，不予计算。",
     "en": "Answers made public: no fact says that an answer was."},
]  # fmt: skip
"""Rates of provincial appraisals (domain.md 1.10) that need facts which nobody reports."""
