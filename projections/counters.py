"""How many items were registered, for the first time or again, above their level, by crowds; where did they go up to?

Counted from rows, never kept by adding one. A registration counts in the period of its day, and each going up
(`raised_above`) in the period of its own. Whoever keeps the rows adds up those that are alike; here they become keys.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from domain.periods import Cadence, containing
from domain.unit.state import Units

PERIODS: dict[str, Cadence] = {"month": "month", "quarter": "quarter", "half_year": "half_year"}


class By(NamedTuple):
    """Where a key comes from: a column of the item, and what its value means. None as column: the day it happened."""

    column: str | None
    key: Callable[[str, Units], str] = lambda value, units: value


def _level(unit: str, units: Units) -> str:
    known = units.get(unit)
    return known.level if known else ""


def _period(cadence: Cadence) -> By:
    return By(None, lambda day, units: containing(cadence, date.fromisoformat(day)).name)


BY = {
    "unit": By("registered_by"),
    "level": By("registered_by", _level),
    "responsible": By("responsible"),
    "place": By("place"),
    "county": By("place", lambda place, units: place[:6]),
    "township": By("place", lambda place, units: place[:9]),
    "village": By("place", lambda place, units: place[:12]),
    "category": By("category"),
    "channel": By("channel"),
    "purpose": By("purpose"),
    **{name: _period(cadence) for name, cadence in PERIODS.items()},
}
"""`level` is that of the registering unit; `responsible` the unit first to handle an item, else the one that has it. A
place above the level asked for stands as it is: every item is counted.
"""
KEYS = (*BY,)


class Registered(NamedTuple):
    """What is counted of items that are alike."""

    value: str
    registrations: int
    first_time: int
    repeat: int
    skip_level: int
    collective: int


class GoneUp(NamedTuple):
    """What is counted of goings up that are alike.

    `beyond`: above the proper level, which the matter counts as skip-level too (contract section 5).
    """

    value: str
    to_city: int
    to_province: int
    to_nation: int
    beyond: int
    collective_above: int
    irregular: int


COUNTED = (*Registered._fields[1:], *GoneUp._fields[1:])


def counters(rows: Iterable[Registered | GoneUp], by: str, units: Units) -> list[dict[str, Any]]:
    """One row a key, in the order of the keys."""
    totals: dict[str, dict[str, int]] = {}
    for row in rows:
        total = totals.setdefault(BY[by].key(row.value, units), dict.fromkeys(COUNTED, 0))
        for name, number in _counts(row):
            total[name] += number
    return [{"key": key, **totals[key]} for key in sorted(totals)]


def _counts(row: Registered | GoneUp) -> Iterator[tuple[str, int]]:
    return zip(row._fields[1:], row[1:], strict=True)
