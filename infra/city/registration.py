"""Where an item comes in and what is written down about it, and whether it is judged to repeat an earlier one."""

from infra.city.item import Item, Matter
from infra.city.places import CITY
from infra.city.rhythm import DAY, MINUTE
from infra.city.thread import CLERK
from infra.city.units import Data, Unit
from infra.city.words import title
from infra.city.world import World

CHANNELS = (
    ("visit",) * 30 + ("online",) * 27 + ("phone",) * 15 + ("letter",) * 12 + ("leader_mailbox",) * 8
    + ("reception",) * 5 + ("handed_down",) * 3
)  # fmt: skip
DESKS = {
    "visit": (("c", "xfj"),) * 48 + (("t", ""),) * 20 + (("p", "jdzx"),) * 8 + (("p", "xfj"),) * 4 + (("d", ""),) * 20,
    "online": (("c", "xfj"),) * 62 + (("p", "xfj"),) * 14 + (("d", ""),) * 20 + (("t", ""),) * 4,
    "phone": (("c", "xfj"),) * 60 + (("p", "xfj"),) * 12 + (("t", ""),) * 10 + (("d", ""),) * 18,
    "letter": (("c", "xfj"),) * 56 + (("p", "xfj"),) * 22 + (("d", ""),) * 14 + (("t", ""),) * 8,
    "leader_mailbox": (("c", "xfj"),) * 55 + (("p", "xfj"),) * 35 + (("d", ""),) * 10,
    "reception": (("c", "xfj"),) * 55 + (("p", "jdzx"),) * 15 + (("t", ""),) * 30,
    "handed_down": (("c", "xfj"),) * 60 + (("p", "xfj"),) * 40,
}
"""Who registers, by channel: c the county, p the city, d the competent department, t the township."""


def register(world: World, matter: Matter, moment: int) -> Item:
    """The item as it is written into the book."""
    r = world.chance
    channel = CHANNELS[int(r() * 100)]
    registrar = _registrar(world, matter, channel).at(moment)
    no = world.number(registrar.area, moment)
    item = Item(world.diary, no, matter, moment, world.items)
    item.channel, item.registrar, item.holder = channel, registrar, registrar
    item.repeat = matter.times > 0
    item.after_close = matter.closed_at is not None and matter.closed_at < moment
    if not item.repeat:
        matter.first = no
    late = world.entered_late(registrar.slips * 0.2)
    item.entered = item.received = moment + late
    item.act(moment, "registered", registrar, CLERK, _entry(world, item), late)
    _wait(world, item)
    return item


def _wait(world: World, item: Item) -> None:
    """Who comes to a leader's reception, or to a township, is heard by the leader who receives next (Art 8)."""
    registrar = item.registrar
    if registrar.kind == "township" and item.channel in ("visit", "reception"):
        registrar.waiting.append((item.entered, item.no))
    elif item.channel == "reception":
        world.city.get(f"{registrar.area}-gov").waiting.append((item.entered, item.no))


def _registrar(world: World, matter: Matter, channel: str) -> Unit:
    city, county = world.city, matter.county.code
    desks = DESKS[channel]
    where, code = desks[int(world.chance() * len(desks))]
    if matter.purpose == "accusation":
        where, code = ("p", "xfj") if where == "p" else ("c", "xfj")
    if matter.times > 1 and world.chance() < 0.3:
        where, code = "p", "xfj"
    if where == "p":
        return city.get(f"{CITY}-{code}")
    if where == "d":
        return matter.unit if matter.unit.kind == "department" else city.get(f"{county}-xfj")
    if where == "t":
        return city.units.get(f"{matter.town.code}-gov") or city.get(f"{county}-xfj")
    return city.get(f"{county}-xfj")


def _entry(world: World, item: Item) -> Data:
    matter, r = item.matter, world.chance
    data: Data = {
        "channel": item.channel, "purpose": matter.purpose, "category": matter.topic.name, "place": matter.village,
        "persons": matter.persons, "petitioners": list(matter.petitioners), "title": _title(world, item),
    }  # fmt: skip
    if matter.about is not None:
        data["about_unit"] = matter.about.at(item.at).id
        if matter.purpose == "accusation" and r() < 0.3:
            data["about_official"] = f"official:{matter.about.code}-m1"
    if matter.joint:
        data["joint_letter"] = True
    if matter.anonymous:
        data["anonymous"] = True
    elif matter.personal is not None:
        data["personal"] = dict(matter.personal)
    if item.channel == "letter" and r() < 0.5:
        data["received_at"] = world.days.stamp(max(item.at - int(r() * 2 * DAY) - 60 * MINUTE, item.at - 2 * DAY))
    if item.channel == "handed_down":
        _from_above(world, item, data)
    return data


def _title(world: World, item: Item) -> str:
    matter = item.matter
    if not item.repeat or world.chance() < 0.4:
        return matter.title
    return title(world.random, matter.purpose, matter.town.name, matter.spot, matter.what)


def _from_above(world: World, item: Item, data: Data) -> None:
    """The nation, the province or, for a county, the city handed the item down."""
    draw = world.chance()
    item.above = "100000" if draw < 0.18 else "430000" if draw < 0.7 or item.registrar.level == "city" else CITY
    data["handed_down_by"] = f"unit:{item.above}-xfj"
    if world.chance() < 0.6:
        item.report_by = item.at // DAY + 45 + int(world.chance() * 30)
        data["report_by"] = world.days.text(item.report_by)


def judge(world: World, item: Item) -> int:
    """Whether the clerk sees that the matter was here before; gives the moment from which others act."""
    r = world.chance
    if not item.repeat:
        if r() < 0.0015 and item.matter.purpose != "accusation":
            _misjudge(world, item)
        return item.busy_until
    if r() < 0.08:
        item.repeat = item.after_close = False
        return item.entered
    basis = ["same_person", "same_facts"] if r() < 0.8 else ["same_person"]
    seen = item.entered + 10 * MINUTE + int(r() * 60 * MINUTE)
    item.act(seen, "repeat_judged", item.registrar, CLERK, {"first": item.matter.first, "basis": basis})
    item.judged_at = seen
    if r() < 0.02:
        item.act(
            world.later(seen, 0), "repeat_judged", item.registrar, CLERK, {"first": None, "basis": ["same_person"]}
        )
        item.repeat = item.after_close = False
    return item.busy_until


def _misjudge(world: World, item: Item) -> None:
    """Taken for a repeat of the item before it in the same book, and set right an hour later."""
    stem, serial = item.no.rsplit("-", 1)
    if int(serial) < 2:
        return
    other = f"{stem}-{int(serial) - 1:06d}"
    at = item.entered + 6 * DAY  # the one before is entered by then, however late
    item.act(at + 20 * MINUTE, "repeat_judged", item.registrar, CLERK, {"first": other, "basis": ["same_facts"]})
    item.act(at + 80 * MINUTE, "repeat_judged", item.registrar, CLERK, {"first": None, "basis": ["same_facts"]})
