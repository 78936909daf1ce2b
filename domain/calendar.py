"""Which days work, and how limits are counted (contract section 4; domain.md 1.1, traps 7 and 8).

The first day is not counted; day N is the last day; an act on day N is in time until midnight.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property, lru_cache

from msgspec import Struct

ONE_DAY = timedelta(days=1)


class Year(Struct, frozen=True):
    """The State Council's calendar of one year, in one version."""

    version: str
    holidays: Mapping[date, str]
    """Days off that the calendar names (weekends among them), with the holiday's name."""
    workdays: frozenset[date]
    """Saturdays and Sundays that are worked (调休)."""


class Calendar:
    """Working days of all adopted years; any other year counts weekends only and is provisional."""

    def __init__(self, years: Mapping[int, Year]) -> None:
        self.years = dict(years)
        self.roll = lru_cache(maxsize=4096)(self._roll)
        self.add_workdays = lru_cache(maxsize=65536)(self._add_workdays)

    def adopting(self, number: int, year: Year) -> "Calendar":
        """The same calendar with one year replaced."""
        return Calendar({**self.years, number: year})

    def works(self, day: date) -> bool:
        """Whether the day is worked: by its year's calendar, else Monday to Friday."""
        year = self.years.get(day.year)
        if year is not None:
            if day in year.workdays:
                return True
            if day in year.holidays:
                return False
        return day.weekday() < 5

    def why_off(self, day: date) -> str:
        """The holiday's Chinese name, or 周末; empty for a working day."""
        if self.works(day):
            return ""
        year = self.years.get(day.year)
        return (year.holidays.get(day) if year else None) or "周末"

    def provisional(self, *days: date) -> bool:
        """Whether any of the days lies in a year whose calendar is not adopted."""
        return any(day.year not in self.years for day in days)

    def version(self, *days: date) -> str:
        """What names the calendars that the days were counted by: `2020/1`, or `2027/provisional`."""
        numbers = sorted({day.year for day in days})
        return "+".join(f"{n}/{self.years[n].version if n in self.years else 'provisional'}" for n in numbers)

    def _roll(self, day: date) -> date:
        """The day itself, or the next working day where it is none."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def _add_workdays(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`."""
        day = start
        while count:
            day += ONE_DAY
            count -= self.works(day)
        return day

    def workdays(self, after: date, until: date) -> int:
        """How many working days lie in (after, until]; below 0 where `until` is the earlier one."""
        return self._worked_by(until) - self._worked_by(after)

    def _worked_by(self, day: date) -> int:
        """Working days from the first day of all on: Mondays to Fridays, and what the adopted years change."""
        weeks, rest = divmod(day.toordinal(), 7)  # day 1 was a Monday
        more, less = self._changed
        return 5 * weeks + min(rest, 5) + bisect_right(more, day) - bisect_right(less, day)

    @cached_property
    def _changed(self) -> tuple[list[date], list[date]]:
        """Worked Saturdays and Sundays, and other days that are off, of all adopted years."""
        worked = {day for year in self.years.values() for day in year.workdays}
        off = {day for year in self.years.values() for day in year.holidays} - worked
        return sorted(day for day in worked if day.weekday() >= 5), sorted(day for day in off if day.weekday() < 5)

    def off_days(self, after: date, until: date) -> list[tuple[date, str]]:
        """The days off in (after, until], each with its reason."""
        span = ((after + ONE_DAY * n) for n in range(1, (until - after).days + 1))
        return [(day, reason) for day in span if (reason := self.why_off(day))]


def counting(start: date, days: int, skipped: Iterable[tuple[date, date]]) -> date:
    """The day on which `days` days after `start` have passed; spans in `skipped` (both ends included) do not count."""
    spans = tuple(skipped)
    if not spans:
        return start + timedelta(days=days)
    day = start
    while days:
        day += ONE_DAY
        days -= not any(first <= day <= last for first, last in spans)
    return day
