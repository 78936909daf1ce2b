"""What the competent unit does: takes the item, tells the petitioner, works on it, answers."""

from infra.city.item import Item
from infra.city.refusal import channel, refuse, told
from infra.city.rhythm import DAY
from infra.city.routing import answer_at_once
from infra.city.thread import CLERK, HANDLER
from infra.city.toil import toil
from infra.city.units import Data, Later, Unit
from infra.city.world import World

REASONS = (
    "情况复杂，需进一步调查取证",
    "涉及多个单位，协调尚需时日",
    "等待检测鉴定结论",
    "当事人外出，无法按期核实",
)
OUTCOMES = ("supported",) * 46 + ("explained",) * 29 + ("partly",) * 13 + ("not_supported",) * 12
DISPOSITION = {
    "supported": (["solved"], ["solved"], ["solved", "persuaded"], ["solved", "relieved"]),
    "explained": (["persuaded"], ["persuaded"], ["persuaded", "relieved"]),
    "partly": (["solved", "persuaded"], ["relieved", "persuaded"]),
    "not_supported": (["persuaded"], ["persuaded"], ["persuaded", "dealt_with"]),
}


def handle(world: World, item: Item) -> None:
    """From receipt to answer, or to whatever ends the item before."""
    r, unit, matter = world.chance, item.holder, item.matter
    draw = r()
    quick = 0.4 if matter.purpose in ("enquiry", "suggestion") else 0.05
    if matter.purpose == "accusation":
        draw = 1.0
    if draw < quick and not item.collective:
        moment = item.received if item.received == item.at else world.later(item.received, int(r() * 4))
        answer_at_once(world, item, unit, max(moment, item.busy_until))
        return
    if draw > 0.996 and draw < 1.0:
        return
    draw = r() if matter.purpose != "accusation" else 1.0
    if draw < 0.042:
        done, late = world.within(unit, item.busy_until, 13)
        _note(item, "K2", late)
        (refuse if draw < 0.028 else channel)(world, item, unit, done)
    elif draw < 0.054:
        _withdrawn(world, item, world.later(item.busy_until, 1 + int(r() * 12)))
    else:
        _take(world, item, unit)


def _note(item: Item, clock: str, late: bool) -> None:
    if late and item.late is None:
        item.late = clock


def _withdrawn(world: World, item: Item, moment: int) -> None:
    item.act(moment, "withdrawn", item.holder, CLERK, {})
    item.ended, item.outcome = moment, "withdrawn"


def _fit_for_simple(world: World, item: Item) -> bool:
    """First-time, small, from one person, not from above (SIMP16 4, 5); a few units stretch it."""
    plain = not (item.repeat or item.collective or item.matter.joint or item.above or item.assigned_by)
    return world.chance() < (0.36 if plain else 0.012)


def _take(world: World, item: Item, unit: Unit) -> None:
    """Acceptance and notice. The notice is what meets the limit, so acceptance comes before it."""
    r, start = world.chance, item.busy_until
    item.simple = _fit_for_simple(world, item) and item.matter.purpose != "accusation"
    if item.simple:
        accepted, late = world.within_working(unit, item.received, 3)
        _note(item, "K11", late)
        notice = world.later(accepted, int(r() * 2))
    else:
        notice, late = world.within(unit, item.received, 15)
        _note(item, "K2", late)
        accepted = world.later(item.received, int((notice - item.received) // DAY * r()))
    accepted = max(accepted, start + 300)
    notice = max(notice, accepted + 600)
    item.act(accepted, "accepted", unit, HANDLER, _taken("simple" if item.simple else "ordinary"))
    item.accepted_at = accepted
    if not item.matter.anonymous and r() > 0.004:
        item.act(notice, "notified", unit, CLERK, told(world, item, "acceptance"))
    else:
        notice = accepted
    work(world, item, unit, notice)


def _taken(procedure: str) -> Later:
    def at_desk(unit: Unit, actor: str) -> Data:
        return {"procedure": procedure, "handler": actor}

    return at_desk


def work(world: World, item: Item, unit: Unit, notice: int) -> None:
    """From acceptance to answer, on time or not."""
    r = world.chance
    accepted = item.accepted_at or notice
    if r() < 0.004:
        toil(world, item, unit, notice, world.later(notice, 25))
        return  # nobody answers: the clock will find it
    if r() < 0.010 and item.matter.purpose != "accusation":
        _withdrawn(world, item, world.later(notice, 3 + int(r() * 20)))
        return
    answered = _simple_answer(world, item, unit, accepted) if item.simple else _answer_day(world, item, unit, accepted)
    answered = max(answered, notice + 1800, item.busy_until + 1800)
    toil(world, item, unit, notice, answered)
    give_answer(world, item, unit, answered)


def _simple_answer(world: World, item: Item, unit: Unit, accepted: int) -> int:
    answered, late = world.within_working(unit, accepted, 10)
    _note(item, "K12", late)
    return answered


def _answer_day(world: World, item: Item, unit: Unit, accepted: int) -> int:
    """Sixty days, more with an extension, fewer where a report is due before."""
    r = world.chance
    if r() < 0.045:
        return _extended(world, item, unit, accepted)
    answered, late = world.within(unit, accepted, 60, 1.15)
    _note(item, "K5", late)
    if late or item.report_by is None:
        return answered
    if answered // DAY > item.report_by:
        if r() < unit.slips * 2:
            _note(item, "K13", True)
        elif item.report_by > accepted // DAY:
            answered = world.by(accepted, item.report_by)
    return answered


def _extended(world: World, item: Item, unit: Unit, accepted: int) -> int:
    """The principal approves more days, at most thirty (R2005 33); a few take more, or forget to say so."""
    r = world.chance
    days = (15, 20, 30, 30)[int(r() * 4)] if r() < 0.94 else 45
    moment = world.by(world.later(accepted, 35), accepted // DAY + 58)
    item.act(moment, "extended", unit, HANDLER, _approved(days, REASONS[int(r() * len(REASONS))]))
    if r() < 0.88 and not item.matter.anonymous:
        item.act(world.later(moment, 1 + int(r() * 3)), "notified", unit, CLERK, told(world, item, "extension"))
    if r() < 0.05 and days < 30:
        item.act(world.later(moment, 4), "extended", unit, HANDLER, _approved(20, REASONS[0]))
    answered, late = world.within(unit, moment, accepted // DAY + 60 + min(days, 30) - moment // DAY, 0.8)
    _note(item, "K5", late)
    return answered


def _approved(days: int, reason: str) -> Later:
    def signed(unit: Unit, actor: str) -> Data:
        return {"days": days, "approved_by": unit.approver(), "reason": reason}

    return signed


def give_answer(world: World, item: Item, unit: Unit, moment: int) -> None:
    """The written opinion. On the simple track a refusal of the request is rare, because it is an error."""
    r = world.chance
    item.outcome = OUTCOMES[int(r() * 100)]
    if item.simple and item.outcome == "not_supported" and r() < 0.96:
        item.outcome = "explained"
    chosen = DISPOSITION[item.outcome]
    laws = item.matter.topic.basis
    item.answered_at = moment
    item.act(moment, "answered", unit, HANDLER, {
        "outcome": item.outcome, "disposition": list(chosen[int(r() * len(chosen))]),
        "basis": [laws[int(r() * len(laws))]],
    })  # fmt: skip
