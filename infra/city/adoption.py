"""What the city adopts: each year's calendar as the State Council names it, and a rule of its own (衡阳市)."""

from datetime import date

from domain.rules.law import content_hash
from domain.ruleset.decide import calendar_text
from infra.city.places import CITY
from infra.city.rhythm import DAY, HOUR
from infra.city.thread import CLERK
from infra.city.units import Data
from infra.city.world import World

AFTER = 45
"""Days after the start on which the city adopts a rule of its own."""
OWN = """\
name = "hengyang-report-hours"
zh = "联合接访即时报告时限"
en = "hours in which a joint reception is reported"
from = {first}
overlay = true
source = "simulated"

[parameters]
gathering_report_hours = 12
"""


def adopt(world: World, days: int) -> None:
    """This year's calendar at the beginning, the next one's at the end of November; the city's own rule meanwhile."""
    _calendar(world, world.founded.year, world.first_day + 1)
    for year in range(world.founded.year, world.founded.year + days // 365 + 2):
        _calendar(world, year + 1, (date(year, 11, 25) - world.start).days)
    first = world.days.text(AFTER + 10)
    content = OWN.format(first=first)
    name = "hengyang-report-hours"
    data: Data = {"name": name, "from": first, "content_hash": content_hash(content), "content": content}
    _record(world, f"ruleset:{name}", "ruleset.adopted.v1", AFTER, data)


def _calendar(world: World, year: int, day: int) -> None:
    """Adopts a year that the State Council has named; nothing is invented for one that it has not."""
    named = world.rules.calendar.years.get(year)
    if named is None or day <= world.first_day:
        return
    holidays, workdays = tuple(sorted(named.holidays)), tuple(sorted(named.workdays))
    data: Data = {
        "year": year, "version": named.version, "content_hash": content_hash(calendar_text(holidays, workdays)),
        "holidays": [each.isoformat() for each in holidays], "workdays": [each.isoformat() for each in workdays],
    }  # fmt: skip
    _record(world, f"calendar:{year}", "calendar.adopted.v1", day, data)


def _record(world: World, subject: str, kind: str, day: int, data: Data) -> None:
    office = world.city.get(f"{CITY}-xfj")
    moment = world.days.working(day) * DAY + 10 * HOUR
    world.diary.plan(moment, world.thread(subject), kind, office, CLERK, data)
