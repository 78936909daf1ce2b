"""What each fact changes of an item, beside its clocks: one small function per fact. None of them refuses.

They change it in place; `evolve` gives them an item that nobody else holds.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec.structs import replace

from domain.clock.events import DeadlineMissed, DutyMissed, SupervisionDue
from domain.envelope import AnySeen
from domain.fact import Fact, OfficialId
from domain.petition import events as e
from domain.petition.item import Cause, Item, State

Change = Callable[[Item, Any, AnySeen], None]


def _enters(item: Item, state: State, event: AnySeen) -> None:
    item.state, item.since = state, event.time


def _begins(item: Item, what: str, event: AnySeen, *, anew: bool = True) -> None:
    """What later steps will speak of; of several that go on side by side the earliest counts."""
    before = dict(item.begun)
    if anew or what not in before or event.time < before[what]:
        item.begun = tuple({**before, what: event.time}.items())


def revised_cause(item: Item, fact: e.CauseRevised) -> Cause | None:
    """The cause that a revision speaks of: that of the unit named, else the newest."""
    named = [each for each in item.causes if each.unit == fact.unit] or list(item.causes)
    return named[-1] if named else None


def revision(former: Cause, fact: e.CauseRevised, position: int) -> Cause:
    """The cause after the revision: fields that are given replace the former ones."""
    return Cause(
        fact.unit or former.unit, fact.ground or former.ground, fact.decided_on or former.decided_on,
        former.officials if fact.officials is None else fact.officials,
        former.collective if fact.collective is None else fact.collective,
        former.dissent if fact.dissent is None else fact.dissent,
        former.evidence if fact.evidence is None else fact.evidence, position,
    )  # fmt: skip


def _routed(item: Item, fact: e.PetitionReferred | e.PetitionAssigned, event: AnySeen) -> None:
    by = event.unit or item.unit
    passing = event.decided.passed_on and by not in item.passed_by
    _enters(item, "routed", event)
    item.unit, item.handler = fact.to_unit, None
    item.routings += 1
    item.routers = (*item.routers, by)
    item.objected = item.objection_granted = False
    if passing:
        item.passed_by = (*item.passed_by, by)
    if isinstance(fact, e.PetitionAssigned):
        item.assigned_by = (*item.assigned_by, by)


def _objected(item: Item, fact: e.AssignmentObjected, event: AnySeen) -> None:
    item.objected = True
    _begins(item, "objection", event)


def _upheld(item: Item, fact: e.AssignmentUpheld, event: AnySeen) -> None:
    item.objected = False
    if item.unit not in item.passed_by:
        item.passed_by = (*item.passed_by, item.unit)


def _taken_back(item: Item, fact: e.AssignmentWithdrawn, event: AnySeen) -> None:
    item.objection_granted, item.objected = item.objected, False
    item.unit = item.routers[-1] if item.routers else item.registered_by
    _enters(item, "registered", event)


def _accepted(item: Item, fact: e.PetitionAccepted, event: AnySeen) -> None:
    unit = event.unit or item.unit
    item.unit = item.accepted_by = unit
    item.handler, item.procedure, item.accepted_at = fact.handler, fact.procedure, event.time
    if item.taken is None and fact.handler is not None:
        item.taken = (unit, fact.handler, event.time)
    item.decided_on = item.decided_on or event.day
    _enters(item, "accepted", event)


def _refused(item: Item, fact: Fact, event: AnySeen) -> None:
    item.decided_on = item.decided_on or event.day
    _enters(item, "refused", event)


def _channelled(item: Item, fact: e.PetitionChannelled, event: AnySeen) -> None:
    item.decided_on = item.decided_on or event.day
    _enters(item, "channelled", event)


def _handler_changed(item: Item, fact: e.HandlerChanged, event: AnySeen) -> None:
    item.handler_before = (item.handler, event.day) if item.handler else None
    item.handler = fact.handler


def _hearing_opened(item: Item, fact: e.HearingOpened, event: AnySeen) -> None:
    item.hearings = (*item.hearings, (fact.stage, event.day))


def _hearing_closed(item: Item, fact: e.HearingClosed, event: AnySeen) -> None:
    item.hearings = tuple(each for each in item.hearings if each[0] != fact.stage)


def _extended(item: Item, fact: e.PetitionExtended, event: AnySeen) -> None:
    item.extended += fact.days


def _answered(item: Item, fact: e.PetitionAnswered, event: AnySeen) -> None:
    unit = event.unit or item.unit
    if item.state in ("registered", "routed"):  # at once
        item.unit = item.accepted_by = unit
        item.accepted_at, item.handler = event.time, OfficialId(event.actor)
        item.taken = item.taken or (unit, item.handler, event.time)
        item.decided_on = item.decided_on or event.day
    item.outcome, item.answered_at, item.answered_by, item.executed = fact.outcome, event.time, unit, False
    _enters(item, "answered", event)


def _delivered(item: Item, fact: e.OpinionDelivered, event: AnySeen) -> None:
    if fact.stage not in item.delivered:
        item.delivered = (*item.delivered, fact.stage)


def _review_requested(item: Item, fact: e.ReviewRequested, event: AnySeen) -> None:
    item.reviewing = fact.to_unit
    _enters(item, "under_review", event)


def _rereview_requested(item: Item, fact: e.RereviewRequested, event: AnySeen) -> None:
    item.reviewing = fact.to_unit
    _enters(item, "under_rereview", event)


def _reviewed(stage: str) -> Change:
    """A revoked opinion sends the item back: it will be answered, delivered and, if asked, reviewed again."""

    def change(item: Item, fact: e.ReviewAnswered | e.RereviewAnswered, event: AnySeen) -> None:
        remitted = fact.outcome == "revoked"
        item.reviewing = None
        if remitted:
            item.reviews, item.delivered, item.closed_at, item.closed_by = (), (), None, 0
        else:
            item.reviews = (*item.reviews, (stage, fact.outcome))
        _enters(item, "accepted" if remitted else "answered", event)

    return change


def _executed(item: Item, fact: e.PetitionExecuted, event: AnySeen) -> None:
    item.executed = True


def _closed(item: Item, fact: e.PetitionClosed, event: AnySeen) -> None:
    item.closed_at, item.closed_by = event.time, event.position
    _enters(item, "closed", event)


def _resolved(item: Item, fact: e.PetitionResolved, event: AnySeen) -> None:
    item.resolved = True


def _desisted(item: Item, fact: e.PetitionDesisted, event: AnySeen) -> None:
    item.desisted = True


def _withdrawn(item: Item, fact: e.PetitionWithdrawn, event: AnySeen) -> None:
    _enters(item, "withdrawn", event)


def _determined(item: Item, fact: e.PetitionDetermined, event: AnySeen) -> None:
    if not item.closed_at:
        item.closed_at, item.closed_by = event.time, event.position
    _enters(item, "determined", event)


def _reopened(item: Item, fact: e.PetitionReopened, event: AnySeen) -> None:
    held = item.routings > 0 or item.accepted_by is not None
    item.closed_at, item.resolved = None, False
    _enters(item, "routed" if held else "registered", event)


def _rated(item: Item, fact: e.PetitionRated, event: AnySeen) -> None:
    others = [each for each in item.ratings if each[0] != fact.target]
    item.ratings = (*others, (fact.target, fact.score, event.day))


def _raised_above(item: Item, fact: e.RaisedAbove, event: AnySeen) -> None:
    item.raised = (*item.raised, (fact.level, fact.kind, event.position, bool(event.decided.beyond), event.day))


def _supervised(item: Item, fact: e.PetitionSupervised, event: AnySeen) -> None:
    _begins(item, "supervision", event, anew=not item.supervised)
    item.supervised += 1


def _supervision_closed(item: Item, fact: e.SupervisionClosed, event: AnySeen) -> None:
    item.supervised = max(0, item.supervised - 1)


def _sponsored(item: Item, fact: e.PetitionSponsored, event: AnySeen) -> None:
    item.sponsored_on = min(event.day, item.sponsored_on or event.day)
    item.sponsor, item.warranties, item.unsponsored_at = fact.leader, (), None
    _begins(item, "sponsorship", event)


def _warranty(item: Item, fact: e.SponsorDutyDone, event: AnySeen) -> None:
    if fact.duty not in item.warranties:
        item.warranties = (*item.warranties, fact.duty)


def _sponsorship_ended(item: Item, fact: e.SponsorshipEnded, event: AnySeen) -> None:
    item.sponsor, item.unsponsored_at = None, event.time if len(item.warranties) < len(e.WARRANTIES) else None


def _sponsor_missing(item: Item, fact: DutyMissed, event: AnySeen) -> None:
    item.sponsor_due = date.fromisoformat(fact.period)


def _cause_found(item: Item, fact: e.CauseFound, event: AnySeen) -> None:
    cause = Cause(
        fact.unit, fact.ground, fact.decided_on, fact.officials, fact.collective, fact.dissent, fact.evidence,
        event.position,
    )  # fmt: skip
    _begins(item, "cause", event, anew=not item.causes)
    item.causes = (*(each for each in item.causes if each.unit != fact.unit), cause)


def _cause_revised(item: Item, fact: e.CauseRevised, event: AnySeen) -> None:
    former = revised_cause(item, fact)
    if former is None:
        return
    others = tuple(each for each in item.causes if each.at != former.at)
    item.causes = others if fact.withdrawn else (*others, revision(former, fact, event.position))


def _missed(item: Item, fact: DeadlineMissed, event: AnySeen) -> None:
    _breached(item, fact.deadline, fact.started, event.position)


def _supervision_due(item: Item, fact: SupervisionDue, event: AnySeen) -> None:
    _breached(item, fact.ground, fact.started, event.position)


def _breached(item: Item, clock: str, started: int, position: int) -> None:
    item.deadlines = tuple(
        replace(each, missed_at=position) if each.key == (clock, started) else each for each in item.deadlines
    )


CHANGES: dict[type[Fact], Change] = {
    e.PetitionReferred: _routed,
    e.PetitionAssigned: _routed,
    e.AssignmentObjected: _objected,
    e.AssignmentUpheld: _upheld,
    e.AssignmentWithdrawn: _taken_back,
    e.PetitionAccepted: _accepted,
    e.PetitionNotAccepted: _refused,
    e.PetitionNoLongerAccepted: _refused,
    e.PetitionChannelled: _channelled,
    e.HandlerChanged: _handler_changed,
    e.HearingOpened: _hearing_opened,
    e.HearingClosed: _hearing_closed,
    e.PetitionExtended: _extended,
    e.PetitionAnswered: _answered,
    e.OpinionDelivered: _delivered,
    e.ReviewRequested: _review_requested,
    e.ReviewAnswered: _reviewed("review"),
    e.RereviewRequested: _rereview_requested,
    e.RereviewAnswered: _reviewed("rereview"),
    e.PetitionExecuted: _executed,
    e.PetitionClosed: _closed,
    e.PetitionResolved: _resolved,
    e.PetitionDesisted: _desisted,
    e.PetitionWithdrawn: _withdrawn,
    e.PetitionDetermined: _determined,
    e.PetitionReopened: _reopened,
    e.PetitionRated: _rated,
    e.RaisedAbove: _raised_above,
    e.PetitionSupervised: _supervised,
    e.SupervisionClosed: _supervision_closed,
    e.PetitionSponsored: _sponsored,
    e.SponsorDutyDone: _warranty,
    e.SponsorshipEnded: _sponsorship_ended,
    e.CauseFound: _cause_found,
    e.CauseRevised: _cause_revised,
    DeadlineMissed: _missed,
    SupervisionDue: _supervision_due,
    DutyMissed: _sponsor_missing,
}
"""Facts that are absent here change only what was decided about them, or nothing that decide must remember."""
