"""After the answer: delivery, review and re-review, execution, rating, closing, and what comes after closing."""

from infra.city.accountability import take_up
from infra.city.handling import give_answer
from infra.city.item import Item
from infra.city.oversight import supervise
from infra.city.places import CITY
from infra.city.rhythm import DAY
from infra.city.thread import CLERK, HANDLER, Thread
from infra.city.toil import hear
from infra.city.units import Data, Unit
from infra.city.world import World

UNHAPPY = ("问题没有解决", "答复敷衍", "办理时间太长", "态度不好", "没有见面核实")
REOPENED = ("出现新的事实和证据", "承诺事项未兑现", "复查后需要补充调查")

FORGETFUL = 0.0015
"""Share of closed items whose petitioner is forgotten within two months."""


def end_well(world: World, item: Item) -> None:
    """What follows an answer, in the order in which it follows."""
    r, unit = world.chance, item.holder
    moment = item.answered_at or item.at
    view = _view(world, item)
    delivered = not item.matter.anonymous and r() < (0.75 if item.simple else 0.97)
    if delivered:
        moment = world.later(moment, int(r() * 5))
        item.act(moment, "opinion_delivered", unit, CLERK, _delivery(world, item, "handling", view))
    if delivered and view == "disagrees" and not item.simple and r() < 0.55 and _review(world, item, moment):
        return
    if item.outcome == "supported":
        moment = max(moment, _carry_out(world, item, unit, moment))
    if not item.matter.anonymous and r() < 0.70:
        moment = _rated(world, item, unit, moment, view)
    if r() < 0.955:
        _close(world, item, unit, max(moment, item.busy_until))


def _view(world: World, item: Item) -> str:
    draw = world.chance()
    if item.outcome in ("not_supported", "partly", "explained"):
        return (
            "disagrees"
            if draw < (0.30 if item.outcome == "not_supported" else 0.07)
            else "none"
            if draw < 0.5
            else "agrees"
        )
    return "agrees" if draw < 0.75 else "none"


def _delivery(world: World, item: Item, stage: str, view: str) -> Data:
    draw = world.chance()
    how = "online" if item.channel == "online" and draw < 0.7 else "in_person" if draw < 0.5 else "post"
    data: Data = {"stage": stage, "how": how, "signed": how == "online" or world.chance() < 0.95}
    if view != "none" or draw < 0.5:
        data["view"] = view
    return data


def _review_ladder(world: World, unit: Unit) -> tuple[Unit, Unit | None] | None:
    """The unit above that reviews, and the one above that which re-reviews, within the city."""
    first = unit.parent
    if first is None or first.kind != "government":
        return None
    return first, first.parent


def _review(world: World, item: Item, moment: int) -> bool:
    """The petitioner asks the unit above to review, and sometimes the one above that to re-review."""
    r, unit = world.chance, item.holder
    ladder = _review_ladder(world, unit)
    if ladder is None:
        return False
    outcome, moment = _stage(world, item, "review", ladder[0], moment)
    if outcome == "revoked":
        give_answer(world, item, unit, world.later(moment, 10 + int(r() * 35)))
        moment = item.busy_until
    elif outcome == "upheld" and ladder[1] is not None and r() < 0.6:
        outcome, moment = _stage(world, item, "rereview", ladder[1], moment)
        if outcome != "revoked" and r() < 0.6:
            moment = world.later(max(moment, item.busy_until), 5 + int(r() * 20))
            item.act(moment, "determined", world.bureau(unit), CLERK, {"ground": "复查复核程序已终结"})
            item.ended = item.matter.ended_at = moment
            return True
        if outcome == "revoked":
            give_answer(world, item, unit, world.later(moment, 10 + int(r() * 35)))
            moment = item.busy_until
    _close(world, item, unit, max(moment, item.busy_until))
    return True


def _stage(world: World, item: Item, stage: str, reviewer: Unit, moment: int) -> tuple[str, int]:
    """One stage: request, perhaps a hearing, answer, delivery."""
    r = world.chance
    asked = world.later(max(moment, item.busy_until), 2 + int(r() * 26))
    item.act(asked, f"{stage}_requested", reviewer, CLERK, {"to_unit": reviewer.id})
    answered, late = world.within(reviewer, asked, 29, 0.9)
    if not late and r() < (0.12 if stage == "rereview" else 0.02):
        answered, late = world.later(asked, 33 + int(r() * 20)), True
    if late and item.late is None:
        item.late = "K7" if stage == "review" else "K9"
    if r() < (0.5 if stage == "rereview" else 0.2) and answered - asked > 8 * DAY:
        hear(world, item, stage, reviewer, world.later(asked, 2 + int(r() * 3)), answered)
    draw = r()
    outcome = "upheld" if draw < 0.82 else "modified" if draw < 0.91 else "revoked"
    answered = max(answered, item.busy_until + 600)
    item.act(answered, f"{stage}_answered", reviewer, HANDLER, {"by_unit": reviewer.id, "outcome": outcome})
    if outcome == "revoked":
        return outcome, answered  # remitted: the unit answers anew
    delivered = world.later(answered, int(r() * 4))
    item.act(delivered, "opinion_delivered", reviewer, CLERK, _delivery(world, item, stage, "none"))
    return outcome, delivered


def _carry_out(world: World, item: Item, unit: Unit, moment: int) -> int:
    """A supported request is carried out, mostly in time; a few units refuse or forget."""
    draw = world.chance()
    if draw < 0.010:
        done = world.later(moment, 5 + int(world.chance() * 20))
        item.act(done, "execution_refused", unit, CLERK, {})
        return done
    if draw < 0.018:
        return moment
    left = 29 - (moment - (item.answered_at or moment)) // DAY
    done, _ = world.within(unit, moment, max(left, 1))
    item.act(done, "executed", unit, HANDLER, {})
    return done


def _rated(world: World, item: Item, unit: Unit, moment: int, view: str) -> int:
    """The petitioner rates the unit and mostly the bureau; what displeases is to be supervised (SEED 16)."""
    r = world.chance
    at = world.later(moment, 1 + int(r() * 9))
    bad = 0.55 if view == "disagrees" else 0.13 if item.late else 0.045 + unit.slips * 0.5
    item.dissatisfied = r() < bad
    score = "dissatisfied" if item.dissatisfied else "satisfied" if r() < 0.68 else "basically"
    data: Data = {"target": "unit", "score": score}
    if item.dissatisfied:
        data["reason"] = UNHAPPY[int(r() * len(UNHAPPY))]
    bureau = world.bureau(unit)
    item.act(at, "rated", bureau, CLERK, data)
    if r() < 0.6:
        draw = r()
        score = "satisfied" if draw < 0.7 else "basically" if draw < 0.992 else "dissatisfied"
        item.act(at + 60, "rated", bureau, CLERK, {"target": "bureau", "score": score})
    if item.dissatisfied and r() < 0.93:
        supervise(world, item, "S7", at)
    if item.dissatisfied and r() < 0.3:
        take_up(world, f"F16:{item.subject}", item.holder, at)
    return max(at + 60, item.busy_until)


def _close(world: World, item: Item, unit: Unit, moment: int) -> None:
    r = world.chance
    closed = world.later(moment, int(r() * 6))
    item.act(closed, "closed", unit, CLERK, {})
    item.matter.closed_at = closed
    if r() < 0.004:
        _reopened(world, item, unit, closed)
        return
    visited = closed
    good = item.outcome == "supported"
    if r() < 0.34 and not item.matter.anonymous:
        visited = world.later(closed, 5 + int(r() * 25))
        draw = r() * (0.6 if item.dissatisfied else 1.0)
        solved = "no" if draw < 0.06 else "partly" if draw < 0.20 else "yes"
        item.act(visited, "return_visited", world.bureau(unit), CLERK, {"solved": solved})
        good = good and solved == "yes"
        if solved == "no" and r() < 0.4:
            take_up(world, f"F24:{item.subject}", item.holder, visited)
    if (good and r() < 0.75) or r() < 0.12:
        item.act(world.later(visited, int(r() * 10)), "resolved", unit, CLERK, {})
    if r() < (0.22 if good else 0.08) and not item.matter.anonymous:
        item.act(world.later(visited, int(r() * 12)), "desisted", unit, CLERK, {})
    if r() < FORGETFUL and item.matter.petitioners:
        _forgotten(world, item)
    if r() < 0.008:
        moment = world.later(item.busy_until, 20 + int(r() * 40))
        item.act(moment, "determined", world.city.get(f"{CITY}-xfj"), CLERK, {"ground": "和解协议已履行完毕"})
        item.matter.ended_at = moment


def _forgotten(world: World, item: Item) -> None:
    """The first petitioner's personal fields are erased when they are no longer needed, or at his own wish."""
    moment = world.later(item.busy_until, 30 + int(world.chance() * 30))
    thread = Thread("petitioner:" + item.matter.petitioners[0].partition(":")[2], f"{item.no}/forgotten")
    reason = {"reason": "保存期满，信访人申请删除"}
    world.diary.plan(moment, thread, "petitioner.forgotten.v1", world.bureau(item.holder), CLERK, reason)


def _reopened(world: World, item: Item, unit: Unit, closed: int) -> None:
    """Taken up again: accepted anew, worked on, answered anew."""
    r = world.chance
    moment = world.later(closed, 10 + int(r() * 30))
    item.act(moment, "reopened", world.bureau(unit), CLERK, {"reason": REOPENED[int(r() * 3)]})

    def taken(acting: Unit, actor: str) -> Data:
        return {"procedure": "ordinary", "handler": actor}

    moment = world.later(moment, 1 + int(r() * 5))
    item.act(moment, "accepted", unit, HANDLER, taken)
    item.act(world.later(moment, 1), "notified", unit, CLERK, {"of": "acceptance", "how": "in_person", "signed": True})
    give_answer(world, item, unit, world.later(moment, 8 + int(r() * 40)))
    item.act(world.later(item.busy_until, 3), "closed", unit, CLERK, {})
