"""Given what we know of a dispute and what is reported, what is recorded?"""

from domain.clock.events import DutyMissed
from domain.dispute import events as e
from domain.dispute.state import Dispute
from domain.draft import Draft, Verdict, unknown_unit
from domain.envelope import AnyAction, Recorded, Rejected
from domain.known import Known
from domain.rules import duties as rule


def decide(dispute: Dispute | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """An entry is logged, assigned, and struck off or led into a petition; then it is over."""
    refused = _refused(dispute, action, known)
    if refused is not None:
        return refused
    fact = action.data
    draft = Draft(action, known, owner=dispute.unit if dispute else fact.unit)
    match fact:
        case e.DisputeLogged():
            draft.limit("D14", fact.unit, parameter="dispute_days")
        case e.DisputeCleared() | e.DisputeBecamePetition() if dispute is not None:
            if any(draft.late_for(each.due_on) for each in dispute.due):
                draft.clear(f"D14:{draft.subject}")
        case DutyMissed() if dispute is not None:
            rule.d14_dispute_open(draft, fact, logged=dispute.at)
        case _:
            pass
    return draft.recorded()


def _refused(dispute: Dispute | None, action: AnyAction, known: Known) -> Verdict:
    fact = action.data
    if dispute is None:
        if isinstance(fact, e.DisputeLogged):
            return unknown_unit(fact.unit, known, "$.data.unit")
        return Rejected("unknown-subject", f"{action.subject} is not in the ledger", "$.subject")
    if isinstance(fact, e.DisputeLogged):
        return Rejected("already-exists", f"{action.subject} is in the ledger", "$.subject")
    if isinstance(fact, DutyMissed):
        return None
    if dispute.over_on is not None:
        return Rejected("not-in-this-state", f"it was struck off on {dispute.over_on}", "$.type")
    if action.time < dispute.logged_at:
        return Rejected("before-previous", f"before it was logged ({dispute.logged_at.isoformat()})", "$.time")
    match fact:
        case e.DisputeAssigned():
            return unknown_unit(fact.to_unit, known, "$.data.to_unit")
        case e.DisputeBecamePetition() if known.item(fact.petition) is None:
            return Rejected("unknown-subject", f"petition:{fact.petition} is not registered", "$.data.petition")
        case _:
            return None
