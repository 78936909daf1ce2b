"""Steps of those who watch: supervision, sponsorship, causes, incidents, secrecy."""

from domain.clock.events import DutyMissed
from domain.draft import Verdict
from domain.envelope import Rejected
from domain.finding.decide import JUDGED
from domain.petition import events as e
from domain.petition.changes import revised_cause, revision
from domain.petition.guards import conflicted, recused
from domain.petition.ruling import SUPERVISION_TRIGGERS, Ruling
from domain.rules import findings as rule


def supervised(fact: e.PetitionSupervised, ruling: Ruling) -> Verdict:
    """Meets every trigger that runs, whatever its ground; the supervised unit has K10, or the day given, to report."""
    ruling.meet(*SUPERVISION_TRIGGERS)
    supervised = ruling.units.answering(ruling.item.accepted_by or ruling.item.unit, ruling.day)
    ruling.start("K10", supervised, given=fact.report_by)
    return None


def supervision_answered(fact: e.SupervisionAnswered, ruling: Ruling) -> Verdict:
    """Meets K10 (R2005 36; R2022 40)."""
    if not ruling.item.supervised:
        return Rejected("not-in-this-state", "the item is not under supervision", "$.type")
    ruling.meet("K10")
    return None


def supervision_closed(fact: e.SupervisionClosed, ruling: Ruling) -> Verdict:
    """The last open supervision ends K10."""
    if not ruling.item.supervised:
        return Rejected("not-in-this-state", "the item is not under supervision", "$.type")
    if ruling.item.supervised == 1:
        ruling.end("K10")
    return None


def sponsored(fact: e.PetitionSponsored, ruling: Ruling) -> Verdict:
    """One case, one leader, party before government, principal before deputy (SEED 9).

    Never the one it is about, nor one of an accused organ (R2005 30; R2022 28, 30); who sits above that organ may be.
    """
    if ruling.item.sponsor is not None:
        return Rejected("already-exists", f"one case, one leader: {ruling.item.sponsor} sponsors it", "$.data.leader")
    refused = conflicted(ruling.item, fact.leader, "$.data.leader") or recused(ruling, fact.leader, "$.data.leader")
    if refused is not None:
        return refused
    ruling.meet("sponsor")
    if ruling.item.sponsor_due is not None and ruling.day <= ruling.item.sponsor_due:
        ruling.clear(f"D12:{ruling.subject}")
    rule.d11_sponsor_order(ruling, fact.leader)
    ruling.touches = (f"sponsor:{fact.leader}",)
    return None


def sponsor_duty_done(fact: e.SponsorDutyDone, ruling: Ruling) -> Verdict:
    """One of five. Kept before the sponsorship ended, it may be entered after."""
    item = ruling.item
    ended = item.unsponsored_at
    if item.sponsor is None and (ended is None or ruling.action.time > ended):
        return Rejected("not-in-this-state", "the item has no sponsor", "$.type")
    if item.sponsor is None and {*item.warranties, fact.duty} == set(e.WARRANTIES):
        ruling.clear(f"D12:{ruling.subject}")
    return None


def sponsorship_ended(fact: e.SponsorshipEnded, ruling: Ruling) -> Verdict:
    """Ended with a warranty undone, it trips D12 against the leader (SEED 9)."""
    item = ruling.item
    if item.sponsor is None:
        return Rejected("not-in-this-state", "the item has no sponsor", "$.type")
    if set(item.warranties) != set(e.WARRANTIES):
        rule.d12_warranty_undone(ruling, item.sponsor)
    return None


def sponsor_missing(fact: DutyMissed, ruling: Ruling) -> Verdict:
    """The clock records that an item which a conference made prominent has no sponsor (SEED 9)."""
    rule.d12_no_sponsor(ruling, fact.owed_by, fact.period)
    return None


def cause_found(fact: e.CauseFound, ruling: Ruling) -> Verdict:
    """Trips F21 against the causing unit, on the ground named, by the roles of the day it was decided (SEED 19).

    One finding speaks of one unit: what was found of it before, and humans may have decided on, a revision changes.
    """
    if ruling.units.get(fact.unit) is None:
        return Rejected("unknown-subject", f"{fact.unit} is not established", "$.data.unit")
    if any(cause.unit == fact.unit for cause in ruling.item.causes):
        return Rejected("already-exists", f"{fact.unit} caused it: petition.cause_revised changes that", "$.data.unit")
    head = ruling.known.head
    if head is not None and any(not 1 <= at <= head for at in fact.evidence):
        return Rejected(
            "bad-value", f"evidence names a position that the log does not have (1 to {head})", "$.data.evidence"
        )
    if fact.decided_on > ruling.day:
        return Rejected("bad-value", "a cause cannot lie after it was found", "$.data.decided_on")
    rule.f21_cause_found(ruling, fact.unit, fact.ground, fact.decided_on, fact, fact.evidence)
    return None


def cause_contested(fact: e.CauseContested, ruling: Ruling) -> Verdict:
    """There must be a cause to contest; the finding stands until it is revised."""
    if not ruling.item.causes:
        return Rejected("not-in-this-state", "no cause was found that could be contested", "$.type")
    return None


def cause_revised(fact: e.CauseRevised, ruling: Ruling) -> Verdict:
    """Fields given replace the former ones. The finding on a unit that did not cause it is cleared; so is one on which
    humans decided, where something else is alleged now: it is a proposal again.
    """
    former = revised_cause(ruling.item, fact)
    if former is None:
        return Rejected("not-in-this-state", "no cause was found that could be revised", "$.type")
    if fact.unit is not None and ruling.units.get(fact.unit) is None:
        return Rejected("unknown-subject", f"{fact.unit} is not established", "$.data.unit")
    new = revision(former, fact, 0)
    id = f"F21:{ruling.subject}:{former.unit}"
    judged = not new.alleges_as(former) and ruling.known.state(id) in JUDGED
    if fact.withdrawn or new.unit != former.unit or judged:
        ruling.clear(id)
    if not fact.withdrawn:
        evidence = (former.at, *(fact.evidence or ()))
        rule.f21_cause_found(ruling, new.unit, new.ground, new.decided_on, new, evidence)
    return None


def incident_reported(fact: e.IncidentReported, ruling: Ruling) -> Verdict:
    """With `mishandled_by` it trips F22 against that unit, graver (R2005 45; R2022 46)."""
    if fact.mishandled_by is not None:
        if ruling.units.get(fact.mishandled_by) is None:
            return Rejected("unknown-subject", f"{fact.mishandled_by} is not established", "$.data.mishandled_by")
        rule.f22_incident_mishandled(ruling, fact.mishandled_by)
    return None


def secrecy_breached(fact: e.SecrecyBreached, ruling: Ruling) -> Verdict:
    """Trips F12 (R2005 23, 44; R2022 30, 46)."""
    if ruling.units.get(fact.by_unit) is None:
        return Rejected("unknown-subject", f"{fact.by_unit} is not established", "$.data.by_unit")
    rule.f12_secrecy(ruling, fact.by_unit, fact.to, attempt=False)
    return None


def secrecy_guarded(fact: e.SecrecyGuarded, ruling: Ruling) -> Verdict:
    """Trips F12 as an attempt: the routing itself was refused."""
    rule.f12_secrecy(ruling, fact.by_unit, fact.to, attempt=True)
    return None
