"""Given what we know of an item and what is reported, what is recorded? One small function per fact."""

from collections.abc import Callable
from typing import Any

from domain.clock.events import DeadlineMissed, DutyMissed, SupervisionDue
from domain.draft import Verdict
from domain.envelope import AnyAction, Recorded, Rejected
from domain.fact import Fact, unversioned
from domain.known import Known
from domain.petition import breach, handling, outcome, oversight, routing
from domain.petition import events as e
from domain.petition.guards import conflicted
from domain.petition.item import Item
from domain.petition.ruling import Ruling
from domain.petition.steps import OPEN_TO, follows

Step = Callable[[Any, Ruling], Verdict]


def decide(item: Item | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """Takes or refuses one action on one item. Pure: the same item, action and knowledge give the same ruling."""
    fact = action.data
    refused = _possible(item, action)
    if refused is not None:
        return refused
    ruling = Ruling(item, action, known)
    step = STEPS.get(type(fact))
    verdict = step(fact, ruling) if step is not None else None
    return verdict if verdict is not None else ruling.recorded()


def _possible(item: Item | None, action: AnyAction) -> Verdict:
    """Whether this step can be taken in the state the item is in, at the time it is said to have been taken."""
    fact = action.data
    if item is None:
        if isinstance(fact, e.PetitionRegistered):
            return None
        return Rejected("unknown-subject", f"{action.subject} is not registered", "$.subject")
    if isinstance(fact, e.PetitionRegistered):
        return Rejected("already-exists", f"{action.subject} is already registered", "$.subject")
    if item.state not in OPEN_TO[type(fact)]:
        return Rejected("not-in-this-state", f"{_said(action)}: not possible, the item is {item.state}", "$.type")
    if refused := conflicted(item, action.actor, "$.actor"):
        return refused
    earliest = follows(item, fact)
    if action.time < earliest:
        message = (
            f"{_said(action)}: at {action.time.isoformat()}, before the step it depends on ({earliest.isoformat()})"
        )
        return Rejected("before-previous", message, "$.time")
    return None


def _said(action: AnyAction) -> str:
    return unversioned(action.type)


STEPS: dict[type[Fact], Step] = {
    e.PetitionRegistered: routing.registered,
    e.RepeatJudged: routing.repeat_judged,
    e.PetitionReferred: routing.routed,
    e.PetitionAssigned: routing.routed,
    e.AssignmentObjected: routing.objected,
    e.AssignmentUpheld: routing.upheld,
    e.AssignmentWithdrawn: routing.taken_back,
    e.PetitionAccepted: handling.accepted,
    e.PetitionNotAccepted: handling.not_accepted,
    e.PetitionNoLongerAccepted: handling.not_accepted,
    e.PetitionChannelled: handling.channelled,
    e.PetitionNotified: handling.notified,
    e.HandlerChanged: handling.handler_changed,
    e.HearingOpened: handling.hearing_opened,
    e.HearingClosed: handling.hearing_closed,
    e.PetitionExtended: handling.extended,
    e.PetitionAnswered: handling.answered,
    e.OpinionDelivered: outcome.delivered,
    e.ReviewRequested: outcome.review_requested,
    e.ReviewAnswered: outcome.review_answered,
    e.RereviewRequested: outcome.review_requested,
    e.RereviewAnswered: outcome.review_answered,
    e.PetitionExecuted: outcome.executed,
    e.ExecutionRefused: outcome.execution_refused,
    e.PetitionClosed: outcome.closed,
    e.PetitionWithdrawn: outcome.withdrawn,
    e.PetitionDetermined: outcome.determined,
    e.PetitionRated: outcome.rated,
    e.ReturnVisited: outcome.return_visited,
    e.RaisedAbove: outcome.raised_above,
    e.PetitionSupervised: oversight.supervised,
    e.SupervisionAnswered: oversight.supervision_answered,
    e.SupervisionClosed: oversight.supervision_closed,
    e.PetitionSponsored: oversight.sponsored,
    e.SponsorDutyDone: oversight.sponsor_duty_done,
    e.SponsorshipEnded: oversight.sponsorship_ended,
    e.CauseFound: oversight.cause_found,
    e.CauseContested: oversight.cause_contested,
    e.CauseRevised: oversight.cause_revised,
    e.IncidentReported: oversight.incident_reported,
    e.SecrecyBreached: oversight.secrecy_breached,
    e.SecrecyGuarded: oversight.secrecy_guarded,
    DeadlineMissed: breach.deadline_missed,
    SupervisionDue: breach.supervision_due,
    DutyMissed: oversight.sponsor_missing,
}
"""Facts that are absent here (worked, resolved, reopened …) are taken in the states open to them."""
