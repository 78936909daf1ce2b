"""The year's round beside the items: on which day which duty, meeting, inspection and evaluation is planned."""

from datetime import date, timedelta
from typing import NamedTuple

from domain.periods import Cadence, Period, containing
from infra.city.duties import ROUNDS, perform
from infra.city.evaluations import evaluate
from infra.city.inspections import inspect
from infra.city.meetings import meet
from infra.city.places import CITY
from infra.city.rhythm import DAY, HOUR
from infra.city.thread import CLERK
from infra.city.world import Protection, World


class Season(NamedTuple):
    """A time of special protection that comes every year (特别防护期, Art 8)."""

    name: str
    month: int
    day: int
    days: int
    levels: tuple[str, ...]
    early: int = 0
    """Days by which it ends before it was to end."""


SEASONS = (
    Season("lianghui", 3, 3, 9, ("city", "county", "township")),
    Season("national-day", 9, 28, 11, ("city", "county", "township"), early=2),
    Season("summer", 6, 28, 5, ("city", "county")),
)
CADENCES: tuple[Cadence, ...] = ("half_year", "quarter", "month", "half_month", "week", "day")


class Routine:
    """Plans each day what begins on it. A period that began before the first day is planned for its rest."""

    def __init__(self, world: World, days: int) -> None:
        self.world = world
        self.seats = (CITY, *(county.code for county in world.city.counties))
        for year in range(world.founded.year, world.founded.year + days // 365 + 2):
            for season in SEASONS:
                self._protect(season, year)

    def plan(self, day: int) -> None:
        """What begins on the day, or, on the first of all days, is under way."""
        world, founding = self.world, day == self.world.first_day
        today = world.start + timedelta(days=day)
        periods = {every: containing(every, today) for every in CADENCES}
        begun = {every: period for every, period in periods.items() if founding or period.first == today}
        first = day + founding
        for each in ROUNDS:
            if each.every in begun and (last := self._last(begun[each.every])) >= first:
                perform(world, each, begun[each.every], first, last)
        self._meetings(begun, first + 1)
        if "half_year" in begun and day > 0:
            evaluate(world, containing("half_year", today - timedelta(days=1)), day)

    def _last(self, period: Period) -> int:
        return (period.last - self.world.start).days

    def _meetings(self, begun: dict[Cadence, Period], first: int) -> None:
        """The city's conference meets each month, a county's each quarter; so do those who inspect."""
        world = self.world
        if "month" in begun and (last := self._last(begun["month"])) > first:
            meet(world, CITY, first, last)
        if "quarter" in begun and (last := self._last(begun["quarter"])) > first:
            for seat in self.seats:
                if seat != CITY:
                    meet(world, seat, first, last)
                inspect(world, seat, "supervision", first, last)
        if "half_year" in begun and (last := self._last(begun["half_year"])) > first:
            for seat in self.seats:
                inspect(world, seat, "patrol", first, last)

    def _protect(self, season: Season, year: int) -> None:
        world = self.world
        first = (date(year, season.month, season.day) - world.start).days
        if first <= world.first_day:
            return
        last, levels = first + season.days - 1, season.levels
        world.protections.append(Protection(first, last - season.early, levels))
        thread, office = world.thread(f"period:{year}-{season.name}"), world.city.get(f"{CITY}-gov")
        declared = {"levels": list(levels), "until": world.days.text(last)}
        world.diary.plan(first * DAY + 8 * HOUR, thread, "period.protection_declared.v1", office, CLERK, declared)
        if season.early:
            ended = (last - season.early + 1) * DAY + 8 * HOUR
            world.diary.plan(ended, thread, "period.protection_ended.v1", office, CLERK, {})
