"""Everything that can have happened to a petition item (contract section 3)."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from domain.fact import Count, Fact, Moment, OfficialId, PersonId, PetitionNo, Text, UnitId

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
