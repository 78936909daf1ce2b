"""Steps from acceptance or refusal to the answer."""

from domain.deadlines import HANDLING_CLOCKS, Deadline
from domain.draft import Verdict
from domain.envelope import Rejected, day_of
from domain.fact import OfficialId
from domain.petition import events as e
from domain.petition import refusal
from domain.petition.guards import competent, conflicted, may_receive, recused
from domain.petition.ruling import NOTICE_CLOCKS, Ruling
from domain.rules import findings as rule


def accepted(fact: e.PetitionAccepted, ruling: Ruling) -> Verdict:
    """Meets K1; starts K5 from the day of acceptance (R2005 33; R2022 34), or K12 with K11 judged at once (SEED 16).

    Under cn-2022 only appeals and requests for settlement have K5. The first acceptance of a matter makes its first
    handler (首办).
    """
    item, unit = ruling.item, ruling.unit
    if fact.handler is None and fact.origin is None:
        return Rejected("missing-field", "an acceptance names the official who handles the item", "$.data.handler")
    refused = conflicted(item, fact.handler, "$.data.handler") or may_receive(ruling, unit, "$.unit")
    refused = refused or recused(ruling, fact.handler, "$.data.handler")
    if refused is not None:
        return refused
    ruling.meet("K1")
    ruling.end("K4")
    if fact.procedure == "simple":
        received = day_of(item.since) if item.routings else item.received_on
        simple = ruling.start("K11", unit, on=received)
        if simple is not None:
            ruling.meet_one(simple)
        ruling.start("K12", unit)
        rule.f10_simple_misused(ruling)
    elif ruling.law.switches["handling_limit_for_all"] or item.purpose in ("appeal", "settlement"):
        ruling.start("K5", unit)
    ruling.facts["first_handler"] = ruling.first_handler() or ((unit, fact.handler) if fact.handler else None)
    competent(ruling, unit)
    return None


def not_accepted(fact: e.PetitionNotAccepted | e.PetitionNoLongerAccepted, ruling: Ruling) -> Verdict:
    """Meets K1; the ground must fit the record (N1–N8), else F11. The refusal is still to be notified (K2, K3)."""
    ruling.meet("K1")
    ruling.end("K4", "K13", "sponsor")
    if not refusal.fits(fact.ground, ruling.item, ruling.matter(), ruling.day):
        rule.f11_refusal_irregular(ruling)
    return None


def channelled(fact: e.PetitionChannelled, ruling: Ruling) -> Verdict:
    """Ends every limit of notice, handling and report: another procedure has the item now (R2022 31).

    Who takes an opinion to court instead of asking for review leaves the petition channel too (诉访分离, R2022 28).
    """
    ruling.meet("K1")
    ruling.end(*NOTICE_CLOCKS, "K4", *HANDLING_CLOCKS, "K13", "sponsor", "K6", "K8")
    return None


def notified(fact: e.PetitionNotified, ruling: Ruling) -> Verdict:
    """Notice of acceptance or refusal meets K2 and K3; under cn-2022 that of receipt too (R2005 21, 22; R2022 23)."""
    if fact.of == "extension":
        ruling.meet("K5x")
    elif fact.of != "receipt" or ruling.law.switches["receipt_notice_counts"]:
        ruling.meet(*NOTICE_CLOCKS)
    return None


def handler_changed(fact: e.HandlerChanged, ruling: Ruling) -> Verdict:
    """The new handler must not be whom the item is about, nor serve in an accused organ (R2005 30; R2022 28, 30)."""
    return conflicted(ruling.item, fact.handler, "$.data.handler") or recused(ruling, fact.handler, "$.data.handler")


def hearing_opened(fact: e.HearingOpened, ruling: Ruling) -> Verdict:
    """One hearing a stage at a time. Only a hearing at re-review stops a clock, K9 (R2005 35; R2022 36)."""
    stage_of = {"handling": "accepted", "review": "under_review", "rereview": "under_rereview"}
    if ruling.item.state != stage_of[fact.stage]:
        message = f"a hearing of stage {fact.stage} is not possible, the item is {ruling.item.state}"
        return Rejected("not-in-this-state", message, "$.data.stage")
    if any(stage == fact.stage for stage, _ in ruling.item.hearings):
        return Rejected("not-in-this-state", "a hearing of this stage is open already", "$.data.stage")
    if fact.stage == "rereview":
        for clock in ruling.item.running("K9"):
            ruling.move(
                clock, ruling.law.due("K9", clock.starts_on, not_counted=clock.not_counted), paused_on=ruling.day
            )
    return None


def hearing_closed(fact: e.HearingClosed, ruling: Ruling) -> Verdict:
    """The days of a hearing at re-review, both ends included, are not counted in K9."""
    opened = next((day for stage, day in ruling.item.hearings if stage == fact.stage), None)
    if opened is None:
        return Rejected("not-in-this-state", "no hearing of this stage is open", "$.data.stage")
    if ruling.day < opened:
        return Rejected("before-previous", "a hearing cannot close before it opened", "$.time")
    if fact.stage == "rereview":
        for clock in ruling.item.running("K9"):
            resumed(clock, ruling)
    return None


def resumed(clock: Deadline, ruling: Ruling) -> Deadline:
    """K9 goes on after a hearing, whose days (both ends included) are not counted."""
    if clock.paused_on is None:
        return clock
    spans = (*clock.not_counted, (clock.paused_on, ruling.day))
    return ruling.move(clock, ruling.law.due("K9", clock.starts_on, not_counted=spans), not_counted=spans)


def extended(fact: e.PetitionExtended, ruling: Ruling) -> Verdict:
    """Moves K5 by at most 30 days in all (R2005 33; R2022 34), not after its last day. Notice is due (K5x)."""
    item = ruling.item
    cap = ruling.law.parameters["extension_max_days"]
    total = item.extended + fact.days
    for clock in item.running("K5"):
        if ruling.day > clock.due_on:
            ruling.facts["out_of_time"] = True
        else:
            counted = min(cap, total)
            ruling.move(clock, ruling.law.due("K5", clock.starts_on, more=counted), extended=counted)
    ruling.start("K5x", ruling.unit)
    if total > cap:
        rule.f05_extension_irregular(ruling)
    return None


def answered(fact: e.PetitionAnswered, ruling: Ruling) -> Verdict:
    """Meets K5, K12, K13. From registered or routed it is at once (当即答复): acceptance and notice as well."""
    item, unit = ruling.item, ruling.unit
    refused = may_receive(ruling, unit, "$.unit")
    if refused is not None:
        return refused
    ruling.meet(*HANDLING_CLOCKS, "K13")
    if item.state in ("registered", "routed"):
        ruling.meet("K1", *NOTICE_CLOCKS)
        ruling.facts["first_handler"] = ruling.first_handler() or (unit, OfficialId(ruling.action.actor))
        competent(ruling, unit)
    ruling.end("K4")
    if fact.outcome == "supported":
        ruling.start("execution", unit)
    rule.f10_simple_misused(ruling, not_supported=fact.outcome == "not_supported")
    return None
