"""Steps that register an item and move it between units; judging whether it repeats another."""

from domain.draft import Verdict
from domain.envelope import Rejected, day_of
from domain.fact import RANK, UnitId
from domain.petition import events as e
from domain.petition.guards import competent, may_receive, skips, unknown_unit
from domain.petition.matter import counting, first_handler, first_item, members
from domain.petition.ruling import NOTICE_CLOCKS, Ruling
from domain.rules import findings as rule


def registered(fact: e.PetitionRegistered, ruling: Ruling) -> Verdict:
    """Starts K1 for a bureau, K3 for any other unit unless anonymous, from receipt (R2005 21, 22; R2022 22, 23).

    Says whether the visit is collective or above its level; handed down from province or nation, or from a leader's
    reception, it calls for supervision (S9, S10; SEED 11); handed down so, it also gets a sponsor (SEED 9).
    """
    action = ruling.action
    if action.unit is None:
        return Rejected("missing-field", "a registration names the unit that registers", "$.unit")
    refused = unknown_unit(ruling, action.unit, "$.unit")
    unit = ruling.units.get(action.unit)
    if refused is not None or unit is None:
        return refused
    if fact.received_at is not None and fact.received_at > action.time:
        return Rejected("bad-value", "received after it was registered", "$.data.received_at")
    received = day_of(fact.received_at) if fact.received_at else ruling.day
    if unit.is_bureau:
        ruling.start("K1", action.unit, on=received)
    elif not fact.anonymous:
        ruling.start("K3", action.unit, on=received)
    if fact.report_by is not None:
        ruling.start("K13", action.unit, given=fact.report_by)
    collective = fact.channel in ("visit", "reception")
    ruling.facts["collective"] = collective and fact.persons >= ruling.law.parameters["collective_min_persons"]
    if fact.channel == "visit" and fact.about_unit and fact.purpose != "accusation":
        ruling.facts["skip_level"] = skips(unit.rank, ruling.units.rank(fact.about_unit))
    if fact.channel == "handed_down" and from_high_above(ruling, fact.handed_down_by):
        ruling.call_for_supervision("S9")
        ruling.start("sponsor", action.unit)
    if fact.channel == "reception":
        ruling.call_for_supervision("S10")
    return None


def from_high_above(ruling: Ruling, unit: UnitId | None) -> bool:
    """Handed down by the nation or a province; a unit that nobody established is told by its division code."""
    if unit is None:
        return False
    rank = ruling.units.rank(unit)
    if rank is not None:
        return rank >= RANK["province"]
    return unit.removeprefix("unit:")[2:6] == "0000"


def routed(fact: e.PetitionReferred | e.PetitionAssigned, ruling: Ruling) -> Verdict:
    """Never to the accused. Meets K1; ends the former holder's clocks; starts K2, K4, and K13 with report_by."""
    item, to = ruling.item, fact.to_unit
    refused = may_receive(ruling, to)
    if refused is not None:
        return refused
    if to == ruling.units.answering(item.unit, ruling.day):
        return Rejected("bad-value", f"{to} already holds the item", "$.data.to_unit")
    by = ruling.unit
    ruling.meet("K1")
    ruling.end(*NOTICE_CLOCKS, "K4")
    if by != ruling.units.answering(item.unit, ruling.day):
        ruling.end("K13", owed_by=item.unit)  # who hands it on himself still reports to the unit that assigned it
    if not item.anonymous:
        ruling.start("K2", to)
    ruling.start("K4", to)
    if isinstance(fact, e.PetitionAssigned) and fact.report_by is not None:
        ruling.start("K13", to, given=fact.report_by)
    ruling.facts["passed_on"] = rule.passes_on(item, by, ruling.units)
    competent(ruling, to)
    rule.f14_passed_around(ruling, by)
    return None


def objected(fact: e.AssignmentObjected, ruling: Ruling) -> Verdict:
    """Within K4 (R2022 23); a later one is recorded as out of time. cn-2005 knows no such window."""
    if ruling.item.objected:
        return Rejected("not-in-this-state", "an objection is pending already", "$.type")
    ruling.meet("K4")
    if not ruling.item.running("K4"):
        ruling.facts["out_of_time"] = "K4" in ruling.law.clocks
    return None


def upheld(fact: e.AssignmentUpheld, ruling: Ruling) -> Verdict:
    """The objection was turned down: from the third routing on this is passing around (F14)."""
    if not ruling.item.objected:
        return Rejected("not-in-this-state", "there is no objection to decide on", "$.type")
    rule.f14_passed_around(ruling, ruling.item.unit, turned_down=True)
    return None


def taken_back(fact: e.AssignmentWithdrawn, ruling: Ruling) -> Verdict:
    """The clocks of the assignment end; the item goes back to who routed it."""
    ruling.end(*NOTICE_CLOCKS, "K4")
    ruling.end("K13", owed_by=ruling.item.unit)
    return None


def repeat_judged(fact: e.RepeatJudged, ruling: Ruling) -> Verdict:
    """Numbers the repeat within its matter; what a former judgement tripped is taken back. May trip F10, F15, F23."""
    item, known = ruling.item, ruling.known
    former = (f"matter:{item.first}",) if item.first else ()
    if fact.first is None:
        rule.take_back_repeat(ruling)
        ruling.facts |= {"matter": item.no, "repeat_number": 0, "first_handler": first_handler([item])}
        ruling.touches = former
        return None
    root = first_item(fact.first, known.item)
    if root is None:
        return Rejected("unknown-subject", f"petition:{fact.first} is not registered", "$.data.first")
    if root.no == item.no:
        return Rejected("bad-value", "an item cannot repeat itself", "$.data.first")
    if root.no == item.first:
        number = item.repeat_number
    else:
        rule.take_back_repeat(ruling)
        others = [other for no in members(root.no, known.repeats) if no != item.no and (other := known.item(no))]
        number = max((other.repeat_number for other in counting(item, others)), default=0) + 1
    ruling.facts |= {
        "matter": root.no, "repeat_number": number,
        "first_handler": first_handler([*ruling.matter(root), item]) or root.first_handler,
    }  # fmt: skip
    ruling.touches = tuple(dict.fromkeys((*former, f"matter:{root.no}")))
    rule.f10_simple_misused(ruling, repeat=True)
    rule.f15_repeat_after_close(ruling, root)
    rule.f23_first_turned_repeat(ruling, root, first_repeat=number == 1)
    return None
