"""Inspections by plan (督查, Art 11) and patrols led by the discipline organ (巡察, Art 17)."""

from infra.city.places import CITY
from infra.city.rhythm import DAY
from infra.city.thread import CLERK, thread_of
from infra.city.units import Data, Unit
from infra.city.world import World

INVITED = ("党代表", "人大代表", "政协委员", "专家学者", "新闻记者", "律师")
FOUND = {
    "supervision": ("台账登记不全", "告知书送达不规范", "交办件未按期回复", "领导接访记录缺失", "包案方案不具体"),
    "patrol": ("主要负责人未定期研究信访工作", "信访举报办理拖延", "对群众诉求敷衍应付", "问题整改流于形式"),
}


def inspect(world: World, seat: str, kind: str, first: int, last: int) -> None:
    """Planned for some units and items, held with guests, and what it finds is mostly put right."""
    r = world.chance
    unit = world.city.get(f"{seat}-{'gov' if kind == 'supervision' else 'jw'}")
    planned = world.later(first * DAY, int(r() * 10))
    id = f"{seat}-{kind}-{world.serial(kind, seat, planned)}"
    thread = thread_of(f"inspection:{id}")
    chosen = [each.at(planned) for each in _sample(world, seat)]

    def act(moment: int, step: str, by: Unit, data: Data) -> None:
        world.diary.plan(moment, thread, f"inspection.{step}.v1", by, CLERK, data)

    items = [no for no in [world.prominent_in(seat, planned)] if no is not None and kind == "supervision"]
    act(planned, "planned", unit, {"kind": kind, "units": [each.id for each in chosen], "items": items})
    held = world.later(planned, 10 + int(r() * (last - first) * 0.4))
    act(held, "held", unit, {"invited": [guest for guest in INVITED if r() < 0.4] or [INVITED[0]]})
    for each in chosen:
        if r() < 0.35:
            found = world.later(held, 1 + int(r() * 5))
            act(found, "found", unit, {"unit": each.id, "finding": FOUND[kind][int(r() * len(FOUND[kind]))]})
            if r() < 0.85:
                act(world.later(found, 10 + int(r() * 40)), "rectified", each, {"unit": each.id})


def _sample(world: World, seat: str) -> list[Unit]:
    below = [unit for unit in world.city.of("department", "township") if unit.area == seat]
    if seat == CITY:
        below += world.city.of("government", level="county")
    return world.random.sample(below, min(4, len(below)))
