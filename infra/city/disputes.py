"""Disputes that a screening finds (矛盾纠纷排查, Art 14): logged, assigned, and struck off or brought as a petition."""

from infra.city.matters import new_matter
from infra.city.rhythm import DAY, MINUTE
from infra.city.thread import CLERK, thread_of
from infra.city.units import Data, Later, Unit
from infra.city.world import World

FOUND = {"township": 0.9, "county": 3.0, "city": 1.2}
"""How many disputes a screening of a unit of each level finds, on average."""
SETTLED = ("双方签订调解协议", "已现场整改到位", "政策解释后当事人息诉", "赔偿款已支付", "移交职能部门并已办结")
OPEN_LONG = 8.0
"""How much likelier a unit leaves a dispute open past its thirty days than it leaves a week's duty undone."""


def screen(world: World, unit: Unit, moment: int) -> list[str]:
    """The ids of what the screening at this moment finds. Each is in the ledger before the screening is reported."""
    most = FOUND[unit.level] * 2
    return [_log(world, unit, moment - (n + 1) * MINUTE) for n in range(int(world.chance() * (most + 0.5)))]


def _log(world: World, unit: Unit, moment: int) -> str:
    matter = new_matter(world, unit.division if unit.level != "city" else None)
    id = f"{unit.code}-{world.serial('dispute', unit.code, moment)}"
    thread, r = thread_of(f"dispute:{id}"), world.chance

    def act(at: int, kind: str, data: Data | Later) -> None:
        world.diary.plan(at, thread, f"dispute.{kind}.v1", unit, CLERK, data)

    summary = f"{matter.town.name}{matter.spot}{matter.what}"
    act(moment, "logged", {"place": matter.village, "unit": unit.id, "summary": summary})
    taken = moment
    if r() < 0.7:
        owner = matter.unit if matter.unit.stands(moment + 3 * DAY) and r() < 0.5 else unit
        taken = world.later(moment, int(r() * 3))
        act(taken, "assigned", {"to_unit": owner.id})
    draw = r()
    if draw < 0.04 and matter.purpose != "accusation":
        came = world.later(max(taken, 0), 4 + int(r() * 20))
        world.come_back(came, matter)
        act(world.later(came, 8), "became_petition", lambda acting, actor: {"petition": matter.first})
    elif draw < 0.04 + unit.lapses * OPEN_LONG:
        if r() < 0.6:
            act(world.later(taken, 33 + int(r() * 40)), "cleared", {"how": SETTLED[int(r() * 5)]})
    else:
        act(world.later(taken, 1 + int(r() * 24)), "cleared", {"how": SETTLED[int(r() * 5)]})
    return id
