# Written by `make docs` from danze's domain; changes here are lost.
"""Everything that can have happened: the `data` of each type of action. Those in LOG_MADE danze's log writes itself."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, NewType

from msgspec import Meta, Struct, field

UnitId = NewType("UnitId", str)
"""`unit:430408-zjj`"""
OfficialId = NewType("OfficialId", str)
"""`official:430408-zjj-head`"""
PersonId = NewType("PersonId", str)
"""`person:9f3a`, a pseudonym; names never stand here"""
PetitionNo = NewType("PetitionNo", str)
"""`430408-2020-000001`, the number of one item; `petition:430408-2020-000001` is taken for it"""
PREFIXES: dict[object, str] = {UnitId: "unit:", OfficialId: "official:", PersonId: "person:"}
"""What an id of each type begins with; checked once, when an action comes in."""
Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]
Level = Literal["village", "township", "county", "city", "province", "national"]
Moment = Annotated[datetime, Meta(tz=True)]
"""An RFC 3339 time with an offset."""
Origin = dict[str, str | int | bool]
RANK: dict[str, int] = {"village": 0, "township": 1, "county": 2, "city": 3, "province": 4, "national": 5}
"""How high a level stands; the proper level of a visit is that of the competent unit or one above (R2022 20)."""


def unversioned(type_name: str) -> str:
    """`petition.referred` of `petition.referred.v2`: what happened, whichever version tells it."""
    return type_name.rpartition(".v")[0]


class Fact(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The `data` of an action and of the event it becomes."""

    origin: Origin | None = None
    """Provenance of an imported fact: file, row, what was assumed. Never a date or a person that nobody stated."""


Channel = Literal["letter", "visit", "online", "phone", "leader_mailbox", "reception", "handed_down"]
Purpose = Literal["suggestion", "accusation", "appeal", "settlement", "enquiry"]
Ground = Literal["N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8"]
CauseGround = Literal["A1", "A2", "A3", "A4", "A5"]
SupervisionGround = Literal["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11"]
Stage = Literal["handling", "review", "rereview"]
How = Literal["in_person", "post", "online"]
Outcome = Literal["supported", "explained", "not_supported", "partly"]
ReviewOutcome = Literal["upheld", "revoked", "modified"]
Warranty = Literal["informed", "persuaded", "resolved", "supported", "desisted"]
WARRANTIES: tuple[Warranty, ...] = ("informed", "persuaded", "resolved", "supported", "desisted")
"""五包: what a sponsor has to keep."""
Days = Annotated[int, Meta(ge=1, le=366)]


class PetitionRegistered(Fact, frozen=True, gc=False):
    """A matter was raised and entered (登记, Art 13, 15)."""

    channel: Channel
    purpose: Purpose
    category: Text
    place: Text
    """Division code of the place it is about: 430400 city, 430408 county, 430408001 township."""
    persons: Count
    """Who came or signed; `collective_min_persons` of them on a visit make it collective."""
    petitioners: tuple[PersonId, ...]
    title: Text
    about_unit: UnitId | None = None
    about_official: OfficialId | None = None
    joint_letter: bool = False
    anonymous: bool = False
    personal: dict[str, str] | None = None
    """Names, phones, texts: sealed under a key of the first petitioner before anything is stored."""
    received_at: Moment | None = None
    """When it was received, if before it was registered: K1 and K3 run from its local day."""
    handed_down_by: UnitId | None = None
    """With channel `handed_down`: who assigned it from above."""
    report_by: date | None = None
    """With channel `handed_down`: the day by which the registering unit reports (K13)."""


class RepeatJudged(Fact, frozen=True, gc=False):
    """A human judged whether the item repeats one before (判重, Art 15); `first: null`: it is first-time again."""

    first: PetitionNo | None
    basis: tuple[Literal["same_person", "same_facts"], ...] = ()
    revises: int | None = None
    """Position of the judgement that this one replaces."""


class PetitionReferred(Fact, frozen=True, gc=False):
    """Another unit was asked to take the item (转送), without report-back."""

    to_unit: UnitId


class PetitionAssigned(Fact, frozen=True, gc=False):
    """Another unit was told to take the item and report back (交办)."""

    to_unit: UnitId
    report_by: date | None = None


class AssignmentObjected(Fact, frozen=True, gc=False):
    """The unit says that the item is not its own (异议)."""

    reason: Text


class AssignmentUpheld(Fact, frozen=True, gc=False):
    """The objection was turned down: the assignment stands."""


class AssignmentWithdrawn(Fact, frozen=True, gc=False):
    """The objection was right: the assignment is taken back."""


class PetitionAccepted(Fact, frozen=True, gc=False):
    """A unit took the item as its own to handle (受理, Art 15, 16)."""

    procedure: Literal["ordinary", "simple"]
    handler: OfficialId | None
    """Who handles it. null only for an imported fact whose source names nobody: nobody is made up."""


class PetitionNotAccepted(Fact, frozen=True, gc=False):
    """A unit refused the item (不予受理, Art 10)."""

    ground: Ground
    directed_to: Text | None = None


class PetitionNoLongerAccepted(Fact, frozen=True, gc=False):
    """A unit refused an item that has been through all its stages (不再受理, Art 10)."""

    ground: Literal["N6", "N7", "N8"]


class PetitionChannelled(Fact, frozen=True, gc=False):
    """The item was led into another statutory procedure (导入其他程序, Art 10)."""

    path: Literal["litigation", "arbitration", "reconsideration", "discipline", "other"]


class PetitionNotified(Fact, frozen=True, gc=False):
    """The petitioner was told in writing (告知)."""

    of: Literal["receipt", "acceptance", "refusal", "extension"]
    how: How
    signed: bool


class HandlerChanged(Fact, frozen=True, gc=False):
    """Another official handles the item from now on."""

    handler: OfficialId
    reason: Text


class PetitionWorked(Fact, frozen=True, gc=False):
    """The item was worked on (调查、接谈、协调)."""

    what: Text


class PetitionMediated(Fact, frozen=True, gc=False):
    """The parties agreed (调解、和解, Art 10)."""

    agreement: Text


class HearingOpened(Fact, frozen=True, gc=False):
    """A hearing began (听证, Art 10)."""

    stage: Stage


class HearingClosed(Fact, frozen=True, gc=False):
    """A hearing ended (Art 10)."""

    stage: Stage


class PetitionExtended(Fact, frozen=True, gc=False):
    """The limit for handling was extended (延期)."""

    days: Days
    """Calendar days added to the limit; at most `extension_max_days` count in all (R2005 33; R2022 34)."""
    approved_by: OfficialId
    reason: Text


class PetitionAnswered(Fact, frozen=True, gc=False):
    """The unit gave its handling opinion (处理意见, Art 10, 16)."""

    outcome: Outcome
    disposition: tuple[Literal["solved", "persuaded", "relieved", "dealt_with"], ...]
    basis: tuple[str, ...]
    """Laws and rules that the opinion rests on."""
    immediate: bool = False
    personal: dict[str, str] | None = None
    """What it says of persons: sealed under a key of the item's first petitioner."""


class OpinionDelivered(Fact, frozen=True, gc=False):
    """The petitioner received a written opinion (送达)."""

    stage: Stage
    how: How
    signed: bool
    view: Literal["agrees", "disagrees", "none"] | None = None


class ReviewRequested(Fact, frozen=True, gc=False):
    """The petitioner asked the unit above to review the opinion (复查, Art 10)."""

    to_unit: UnitId


class ReviewAnswered(Fact, frozen=True, gc=False):
    """The reviewing unit gave its opinion (复查意见, Art 10)."""

    by_unit: UnitId
    outcome: ReviewOutcome


class RereviewRequested(Fact, frozen=True, gc=False):
    """The petitioner asked for re-review (复核, Art 10)."""

    to_unit: UnitId


class RereviewAnswered(Fact, frozen=True, gc=False):
    """The re-reviewing unit gave the last opinion (复核意见, Art 10)."""

    by_unit: UnitId
    outcome: ReviewOutcome


class PetitionExecuted(Fact, frozen=True, gc=False):
    """A supported opinion was carried out (执行)."""


class ExecutionRefused(Fact, frozen=True, gc=False):
    """A unit refused to carry out a supported opinion."""


class PetitionClosed(Fact, frozen=True, gc=False):
    """The item is procedurally done (办结). Says nothing about whether the trouble is gone."""


class PetitionResolved(Fact, frozen=True, gc=False):
    """The trouble itself is gone (化解)."""


class PetitionDesisted(Fact, frozen=True, gc=False):
    """The petitioner says that he will not petition on (息诉罢访)."""


class PetitionWithdrawn(Fact, frozen=True, gc=False):
    """The petitioner took the item back."""


class PetitionDetermined(Fact, frozen=True, gc=False):
    """The item was examined and finally determined (审核认定办结、终结, Art 10)."""

    ground: Text


class PetitionReopened(Fact, frozen=True, gc=False):
    """A finished item is taken up again."""

    reason: Text


class PetitionRated(Fact, frozen=True, gc=False):
    """The petitioner rated the bureau or the unit (评价, Art 13, 16)."""

    target: Literal["bureau", "unit"]
    score: Literal["satisfied", "basically", "dissatisfied"]
    reason: Text | None = None


class ReturnVisited(Fact, frozen=True, gc=False):
    """Somebody asked the petitioner afterwards whether it is solved (回访核实, Art 16)."""

    solved: Literal["yes", "partly", "no"]


class RaisedAbove(Fact, frozen=True, gc=False):
    """The matter was taken to a higher level (上行, Art 12, 18). A fact about the matter, never a mark on a person."""

    level: Literal["township", "county", "city", "province", "national"]
    kind: Literal["individual", "collective", "irregular"]
    persons: Count
    place: Text


class PetitionSupervised(Fact, frozen=True, gc=False):
    """The bureau put the item under supervision (督办, Art 11, 16)."""

    ground: SupervisionGround
    report_by: date | None = None


class SupervisionAnswered(Fact, frozen=True, gc=False):
    """The supervised unit reported (Art 11)."""


class SupervisionClosed(Fact, frozen=True, gc=False):
    """The bureau ended the supervision (Art 11)."""


class PetitionSponsored(Fact, frozen=True, gc=False):
    """A leader took the case upon himself (包案, Art 9): one case, one leader, one team, one plan."""

    leader: OfficialId
    team: tuple[OfficialId, ...]
    plan: Text


class SponsorDutyDone(Fact, frozen=True, gc=False):
    """One of the five warranties was kept (五包, Art 9)."""

    duty: Warranty


class SponsorshipEnded(Fact, frozen=True, gc=False):
    """The sponsorship ended (Art 9)."""

    why: Text


class CauseFound(Fact, frozen=True, gc=False):
    """A human found which unit caused the matter (引发, Art 19)."""

    unit: UnitId
    ground: CauseGround
    decided_on: date
    """Day of the decision at fault: whoever held the roles on it answers."""
    evidence: tuple[int, ...]
    """Positions of events in the log."""
    statement: Text
    officials: tuple[OfficialId, ...] = ()
    collective: bool = False
    dissent: tuple[OfficialId, ...] = ()


class CauseContested(Fact, frozen=True, gc=False):
    """The unit disputes that it caused the matter (Art 19)."""

    unit: UnitId | None = None
    reason: Text | None = None


class CauseRevised(Fact, frozen=True, gc=False):
    """A cause was found anew: the fields given replace the former ones; `withdrawn` takes the cause back (Art 19)."""

    unit: UnitId | None = None
    ground: CauseGround | None = None
    decided_on: date | None = None
    evidence: tuple[int, ...] | None = None
    statement: Text | None = None
    officials: tuple[OfficialId, ...] | None = None
    collective: bool | None = None
    dissent: tuple[OfficialId, ...] | None = None
    withdrawn: bool = False


class IncidentReported(Fact, frozen=True, gc=False):
    """A mass or extreme incident grew out of the matter (Art 12, 19)."""

    kind: Literal["mass", "extreme"]
    mishandled_by: UnitId | None = None


class SecrecyBreached(Fact, frozen=True, gc=False):
    """An accusation was let known to the accused (泄露检举材料)."""

    by_unit: UnitId
    to: Text


class SecrecyGuarded(Fact, frozen=True, gc=False):
    """The log refused to route an accusation to the accused organ. Made by the log itself."""

    to: UnitId
    by_unit: UnitId
    refused: Text


UnitKind = Literal["party", "government", "department", "bureau", "township", "village", "reception_centre", "other"]
Role = Literal["principal", "deputy_in_charge", "member", "petition_lead", "petition_clerk"]


class UnitEstablished(Fact, frozen=True, gc=False):
    """A unit was set up (成立). Kind `bureau` is the petition bureau, 信访局."""

    name: Text
    level: Level
    kind: UnitKind
    division: Text
    parent: UnitId | None = None


class UnitMerged(Fact, frozen=True, gc=False):
    """A unit went into another (合并), which answers for its open items from then on (R2005 25)."""

    into: UnitId


class UnitAbolished(Fact, frozen=True, gc=False):
    """A unit was abolished (撤销); its open items pass to the unit named, else to its parent (R2005 25)."""

    into: UnitId | None = None


class RoleGiven(Fact, frozen=True, gc=False):
    """An official took a role in the unit (任职, Art 2, 20), from the local day of the event on."""

    official: OfficialId
    role: Role
    name: Text
    portfolio: Text | None = None


class RoleEnded(Fact, frozen=True, gc=False):
    """An official left a role (免职, Art 2, 20): the day before the event's is the last in it."""

    official: OfficialId
    role: Role


class ChangeFiled(Fact, frozen=True, gc=False):
    """A change of petition staff was filed (备案, Art 20). `change` is the position of the change."""

    change: int
    with_unit: UnitId


class ContactPointSet(Fact, frozen=True, gc=False):
    """A leader was given a contact point (联系点, Art 3)."""

    leader: OfficialId
    target_unit: UnitId


class OfficerExchanged(Fact, frozen=True, gc=False):
    """A petition officer was exchanged or promoted elsewhere (干部交流, Art 21)."""

    official: OfficialId | None = None
    to_unit: UnitId | None = None
    note: Text | None = None


class CareHeld(Fact, frozen=True, gc=False):
    """Care for petition officers was held (心理疏导, Art 21)."""

    note: Text | None = None


Body = Literal["party_committee", "government", "joint_meeting"]


class BriefingHeard(Fact, frozen=True, gc=False):
    """A leading body heard a report on petition work (听取汇报, Art 1)."""

    body: Body


class ContactVisited(Fact, frozen=True, gc=False):
    """A leader visited his contact point (联点调研督导, Art 3)."""

    leader: OfficialId
    target_unit: UnitId


class ReceptionHeld(Fact, frozen=True, gc=False):
    """A leader received petitioners for a day, at the centre or where they live (接访、下访, Art 8)."""

    leader: OfficialId
    kind: Literal["reception", "visit_down"]
    items: tuple[PetitionNo, ...]
    """NOs of the items that were received."""


class RosterSet(Fact, frozen=True, gc=False):
    """It was settled which leader is on duty (值班排班, Art 7)."""

    leader: OfficialId
    place: Text
    on: date | None = None
    """The day of the duty, where it is not the event's."""


class DutyStood(Fact, frozen=True, gc=False):
    """A leader was on duty that day (值班, Art 7, 8)."""

    leader: OfficialId
    place: Text


class ScreeningHeld(Fact, frozen=True, gc=False):
    """Disputes were screened for (矛盾纠纷排查, Art 14)."""

    disputes: tuple[Text, ...]
    """Ids of the disputes it found, as in `dispute:ID`."""


class DutyReported(Fact, frozen=True, gc=False):
    """A leader reported on his duties to the joint conference (述职, Art 5)."""

    by: OfficialId
    to_unit: UnitId


class ConferenceHeld(Fact, frozen=True, gc=False):
    """The joint conference met (召开联席会议, Art 5)."""

    attended: tuple[UnitId, ...] = ()
    topics: tuple[Text, ...] = ()


class ItemAgreed(Fact, frozen=True, gc=False):
    """The conference agreed that a unit does something (议定事项, Art 6)."""

    item: Text
    """What names it within the conference."""
    owner_unit: UnitId
    due: date | None = None
    petition: PetitionNo | None = None
    """The item it is about, which is prominent by that: it gets a sponsor (D12)."""


class ItemDone(Fact, frozen=True, gc=False):
    """What was agreed is done (议定事项办结, Art 6)."""

    item: Text


class GroupFormed(Fact, frozen=True, gc=False):
    """A special working group was formed (成立专项工作小组, Art 6)."""

    name: Text
    lead_unit: UnitId
    members: tuple[UnitId, ...]


class GroupDissolved(Fact, frozen=True, gc=False):
    """A special working group was dissolved (撤销专项工作小组, Art 6). The name is enough."""

    name: Text
    lead_unit: UnitId | None = None
    members: tuple[UnitId, ...] = ()


class MembersChanged(Fact, frozen=True, gc=False):
    """The member units of the conference were settled anew (调整成员单位, Art 6)."""

    members: tuple[UnitId, ...] | None = None
    """All member units after the change; or else those that joined and left."""
    joined: tuple[UnitId, ...] = ()
    left: tuple[UnitId, ...] = ()


class GatheringArrived(Fact, frozen=True, gc=False):
    """Many people came together with one concern (集体访到场, Art 7). Its unit is the one that received them."""

    persons: Count
    place: Text
    units: tuple[UnitId, ...] = ()
    """The units concerned (涉事单位)."""
    petition: PetitionNo | None = None


class GatheringSummoned(Fact, frozen=True, gc=False):
    """The bureau told units to come and receive them (通知到场, Art 7)."""

    units: tuple[UnitId, ...]


class GatheringAttended(Fact, frozen=True, gc=False):
    """A leader of a unit came and received them (到场接访, Art 7)."""

    unit: UnitId
    leader: OfficialId


class GatheringReported(Fact, frozen=True, gc=False):
    """The gathering was reported to the leader of the special group concerned (即时报告, Art 7)."""

    to: OfficialId


class GatheringEnded(Fact, frozen=True, gc=False):
    """The people left; the joint reception is over (接访结束, Art 7)."""


class DisputeLogged(Fact, frozen=True, gc=False):
    """A dispute was entered in the ledger (排查登记, Art 14)."""

    place: Text
    unit: UnitId
    """The unit of the entry, which has to settle it."""
    summary: Text


class DisputeAssigned(Fact, frozen=True, gc=False):
    """Somebody was made responsible for settling it (落实责任, Art 14)."""

    to_unit: UnitId | None = None


class DisputeCleared(Fact, frozen=True, gc=False):
    """The dispute is settled and struck off (化解销号, Art 14)."""

    how: Text | None = None


class DisputeBecamePetition(Fact, frozen=True, gc=False):
    """The dispute came as a petition, and goes on as that (转为信访事项, Art 14)."""

    petition: PetitionNo


class InspectionPlanned(Fact, frozen=True, gc=False):
    """An inspection was planned (列入督查、巡察计划, Art 11, 17)."""

    kind: Literal["supervision", "patrol"]
    units: tuple[UnitId, ...]
    items: tuple[PetitionNo, ...] = ()
    """Items whose handling is to be looked at."""


class InspectionHeld(Fact, frozen=True, gc=False):
    """Inspectors were on the spot (实地督查、巡察, Art 11, 17)."""

    invited: tuple[Text, ...]
    """Delegates, experts, scholars, journalists who came along (两代表一委员等)."""


class InspectionFound(Fact, frozen=True, gc=False):
    """The inspectors found something wrong in a unit (督查、巡察发现问题, Art 11, 17)."""

    unit: UnitId
    finding: Text


class InspectionRectified(Fact, frozen=True, gc=False):
    """What was found wrong was put right (整改到位, Art 11, 17)."""

    unit: UnitId | None = None
    """The unit that put it right; without one, all of them."""


class EvaluationScored(Fact, frozen=True, gc=False):
    """A unit's half year was evaluated (半年评价, Art 18)."""

    metrics: dict[str, Decimal]
    """What was measured, by name; decimal numbers, kept as text and never as binary fractions."""
    score: Decimal
    formula: Text
    """How the score follows from the metrics."""


class UnitListed(Fact, frozen=True, gc=False):
    """The unit was listed for rectification (挂牌整治, Art 18)."""

    reason: Text | None = None


class OfficialInterviewed(Fact, frozen=True, gc=False):
    """An official of the listed unit was summoned to an interview (约谈, Art 18)."""

    official: OfficialId


class UnitDelisted(Fact, frozen=True, gc=False):
    """The listing was lifted (摘牌, Art 18)."""


class ProtectionDeclared(Fact, frozen=True, gc=False):
    """A time of special protection began, at the levels named (特别防护期启动, Art 8)."""

    levels: tuple[Literal["township", "county", "city"], ...]
    until: date
    """Its last day."""


class ProtectionEnded(Fact, frozen=True, gc=False):
    """The special protection ended early: the day before the event's is its last (特别防护期结束, Art 8)."""


Responsibility = Literal["direct", "leadership", "main_leadership", "important_leadership", "none"]
Measure = Literal["rectify", "talk", "circulate", "admonish", "reorganise", "discipline", "transfer", "none"]


class FindingOpened(Fact, frozen=True, gc=False):
    """A human took the proposed finding up (启动认定, Art 19)."""


class DissentRecorded(Fact, frozen=True, gc=False):
    """An official's objection to the decision at fault was put on record (保留意见, Art 19)."""

    official: OfficialId


class FindingDecided(Fact, frozen=True, gc=False):
    """A human decided who bears which responsibility, and the measure (责任认定, Art 19)."""

    official: OfficialId
    responsibility: Responsibility
    measure: Measure
    reason: Text


class FindingDismissed(Fact, frozen=True, gc=False):
    """A human found that nobody is to blame (不予追责, Art 19)."""

    reason: Text


class FindingAppealed(Fact, frozen=True, gc=False):
    """The official appealed against the decision (申诉, Art 19)."""

    reason: Text | None = None


class AppealDecided(Fact, frozen=True, gc=False):
    """The appeal was decided (申诉处理, Art 19)."""

    outcome: Literal["upheld", "revoked", "modified"] | None = None
    reason: Text | None = None


Year = Annotated[int, Meta(ge=1979, le=2999)]


class RulesetAdopted(Fact, frozen=True, gc=False):
    """A rule set is in force from a day on (规则施行). `content` is its TOML; without it, the shipped one is."""

    name: Text
    from_: date = field(name="from")
    content_hash: Text
    content: Text | None = None


class CalendarAdopted(Fact, frozen=True, gc=False):
    """A year's calendar of the State Council was adopted (工作日安排): days off it names, make-up working days."""

    year: Year
    version: Text
    content_hash: Text
    holidays: tuple[date, ...] | None = None
    workdays: tuple[date, ...] | None = None


class PetitionerForgotten(Fact, frozen=True, gc=False):
    """The key of the petitioner's personal fields was destroyed (信息删除); the log verifies, they read as erased."""

    reason: Text


class DeadlineMissed(Fact, frozen=True, gc=False):
    """A deadline passed unmet (逾期). Recorded at the first moment of the first day of breach."""

    deadline: Text
    due_on: date
    owed_by: UnitId
    started: int = 0
    """Version of the event that started the clock, in the same stream."""


class SupervisionDue(Fact, frozen=True, gc=False):
    """A supervision that had to be opened was not (应督办未督办)."""

    ground: Text
    owed_by: UnitId
    started: int = 0


class DutyMissed(Fact, frozen=True, gc=False):
    """A duty of a period was not done (职责未履行)."""

    rule: Text
    owed_by: UnitId
    period: Text
    """`2020Q4`, `2020-08a`, `2020-W33`; for a single limit, its last day; for a vacancy or a change, its day."""
    official: OfficialId | None = None
    detail: Text | None = None
    """The body that heard no report (D01), the role (D09, D10), the item that was agreed (D13)."""


TYPES: dict[str, type[Fact]] = {
    "petition.registered.v1": PetitionRegistered,
    "petition.repeat_judged.v1": RepeatJudged,
    "petition.referred.v1": PetitionReferred,
    "petition.assigned.v1": PetitionAssigned,
    "petition.assignment_objected.v1": AssignmentObjected,
    "petition.assignment_upheld.v1": AssignmentUpheld,
    "petition.assignment_withdrawn.v1": AssignmentWithdrawn,
    "petition.accepted.v1": PetitionAccepted,
    "petition.not_accepted.v1": PetitionNotAccepted,
    "petition.no_longer_accepted.v1": PetitionNoLongerAccepted,
    "petition.channelled.v1": PetitionChannelled,
    "petition.notified.v1": PetitionNotified,
    "petition.handler_changed.v1": HandlerChanged,
    "petition.worked.v1": PetitionWorked,
    "petition.mediated.v1": PetitionMediated,
    "petition.hearing_opened.v1": HearingOpened,
    "petition.hearing_closed.v1": HearingClosed,
    "petition.extended.v1": PetitionExtended,
    "petition.answered.v1": PetitionAnswered,
    "petition.opinion_delivered.v1": OpinionDelivered,
    "petition.review_requested.v1": ReviewRequested,
    "petition.review_answered.v1": ReviewAnswered,
    "petition.rereview_requested.v1": RereviewRequested,
    "petition.rereview_answered.v1": RereviewAnswered,
    "petition.executed.v1": PetitionExecuted,
    "petition.execution_refused.v1": ExecutionRefused,
    "petition.closed.v1": PetitionClosed,
    "petition.resolved.v1": PetitionResolved,
    "petition.desisted.v1": PetitionDesisted,
    "petition.withdrawn.v1": PetitionWithdrawn,
    "petition.determined.v1": PetitionDetermined,
    "petition.reopened.v1": PetitionReopened,
    "petition.rated.v1": PetitionRated,
    "petition.return_visited.v1": ReturnVisited,
    "petition.raised_above.v1": RaisedAbove,
    "petition.supervised.v1": PetitionSupervised,
    "petition.supervision_answered.v1": SupervisionAnswered,
    "petition.supervision_closed.v1": SupervisionClosed,
    "petition.sponsored.v1": PetitionSponsored,
    "petition.sponsor_duty_done.v1": SponsorDutyDone,
    "petition.sponsorship_ended.v1": SponsorshipEnded,
    "petition.cause_found.v1": CauseFound,
    "petition.cause_contested.v1": CauseContested,
    "petition.cause_revised.v1": CauseRevised,
    "petition.incident_reported.v1": IncidentReported,
    "petition.secrecy_breached.v1": SecrecyBreached,
    "petition.secrecy_guarded.v1": SecrecyGuarded,
    "unit.established.v1": UnitEstablished,
    "unit.merged.v1": UnitMerged,
    "unit.abolished.v1": UnitAbolished,
    "unit.role_given.v1": RoleGiven,
    "unit.role_ended.v1": RoleEnded,
    "unit.change_filed.v1": ChangeFiled,
    "unit.contact_point_set.v1": ContactPointSet,
    "unit.officer_exchanged.v1": OfficerExchanged,
    "unit.care_held.v1": CareHeld,
    "duty.briefing_heard.v1": BriefingHeard,
    "duty.contact_visited.v1": ContactVisited,
    "duty.reception_held.v1": ReceptionHeld,
    "duty.roster_set.v1": RosterSet,
    "duty.stood.v1": DutyStood,
    "duty.screening_held.v1": ScreeningHeld,
    "duty.reported.v1": DutyReported,
    "conference.held.v1": ConferenceHeld,
    "conference.item_agreed.v1": ItemAgreed,
    "conference.item_done.v1": ItemDone,
    "conference.group_formed.v1": GroupFormed,
    "conference.group_dissolved.v1": GroupDissolved,
    "conference.members_changed.v1": MembersChanged,
    "gathering.arrived.v1": GatheringArrived,
    "gathering.summoned.v1": GatheringSummoned,
    "gathering.attended.v1": GatheringAttended,
    "gathering.reported.v1": GatheringReported,
    "gathering.ended.v1": GatheringEnded,
    "dispute.logged.v1": DisputeLogged,
    "dispute.assigned.v1": DisputeAssigned,
    "dispute.cleared.v1": DisputeCleared,
    "dispute.became_petition.v1": DisputeBecamePetition,
    "inspection.planned.v1": InspectionPlanned,
    "inspection.held.v1": InspectionHeld,
    "inspection.found.v1": InspectionFound,
    "inspection.rectified.v1": InspectionRectified,
    "evaluation.scored.v1": EvaluationScored,
    "evaluation.listed.v1": UnitListed,
    "evaluation.interviewed.v1": OfficialInterviewed,
    "evaluation.delisted.v1": UnitDelisted,
    "period.protection_declared.v1": ProtectionDeclared,
    "period.protection_ended.v1": ProtectionEnded,
    "finding.opened.v1": FindingOpened,
    "finding.dissent_recorded.v1": DissentRecorded,
    "finding.decided.v1": FindingDecided,
    "finding.dismissed.v1": FindingDismissed,
    "finding.appealed.v1": FindingAppealed,
    "finding.appeal_decided.v1": AppealDecided,
    "ruleset.adopted.v1": RulesetAdopted,
    "calendar.adopted.v1": CalendarAdopted,
    "petitioner.forgotten.v1": PetitionerForgotten,
    "deadline.missed.v1": DeadlineMissed,
    "supervision.due.v1": SupervisionDue,
    "duty.missed.v1": DutyMissed,
}

LOG_MADE = frozenset({
    "deadline.missed.v1",
    "duty.missed.v1",
    "petition.secrecy_guarded.v1",
    "supervision.due.v1",
})

LOG_ITSELF = frozenset({"/danze/clock", "/danze/log"})

SUBJECT_KIND: dict[str, tuple[str, ...]] = {
    "petition.registered.v1": ("petition",),
    "petition.repeat_judged.v1": ("petition",),
    "petition.referred.v1": ("petition",),
    "petition.assigned.v1": ("petition",),
    "petition.assignment_objected.v1": ("petition",),
    "petition.assignment_upheld.v1": ("petition",),
    "petition.assignment_withdrawn.v1": ("petition",),
    "petition.accepted.v1": ("petition",),
    "petition.not_accepted.v1": ("petition",),
    "petition.no_longer_accepted.v1": ("petition",),
    "petition.channelled.v1": ("petition",),
    "petition.notified.v1": ("petition",),
    "petition.handler_changed.v1": ("petition",),
    "petition.worked.v1": ("petition",),
    "petition.mediated.v1": ("petition",),
    "petition.hearing_opened.v1": ("petition",),
    "petition.hearing_closed.v1": ("petition",),
    "petition.extended.v1": ("petition",),
    "petition.answered.v1": ("petition",),
    "petition.opinion_delivered.v1": ("petition",),
    "petition.review_requested.v1": ("petition",),
    "petition.review_answered.v1": ("petition",),
    "petition.rereview_requested.v1": ("petition",),
    "petition.rereview_answered.v1": ("petition",),
    "petition.executed.v1": ("petition",),
    "petition.execution_refused.v1": ("petition",),
    "petition.closed.v1": ("petition",),
    "petition.resolved.v1": ("petition",),
    "petition.desisted.v1": ("petition",),
    "petition.withdrawn.v1": ("petition",),
    "petition.determined.v1": ("petition",),
    "petition.reopened.v1": ("petition",),
    "petition.rated.v1": ("petition",),
    "petition.return_visited.v1": ("petition",),
    "petition.raised_above.v1": ("petition",),
    "petition.supervised.v1": ("petition",),
    "petition.supervision_answered.v1": ("petition",),
    "petition.supervision_closed.v1": ("petition",),
    "petition.sponsored.v1": ("petition",),
    "petition.sponsor_duty_done.v1": ("petition",),
    "petition.sponsorship_ended.v1": ("petition",),
    "petition.cause_found.v1": ("petition",),
    "petition.cause_contested.v1": ("petition",),
    "petition.cause_revised.v1": ("petition",),
    "petition.incident_reported.v1": ("petition",),
    "petition.secrecy_breached.v1": ("petition",),
    "petition.secrecy_guarded.v1": ("petition",),
    "unit.established.v1": ("unit",),
    "unit.merged.v1": ("unit",),
    "unit.abolished.v1": ("unit",),
    "unit.role_given.v1": ("unit",),
    "unit.role_ended.v1": ("unit",),
    "unit.change_filed.v1": ("unit",),
    "unit.contact_point_set.v1": ("unit",),
    "unit.officer_exchanged.v1": ("unit",),
    "unit.care_held.v1": ("unit",),
    "duty.briefing_heard.v1": ("duty",),
    "duty.contact_visited.v1": ("duty",),
    "duty.reception_held.v1": ("duty",),
    "duty.roster_set.v1": ("duty",),
    "duty.stood.v1": ("duty",),
    "duty.screening_held.v1": ("duty",),
    "duty.reported.v1": ("duty",),
    "conference.held.v1": ("conference",),
    "conference.item_agreed.v1": ("conference",),
    "conference.item_done.v1": ("conference",),
    "conference.group_formed.v1": ("conference",),
    "conference.group_dissolved.v1": ("conference",),
    "conference.members_changed.v1": ("conference",),
    "gathering.arrived.v1": ("gathering",),
    "gathering.summoned.v1": ("gathering",),
    "gathering.attended.v1": ("gathering",),
    "gathering.reported.v1": ("gathering",),
    "gathering.ended.v1": ("gathering",),
    "dispute.logged.v1": ("dispute",),
    "dispute.assigned.v1": ("dispute",),
    "dispute.cleared.v1": ("dispute",),
    "dispute.became_petition.v1": ("dispute",),
    "inspection.planned.v1": ("inspection",),
    "inspection.held.v1": ("inspection",),
    "inspection.found.v1": ("inspection",),
    "inspection.rectified.v1": ("inspection",),
    "evaluation.scored.v1": ("evaluation",),
    "evaluation.listed.v1": ("evaluation",),
    "evaluation.interviewed.v1": ("evaluation",),
    "evaluation.delisted.v1": ("evaluation",),
    "period.protection_declared.v1": ("period",),
    "period.protection_ended.v1": ("period",),
    "finding.opened.v1": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D14", "D15",),
    "finding.dissent_recorded.v1": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D14", "D15",),
    "finding.decided.v1": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D14", "D15",),
    "finding.dismissed.v1": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D14", "D15",),
    "finding.appealed.v1": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D14", "D15",),
    "finding.appeal_decided.v1": ("F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20", "F21", "F22", "F23", "F24", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08", "D09", "D10", "D11", "D12", "D13", "D14", "D15",),
    "ruleset.adopted.v1": ("ruleset",),
    "calendar.adopted.v1": ("calendar", "ruleset",),
    "petitioner.forgotten.v1": ("petitioner", "person",),
    "deadline.missed.v1": ("petition",),
    "supervision.due.v1": ("petition",),
    "duty.missed.v1": ("duty", "petition", "conference", "dispute", "evaluation",),
}
