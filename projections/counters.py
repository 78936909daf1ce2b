"""How many items were registered, for the first time or again, above their level, by crowds; where did they go up to?

Counted from rows, never kept by adding one.
"""

from collections.abc import Callable, Iterable
from typing import Any

from projections.cases import CaseRow

KEYS: dict[str, Callable[[CaseRow], str]] = {
    "unit": lambda row: row.registered_by,
    "responsible": lambda row: row.first_unit or row.unit,
    "place": lambda row: row.place,
    "county": lambda row: row.place[:6],
    "category": lambda row: row.category,
    "channel": lambda row: row.channel,
    "purpose": lambda row: row.purpose,
    "month": lambda row: row.registered_on[:7],
    "quarter": lambda row: f"{row.registered_on[:4]}Q{(int(row.registered_on[5:7]) + 2) // 3}",
}
COUNTS: dict[str, Callable[[CaseRow], int]] = {
    "registrations": lambda row: 1,
    "first_time": lambda row: int(row.first is None),
    "repeat": lambda row: int(row.first is not None),
    "skip_level": lambda row: row.skip_level,
    "collective": lambda row: row.collective,
    "irregular": lambda row: row.irregular,
    "to_city": lambda row: row.to_city,
    "to_province": lambda row: row.to_province,
    "to_nation": lambda row: row.to_nation,
}


def counters(rows: Iterable[CaseRow], by: str) -> list[dict[str, Any]]:
    """One row a key, in the order of the keys."""
    key_of = KEYS[by]
    totals: dict[str, dict[str, int]] = {}
    for row in rows:
        total = totals.setdefault(key_of(row), dict.fromkeys(COUNTS, 0))
        for name, count in COUNTS.items():
            total[name] += count(row)
    return [{"key": key, **totals[key]} for key in sorted(totals)]
