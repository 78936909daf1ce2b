"""Every type of fact, by its stored name. Stored names are ours and outlive the classes."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from domain.clock import events as clock
from domain.conference import events as conference
from domain.dispute import events as dispute
from domain.duty import events as duty
from domain.evaluation import events as evaluation
from domain.fact import Fact
from domain.finding import events as finding
from domain.gathering import events as gathering
from domain.inspection import events as inspection
from domain.period import events as period
from domain.petition import events as petition
from domain.petitioner import events as petitioner
from domain.ruleset import events as ruleset
from domain.unit import events as unit

TYPES: dict[str, type[Fact]] = {
    "petition.registered.v1": petition.PetitionRegistered,
    "petition.repeat_judged.v1": petition.RepeatJudged,
    "petition.referred.v1": petition.PetitionReferred,
    "petition.assigned.v1": petition.PetitionAssigned,
    "petition.assignment_objected.v1": petition.AssignmentObjected,
    "petition.assignment_upheld.v1": petition.AssignmentUpheld,
    "petition.assignment_withdrawn.v1": petition.AssignmentWithdrawn,
    "petition.accepted.v1": petition.PetitionAccepted,
    "petition.not_accepted.v1": petition.PetitionNotAccepted,
    "petition.no_longer_accepted.v1": petition.PetitionNoLongerAccepted,
    "petition.channelled.v1": petition.PetitionChannelled,
    "petition.notified.v1": petition.PetitionNotified,
    "petition.handler_changed.v1": petition.HandlerChanged,
    "petition.worked.v1": petition.PetitionWorked,
    "petition.mediated.v1": petition.PetitionMediated,
    "petition.hearing_opened.v1": petition.HearingOpened,
    "petition.hearing_closed.v1": petition.HearingClosed,
    "petition.extended.v1": petition.PetitionExtended,
    "petition.answered.v1": petition.PetitionAnswered,
    "petition.opinion_delivered.v1": petition.OpinionDelivered,
    "petition.review_requested.v1": petition.ReviewRequested,
    "petition.review_answered.v1": petition.ReviewAnswered,
    "petition.rereview_requested.v1": petition.RereviewRequested,
    "petition.rereview_answered.v1": petition.RereviewAnswered,
    "petition.executed.v1": petition.PetitionExecuted,
    "petition.execution_refused.v1": petition.ExecutionRefused,
    "petition.closed.v1": petition.PetitionClosed,
    "petition.resolved.v1": petition.PetitionResolved,
    "petition.desisted.v1": petition.PetitionDesisted,
    "petition.withdrawn.v1": petition.PetitionWithdrawn,
    "petition.determined.v1": petition.PetitionDetermined,
    "petition.reopened.v1": petition.PetitionReopened,
    "petition.rated.v1": petition.PetitionRated,
    "petition.return_visited.v1": petition.ReturnVisited,
    "petition.raised_above.v1": petition.RaisedAbove,
    "petition.supervised.v1": petition.PetitionSupervised,
    "petition.supervision_answered.v1": petition.SupervisionAnswered,
    "petition.supervision_closed.v1": petition.SupervisionClosed,
    "petition.sponsored.v1": petition.PetitionSponsored,
    "petition.sponsor_duty_done.v1": petition.SponsorDutyDone,
    "petition.sponsorship_ended.v1": petition.SponsorshipEnded,
    "petition.cause_found.v1": petition.CauseFound,
    "petition.cause_contested.v1": petition.CauseContested,
    "petition.cause_revised.v1": petition.CauseRevised,
    "petition.incident_reported.v1": petition.IncidentReported,
    "petition.secrecy_breached.v1": petition.SecrecyBreached,
    "petition.secrecy_guarded.v1": petition.SecrecyGuarded,
    "unit.established.v1": unit.UnitEstablished,
    "unit.merged.v1": unit.UnitMerged,
    "unit.abolished.v1": unit.UnitAbolished,
    "unit.role_given.v1": unit.RoleGiven,
    "unit.role_ended.v1": unit.RoleEnded,
    "unit.change_filed.v1": unit.ChangeFiled,
    "unit.contact_point_set.v1": unit.ContactPointSet,
    "unit.officer_exchanged.v1": unit.OfficerExchanged,
    "unit.care_held.v1": unit.CareHeld,
    "duty.briefing_heard.v1": duty.BriefingHeard,
    "duty.contact_visited.v1": duty.ContactVisited,
    "duty.reception_held.v1": duty.ReceptionHeld,
    "duty.roster_set.v1": duty.RosterSet,
    "duty.stood.v1": duty.DutyStood,
    "duty.screening_held.v1": duty.ScreeningHeld,
    "duty.reported.v1": duty.DutyReported,
    "conference.held.v1": conference.ConferenceHeld,
    "conference.item_agreed.v1": conference.ItemAgreed,
    "conference.item_done.v1": conference.ItemDone,
    "conference.group_formed.v1": conference.GroupFormed,
    "conference.group_dissolved.v1": conference.GroupDissolved,
    "conference.members_changed.v1": conference.MembersChanged,
    "gathering.arrived.v1": gathering.GatheringArrived,
    "gathering.summoned.v1": gathering.GatheringSummoned,
    "gathering.attended.v1": gathering.GatheringAttended,
    "gathering.reported.v1": gathering.GatheringReported,
    "gathering.ended.v1": gathering.GatheringEnded,
    "dispute.logged.v1": dispute.DisputeLogged,
    "dispute.assigned.v1": dispute.DisputeAssigned,
    "dispute.cleared.v1": dispute.DisputeCleared,
    "dispute.became_petition.v1": dispute.DisputeBecamePetition,
    "inspection.planned.v1": inspection.InspectionPlanned,
    "inspection.held.v1": inspection.InspectionHeld,
    "inspection.found.v1": inspection.InspectionFound,
    "inspection.rectified.v1": inspection.InspectionRectified,
    "evaluation.scored.v1": evaluation.EvaluationScored,
    "evaluation.listed.v1": evaluation.UnitListed,
    "evaluation.interviewed.v1": evaluation.OfficialInterviewed,
    "evaluation.delisted.v1": evaluation.UnitDelisted,
    "period.protection_declared.v1": period.ProtectionDeclared,
    "period.protection_ended.v1": period.ProtectionEnded,
    "finding.opened.v1": finding.FindingOpened,
    "finding.dissent_recorded.v1": finding.DissentRecorded,
    "finding.decided.v1": finding.FindingDecided,
    "finding.dismissed.v1": finding.FindingDismissed,
    "finding.appealed.v1": finding.FindingAppealed,
    "finding.appeal_decided.v1": finding.AppealDecided,
    "ruleset.adopted.v1": ruleset.RulesetAdopted,
    "calendar.adopted.v1": ruleset.CalendarAdopted,
    "petitioner.forgotten.v1": petitioner.PetitionerForgotten,
    "deadline.missed.v1": clock.DeadlineMissed,
    "supervision.due.v1": clock.SupervisionDue,
    "duty.missed.v1": clock.DutyMissed,
}


class Earlier(NamedTuple):
    """A type as it was, of which events lie in logs and actions still come in."""

    fact: type[Fact]
    name: str
    """The type that took its place."""
    upcast: Callable[[Any], Fact]
    """The same fact as that type tells it. Pure, and for every fact there ever was: what is not known stays open."""


EARLIER: dict[str, Earlier] = {}
"""Types that newer ones took the place of, by stored name. None is ever taken out: logs outlive releases."""

STORED: dict[str, type[Fact]] = {**TYPES, **{name: each.fact for name, each in EARLIER.items()}}
"""What lies in the bytes of each stored name, of today's types and of earlier ones."""


def log_made(earlier: Mapping[str, Earlier]) -> frozenset[str]:
    """The types that the log and its clock write, by today's names and by those that they had before."""
    names = {"petition.secrecy_guarded.v1", "deadline.missed.v1", "supervision.due.v1", "duty.missed.v1"}
    while before := {name for name, each in earlier.items() if each.name in names} - names:
        names |= before
    return frozenset(names)


LOG_MADE = log_made(EARLIER)
"""Never accepted from a producer,"""
LOG_ITSELF = frozenset({"/danze/log", "/danze/clock"})
"""nor are the sources under which the log and its clock write. Nobody enters late what is of these."""

RULE_IDS = (*(f"F{n:02}" for n in range(1, 25)), *(f"D{n:02}" for n in range(1, 16)))
"""The rules of contract section 5; a finding is a subject under its rule."""

SUBJECT_KIND: dict[str, tuple[str, ...]] = {
    **{name: (name.split(".")[0],) for name in STORED},
    "ruleset.adopted.v1": ("ruleset",),
    "calendar.adopted.v1": ("calendar", "ruleset"),
    "petitioner.forgotten.v1": ("petitioner", "person"),
    **{name: RULE_IDS for name in STORED if name.startswith("finding.")},
    "deadline.missed.v1": ("petition",),
    "supervision.due.v1": ("petition",),
    "duty.missed.v1": ("duty", "petition", "conference", "dispute", "evaluation"),
}
"""The kinds of subject that a type may speak about; a finding's subject is the finding's id."""

NAMES: dict[type[Fact], str] = {fact: name for name, fact in TYPES.items()}
