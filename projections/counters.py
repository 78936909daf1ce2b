"""How many items were registered, for the first time or again, above their level, by crowds; where did they go up to?

Counted from rows, never kept by adding one. A registration counts in the period of its day, and each going up
(`raised_above`) in the period of its own.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from domain.periods import Cadence, containing
from domain.unit.state import Units
from projections.cases import CaseRow, RaisedRow

PERIODS: dict[str, Cadence] = {"month": "month", "quarter": "quarter", "half_year": "half_year"}
BY_ITEM: dict[str, Callable[[CaseRow, Units], str]] = {
    "unit": lambda row, units: row.registered_by,
    "level": lambda row, units: unit.level if (unit := units.get(row.registered_by)) else "",
    "responsible": lambda row, units: row.first_unit or row.unit,
    "place": lambda row, units: row.place,
    "county": lambda row, units: row.place[:6],
    "township": lambda row, units: row.place[:9],
    "village": lambda row, units: row.place[:12],
    "category": lambda row, units: row.category,
    "channel": lambda row, units: row.channel,
    "purpose": lambda row, units: row.purpose,
}
"""`level` is that of the registering unit. A place above the level asked for stands as it is: every item is counted."""
KEYS = (*BY_ITEM, *PERIODS)
REGISTERED: dict[str, Callable[[CaseRow], int]] = {
    "registrations": lambda row: 1,
    "first_time": lambda row: int(row.first is None),
    "repeat": lambda row: int(row.first is not None),
    "skip_level": lambda row: row.skip_level,
    "collective": lambda row: row.collective,
}
RAISED: dict[str, Callable[[RaisedRow], int]] = {
    "to_city": lambda row: int(row.level == "city"),
    "to_province": lambda row: int(row.level == "province"),
    "to_nation": lambda row: int(row.level == "national"),
    "beyond": lambda row: row.beyond,
    "collective_above": lambda row: int(row.kind == "collective"),
    "irregular": lambda row: int(row.kind == "irregular"),
}
"""`beyond`: above the proper level, which the matter counts as skip-level too (contract section 5)."""


def counters(
    registered: Iterable[CaseRow], raised: Iterable[tuple[CaseRow, RaisedRow]], by: str, units: Units
) -> list[dict[str, Any]]:
    """One row a key, in the order of the keys."""
    totals: dict[str, dict[str, int]] = {}
    for row in registered:
        _add(totals, _key(by, row, row.registered_on, units), REGISTERED, row)
    for row, up in raised:
        _add(totals, _key(by, row, up.day, units), RAISED, up)
    return [{"key": key, **totals[key]} for key in sorted(totals)]


def _key(by: str, row: CaseRow, day: str, units: Units) -> str:
    return containing(PERIODS[by], date.fromisoformat(day)).name if by in PERIODS else BY_ITEM[by](row, units)


def _add(totals: dict[str, dict[str, int]], key: str, counts: dict[str, Callable[[Any], int]], row: Any) -> None:
    total = totals.get(key)
    if total is None:
        total = totals[key] = dict.fromkeys((*REGISTERED, *RAISED), 0)
    for name, count in counts.items():
        total[name] += count(row)
