"""The joint conferences of city and counties (信访联席会议, Art 5, 6): members, groups, meetings, what they agree."""

from infra.city.places import CITY
from infra.city.rhythm import DAY, HOUR
from infra.city.thread import CLERK, Thread
from infra.city.units import Data, Later, Unit
from infra.city.world import World

CITY_MEMBERS = (
    "zjj", "cgj", "jyj", "rsj", "zrzyj", "gaj", "wjj", "mzj", "sthjj", "nyncj", "jtj", "scjgj", "fgw", "wlgtj", "gxj",
    "sfj", "yjj", "tyjrj", "ybj",
)  # fmt: skip
COUNTY_MEMBERS = ("gaj", "rsj", "mzj", "nyncj")
JOINING, LEAVING = "swj", "ybj"
"""The city's conference is settled anew in the middle of the time."""
GROUPS = {
    "征地拆迁专项小组": ("zrzyj", "nyncj", "cgj"),
    "城乡建设专项小组": ("zjj", "cgj", "zrzyj"),
    "劳动保障专项小组": ("rsj", "gaj", "zjj"),
    "涉军涉访专项小组": ("tyjrj", "gaj", "mzj"),
    "教育卫生专项小组": ("jyj", "wjj", "fgw"),
    "非法集资处置小组": ("gaj", "scjgj"),
}
"""Special groups of the city's conference: the unit that leads, then the others. The last one ends its work."""
LEADS = tuple(GROUPS)[:-1]
TOPICS = ("研判当前信访形势", "通报上期议定事项", "会商重点疑难信访事项", "部署重要时段信访工作", "听取专项小组汇报")
AGREED_OWNERS = ("zjj", "rsj", "zrzyj", "gaj", "mzj", "nyncj", "jtj")
MORNING = 9 * HOUR


def found_conferences(world: World, days: int) -> None:
    """The conferences of the city and the counties take up their work the day after the last unit was founded."""
    moment = (world.first_day + 1) * DAY + MORNING
    for seat in (CITY, *(county.code for county in world.city.counties)):
        unit, thread = world.city.get(f"{seat}-gov"), _thread(world, seat)
        group = [f"unit:{seat}-{code}" for code in _member_codes(seat, before=True)]
        _say(world, thread, unit, moment, "members_changed", {"members": group})
    city, thread = world.city.get(f"{CITY}-gov"), _thread(world, CITY)
    for n, (name, (lead, *others)) in enumerate(GROUPS.items(), 1):
        data: Data = {
            "name": name, "lead_unit": f"unit:{CITY}-{lead}", "members": [f"unit:{CITY}-{other}" for other in others],
        }  # fmt: skip
        _say(world, thread, city, moment + n * 600, "group_formed", data)
    middle = world.days.working(days // 2) * DAY + MORNING
    changed: Data = {"joined": [f"unit:{CITY}-{JOINING}"], "left": [f"unit:{CITY}-{LEAVING}"]}
    _say(world, thread, city, middle, "members_changed", changed)
    _say(world, thread, city, middle + 600, "group_dissolved", {"name": tuple(GROUPS)[-1]})
    world.resettled = middle


def _thread(world: World, seat: str) -> Thread:
    return world.thread(f"conference:{seat}-gov")


def _say(world: World, thread: Thread, unit: Unit, moment: int, kind: str, data: Data | Later) -> None:
    world.diary.plan(moment, thread, f"conference.{kind}.v1", unit, CLERK, data)


def _member_codes(seat: str, *, before: bool) -> tuple[str, ...]:
    if seat != CITY:
        return COUNTY_MEMBERS
    return CITY_MEMBERS if before else (*(code for code in CITY_MEMBERS if code != LEAVING), JOINING)


def members(world: World, moment: int) -> list[Unit]:
    """Units that are members of a conference at a moment."""
    before = moment < world.resettled
    seats = (CITY, *(county.code for county in world.city.counties))
    return [world.city.get(f"{seat}-{code}") for seat in seats for code in _member_codes(seat, before=before)]


def meet(world: World, seat: str, first: int, last: int) -> None:
    """One meeting between two days: who came, on what, and what was agreed."""
    r, unit, thread = world.chance, world.city.get(f"{seat}-gov"), _thread(world, seat)
    moment = world.days.working(first + int(r() * (last - first) * 0.6)) * DAY + MORNING
    came = [f"unit:{seat}-{code}" for code in _member_codes(seat, before=moment < world.resettled) if r() < 0.93]
    topics = [topic for topic in TOPICS if r() < 0.5] or [TOPICS[0]]
    _say(world, thread, unit, moment, "held", {"attended": came, "topics": topics})
    name = world.days.text(moment // DAY)[:7]
    for n in range(1, 2 + int(r() * 3)):
        _agree(world, seat, f"{name}/{n}", moment + n * 600)


def _agree(world: World, seat: str, item: str, moment: int) -> None:
    """A unit is to do something by a day: mostly done in time, sometimes late, now and then not at all (D13)."""
    r, unit, thread = world.chance, world.city.get(f"{seat}-gov"), _thread(world, seat)
    owner = world.city.get(f"{seat}-{AGREED_OWNERS[int(r() * len(AGREED_OWNERS))]}")
    days = 20 + int(r() * 40)
    data: Data = {"item": item, "owner_unit": owner.id, "due": world.date(moment, days)}
    no = world.prominent_in(seat, moment, told=owner) if r() < 0.5 else None
    if no is not None:
        data["petition"] = no
    _say(world, thread, unit, moment, "item_agreed", data)
    draw = r()
    if draw < 0.90:
        _say(world, thread, owner, world.by(moment, moment // DAY + days - 1), "item_done", {"item": item})
    elif draw < 0.97:
        _say(world, thread, owner, world.later(moment, days + 2 + int(r() * 25)), "item_done", {"item": item})
