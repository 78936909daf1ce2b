"""Given what we know of an inspection and what is reported, what is recorded?"""

from domain.draft import Draft, Verdict, unknown_among, unknown_unit
from domain.envelope import AnyAction, Recorded, Rejected
from domain.inspection import events as e
from domain.inspection.state import Inspection
from domain.known import Known


def decide(inspection: Inspection | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """It is planned, held, finds something, and that is put right (Art 11, 17)."""
    refused = _refused(inspection, action, known)
    return refused if refused is not None else Draft(action, known).recorded()


def _refused(inspection: Inspection | None, action: AnyAction, known: Known) -> Verdict:
    fact = action.data
    if inspection is None:
        if not isinstance(fact, e.InspectionPlanned):
            return Rejected("unknown-subject", f"{action.subject} is not planned", "$.subject")
        return _planned(fact, known)
    if isinstance(fact, e.InspectionPlanned):
        return Rejected("already-exists", f"{action.subject} is planned", "$.subject")
    if action.time < inspection.planned_at:
        return Rejected("before-previous", f"before it was planned ({inspection.planned_at.isoformat()})", "$.time")
    match fact:
        case e.InspectionFound():
            return _found(inspection, fact, action, known)
        case e.InspectionRectified() if not inspection.to_rectify:
            return Rejected("not-in-this-state", "nothing is left to be put right", "$.type")
        case e.InspectionRectified() if fact.unit is not None and fact.unit not in inspection.to_rectify:
            return Rejected("not-in-this-state", f"nothing is left to be put right in {fact.unit}", "$.data.unit")
        case _:
            return None


def _planned(fact: e.InspectionPlanned, known: Known) -> Verdict:
    for place, no in enumerate(fact.items):
        if known.item(no) is None:
            return Rejected("unknown-subject", f"petition:{no} is not registered", f"$.data.items[{place}]")
    return unknown_among(fact.units, known, "$.data.units")


def _found(inspection: Inspection, fact: e.InspectionFound, action: AnyAction, known: Known) -> Verdict:
    if inspection.held_at is None:
        return Rejected("not-in-this-state", "nobody was there yet", "$.type")
    if action.time < inspection.held_at:
        return Rejected("before-previous", f"before it was held ({inspection.held_at.isoformat()})", "$.time")
    return unknown_unit(fact.unit, known, "$.data.unit")
