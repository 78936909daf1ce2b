"""Which acts may a token report? By its role, and by how its unit stands to what the act is about (decision 0098).

How a reporter stands to an item is found out in `projections/standing.py`; the operator's acts are not asked about.
"""

from collections.abc import Callable, Iterator

from domain.conference.events import GroupFormed, ItemAgreed, MembersChanged
from domain.dispute.events import DisputeLogged
from domain.duty.events import ContactVisited, DutyReported, DutyStood, ReceptionHeld, RosterSet
from domain.envelope import AnyAction, Rejected
from domain.evaluation.events import OfficialInterviewed
from domain.fact import Fact, OfficialId, UnitId
from domain.finding.events import DissentRecorded, FindingAppealed, FindingDecided
from domain.gathering.events import GatheringAttended, GatheringEnded, GatheringReported, GatheringSummoned
from domain.inspection.events import InspectionFound, InspectionPlanned, InspectionRectified
from domain.petition import events as e
from domain.petition.changes import revised_cause
from domain.petition.item import Item
from domain.reader import Role
from domain.unit.events import ContactPointSet, RoleEnded, RoleGiven, UnitAbolished, UnitEstablished, UnitMerged

Acts = tuple[type[Fact], ...]

# by role

DECIDERS: frozenset[Role] = frozenset({"operator", "supervisor"})
"""Who judges units and officials: a unit neither decides the findings on itself nor scores itself."""
JUDGED = ("evaluation", "finding", "inspection")
"""Acts on these subjects judge units and officials,"""
BY_THE_JUDGED: Acts = (FindingAppealed, DissentRecorded, InspectionRectified)
"""but for what the one who is judged does himself."""
STRUCTURE: Acts = (UnitEstablished, UnitMerged, UnitAbolished)
"""Which units there are, and what answers for which (R2005 25);"""
STAFF: Acts = (RoleGiven, RoleEnded)
"""and who serves where: who answers for a fault, and from whom an accusation is kept, goes by it."""
OF_ALL = ("ruleset", "calendar", "period", "petitioner")
"""What holds for the whole city, or cannot be taken back: the law, the days, protection, who is forgotten."""
LEADING = ("party", "government")
"""Kinds of units that direct their division,"""
LEADING_KINDS = (*LEADING, "bureau", "reception_centre")
"""and those that act for them."""
OURS = "/danze/"
"""Sources under which danze itself records; who could write under them would take its ids away."""
DESK = "/danze/dashboard"
"""But for this one, under which a human decides on the dashboard."""

# by how one stands to the item

REGISTERED: Acts = (
    e.PetitionWorked, e.PetitionNotified, e.RepeatJudged, e.PetitionWithdrawn, e.PetitionReopened, e.RaisedAbove,
    e.ReviewRequested, e.RereviewRequested, e.IncidentReported,
)  # fmt: skip
"""Of a unit that registered it or handled it first, when another has it: what the petitioner says at its window."""
REVIEWING: Acts = (
    e.HearingOpened, e.HearingClosed, e.PetitionWorked, e.ReviewAnswered, e.RereviewAnswered, e.OpinionDelivered,
    e.PetitionMediated, e.PetitionWithdrawn,
)  # fmt: skip
"""Of an organ that was asked to review it; of the stages it is charged with (R2005 34, 35; R2022 35, 36)."""
OVERSEEING: Acts = (
    e.PetitionSupervised, e.SupervisionClosed, e.ReturnVisited, e.PetitionRated, e.PetitionDetermined, e.CauseFound,
    e.CauseRevised, e.IncidentReported, e.SecrecyBreached, e.PetitionReopened, e.PetitionResolved, e.PetitionDesisted,
    e.RepeatJudged,
)  # fmt: skip
"""Of a petition bureau, on the items of its division, whoever registered them (R2005 36; R2022 36, 37, 40)."""
WATCHING: Acts = (e.PetitionSupervised, e.SupervisionClosed, e.ReturnVisited, e.PetitionRated, e.RepeatJudged)
"""Of these, those that it owes on what it handles itself as well (F17)."""
ROUTED: Acts = (e.PetitionReferred, e.PetitionAssigned)
"""And an accusation, wherever it was registered: whom it accuses cannot pass it on."""
DECIDED_ABOVE: Acts = (e.ReviewAnswered, e.RereviewAnswered)
"""And what province and nation decided: they report to no city (R2005 35; R2022 36)."""
SPONSORING: Acts = (
    e.PetitionSponsored, e.SponsorDutyDone, e.SponsorshipEnded, e.PetitionSupervised, e.SupervisionClosed,
)  # fmt: skip
"""Of party committee and government, on the items of their division: their leaders take them on (包案, Art 12)."""
WARRANTING: Acts = (e.SponsorDutyDone, e.SponsorshipEnded)
"""Of the unit in which the sponsor serves."""
FROM_ABOVE: Acts = (e.ReviewRequested, e.RereviewRequested, e.RaisedAbove)
"""Of an organ above who has the item, or the bureau: the petitioner came there (R2005 34, 35; R2022 20, 35, 36)."""
ROUTING: Acts = (e.AssignmentUpheld, e.AssignmentWithdrawn, e.PetitionWorked, e.PetitionNotified)
"""Of a unit that passed it on: the objection is for it to decide; what it did while it had the item, it enters late."""
CAUSING: Acts = (e.CauseContested,)
"""Of a unit that was found to have caused it."""
HANDING_ON: Acts = (e.PetitionReferred, e.PetitionNotified)
"""Of a bureau that registered what accuses its own government: it may only give it away, and say so."""

ORDERING: Acts = (e.AssignmentUpheld, e.AssignmentWithdrawn)
"""Of these, not of who has it: of the unit that routed it last, or one over who has it."""
RECEIVING: Acts = (GatheringSummoned, GatheringReported, GatheringEnded)
"""Of the unit that received the people, or one over it (Art 7)."""


def reserved(type: str, fact: Fact, role: Role, *, all_is_his: Callable[[], bool]) -> Rejected | None:
    """Why an act is not for a role; None where it is. `all_is_his`: whether he governs the whole city."""
    kind = type.partition(".")[0]
    judges = (kind in JUDGED and not isinstance(fact, BY_THE_JUDGED)) or isinstance(fact, STRUCTURE + STAFF)
    if (judges or kind in OF_ALL) and role not in DECIDERS:
        return Rejected("not-allowed", f"{type} is not for a {role} to report", "$.type")
    if kind in OF_ALL and not all_is_his():
        return Rejected("not-allowed", f"{type} is of the whole city, and this token of a part of it", "$.type")
    return None


def charged(action: AnyAction) -> Iterator[tuple[UnitId, str]]:
    """Units on which an act lays a duty, with the field that names them."""
    match fact := action.data:
        case ItemAgreed():
            yield fact.owner_unit, "$.data.owner_unit"
        case GroupFormed():
            yield fact.lead_unit, "$.data.lead_unit"
            yield from ((unit, "$.data.members") for unit in fact.members)
        case MembersChanged():
            yield from ((unit, "$.data.members") for unit in fact.members or ())
            yield from ((unit, "$.data.joined") for unit in fact.joined)
        case DisputeLogged() | InspectionFound():
            yield fact.unit, "$.data.unit"
        case e.PetitionAssigned():
            yield fact.to_unit, "$.data.to_unit"
        case InspectionPlanned() | GatheringSummoned():
            yield from ((unit, f"$.data.units[{place}]") for place, unit in enumerate(fact.units))
        case _:
            return


def officials(fact: Fact) -> Iterator[tuple[OfficialId, str]]:
    """Officials of whom an act says what they did, or have to do, with the field that names them."""
    match fact:
        case e.PetitionAccepted() | e.HandlerChanged() if fact.handler is not None:
            yield fact.handler, "$.data.handler"
        case DutyReported():
            yield fact.by, "$.data.by"
        case (
            e.PetitionSponsored() | ContactVisited() | ReceptionHeld() | RosterSet() | DutyStood() | ContactPointSet()
            | GatheringAttended()
        ):  # fmt: skip
            yield fact.leader, "$.data.leader"
        case e.CauseFound() | e.CauseRevised():
            for named in ("officials", "dissent"):
                yield from ((each, f"$.data.{named}") for each in getattr(fact, named) or ())
        case FindingDecided() | OfficialInterviewed():
            yield fact.official, "$.data.official"
        case _:
            return


def judged(item: Item, fact: object, answering: Callable[[UnitId], UnitId]) -> Iterator[tuple[UnitId, str]]:
    """Units that an act on an item judges, with the field that says so."""
    handling = answering(item.accepted_by or item.unit)
    match fact:
        case e.PetitionSupervised() | e.SupervisionClosed() | e.ReturnVisited() | e.PetitionDetermined():
            yield handling, "$.type"
        case e.PetitionRated():
            yield handling if fact.target == "unit" else item.registered_by, "$.data.target"
        case e.CauseFound():
            yield fact.unit, "$.data.unit"
        case e.CauseRevised():
            former = revised_cause(item, fact)
            units = (fact.unit, former.unit if former is not None else None)
            yield from ((unit, "$.data.unit") for unit in units if unit is not None)
        case e.IncidentReported() if fact.mishandled_by is not None:
            yield fact.mishandled_by, "$.data.mishandled_by"
        case e.RepeatJudged() if item.first is not None:
            yield handling, "$.data.first"
        case e.SecrecyBreached():
            yield fact.by_unit, "$.data.by_unit"
        case _:
            return
