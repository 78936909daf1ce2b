"""From the book to the unit that must handle the item: referral, assignment, objection, passing around, refusal."""

from infra.city.accountability import take_up
from infra.city.item import Item
from infra.city.places import CITY
from infra.city.refusal import channel, refuse, tell_refusal
from infra.city.rhythm import DAY
from infra.city.thread import CLERK
from infra.city.units import Data, Unit
from infra.city.world import World

BUREAUS = ("bureau", "reception_centre")
OBJECTIONS = ("不属于本单位职权范围", "问题属地不在本辖区", "该事项由上级主管部门直接管理", "已由其他单位牵头办理")


def route(world: World, item: Item, moment: int) -> bool:
    """Brings the item to the unit that will handle it. False if its life ended on the way."""
    r, matter = world.chance, item.matter
    if item.repeat and _refused_as_repeat(world, item, moment):
        return False
    if item.registrar.kind not in BUREAUS:
        return _from_own_book(world, item, moment)
    if matter.purpose == "enquiry" and r() < 0.45:
        answer_at_once(world, item, item.registrar, moment)
        return False
    draw = r()
    if draw < 0.034 and matter.purpose != "accusation":
        done, late = world.within(item.registrar, moment, 15)
        item.late = "K1" if late else None
        (refuse if draw < 0.020 else channel)(world, item, item.registrar, done)
        return False
    if draw < 0.037:
        return False  # forgotten in a drawer: the clock will find it
    _from_bureau(world, item, moment)
    return True


def _from_bureau(world: World, item: Item, moment: int) -> None:
    r, unit, registrar = world.chance, item.matter.unit, item.registrar
    urgent = item.channel in ("handed_down", "reception") or item.after_close
    sent, late = world.within(registrar, moment, 3 if urgent else 15)
    if late and not urgent:
        item.late = "K1"
    if item.matter.purpose == "accusation":
        _secrecy(world, item, sent)
    if registrar.level == "city" and unit.level != "city" and item.matter.purpose != "accusation" and r() < 0.45:
        between = world.city.get(f"{item.matter.county.code}-xfj")
        hand(world, item, registrar, between, sent)
        sent, late = world.within(between, sent, 7)
        registrar = between
    hand(world, item, registrar, unit, sent)
    if item.matter.purpose != "accusation":
        _resist(world, item, registrar)


def _from_own_book(world: World, item: Item, moment: int) -> bool:
    """A unit that registered the item itself: mostly it keeps it, sometimes the matter is another's."""
    unit = item.matter.unit
    if unit.at(moment) is item.registrar or world.chance() < 0.5:
        item.received = moment
        return True
    hand(world, item, item.registrar, unit, world.later(moment, 1 + int(world.chance() * 8)))
    _resist(world, item, item.registrar)
    return True


def hand(world: World, item: Item, from_: Unit, to: Unit, moment: int) -> None:
    """One unit refers (转送) or assigns (交办) the item to another."""
    to = to.at(moment)
    if to is from_.at(moment):
        return  # the one went into the other meanwhile
    data: Data = {"to_unit": to.id}
    if world.chance() < (0.75 if item.above else 0.3):
        if world.chance() < 0.85:
            due = moment // DAY + 30 + int(world.chance() * 45)
            data["report_by"] = world.days.text(due)
            item.report_by = due if item.report_by is None else min(due, item.report_by)
        item.assigned_by = from_
        item.act(moment, "assigned", from_, CLERK, data)
    else:
        item.act(moment, "referred", from_, CLERK, data)
    item.holder, item.received = to, moment


def _other(world: World, item: Item, *not_these: Unit) -> Unit:
    """Another unit of the county that might be thought competent."""
    county = item.matter.county.code
    codes = ("zjj", "cgj", "zrzyj", "rsj", "mzj", "jtj", "nyncj", "sthjj", "gaj", "gov")
    banned = {unit.at(item.busy_until) for unit in not_these}
    while True:
        unit = world.city.get(f"{county}-{codes[int(world.chance() * len(codes))]}").at(item.busy_until)
        if unit not in banned:
            return unit


def _resist(world: World, item: Item, from_: Unit) -> None:
    """The unit objects, or passes the item on; most simply take it."""
    draw = world.chance()
    if draw < 0.030:
        _object(world, item, from_)
    elif draw < 0.030 + min(0.05, item.holder.slips):
        chain = [from_, item.holder]
        for _ in range(1 + int(world.chance() * 2.6)):
            to = _other(world, item, *chain)
            hand(world, item, item.holder, to, world.later(item.received, 1 + int(world.chance() * 7)))
            chain.append(to)


def _object(world: World, item: Item, from_: Unit) -> None:
    r, unit = world.chance, item.holder
    objected, _ = world.within_working(unit, item.received, 5)
    item.act(objected, "assignment_objected", unit, CLERK, {"reason": OBJECTIONS[int(r() * len(OBJECTIONS))]})
    ruled = world.later(objected, 1 + int(r() * 3))
    if r() < 0.45:
        item.act(ruled, "assignment_upheld", from_, CLERK, {})
        item.busy_until = ruled
        return
    item.act(ruled, "assignment_withdrawn", from_, CLERK, {})
    hand(world, item, from_, _other(world, item, unit), world.later(ruled, int(r() * 3)))


def answer_at_once(world: World, item: Item, unit: Unit, moment: int) -> None:
    """Answered at the counter (当即答复): acceptance, notice and answer in one."""
    done = moment + 600 + int(world.chance() * 5_400)
    item.outcome = "explained" if world.chance() < 0.85 else "supported"
    item.answered_at, item.holder, item.simple = done, unit, True
    disposition = ["persuaded"] if item.outcome == "explained" else ["solved"]
    basis = [item.matter.topic.basis[0]]
    item.act(done, "answered", unit, -2, {
        "outcome": item.outcome, "disposition": disposition, "immediate": True, "basis": basis,
    })  # fmt: skip


def _refused_as_repeat(world: World, item: Item, moment: int) -> bool:
    """What has been through all its stages, or is in good hands below, is not taken again."""
    r, matter = world.chance, item.matter
    if matter.ended_at is not None and matter.ended_at < moment and r() < 0.9:
        done, _ = world.within(item.registrar, moment, 15)
        ground = ("N8", "N7", "N6")[int(r() * 3)]
        item.act(done, "no_longer_accepted", item.registrar, CLERK, {"ground": ground})
        tell_refusal(world, item, item.registrar, done)
        return True
    higher = item.registrar.level == "city" and matter.unit.level != "city"
    if not item.after_close and higher and r() < 0.5:
        done, _ = world.within(item.registrar, moment, 15)
        data: Data = {"ground": "N4", "directed_to": matter.unit.id}
        item.act(done, "not_accepted", item.registrar, CLERK, data)
        tell_refusal(world, item, item.registrar, done)
        return True
    return False


def _secrecy(world: World, item: Item, sent: int) -> None:
    """A handful a year: somebody tells the accused."""
    about = item.matter.about
    if about is None or world.chance() >= 0.012:
        return
    told_at = world.later(sent, 1 + int(world.chance() * 10))
    by, to = item.registrar.id, about.at(told_at).id
    teller = world.city.get(f"{CITY}-xfj")
    world.diary.plan(told_at, item, "petition.secrecy_breached.v1", teller, CLERK, {"by_unit": by, "to": to})
    take_up(world, f"F12:{item.subject}:{to}", item.registrar, told_at)
