"""Who is given which role before the year begins, and what changes during it."""

from random import Random

from infra.city.places import WEIGHT_OF_COUNTY
from infra.city.rhythm import DAY, HOUR
from infra.city.thread import CLERK, Thread
from infra.city.units import Data, Later, Unit, held
from infra.city.words import WORDS
from infra.city.world import FOUNDING_DAYS, World

GIVEN, ENDED, CONTACT = "unit.role_given.v1", "unit.role_ended.v1", "unit.contact_point_set.v1"
MORNING = 9 * HOUR
LEADING = ("head", "deputy")


def found(world: World) -> None:
    """Each unit is established and staffed in the thirty days before the start, parents first."""
    for number, unit in enumerate(world.city.units.values()):
        _found(world, unit, number)
    for level, kind, below in (("city", "government", "county"), ("county", "township", "township")):
        _contact_points(world, level, world.city.of(kind, level=below))


def _found(world: World, unit: Unit, number: int) -> None:
    thread = Thread(unit.id, unit.code)
    moment = -FOUNDING_DAYS * DAY + MORNING + number * 20
    data: Data = {"name": unit.name, "level": unit.level, "kind": unit.kind, "division": unit.division}
    if unit.parent is not None:
        data["parent"] = unit.parent.id
    world.diary.plan(moment, thread, "unit.established.v1", unit, CLERK, data)
    for official, role in held(unit):
        world.diary.plan(moment, thread, GIVEN, unit, CLERK, _given(world.random, official, role))


def _contact_points(world: World, level: str, targets: list[Unit]) -> None:
    """Each leader of party and government at the level looks after one unit below (联系点, Art 3)."""
    for unit in world.city.of("party", "government", level=level):
        own = [each for each in targets if level == "city" or each.area == unit.area]
        for seat in LEADING:
            world.contacts[unit, seat] = own[int(world.chance() * len(own))]
            _contact(world, unit, seat, (1 - FOUNDING_DAYS) * DAY + MORNING)


def _contact(world: World, unit: Unit, seat: str, moment: int) -> None:
    target = world.contacts[unit, seat]

    def given(acting: Unit, actor: str) -> Data | None:
        leader = getattr(unit, seat)
        return {"leader": leader, "target_unit": target.id} if leader else None

    world.diary.plan(moment, Thread(unit.id, f"{unit.code}/{seat}/{moment}"), CONTACT, unit, CLERK, given)


def _given(random: Random, official: str, role: str) -> Data:
    return {"official": official, "role": role, "name": invented_name(random)}


def invented_name(random: Random) -> str:
    """A name made of common parts; nobody is meant."""
    return random.choice(WORDS["surnames"]) + random.choice(WORDS["given"])


def change(world: World, days: int) -> None:
    """Role changes over the time simulated: about one unit in six in a year, some vacancies, one merger, one end."""
    random, city = world.random, world.city
    fixed = [
        unit for unit in city.units.values() if unit.level not in ("national", "province") and unit.kind != "other"
    ]
    merging, ending = merger(world, days), end(world, days)
    movable = [unit for unit in fixed if unit not in (*merging, *ending)]
    count = max(1, round(len(movable) / 6 * days / 365))
    chosen = random.sample(movable, min(count, len(movable)))
    for unit in chosen:
        _change(world, unit, days)
    _end(world, *merging, "unit.merged.v1")
    _end(world, *ending, "unit.abolished.v1")
    _look_after(world, days)


def merger(world: World, days: int) -> tuple[Unit, Unit]:
    """Which unit goes into which: a small district's housing office into its land office, in the middle of the time."""
    district = min(world.city.counties, key=lambda county: WEIGHT_OF_COUNTY[county.code]).code
    one, other = world.city.get(f"{district}-zjj"), world.city.get(f"{district}-zrzyj")
    one.into, one.merged_at = other, world.days.working(days // 2) * DAY + MORNING + 1800
    return one, other


def end(world: World, days: int) -> tuple[Unit, Unit]:
    """A county's office of general affairs is abolished after two thirds of the time; its government goes on."""
    county = world.city.counties[0].code
    one, other = world.city.get(f"{county}-jgsw"), world.city.get(f"{county}-gov")
    one.into, one.merged_at = other, world.days.working(days * 2 // 3) * DAY + MORNING + 1800
    return one, other


def _end(world: World, one: Unit, other: Unit, kind: str) -> None:
    thread = Thread(one.id, f"{one.code}/end")
    moment = one.merged_at - 1
    for official, role in held(one):
        world.diary.plan(moment, thread, ENDED, one, CLERK, {"official": official, "role": role})
    world.diary.plan(moment, thread, kind, one, CLERK, {"into": other.id})


def _look_after(world: World, days: int) -> None:
    """Officers of the bureaus are exchanged now and then, and cared for twice a year (Art 21)."""
    r = world.chance
    for bureau in world.city.of("bureau"):
        thread = Thread(bureau.id, f"{bureau.code}/care")
        for day in range(60 + int(r() * 60), days, 180):
            moment = world.days.working(day) * DAY + MORNING
            world.diary.plan(moment, thread, "unit.care_held.v1", bureau, CLERK, {"note": "心理疏导与减压辅导"})
        if r() < days / 365 * 0.7:
            goes = {"official": bureau.members[0], "to_unit": f"unit:{bureau.area}-sfj", "note": "交流任职"}
            moment = world.days.working(int(r() * days)) * DAY + MORNING
            world.diary.plan(moment, thread, "unit.officer_exchanged.v1", bureau, CLERK, goes)


SEATS = ("head", "head", "deputy", "lead", "clerk", "clerk")
ROLE = {"head": "principal", "deputy": "deputy_in_charge", "lead": "petition_lead", "clerk": "petition_clerk"}


def _change(world: World, unit: Unit, days: int) -> None:
    """One official leaves and another comes: mostly the same day, in a few units only after a vacancy."""
    random = world.random
    thread = Thread(unit.id, f"{unit.code}/change")
    seat = SEATS[int(random.random() * len(SEATS))]
    day = world.days.working(5 + int(random.random() * max(1, days - 10)))
    vacant = seat in ("head", "deputy") and random.random() < 0.35
    back = world.days.working(day + 31 + int(random.random() * 40)) if vacant else day
    old = str(getattr(unit, seat))
    new = f"{old}2"
    world.diary.plan(day * DAY + MORNING, thread, ENDED, unit, CLERK, _leaves(unit, seat, old))
    world.diary.plan(back * DAY + MORNING + 60, thread, GIVEN, unit, CLERK, _comes(world, unit, seat, new))
    if (unit, seat) in world.contacts:
        _contact(world, unit, seat, world.days.working(back + 1) * DAY + MORNING)
    bureau = world.city.units.get(f"{unit.area}-xfj")
    if seat in ("deputy", "lead", "clerk") and bureau is not None and random.random() < 0.8:
        late = random.random() < 0.12
        filed = world.days.add(back, 11 + int(random.random() * 10) if late else 1 + int(random.random() * 9))
        world.diary.plan(filed * DAY + 36_000, thread, "unit.change_filed.v1", unit, CLERK, _filed(unit, bureau))


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
