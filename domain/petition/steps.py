"""Which step is possible in which state, and which earlier step it may not precede."""

from datetime import datetime

from domain.clock.events import DeadlineMissed, DutyMissed, SupervisionDue
from domain.fact import Fact
from domain.petition import events as e
from domain.petition.item import Item

ANY = frozenset(
    {
        "registered", "routed", "accepted", "answered", "under_review", "under_rereview",
        "closed", "refused", "channelled", "withdrawn", "determined",
    }
)  # fmt: skip
WAITING = frozenset({"registered", "routed"})
REVIEWING = frozenset({"under_review", "under_rereview"})
ANSWERED = frozenset({"answered", "closed", "determined"}) | REVIEWING
OPEN = WAITING | REVIEWING | {"accepted", "answered"}

OPEN_TO: dict[type[Fact], frozenset[str]] = {
    e.PetitionRegistered: frozenset(),
    e.RepeatJudged: ANY,
    e.PetitionReferred: WAITING,
    e.PetitionAssigned: WAITING,
    e.AssignmentObjected: frozenset({"routed"}),
    e.AssignmentUpheld: frozenset({"routed"}),
    e.AssignmentWithdrawn: frozenset({"routed"}),
    e.PetitionAccepted: WAITING,
    e.PetitionNotAccepted: WAITING,
    e.PetitionNoLongerAccepted: WAITING,
    e.PetitionChannelled: WAITING | {"accepted", "answered"},
    e.PetitionNotified: ANY,
    e.HandlerChanged: frozenset({"accepted", "answered"}) | REVIEWING,
    e.PetitionWorked: ANY - {"withdrawn"},
    e.PetitionMediated: frozenset({"accepted", "answered", "closed"}) | REVIEWING,
    e.HearingOpened: frozenset({"accepted"}) | REVIEWING,
    e.HearingClosed: ANY,
    e.PetitionExtended: frozenset({"accepted"}),
    e.PetitionAnswered: WAITING | {"accepted"},
    e.OpinionDelivered: ANSWERED,
    e.ReviewRequested: frozenset({"answered", "closed"}),
    e.ReviewAnswered: frozenset({"under_review"}),
    e.RereviewRequested: frozenset({"answered", "closed"}),
    e.RereviewAnswered: frozenset({"under_rereview"}),
    e.PetitionExecuted: ANSWERED,
    e.ExecutionRefused: ANSWERED,
    e.PetitionClosed: frozenset({"accepted", "answered"}),
    e.PetitionResolved: ANY,
    e.PetitionDesisted: ANY,
    e.PetitionWithdrawn: OPEN,
    e.PetitionDetermined: ANSWERED,
    e.PetitionReopened: frozenset({"closed", "refused", "channelled", "withdrawn"}),
    e.PetitionRated: ANSWERED,
    e.ReturnVisited: ANSWERED,
    e.RaisedAbove: ANY,
    e.PetitionSupervised: ANY - {"withdrawn"},
    e.SupervisionAnswered: ANY,
    e.SupervisionClosed: ANY,
    e.PetitionSponsored: ANY - {"withdrawn", "determined"},
    e.SponsorDutyDone: ANY,
    e.SponsorshipEnded: ANY,
    e.CauseFound: ANY,
    e.CauseContested: ANY,
    e.CauseRevised: ANY,
    e.IncidentReported: ANY,
    e.SecrecyBreached: ANY,
    e.SecrecyGuarded: ANY,
    DeadlineMissed: ANY,
    SupervisionDue: ANY,
    DutyMissed: ANY,
}
"""The states that each step is open to. 审核认定办结 ends an item for good: nothing reopens `determined` (Art 10)."""

LEADS_TO: dict[type[Fact], frozenset[str]] = {
    e.PetitionRegistered: frozenset({"registered"}),
    e.PetitionReferred: frozenset({"routed"}),
    e.PetitionAssigned: frozenset({"routed"}),
    e.AssignmentWithdrawn: frozenset({"registered"}),
    e.PetitionAccepted: frozenset({"accepted"}),
    e.PetitionNotAccepted: frozenset({"refused"}),
    e.PetitionNoLongerAccepted: frozenset({"refused"}),
    e.PetitionChannelled: frozenset({"channelled"}),
    e.PetitionAnswered: frozenset({"answered"}),
    e.ReviewRequested: frozenset({"under_review"}),
    e.ReviewAnswered: frozenset({"answered", "accepted"}),
    e.RereviewRequested: frozenset({"under_rereview"}),
    e.RereviewAnswered: frozenset({"answered", "accepted"}),
    e.PetitionClosed: frozenset({"closed"}),
    e.PetitionWithdrawn: frozenset({"withdrawn"}),
    e.PetitionDetermined: frozenset({"determined"}),
    e.PetitionReopened: WAITING,
}
"""The states that a step may bring an item to; all others leave it in the state it is in."""

PRESENT_STATE, ACCEPTANCE, ANSWER, CLOSING, NOTICE = range(5)

AFTER: dict[type[Fact], int] = {
    **dict.fromkeys(
        (
            e.PetitionReferred, e.PetitionAssigned, e.AssignmentObjected, e.AssignmentUpheld, e.AssignmentWithdrawn,
            e.PetitionAccepted, e.PetitionNotAccepted, e.PetitionNoLongerAccepted, e.PetitionAnswered,
            e.ReviewAnswered, e.RereviewAnswered, e.PetitionReopened,
        ),
        PRESENT_STATE,
    ),
    **dict.fromkeys((e.HandlerChanged, e.PetitionExtended, e.HearingOpened, e.PetitionMediated), ACCEPTANCE),
    **dict.fromkeys(
        (
            e.OpinionDelivered, e.ReviewRequested, e.RereviewRequested, e.PetitionExecuted, e.ExecutionRefused,
            e.PetitionDetermined, e.PetitionRated, e.ReturnVisited,
        ),
        ANSWER,
    ),
    e.PetitionClosed: CLOSING,
    e.PetitionNotified: NOTICE,
}  # fmt: skip
"""The step that each of these depends on; all others depend on the registration only."""

BEGUN_BY: dict[type[Fact], str] = {
    e.AssignmentUpheld: "objection", e.AssignmentWithdrawn: "objection", e.SupervisionAnswered: "supervision",
    e.SupervisionClosed: "supervision", e.SponsorDutyDone: "sponsorship", e.SponsorshipEnded: "sponsorship",
    e.CauseContested: "cause", e.CauseRevised: "cause",
}  # fmt: skip
"""What these speak of besides: an objection, a supervision, a sponsorship, a cause. They are no earlier than it."""


def follows(item: Item, fact: Fact) -> datetime:
    """The time of the step that this one depends on; an earlier time is refused (`before-previous`)."""
    began = dict(item.begun).get(BEGUN_BY.get(type(fact), ""), item.registered_at)
    return max(began, _depended_on(item, fact))


def _depended_on(item: Item, fact: Fact) -> datetime:
    after = AFTER.get(type(fact))
    if after is None:
        return item.registered_at
    if after == PRESENT_STATE:
        return item.since
    earlier = None
    if after in (ANSWER, CLOSING):
        earlier = item.answered_at
    if after in (ACCEPTANCE, CLOSING) or (isinstance(fact, e.PetitionNotified) and fact.of == "acceptance"):
        earlier = earlier or item.accepted_at
    return earlier or item.registered_at
