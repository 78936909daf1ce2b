"""Quarters, half years, months, half months, ISO weeks, days: named as the contract writes them (section 5).

`2020Q4`, `2020H2`, `2020-08`, `2020-08a` (1–15) and `2020-08b`, `2020-W33`, `2020-10-01`. Local days of Asia/Shanghai.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

Cadence = Literal["half_year", "quarter", "month", "half_month", "week", "day"]


class Period(NamedTuple):
    """A stretch of days with a name; both ends are in it."""

    name: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day <= self.last


def _months(name: str, year: int, first: int, last: int) -> Period:
    return Period(name, date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def _half_year(day: date) -> Period:
    half = (day.month + 5) // 6
    return _months(f"{day.year}H{half}", day.year, 6 * half - 5, 6 * half)


def _quarter(day: date) -> Period:
    quarter = (day.month + 2) // 3
    return _months(f"{day.year}Q{quarter}", day.year, 3 * quarter - 2, 3 * quarter)


def _month(day: date) -> Period:
    return _months(f"{day:%Y-%m}", day.year, day.month, day.month)


def _half_month(day: date) -> Period:
    if day.day <= 15:
        return Period(f"{day:%Y-%m}a", day.replace(day=1), day.replace(day=15))
    return Period(f"{day:%Y-%m}b", day.replace(day=16), _month(day).last)


def _week(day: date) -> Period:
    year, week, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    return Period(f"{year}-W{week:02}", monday, monday + timedelta(days=6))


def _day(day: date) -> Period:
    return Period(day.isoformat(), day, day)


_CONTAINING: dict[str, Callable[[date], Period]] = {
    "half_year": _half_year, "quarter": _quarter, "month": _month, "half_month": _half_month, "week": _week,
    "day": _day,
}  # fmt: skip


@lru_cache(maxsize=4096)
def containing(every: Cadence, day: date) -> Period:
    """The period of this cadence that the day lies in."""
    return _CONTAINING[every](day)


_HALF_YEAR = re.compile(r"([12]\d{3})H([12])")


def half_year(name: str) -> Period | None:
    """The half year of this name, `2020H1`; None where the name is none."""
    said = _HALF_YEAR.fullmatch(name)
    return _half_year(date(int(said[1]), 6 * int(said[2]), 1)) if said else None
