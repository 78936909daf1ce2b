"""What leaders and units owe period by period (履职, Art 1, 3, 5, 7, 8, 14), and how much of it they leave undone."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from domain.periods import Cadence, Period
from infra.city.accountability import take_up
from infra.city.disputes import screen
from infra.city.meetings import GROUPS, LEADS, members
from infra.city.places import CITY
from infra.city.rhythm import DAY, office_second
from infra.city.thread import CLERK
from infra.city.units import Data, Later, Unit
from infra.city.world import World

Told = Callable[[int], Data | Later]
"""What is written about the act, from its moment."""
Owed = Iterator[tuple[Unit, Told]]

TEMPTED = {"day": 0.3, "week": 1.0, "half_month": 1.5, "month": 3.0, "quarter": 6.0, "half_year": 12.0}
"""How much more easily a rarer duty is forgotten than a weekly one."""
BODY = {"party": "party_committee", "government": "government", "township": "joint_meeting"}
LEADERS = ("head", "deputy")
CENTRE, OFFICE = "市人民来访接待中心", "本级来访接待场所"


class Round(NamedTuple):
    """One duty: how often, the act, and who owes it."""

    every: Cadence
    act: str
    owed: Callable[[World, int], Owed]
    finding: str = ""
    """The id under which its absence is found, where a human may take it up."""


def briefings(world: World, day: int) -> Owed:
    """The leading bodies of city, counties and townships hear a report each quarter (Art 1)."""
    for unit in world.city.of(*BODY):
        yield unit, _plainly({"body": BODY[unit.kind]})


def contacts(world: World, day: int) -> Owed:
    """A leader visits his contact point each quarter (Art 3)."""
    for (unit, seat), target in world.contacts.items():
        yield unit, _by(unit, seat, {"target_unit": target.id})


def _receptions(level: str) -> Callable[[World, int], Owed]:
    def owed(world: World, day: int) -> Owed:
        """Leaders of party and government receive: a day a quarter, a month, a week, by level (Art 8)."""
        for unit in world.city.of(*BODY, level=level):
            for seat in LEADERS:
                yield unit, _receives(world, unit, seat)

    return owed


def _screenings(*kinds: str, level: str) -> Callable[[World, int], Owed]:
    def owed(world: World, day: int) -> Owed:
        """Disputes are screened for: quarterly, monthly or half-monthly, by level (Art 14)."""
        for unit in world.city.of(*kinds, level=level):
            yield unit, _screened(world, unit)

    return owed


def reports(world: World, day: int) -> Owed:
    """First convenors of the counties and heads of units that lead a group report to the city's conference (Art 5)."""
    city = world.city
    leads = [city.get(f"{CITY}-{GROUPS[name][0]}") for name in LEADS]
    for unit in (*city.of("government", level="county"), *leads):
        yield unit, _by(unit, "head", {"to_unit": f"unit:{CITY}-gov"}, "by")


def rosters(world: World, day: int) -> Owed:
    """Each member unit settles whose turn at the reception centre the coming week is (Art 7)."""
    monday = world.days.text(world.days.working(day))
    for unit in members(world, day * DAY):
        yield unit, _in_turn(unit, day // 7, {"place": CENTRE, "on": monday})


def standing(world: World, day: int) -> Owed:
    """Member units on working days (Art 7), and in a time of protection leaders at the levels it names (Art 8)."""
    levels = next((each.levels for each in world.protections if each.first <= day <= each.last), ())
    guards = [unit for unit in world.city.of(*BODY) if unit.level in levels]
    group = members(world, day * DAY) if world.days.working(day) == day else []
    for unit in group:
        yield unit, _in_turn(unit, day // 7, {"place": CENTRE})
    for unit in guards:
        yield unit, _in_turn(unit, day, {"place": OFFICE})


ROUNDS = (
    Round("quarter", "briefing_heard", briefings, "D01:duty:{code}:{body}:{period}"),
    Round("quarter", "contact_visited", contacts),
    Round("quarter", "reception_held", _receptions("city")),
    Round("month", "reception_held", _receptions("county")),
    Round("week", "reception_held", _receptions("township")),
    Round("quarter", "screening_held", _screenings("government", level="city"), "D06:duty:{code}:{period}"),
    Round("month", "screening_held", _screenings("government", level="county"), "D06:duty:{code}:{period}"),
    Round("month", "screening_held", _screenings("department", "bureau", level="city"), "D06:duty:{code}:{period}"),
    Round("half_month", "screening_held", _screenings("township", level="township"), "D06:duty:{code}:{period}"),
    Round("half_year", "reported", reports),
    Round("week", "roster_set", rosters),
    Round("day", "stood", standing),
)


def perform(world: World, each: Round, period: Period, first: int, last: int) -> None:
    """Plans the act of everybody who owes it for the days `first` to `last`; what is left undone, others find."""
    for unit, told in each.owed(world, first):
        if not unit.stands(last * DAY + DAY):
            continue
        if world.chance() < unit.lapses * TEMPTED[each.every]:
            _undone(world, each, unit, period, last)
            continue
        moment = some_day(world, first, last) * DAY + office_second(world.random)
        late = world.entered_late(unit.lapses * 2)
        kind = f"duty.{each.act}.v1"
        world.diary.plan(moment, world.thread(f"duty:{unit.code}"), kind, unit, CLERK, told(moment), late)


def some_day(world: World, first: int, last: int) -> int:
    """A working day from `first` to `last`, if there is one."""
    day = first + int(world.chance() * (last - first + 1))
    before, after = world.days.working_before(day), world.days.working(day)
    return before if before >= first else after if after <= last else day


def _undone(world: World, each: Round, unit: Unit, period: Period, last: int) -> None:
    """A human takes up some of what the clock finds; before the opinion was in force nobody owed it."""
    whole = period.first >= world.founded and world.rules.on(period.first).duties
    if each.finding and whole and world.chance() < 0.6:
        id = each.finding.format(code=unit.code, body=BODY.get(unit.kind), period=period.name)
        take_up(world, id, unit, (last + 1) * DAY)


def _plainly(data: Data) -> Told:
    return lambda moment: data


def _by(unit: Unit, seat: str, data: Data, name: str = "leader") -> Told:
    """By whoever holds the seat on the day; a vacant seat does nothing."""

    def done(acting: Unit, actor: str) -> Data | None:
        leader = getattr(unit, seat)
        return {name: leader, **data} if leader else None

    return lambda moment: done


def _in_turn(unit: Unit, turn: int, data: Data) -> Told:
    return lambda moment: lambda acting, actor: {"leader": unit.on_duty(turn), **data}


def _screened(world: World, unit: Unit) -> Told:
    return lambda moment: {"disputes": screen(world, unit, moment)}


def _receives(world: World, unit: Unit, seat: str) -> Told:
    """With the items of those who came; leaders of the party receive at the same desk as those of the government."""
    desk = world.city.get(f"{unit.division}-gov")

    def told(moment: int) -> Later:
        kind = "visit_down" if world.chance() < 0.25 else "reception"

        def received(acting: Unit, actor: str) -> Data | None:
            leader = getattr(unit, seat)
            if leader is None:
                return None
            came = [each for each in desk.waiting if each[0] < moment][:6]
            desk.waiting = [each for each in desk.waiting if each not in came]
            return {"leader": leader, "kind": kind, "items": [no for _, no in came]}

        return received

    return told
