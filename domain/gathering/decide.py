"""Given what we know of a gathering and what is reported, what is recorded? F19 trips when it has ended (Art 7)."""

from datetime import date

from domain.envelope import AnyAction, Decided, Recorded, Rejected, day_of
from domain.fact import UnitId
from domain.gathering import events as e
from domain.gathering.state import Gathering
from domain.petition.ruling import Known
from domain.rules.findings import f19_gathering_unattended


def decide(gathering: Gathering | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """A step entered late is taken as long as it happened before the end; it then speaks for who was found absent."""
    fact = action.data
    if isinstance(fact, e.GatheringArrived):
        return _arrived(gathering, action, known)
    if gathering is None:
        return Rejected("unknown-subject", f"{action.subject} has not arrived", "$.subject")
    if action.time < gathering.arrived_at:
        return Rejected("before-previous", f"they arrived at {gathering.arrived_at.isoformat()}", "$.time")
    if gathering.ended_at is not None and (isinstance(fact, e.GatheringEnded) or action.time > gathering.ended_at):
        return Rejected("not-in-this-state", f"it ended at {gathering.ended_at.isoformat()}", "$.type")
    match fact:
        case e.GatheringSummoned():
            return _summoned(gathering, fact, day_of(action.time), known)
        case e.GatheringAttended():
            refused = _unknown(fact.unit, day_of(action.time), known, "$.data.unit")
            return refused or _cleared(gathering, fact.unit)
        case e.GatheringReported():
            return _cleared(gathering, gathering.received_by, of_the_report=True)
        case _:
            absent = [(unit, at) for unit, at in gathering.summoned if unit not in gathering.attended]
            silent = [] if gathering.reported else [(gathering.received_by, gathering.arrived)]
            return _found(gathering, [*absent, *silent], day_of(action.time), known)


def _arrived(gathering: Gathering | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    fact: e.GatheringArrived = action.data
    if gathering is not None:
        return Rejected("already-exists", f"{action.subject} has arrived already", "$.subject")
    if action.unit is None:
        return Rejected("missing-field", "the unit that receives them must say so", "$.unit")
    if fact.petition is not None and known.item(fact.petition) is None:
        return Rejected("unknown-subject", f"petition:{fact.petition} is not registered", "$.data.petition")
    day = day_of(action.time)
    concerned = (_unknown(unit, day, known, f"$.data.units[{place}]") for place, unit in enumerate(fact.units))
    refused = (each for each in (_unknown(action.unit, day, known, "$.unit"), *concerned) if each is not None)
    return next(refused, Recorded())


def _summoned(gathering: Gathering, fact: e.GatheringSummoned, day: date, known: Known) -> Recorded | Rejected:
    for place, unit in enumerate(fact.units):
        if (refused := _unknown(unit, day, known, f"$.data.units[{place}]")) is not None:
            return refused
    if gathering.ended_at is None:
        return Recorded()
    late = [(unit, 0) for unit in fact.units if unit not in (*gathering.attended, *dict(gathering.summoned))]
    return _found(gathering, late, day_of(gathering.ended_at), known)


def _unknown(unit: str, day: date, known: Known, path: str) -> Rejected | None:
    """Refuses a unit that nobody established, or that had ended by that day."""
    stands = known.units.get(unit)
    if stands is None:
        return Rejected("unknown-subject", f"{unit} is not established", path)
    if stands.ended_on is not None and stands.ended_on <= day:
        return Rejected("not-in-this-state", f"{unit} ended on {stands.ended_on}", path)
    return None


def _found(gathering: Gathering, absent: list[tuple[UnitId, int]], day: date, known: Known) -> Recorded:
    return Recorded(Decided(findings=f19_gathering_unattended(gathering.subject, absent, day, known)))


def _cleared(gathering: Gathering, unit: UnitId, *, of_the_report: bool = False) -> Recorded:
    """Evidence that came late takes a finding back, unless the same unit failed in the other duty, too."""
    id = f"F19:{gathering.subject}:{unit}"
    absent = unit in dict(gathering.summoned) and unit not in gathering.attended
    silent = unit == gathering.received_by and not gathering.reported
    still = absent if of_the_report else silent
    return Recorded(Decided(cleared=(id,)) if id in gathering.found and not still else Decided())
