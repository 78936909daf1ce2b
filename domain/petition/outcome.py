"""Steps after the answer: delivery, review, execution, closing, rating, going above."""

from domain.deadlines import HANDLING_CLOCKS, PETITIONER
from domain.draft import Verdict
from domain.envelope import Rejected
from domain.fact import RANK
from domain.petition import events as e
from domain.petition.guards import may_receive, rank_of_place, skips
from domain.petition.handling import resumed
from domain.petition.ruling import Ruling
from domain.rules import findings as rule


def delivered(fact: e.OpinionDelivered, ruling: Ruling) -> Verdict:
    """The first delivery opens the petitioner's window: K6, after a review K8 (R2005 34, 35; R2022 35, 36)."""
    reviewed = {stage for stage, _ in ruling.item.reviews}
    if fact.stage != "handling" and fact.stage not in reviewed:
        return Rejected("not-in-this-state", f"there is no opinion of stage {fact.stage} yet", "$.data.stage")
    window = {"handling": "K6", "review": "K8"}.get(fact.stage)
    if window and not ruling.item.running(window) and fact.stage not in ruling.item.delivered:
        ruling.start(window, PETITIONER)
    return None


def review_requested(fact: e.ReviewRequested | e.RereviewRequested, ruling: Ruling) -> Verdict:
    """Of an answer, to another unit than the one that gave it, each stage once. After the window it is out of time."""
    again = isinstance(fact, e.RereviewRequested)
    item = ruling.item
    if item.answered_at is None:
        return Rejected("not-in-this-state", "it was closed without an answer that could be reviewed", "$.type")
    reviewed = {stage for stage, _ in item.reviews}
    if again and "review" not in reviewed:
        return Rejected("not-in-this-state", "re-review follows a review, and there is none", "$.type")
    if ("rereview" if again else "review") in reviewed:
        return Rejected("not-in-this-state", "this stage has been through already", "$.type")
    refused = may_receive(ruling, fact.to_unit)
    if refused is not None:
        return refused
    if fact.to_unit == item.answered_by:
        return Rejected("bad-value", "a unit does not review its own opinion", "$.data.to_unit")
    window = "K8" if again else "K6"
    passed = [each for each in item.deadlines if each.clock == window and each.open and each.due_on < ruling.day]
    ruling.meet(window)
    ruling.facts["out_of_time"] = bool(passed)
    ruling.start("K9" if again else "K7", fact.to_unit)
    return None


def review_answered(fact: e.ReviewAnswered | e.RereviewAnswered, ruling: Ruling) -> Verdict:
    """Meets K7, or K9 at re-review. `revoked` sends the item back to be handled."""
    for clock in ruling.item.running("K9" if isinstance(fact, e.RereviewAnswered) else "K7"):
        ruling.meet_one(resumed(clock, ruling))
    if fact.outcome == "revoked":
        ruling.end("execution")
    return None


def executed(fact: e.PetitionExecuted, ruling: Ruling) -> Verdict:
    """Meets the limit for carrying out what was supported (R2005 32; R2022 32)."""
    if ruling.item.outcome not in ("supported", "partly"):
        return Rejected("not-in-this-state", "no opinion supports the request; there is nothing to execute", "$.type")
    ruling.meet("execution")
    return None


def execution_refused(fact: e.ExecutionRefused, ruling: Ruling) -> Verdict:
    """Refusing to carry out what was supported is a fault of its own, F20 on axis A (R2005 40(4); R2022 42(4))."""
    if ruling.item.outcome not in ("supported", "partly"):
        return Rejected("not-in-this-state", "no opinion supports the request; there is nothing to refuse", "$.type")
    ruling.end("execution")
    rule.f20_support_refused(ruling)
    return None


def closed(fact: e.PetitionClosed, ruling: Ruling) -> Verdict:
    """办结 ends handling, not the trouble: it meets K13, and K5 or K12 where nothing else did."""
    ruling.meet("K13", *HANDLING_CLOCKS)
    ruling.end("sponsor")
    return None


def withdrawn(fact: e.PetitionWithdrawn, ruling: Ruling) -> Verdict:
    """Every clock ends: nothing is owed on a withdrawn item."""
    ruling.end_all()
    return None


def determined(fact: e.PetitionDetermined, ruling: Ruling) -> Verdict:
    """审核认定办结 ends the windows for review; nothing reopens the item (SEED 10)."""
    ruling.end("K6", "K8", "sponsor")
    return None


def rated(fact: e.PetitionRated, ruling: Ruling) -> Verdict:
    """Dissatisfied with the unit trips F16; dissatisfied with either target calls for supervision, S7 (SEED 16)."""
    if fact.score == "dissatisfied":
        rule.f16_dissatisfied(ruling, fact.target)
        ruling.call_for_supervision("S7")
    elif any(target == fact.target and score == "dissatisfied" for target, score, _ in ruling.item.ratings):
        rule.rated_better(ruling, fact.target)
    return None


def return_visited(fact: e.ReturnVisited, ruling: Ruling) -> Verdict:
    """Asked after closing, `no` trips F24 (SEED 16)."""
    closed = ruling.item.closed_at
    if fact.solved == "no" and closed is not None and closed <= ruling.action.time:
        rule.f24_return_visit_unsolved(ruling)
    return None


def raised_above(fact: e.RaisedAbove, ruling: Ruling) -> Verdict:
    """Beyond the proper level, units with faults of handling on the matter answer (F18); the petitioner never does."""
    item, units = ruling.item, ruling.units
    held = item.accepted_by or item.unit
    competent = item.about_unit if units.is_bureau(held) and item.about_unit else held
    rank = units.rank(competent)
    beyond = skips(RANK[fact.level], rank if rank is not None else rank_of_place(item.place))
    ruling.facts["beyond"] = beyond
    if beyond:
        rule.f18_raised_above_after_fault(ruling, ruling.matter())
    return None
