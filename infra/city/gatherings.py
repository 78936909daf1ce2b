"""Many come at once (集体访, Art 7): the units concerned are called, come, or do not, and it is reported, or not."""

from infra.city.item import Item
from infra.city.meetings import GROUPS, LEADS
from infra.city.places import CITY
from infra.city.rhythm import DAY, MINUTE
from infra.city.thread import CLERK, thread_of
from infra.city.units import Data, Later, Unit
from infra.city.world import World

PLACES = ("信访接待大厅", "政府机关门口", "市人民来访接待中心")
ABSENT = 0.012
"""Share of those called that nobody comes for, beside the unit's own lapses."""


def gather(world: World, item: Item) -> None:
    """A collective visit to a petition bureau is received together by the units concerned, on the spot."""
    r, bureau, arrived = world.chance, item.registrar, item.at + 5 * MINUTE
    if item.channel != "visit" or not item.collective or item.entered > item.at or r() > 0.6:
        return
    if bureau.kind not in ("bureau", "reception_centre") or item.matter.purpose == "accusation":
        return
    seat = CITY if bureau.level == "city" else bureau.area
    thread = thread_of(f"gathering:{seat}-{world.serial('gathering', seat, item.at)}")

    def act(moment: int, kind: str, unit: Unit, data: Data | Later) -> None:
        world.diary.plan(moment, thread, f"gathering.{kind}.v1", unit, CLERK, data)

    units = [item.matter.unit.at(arrived), world.city.get(f"{item.matter.county.code}-gov")]
    concerned = [unit for n, unit in enumerate(units) if n == 0 or r() < 0.5]
    act(arrived, "arrived", bureau, {
        "persons": item.matter.persons, "place": PLACES[int(r() * 3)], "units": [unit.id for unit in concerned],
        "petition": item.no,
    })  # fmt: skip
    act(arrived + 10 * MINUTE, "summoned", bureau, {"units": [unit.id for unit in concerned]})
    for n, unit in enumerate(concerned):
        if r() >= ABSENT + unit.lapses * 3:
            act(arrived + (30 + n * 7 + int(r() * 60)) * MINUTE, "attended", unit, _came(unit))
    told = _when_told(world, arrived)
    lead = world.city.get(f"{CITY}-{GROUPS[LEADS[int(r() * len(LEADS))]][0]}")
    if told is not None:
        act(told, "reported", bureau, lambda acting, actor: {"to": lead.approver()})
    act(arrived + (180 + int(r() * 120)) * MINUTE, "ended", bureau, {})


def _came(unit: Unit) -> Later:
    return lambda acting, actor: {"unit": unit.id, "leader": unit.on_duty(0)}


def _when_told(world: World, arrived: int) -> int | None:
    """At once, or a day too late, or never."""
    draw = world.chance()
    if draw < 0.02:
        return None
    return arrived + (20 + int(world.chance() * 60)) * MINUTE + (2 * DAY if draw < 0.04 else 0)
