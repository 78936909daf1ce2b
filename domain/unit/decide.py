"""Given what we know of a unit and what is reported, what is recorded?"""

from datetime import date

from domain.duty.ended import no_longer_owed
from domain.envelope import NOTHING, AnyAction, Decided, Recorded, Rejected, day_of
from domain.known import Known
from domain.unit import staff
from domain.unit.events import (
    ChangeFiled,
    ContactPointSet,
    RoleEnded,
    RoleGiven,
    UnitAbolished,
    UnitEstablished,
    UnitMerged,
)
from domain.unit.state import Unit, Units, evolve


def decide(unit: Unit | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """Units are directory facts: late entry is no fault, but an unknown or ended unit takes nothing more."""
    refused = _refused(unit, action, known.units)
    if refused is not None:
        return refused
    limits = staff.limits(unit, action, known.rules.on(day_of(action.time)))
    cleared = _cleared(unit, action, known) if unit is not None else ()
    decided = Decided(set=limits, cleared=cleared)
    return Recorded(NOTHING if decided == NOTHING else decided, cleared)


def _cleared(unit: Unit, action: AnyAction, known: Known) -> tuple[str, ...]:
    """Findings that a late entry shows to be none: it was done in time, or it was not owed."""
    return (*staff.cleared(unit, action, known), *no_longer_owed(unit, evolve, action, known))


def _refused(unit: Unit | None, action: AnyAction, units: Units) -> Rejected | None:
    fact = action.data
    if isinstance(fact, UnitEstablished):
        return _established(unit, fact, action)
    if unit is None:
        return Rejected("unknown-subject", f"{action.subject} is not established", "$.subject")
    if unit.ended_on is not None and not isinstance(fact, RoleEnded):
        return Rejected("not-in-this-state", f"{unit.unit} ended on {unit.ended_on}", "$.subject")
    match fact:
        case UnitMerged() | UnitAbolished() if day_of(action.time) < unit.established_on:
            return Rejected("before-previous", f"before it was established on {unit.established_on}", "$.time")
        case UnitMerged() | UnitAbolished() if fact.into is not None:
            return _into(unit, fact.into, units)
        case RoleGiven() if _holds(unit, fact.official, fact.role):
            return Rejected("already-exists", f"{fact.official} already holds the role {fact.role}", "$.data.official")
        case RoleEnded() if not _holds(unit, fact.official, fact.role):
            return Rejected(
                "not-in-this-state", f"{fact.official} does not hold the role {fact.role}", "$.data.official"
            )
        case RoleEnded() if day_of(action.time) < (since := _held_since(unit, fact.official, fact.role)):
            return Rejected("before-previous", f"before the role was given on {since}", "$.time")
        case ContactPointSet() if units.get(fact.target_unit) is None:
            return Rejected("unknown-subject", f"{fact.target_unit} is not established", "$.data.target_unit")
        case ChangeFiled() if units.get(fact.with_unit) is None:
            return Rejected("unknown-subject", f"{fact.with_unit} is not established", "$.data.with_unit")
        case _:
            return None


def _established(unit: Unit | None, fact: UnitEstablished, action: AnyAction) -> Rejected | None:
    if unit is not None:
        return Rejected("already-exists", f"{action.subject} is already established", "$.subject")
    if fact.parent == action.subject:
        return Rejected("bad-value", "a unit cannot be its own parent", "$.data.parent")
    return None


def _into(unit: Unit, into: str, units: Units) -> Rejected | None:
    target = units.get(into)
    if into == unit.unit:
        return Rejected("bad-value", "a unit cannot go into itself", "$.data.into")
    if target is None:
        return Rejected("unknown-subject", f"{into} is not established", "$.data.into")
    if target.ended_on is not None:
        return Rejected("not-in-this-state", f"{into} ended on {target.ended_on}", "$.data.into")
    return None


def _held_since(unit: Unit, official: str, role: str) -> date:
    return max(held.since for held in unit.roles if (held.official, held.role, held.until) == (official, role, None))


def _holds(unit: Unit, official: str, role: str) -> bool:
    return any(held.official == official and held.role == role and held.until is None for held in unit.roles)
