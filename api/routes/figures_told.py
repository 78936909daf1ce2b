"""Shapes and examples of rates, counters and the overview."""

from typing import Any, NotRequired, TypedDict

from api.routes.told import NO, TOLD, Told


class Part(TypedDict):
    """A part of the denominator that appraisals ask for."""

    count: int
    items: NotRequired[list[str]]


class Rate(TypedDict):
    """One rate; null where the denominator is 0."""

    numerator: int
    denominator: int
    rate: float | None


class Kpi(Rate):
    """One rate with the items behind it."""

    numerator_items: NotRequired[list[str]]
    denominator_items: NotRequired[list[str]]
    parts: NotRequired[dict[str, Part]]


class Average(TypedDict):
    """Days over items, exactly; mean is null over none."""

    numerator: int
    denominator: int
    mean: float | None


class Pace(TypedDict):
    """How long something took since registration."""

    items: NotRequired[list[str]]
    calendar: Average
    working: Average


class Kpis(Told):
    """The rates of a unit with its subordinates over a period, its averages, and what no fact tells."""

    formula_version: str
    kpis: dict[str, Kpi]
    averages: dict[str, Pace]
    not_computed: list[dict[str, str]]


class RateItems(Told):
    """Item numbers behind one side of a rate; ask again with cursor = next for more."""

    unit: str
    rate: str
    side: str
    items: list[str]
    next: str | None


class Counters(Told):
    """Counts by one dimension."""

    by: str
    rows: list[dict[str, Any]]


class Overview(Told):
    """The city on one page."""

    totals: dict[str, int]
    months: list[dict[str, Any]]
    counties: list[dict[str, Any]]
    due: list[dict[str, Any]]
    kpi_period: dict[str, str | None]
    kpis: dict[str, Rate]


KPIS = {
    **TOLD,
    "formula_version": "1",
    "kpis": {
        "on_time_answer": {
            "numerator": 1,
            "denominator": 2,
            "rate": 0.5,
            "numerator_items": ["430408-2020-000001"],
            "denominator_items": ["430408-2020-000001", NO],
            "parts": {
                "on_time": {"count": 1, "items": ["430408-2020-000001"]},
                "late": {"count": 1, "items": [NO]},
                "not_due_open": {"count": 0, "items": []},
                "overdue_open": {"count": 0, "items": []},
            },
        }
    },
    "averages": {
        "answer": {
            "items": ["430408-2020-000001", NO],
            "calendar": {"numerator": 124, "denominator": 2, "mean": 62.0},
            "working": {"numerator": 85, "denominator": 2, "mean": 42.5},
        }
    },
    "not_computed": [{"name": "publicity_rate", "zh": "公开回复率：没有事实", "en": "No fact says so"}],
}
RATE_ITEMS = {
    **TOLD, "unit": "unit:430408-zjj", "from": "2020-01-01", "to": "2020-06-30", "rate": "on_time_answer",
    "side": "late", "items": [NO], "next": None,
}  # fmt: skip
COUNTERS = {
    **TOLD,
    "by": "channel",
    "rows": [
        {
            "key": "visit",
            "name": "来访",
            "registrations": 2,
            "first_time": 1,
            "repeat": 1,
            "skip_level": 0,
            "collective": 0,
            "to_city": 1,
            "to_province": 0,
            "to_nation": 0,
            "beyond": 0,
            "collective_above": 0,
            "irregular": 0,
        }
    ],
}
OVERVIEW = {
    **TOLD,
    "totals": {"items": 2, "open": 1, "late": 1, "findings": 1, "resolved": 1},
    "months": [{"month": "2020-04", "registered": 2, "closed": 1, "findings": 1}],
    "categories": [],
    "counties": [],
    "rules": [],
    "units": [],
    "due": [],
    "kpi_period": {"unit": "unit:430400-gov", "from": "2019-06-01", "to": "2020-06-30"},
    "kpis": {"on_time_answer": {"numerator": 1, "denominator": 2, "rate": 0.5}},
}
