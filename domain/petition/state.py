"""What decide must remember of an item, and how each event changes it. `evolve` never refuses: it has already happened."""

from collections.abc import Callable
from datetime import date, datetime
from sys import intern
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from domain.clock.events import DeadlineMissed, SupervisionDue
from domain.deadlines import Deadline, Met, Moved
from domain.envelope import AnyEvent, Decided, day_of
from domain.fact import Fact, OfficialId, PersonId, UnitId
from domain.petition import events as e

State = Literal[
    "registered", "routed", "accepted", "answered", "under_review", "under_rereview",
    "closed", "refused", "channelled", "withdrawn", "determined",
]  # fmt: skip
Handler = tuple[UnitId, OfficialId]


class Cause(Struct, frozen=True, gc=False):
    """A cause that a human found, as it stands after revisions."""

    unit: UnitId
    ground: str
    decided_on: date
    officials: tuple[OfficialId, ...]
    collective: bool
    dissent: tuple[OfficialId, ...]
    at: int


class Item(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One item (信访件) as it stands after its events."""

    no: str
    version: int
    state: State
    channel: str
    purpose: str
    category: str
    place: str
    title: str
    persons: int
    petitioners: tuple[PersonId, ...]
    registered_by: UnitId
    registered_at: datetime
    received_on: date
    unit: UnitId
    since: datetime
    """When the present holder got it, or the present state was entered: what a later step may not precede."""
    about_unit: UnitId | None = None
    about_official: OfficialId | None = None
    joint_letter: bool = False
    anonymous: bool = False
    handed_down_by: UnitId | None = None
    assigned_by: tuple[UnitId, ...] = ()
    """Units that assigned it (交办); one of a higher level excludes the simple procedure."""
    collective: bool = False
    skip_level: bool = False
    handler: OfficialId | None = None
    procedure: str | None = None
    accepted_by: UnitId | None = None
    accepted_at: datetime | None = None
    first_handler: Handler | None = None
    """Of the matter, as known when the item was accepted or judged to repeat (首办)."""
    first: str | None = None
    """NO of the matter's first item, where this one repeats it."""
    repeat_number: int = 0
    routings: int = 0
    routers: tuple[UnitId, ...] = ()
    """Units that routed it, in order."""
    passed_by: tuple[UnitId, ...] = ()
    """Units that passed the item on instead of accepting it, or whose objection was turned down (推诿)."""
    objected: bool = False
    objection_upheld: bool = False
    deadlines: tuple[Deadline, ...] = ()
    extended: int = 0
    outcome: str | None = None
    answered_by: UnitId | None = None
    answered_at: datetime | None = None
    delivered: tuple[str, ...] = ()
    reviewing: UnitId | None = None
    reviews: tuple[tuple[str, str], ...] = ()
    """(stage, outcome) of the reviews answered so far."""
    hearings: tuple[tuple[str, date], ...] = ()
    supervised: int = 0
    """Supervisions still open."""
    sponsor: OfficialId | None = None
    warranties: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    ratings: tuple[tuple[str, str, date], ...] = ()
    raised: tuple[tuple[str, str, int, bool], ...] = ()
    """(level, kind, position, beyond the proper level)"""
    executed: bool = False
    resolved: bool = False
    desisted: bool = False
    closed_at: datetime | None = None
    closed_by: int = 0
    """Position of the event that closed it."""
    faults: tuple[tuple[str, UnitId], ...] = ()
    """(id, unit) of B-findings that stand on the item; F18 asks for them."""
    found: tuple[str, ...] = ()
    """Ids of all findings that stand, raised by an event of this item."""

    @property
    def subject(self) -> str:
        return f"petition:{self.no}"

    @property
    def matter(self) -> str:
        """NO of the matter: that of its first item."""
        return self.first or self.no

    @property
    def responsible(self) -> UnitId:
        """The unit that answers for the handling: the first handler, else who accepted, else who holds the item."""
        return self.first_handler[0] if self.first_handler else self.accepted_by or self.unit

    @property
    def over(self) -> bool:
        return self.state in ("closed", "determined", "withdrawn", "channelled", "refused")

    def running(self, *clocks: str) -> tuple[Deadline, ...]:
        """The open deadlines of these clocks."""
        return tuple(each for each in self.deadlines if each.clock in clocks and each.open)

    def deadline(self, clock: str, started: int) -> Deadline | None:
        for each in self.deadlines:
            if each.clock == clock and each.started == started:
                return each
        return None


Changes = dict[str, Any]


def evolve(item: Item | None, event: AnyEvent) -> Item | None:
    """The item after the event. An event seen before changes nothing, so folding twice is folding once."""
    fact = event.data
    if item is None:
        return _registered(fact, event) if isinstance(fact, e.PetitionRegistered) else None
    if event.version <= item.version:
        return item
    change = CHANGES.get(type(fact))
    changes: Changes = change(item, fact, event) if change is not None else {}
    changes["version"] = event.version
    decided = event.decided
    if decided is not _NOTHING:
        _decided(item, decided, event.position, changes)
    return replace(item, **changes)


_NOTHING = Decided()


def _registered(fact: e.PetitionRegistered, event: AnyEvent) -> Item:
    decided = event.decided
    unit = UnitId(intern(event.unit or ""))
    return Item(
        no=event.subject.partition(":")[2], version=event.version, state="registered", channel=fact.channel,
        purpose=fact.purpose, category=intern(fact.category), place=intern(fact.place), title=fact.title,
        persons=fact.persons, petitioners=fact.petitioners, registered_by=unit, registered_at=event.time,
        received_on=day_of(fact.received_at) if fact.received_at else event.day, unit=unit, since=event.time,
        about_unit=fact.about_unit, about_official=fact.about_official, joint_letter=fact.joint_letter,
        anonymous=fact.anonymous, handed_down_by=fact.handed_down_by, collective=bool(decided.collective),
        skip_level=bool(decided.skip_level), deadlines=_placed(decided.set, event.position),
        **_raised((), (), decided),
    )  # fmt: skip


def _placed(deadlines: tuple[Deadline, ...], position: int) -> tuple[Deadline, ...]:
    return tuple(replace(each, at=position) for each in deadlines)


def _decided(item: Item, decided: Decided, position: int, changes: Changes) -> None:
    """What was decided about the event, whatever its type: deadlines, matter, findings."""
    if decided.set or decided.met or decided.moved or decided.ended:
        changes["deadlines"] = _clocks(changes.get("deadlines", item.deadlines), decided, position)
    if decided.findings or decided.cleared:
        changes.update(_raised(item.found, item.faults, decided))
    if decided.skip_level is not None:
        changes["skip_level"] = decided.skip_level
    if decided.first_handler is not None:
        changes["first_handler"] = decided.first_handler
    if decided.repeat_number is not None:
        changes["repeat_number"] = decided.repeat_number
        changes["first"] = decided.matter if decided.matter != item.no else None


def _clocks(deadlines: tuple[Deadline, ...], decided: Decided, position: int) -> tuple[Deadline, ...]:
    touched: dict[tuple[str, int], Met | Moved | None] = {(each.clock, each.started): each for each in decided.met}
    touched.update(((each.clock, each.started), each) for each in decided.moved)
    touched.update((key, None) for key in decided.ended)
    kept = tuple(
        _touched(each, touched[key]) if (key := (each.clock, each.started)) in touched else each for each in deadlines
    )
    if not decided.set:
        return kept
    at_once = {(each.clock, each.started): each for each in decided.met}
    new = tuple(
        replace(each, at=position, met_on=met.on if (met := at_once.get((each.clock, each.started))) else None)
        for each in decided.set
    )
    return kept + new


def _touched(deadline: Deadline, by: Met | Moved | None) -> Deadline:
    match by:
        case Met():
            return replace(deadline, met_on=by.on)
        case Moved():
            return replace(
                deadline, strict_on=by.strict_on, due_on=by.due_on, extended=by.extended, paused_on=by.paused_on,
                not_counted=by.not_counted, provisional=by.provisional,
            )  # fmt: skip
        case None:
            return replace(deadline, ended=True)


def _raised(found: tuple[str, ...], faults: tuple[tuple[str, UnitId], ...], decided: Decided) -> Changes:
    if not (decided.findings or decided.cleared):
        return {}
    gone = set(decided.cleared)
    new = {each.id: each for each in decided.findings}
    kept = tuple(id for id in found if id not in gone and id not in new)
    borne = tuple(fault for fault in faults if fault[0] not in gone and fault[0] not in new)
    return {
        "found": kept + tuple(new),
        "faults": borne + tuple((each.id, each.unit) for each in new.values() if each.axis == "B"),
    }


# One small function per fact that changes more than its clocks.


def _routed(item: Item, fact: e.PetitionReferred | e.PetitionAssigned, event: AnyEvent) -> Changes:
    by = UnitId(intern(event.unit or item.unit))
    passing = event.decided.passed_on and by not in item.passed_by
    assigned = isinstance(fact, e.PetitionAssigned)
    return {
        "state": "routed", "unit": UnitId(intern(fact.to_unit)), "since": event.time, "handler": None,
        "routings": item.routings + 1, "routers": (*item.routers, by), "objected": False, "objection_upheld": False,
        "passed_by": (*item.passed_by, by) if passing else item.passed_by,
        "assigned_by": (*item.assigned_by, by) if assigned else item.assigned_by,
    }  # fmt: skip


def _objected(item: Item, fact: e.AssignmentObjected, event: AnyEvent) -> Changes:
    return {"objected": True}


def _upheld(item: Item, fact: e.AssignmentUpheld, event: AnyEvent) -> Changes:
    passed = item.passed_by if item.unit in item.passed_by else (*item.passed_by, item.unit)
    return {"objected": False, "passed_by": passed}


def _taken_back(item: Item, fact: e.AssignmentWithdrawn, event: AnyEvent) -> Changes:
    return {
        "objected": False, "objection_upheld": item.objected, "state": "registered",
        "unit": item.routers[-1] if item.routers else item.registered_by, "since": event.time,
    }  # fmt: skip


def _accepted(item: Item, fact: e.PetitionAccepted, event: AnyEvent) -> Changes:
    unit = UnitId(intern(event.unit or item.unit))
    return {
        "state": "accepted", "unit": unit, "handler": OfficialId(intern(fact.handler)), "procedure": fact.procedure,
        "accepted_by": unit, "accepted_at": event.time, "since": event.time,
    }  # fmt: skip


def _refused(item: Item, fact: Fact, event: AnyEvent) -> Changes:
    return {"state": "refused", "since": event.time}


def _channelled(item: Item, fact: e.PetitionChannelled, event: AnyEvent) -> Changes:
    return {"state": "channelled", "since": event.time}


def _handler_changed(item: Item, fact: e.HandlerChanged, event: AnyEvent) -> Changes:
    return {"handler": OfficialId(intern(fact.handler))}


def _hearing_opened(item: Item, fact: e.HearingOpened, event: AnyEvent) -> Changes:
    return {"hearings": (*item.hearings, (fact.stage, event.day))}


def _hearing_closed(item: Item, fact: e.HearingClosed, event: AnyEvent) -> Changes:
    return {"hearings": tuple(each for each in item.hearings if each[0] != fact.stage)}


def _extended(item: Item, fact: e.PetitionExtended, event: AnyEvent) -> Changes:
    return {"extended": item.extended + fact.days}


def _answered(item: Item, fact: e.PetitionAnswered, event: AnyEvent) -> Changes:
    unit = UnitId(intern(event.unit or item.unit))
    at_once: Changes = {}
    if item.state in ("registered", "routed"):
        handler = OfficialId(intern(event.actor))
        at_once = {"unit": unit, "accepted_by": unit, "accepted_at": event.time, "handler": handler}
    return {
        "state": "answered", "outcome": fact.outcome, "answered_at": event.time, "answered_by": unit,
        "since": event.time, "executed": False, **at_once,
    }  # fmt: skip


def _delivered(item: Item, fact: e.OpinionDelivered, event: AnyEvent) -> Changes:
    return {"delivered": item.delivered if fact.stage in item.delivered else (*item.delivered, fact.stage)}


def _review_requested(item: Item, fact: e.ReviewRequested, event: AnyEvent) -> Changes:
    return {"state": "under_review", "reviewing": fact.to_unit, "since": event.time}


def _rereview_requested(item: Item, fact: e.RereviewRequested, event: AnyEvent) -> Changes:
    return {"state": "under_rereview", "reviewing": fact.to_unit, "since": event.time}


def _reviewed(stage: str) -> Callable[[Item, Any, AnyEvent], Changes]:
    def change(item: Item, fact: e.ReviewAnswered | e.RereviewAnswered, event: AnyEvent) -> Changes:
        remitted = fact.outcome == "revoked"
        return {
            "state": "accepted" if remitted else "answered", "reviewing": None, "since": event.time,
            "reviews": (*item.reviews, (stage, fact.outcome)),
        }  # fmt: skip

    return change


def _executed(item: Item, fact: e.PetitionExecuted, event: AnyEvent) -> Changes:
    return {"executed": True}


def _closed(item: Item, fact: e.PetitionClosed, event: AnyEvent) -> Changes:
    return {"state": "closed", "closed_at": event.time, "closed_by": event.position, "since": event.time}


def _resolved(item: Item, fact: e.PetitionResolved, event: AnyEvent) -> Changes:
    return {"resolved": True}


def _desisted(item: Item, fact: e.PetitionDesisted, event: AnyEvent) -> Changes:
    return {"desisted": True}


def _withdrawn(item: Item, fact: e.PetitionWithdrawn, event: AnyEvent) -> Changes:
    return {"state": "withdrawn", "since": event.time}


def _determined(item: Item, fact: e.PetitionDetermined, event: AnyEvent) -> Changes:
    closed: Changes = {} if item.closed_at else {"closed_at": event.time, "closed_by": event.position}
    return {"state": "determined", "since": event.time, **closed}


def _reopened(item: Item, fact: e.PetitionReopened, event: AnyEvent) -> Changes:
    held = item.routings > 0 or item.accepted_by is not None
    return {"state": "routed" if held else "registered", "closed_at": None, "resolved": False, "since": event.time}


def _rated(item: Item, fact: e.PetitionRated, event: AnyEvent) -> Changes:
    others = tuple(each for each in item.ratings if each[0] != fact.target)
    return {"ratings": (*others, (fact.target, fact.score, event.day))}


def _raised_above(item: Item, fact: e.RaisedAbove, event: AnyEvent) -> Changes:
    return {"raised": (*item.raised, (fact.level, fact.kind, event.position, bool(event.decided.beyond)))}


def _supervised(item: Item, fact: e.PetitionSupervised, event: AnyEvent) -> Changes:
    return {"supervised": item.supervised + 1}


def _supervision_closed(item: Item, fact: e.SupervisionClosed, event: AnyEvent) -> Changes:
    return {"supervised": max(0, item.supervised - 1)}


def _sponsored(item: Item, fact: e.PetitionSponsored, event: AnyEvent) -> Changes:
    return {"sponsor": fact.leader, "warranties": ()}


def _warranty(item: Item, fact: e.SponsorDutyDone, event: AnyEvent) -> Changes:
    return {"warranties": item.warranties if fact.duty in item.warranties else (*item.warranties, fact.duty)}


def _sponsorship_ended(item: Item, fact: e.SponsorshipEnded, event: AnyEvent) -> Changes:
    return {"sponsor": None}


def _cause_found(item: Item, fact: e.CauseFound, event: AnyEvent) -> Changes:
    cause = Cause(
        fact.unit, fact.ground, fact.decided_on, fact.officials, fact.collective, fact.dissent, event.position
    )
    return {"causes": (*(each for each in item.causes if each.unit != fact.unit), cause)}


def _cause_revised(item: Item, fact: e.CauseRevised, event: AnyEvent) -> Changes:
    former = revised_cause(item, fact)
    if former is None:
        return {}
    others = tuple(each for each in item.causes if each.at != former.at)
    return {"causes": others if fact.withdrawn else (*others, revision(former, fact, event.position))}


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
        former.dissent if fact.dissent is None else fact.dissent, position,
    )  # fmt: skip


def _missed(item: Item, fact: DeadlineMissed, event: AnyEvent) -> Changes:
    return {"deadlines": _breached(item, fact.deadline, fact.started, event.position)}


def _supervision_due(item: Item, fact: SupervisionDue, event: AnyEvent) -> Changes:
    return {"deadlines": _breached(item, fact.ground, fact.started, event.position)}


def _breached(item: Item, clock: str, started: int, position: int) -> tuple[Deadline, ...]:
    return tuple(
        replace(each, missed_at=position) if each.key == (clock, started) else each for each in item.deadlines
    )


CHANGES: dict[type[Fact], Callable[[Item, Any, AnyEvent], Changes]] = {
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
}
"""Facts that are absent here change only what was decided about them, or nothing that decide must remember."""
