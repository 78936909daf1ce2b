"""Who is given which role before the year begins, and what changes during it."""

from random import Random

from infra.city.rhythm import DAY, HOUR
from infra.city.thread import CLERK, Thread
from infra.city.units import Data, Later, Unit, held
from infra.city.words import WORDS
from infra.city.world import World

GIVEN, ENDED = "unit.role_given.v1", "unit.role_ended.v1"
MORNING = 9 * HOUR
FOUNDING_DAYS = 30
"""Before the start."""


def found(world: World) -> None:
    """Each unit is established and staffed in the thirty days before the start, parents first."""
    for number, unit in enumerate(world.city.units.values()):
        _found(world, unit, number)


def _found(world: World, unit: Unit, number: int) -> None:
    thread = Thread(unit.id, unit.code)
    moment = -FOUNDING_DAYS * DAY + MORNING + number * 60
    data: Data = {"name": unit.name, "level": unit.level, "kind": unit.kind, "division": unit.division}
    if unit.parent is not None:
        data["parent"] = unit.parent.id
    world.book.plan(moment, thread, "unit.established.v1", unit, CLERK, data)
    for official, role in held(unit):
        world.book.plan(moment, thread, GIVEN, unit, CLERK, _given(world.random, official, role))


def _given(random: Random, official: str, role: str) -> Data:
    return {"official": official, "role": role, "name": invented_name(random)}


def invented_name(random: Random) -> str:
    """A name made of common parts; nobody is meant."""
    return random.choice(WORDS["surnames"]) + random.choice(WORDS["given"])


def change(world: World, days: int) -> None:
    """Role changes over the time simulated: about one unit in six in a year, some vacancies, and one merger."""
    random, city = world.random, world.city
    fixed = [
        unit for unit in city.units.values() if unit.level not in ("national", "province") and unit.kind != "other"
    ]
    merging = merger(world, days)
    movable = [unit for unit in fixed if unit not in merging]
    count = max(1, round(len(movable) / 6 * days / 365))
    chosen = random.sample(movable, min(count, len(movable)))
    for unit in chosen:
        _change(world, unit, days)
    _merge(world, *merging)


def merger(world: World, days: int) -> tuple[Unit, Unit]:
    """Which unit goes into which: a small district's housing office into its land office, in the middle of the time."""
    one, other = world.city.get("430412-zjj"), world.city.get("430412-zrzyj")
    one.into, one.merged_at = other, world.days.working(days // 2) * DAY + MORNING + 1800
    return one, other


def _merge(world: World, one: Unit, other: Unit) -> None:
    thread = Thread(one.id, f"{one.code}/merger")
    moment = one.merged_at - 1
    for official, role in held(one):
        world.book.plan(moment, thread, ENDED, one, CLERK, {"official": official, "role": role})
    world.book.plan(moment, thread, "unit.merged.v1", one, CLERK, {"into": other.id})


SEATS = ("head", "head", "deputy", "lead", "clerk", "clerk")
ROLE = {"head": "principal", "deputy": "deputy_in_charge", "lead": "petition_lead", "clerk": "petition_clerk"}


def _change(world: World, unit: Unit, days: int) -> None:
    """One official leaves and another comes: mostly the same day, in a few units only after a vacancy."""
    random = world.random
    thread = Thread(unit.id, f"{unit.code}/change")
    seat = SEATS[int(random.random() * len(SEATS))]
    day = world.days.working(5 + int(random.random() * max(1, days - 10)))
    vacant = seat in ("head", "deputy") and random.random() < 0.22
    back = world.days.working(day + 31 + int(random.random() * 40)) if vacant else day
    old = str(getattr(unit, seat))
    new = f"{old}2"
    world.book.plan(day * DAY + MORNING, thread, ENDED, unit, CLERK, _leaves(unit, seat, old))
    world.book.plan(back * DAY + MORNING + 60, thread, GIVEN, unit, CLERK, _comes(world, unit, seat, new))
    bureau = world.city.units.get(f"{unit.area}-xfj")
    if seat in ("deputy", "lead", "clerk") and bureau is not None and random.random() < 0.8:
        late = random.random() < 0.12
        filed = world.days.add(back, 11 + int(random.random() * 10) if late else 1 + int(random.random() * 9))
        world.book.plan(filed * DAY + 36_000, thread, "unit.change_filed.v1", unit, CLERK, _filed(unit, bureau))


def _leaves(unit: Unit, seat: str, old: str) -> Later:
    def happens(acting: Unit, actor: str) -> Data:
        if seat in ("head", "deputy"):
            setattr(unit, seat, None)
        return {"official": old, "role": ROLE[seat]}

    return happens


def _comes(world: World, unit: Unit, seat: str, new: str) -> Later:
    def happens(acting: Unit, actor: str) -> Data:
        before = getattr(unit, seat)
        setattr(unit, seat, new)
        unit.desk = [new if official == before else official for official in unit.desk]
        unit.changed = world.emitted + 1
        return _given(world.random, new, ROLE[seat])

    return happens


def _filed(unit: Unit, bureau: Unit) -> Later:
    def happens(acting: Unit, actor: str) -> Data:
        return {"change": unit.changed, "with_unit": bureau.id}

    return happens
