"""Given what we know of a time of special protection and what is reported, what is recorded?"""

from domain.draft import Draft, Verdict
from domain.duty.ended import no_longer_owed
from domain.envelope import AnyAction, Recorded, Rejected, day_of
from domain.known import Known
from domain.period import events as e
from domain.period.state import Protection, evolve


def decide(protection: Protection | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """It is declared once, for days to come, and may end early (Art 8): on days after its end nobody owed a watch."""
    refused = _refused(protection, action)
    if refused is not None:
        return refused
    draft = Draft(action, known)
    if protection is not None:
        draft.cleared += no_longer_owed(protection, evolve, action, known)
    return draft.recorded()


def _refused(protection: Protection | None, action: AnyAction) -> Verdict:
    fact, day = action.data, day_of(action.time)
    if protection is None:
        if not isinstance(fact, e.ProtectionDeclared):
            return Rejected("unknown-subject", f"{action.subject} is not declared", "$.subject")
        if not fact.levels:
            return Rejected("bad-value", "it names at least one level", "$.data.levels")
        return Rejected("bad-value", "it ends before it begins", "$.data.until") if fact.until < day else None
    if isinstance(fact, e.ProtectionDeclared):
        return Rejected("already-exists", f"{action.subject} is declared", "$.subject")
    if day < protection.since:
        return Rejected("before-previous", f"before it began on {protection.since}", "$.time")
    if protection.ended or day > protection.until:
        return Rejected("not-in-this-state", f"it was over on {protection.until}", "$.type")
    return None
