"""What each fact changes of an item, beside its clocks: one small function per fact. None of them refuses."""

from collections.abc import Callable
from datetime import date
from typing import Any

from msgspec.structs import replace

from domain.clock.events import DeadlineMissed, DutyMissed, SupervisionDue
from domain.deadlines import Kept
from domain.envelope import AnySeen
from domain.fact import Fact, OfficialId
from domain.petition import events as e
from domain.petition.item import Cause, Changes, Item


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


def _routed(item: Item, fact: e.PetitionReferred | e.PetitionAssigned, event: AnySeen) -> Changes:
    by = event.unit or item.unit
    passing = event.decided.passed_on and by not in item.passed_by
    assigned = isinstance(fact, e.PetitionAssigned)
    return {
        "state": "routed", "unit": fact.to_unit, "since": event.time, "handler": None,
        "routings": item.routings + 1, "routers": (*item.routers, by), "objected": False, "objection_upheld": False,
        "passed_by": (*item.passed_by, by) if passing else item.passed_by,
        "assigned_by": (*item.assigned_by, by) if assigned else item.assigned_by,
    }  # fmt: skip


def _objected(item: Item, fact: e.AssignmentObjected, event: AnySeen) -> Changes:
    return {"objected": True}


def _upheld(item: Item, fact: e.AssignmentUpheld, event: AnySeen) -> Changes:
    passed = item.passed_by if item.unit in item.passed_by else (*item.passed_by, item.unit)
    return {"objected": False, "passed_by": passed}


def _taken_back(item: Item, fact: e.AssignmentWithdrawn, event: AnySeen) -> Changes:
    return {
        "objected": False, "objection_upheld": item.objected, "state": "registered",
        "unit": item.routers[-1] if item.routers else item.registered_by, "since": event.time,
    }  # fmt: skip


def _accepted(item: Item, fact: e.PetitionAccepted, event: AnySeen) -> Changes:
    unit = event.unit or item.unit
    return {
        "state": "accepted", "unit": unit, "handler": fact.handler, "procedure": fact.procedure,
        "accepted_by": unit, "accepted_at": event.time, "since": event.time,
        "decided_on": item.decided_on or event.day,
    }  # fmt: skip


def _refused(item: Item, fact: Fact, event: AnySeen) -> Changes:
    return {"state": "refused", "since": event.time, "decided_on": item.decided_on or event.day}


def _channelled(item: Item, fact: e.PetitionChannelled, event: AnySeen) -> Changes:
    return {"state": "channelled", "since": event.time, "decided_on": item.decided_on or event.day}


def _handler_changed(item: Item, fact: e.HandlerChanged, event: AnySeen) -> Changes:
    before = (item.handler, event.day) if item.handler else None
    return {"handler": fact.handler, "handler_before": before}


def _hearing_opened(item: Item, fact: e.HearingOpened, event: AnySeen) -> Changes:
    return {"hearings": (*item.hearings, (fact.stage, event.day))}


def _hearing_closed(item: Item, fact: e.HearingClosed, event: AnySeen) -> Changes:
    return {"hearings": tuple(each for each in item.hearings if each[0] != fact.stage)}


def _extended(item: Item, fact: e.PetitionExtended, event: AnySeen) -> Changes:
    return {"extended": item.extended + fact.days}


def _answered(item: Item, fact: e.PetitionAnswered, event: AnySeen) -> Changes:
    unit = event.unit or item.unit
    at_once: Changes = {}
    if item.state in ("registered", "routed"):
        handler = OfficialId(event.actor)
        at_once = {"unit": unit, "accepted_by": unit, "accepted_at": event.time, "handler": handler,
                   "decided_on": item.decided_on or event.day}  # fmt: skip
    return {
        "state": "answered", "outcome": fact.outcome, "answered_at": event.time, "answered_by": unit,
        "since": event.time, "executed": False, **at_once,
    }  # fmt: skip


def _delivered(item: Item, fact: e.OpinionDelivered, event: AnySeen) -> Changes:
    return {"delivered": item.delivered if fact.stage in item.delivered else (*item.delivered, fact.stage)}


def _review_requested(item: Item, fact: e.ReviewRequested, event: AnySeen) -> Changes:
    return {"state": "under_review", "reviewing": fact.to_unit, "since": event.time}


def _rereview_requested(item: Item, fact: e.RereviewRequested, event: AnySeen) -> Changes:
    return {"state": "under_rereview", "reviewing": fact.to_unit, "since": event.time}


ANEW: Changes = {"reviews": (), "delivered": (), "closed_at": None, "closed_by": 0}
"""A revoked opinion sends the item back: it will be answered, delivered and, if asked, reviewed again."""


def _reviewed(stage: str) -> Callable[[Item, Any, AnySeen], Changes]:
    def change(item: Item, fact: e.ReviewAnswered | e.RereviewAnswered, event: AnySeen) -> Changes:
        remitted = fact.outcome == "revoked"
        return {
            "state": "accepted" if remitted else "answered", "reviewing": None, "since": event.time,
            **(ANEW if remitted else {"reviews": (*item.reviews, (stage, fact.outcome))}),
        }  # fmt: skip

    return change


def _executed(item: Item, fact: e.PetitionExecuted, event: AnySeen) -> Changes:
    return {"executed": True}


def _closed(item: Item, fact: e.PetitionClosed, event: AnySeen) -> Changes:
    return {"state": "closed", "closed_at": event.time, "closed_by": event.position, "since": event.time}


def _resolved(item: Item, fact: e.PetitionResolved, event: AnySeen) -> Changes:
    return {"resolved": True}


def _desisted(item: Item, fact: e.PetitionDesisted, event: AnySeen) -> Changes:
    return {"desisted": True}


def _withdrawn(item: Item, fact: e.PetitionWithdrawn, event: AnySeen) -> Changes:
    return {"state": "withdrawn", "since": event.time}


def _determined(item: Item, fact: e.PetitionDetermined, event: AnySeen) -> Changes:
    closed: Changes = {} if item.closed_at else {"closed_at": event.time, "closed_by": event.position}
    return {"state": "determined", "since": event.time, **closed}


def _reopened(item: Item, fact: e.PetitionReopened, event: AnySeen) -> Changes:
    held = item.routings > 0 or item.accepted_by is not None
    return {"state": "routed" if held else "registered", "closed_at": None, "resolved": False, "since": event.time}


def _rated(item: Item, fact: e.PetitionRated, event: AnySeen) -> Changes:
    others = [each for each in item.ratings if each[0] != fact.target]
    return {"ratings": (*others, (fact.target, fact.score, event.day))}


def _raised_above(item: Item, fact: e.RaisedAbove, event: AnySeen) -> Changes:
    return {"raised": (*item.raised, (fact.level, fact.kind, event.position, bool(event.decided.beyond), event.day))}


def _supervised(item: Item, fact: e.PetitionSupervised, event: AnySeen) -> Changes:
    return {"supervised": item.supervised + 1}


def _supervision_closed(item: Item, fact: e.SupervisionClosed, event: AnySeen) -> Changes:
    return {"supervised": max(0, item.supervised - 1)}


def _sponsored(item: Item, fact: e.PetitionSponsored, event: AnySeen) -> Changes:
    first = min(event.day, item.sponsored_on or event.day)
    return {"sponsor": fact.leader, "warranties": (), "sponsored_on": first, "unsponsored_at": None}


def _warranty(item: Item, fact: e.SponsorDutyDone, event: AnySeen) -> Changes:
    return {"warranties": item.warranties if fact.duty in item.warranties else (*item.warranties, fact.duty)}


def _sponsorship_ended(item: Item, fact: e.SponsorshipEnded, event: AnySeen) -> Changes:
    return {"sponsor": None, "unsponsored_at": event.time if len(item.warranties) < len(e.WARRANTIES) else None}


def _sponsor_missing(item: Item, fact: DutyMissed, event: AnySeen) -> Changes:
    return {"sponsor_due": date.fromisoformat(fact.period)}


def _cause_found(item: Item, fact: e.CauseFound, event: AnySeen) -> Changes:
    cause = Cause(
        fact.unit, fact.ground, fact.decided_on, fact.officials, fact.collective, fact.dissent, fact.evidence,
        event.position,
    )  # fmt: skip
    return {"causes": (*(each for each in item.causes if each.unit != fact.unit), cause)}


def _cause_revised(item: Item, fact: e.CauseRevised, event: AnySeen) -> Changes:
    former = revised_cause(item, fact)
    if former is None:
        return {}
    others = tuple(each for each in item.causes if each.at != former.at)
    return {"causes": others if fact.withdrawn else (*others, revision(former, fact, event.position))}


def _missed(item: Item, fact: DeadlineMissed, event: AnySeen) -> Changes:
    return {"deadlines": _breached(item, fact.deadline, fact.started, event.position)}


def _supervision_due(item: Item, fact: SupervisionDue, event: AnySeen) -> Changes:
    return {"deadlines": _breached(item, fact.ground, fact.started, event.position)}


def _breached(item: Item, clock: str, started: int, position: int) -> tuple[Kept, ...]:
    return tuple(replace(each, missed_at=position) if each.key == (clock, started) else each for each in item.deadlines)


CHANGES: dict[type[Fact], Callable[[Item, Any, AnySeen], Changes]] = {
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
