"""Vacant roles and changes of petition staff: what is owed about them, and whether it was done (Art 2, 20)."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from domain.deadlines import Deadline
from domain.envelope import AnyAction, day_of
from domain.fact import UnitId
from domain.known import Known
from domain.rules.law import Law
from domain.unit.events import ChangeFiled, RoleEnded, RoleGiven, UnitAbolished, UnitEstablished, UnitMerged
from domain.unit.state import RoleHeld, Unit

HEADS = ("principal", "deputy_in_charge")
"""Roles that no unit may lack for more than `vacancy_days` (D09)."""
STAFF = ("petition_lead", "petition_clerk", "deputy_in_charge")
STAFFED_LEVELS = ("township", "county")
"""Whose changes are filed with the joint conference within `filing_days` working days, and at which levels (D10)."""


def limits(unit: Unit | None, action: AnyAction, law: Law) -> tuple[Deadline, ...]:
    """What begins to run with the event: a vacancy, a filing. Days before the law knew of it start nothing."""
    if unit is not None and (unit.assumed or unit.ended_on is not None):
        return ()
    return tuple(each for each in _limits(unit, action, law) if each is not None)


def _limits(unit: Unit | None, action: AnyAction, law: Law) -> Iterator[Deadline | None]:
    fact, day = action.data, day_of(action.time)
    version = unit.version + 1 if unit is not None else 1

    def within(parameter: str, clock: str, kind: str) -> Deadline | None:
        if parameter not in law.parameters:
            return None
        dates = law.ending(day, law.parameters[parameter], kind)
        return Deadline(
            clock=clock, started=version, starts_on=day, strict_on=dates.strict_on, due_on=dates.due_on,
            owed_by=UnitId(action.subject), provisional=dates.provisional,
        )  # fmt: skip

    match fact:
        case UnitEstablished() if fact.origin is None:
            for role in HEADS:
                yield within("vacancy_days", f"D09:{role}:{day}", "calendar")
        case RoleEnded() if unit is not None:
            if fact.role in HEADS and not _others(unit, fact, day):
                yield within("vacancy_days", f"D09:{fact.role}:{day}", "calendar")
            if fact.role in STAFF and unit.level in STAFFED_LEVELS:
                yield within("filing_days", f"D10:{fact.role}:{day}", "working")
        case RoleGiven() if unit is not None and fact.role in STAFF and unit.level in STAFFED_LEVELS:
            if any(held.role == fact.role for held in unit.roles):  # the first holder changes nothing
                yield within("filing_days", f"D10:{fact.role}:{day}", "working")
        case _:
            pass


def _others(unit: Unit, fact: RoleEnded, day: date) -> bool:
    """Whether somebody else holds the role on the day."""
    return any(held.role == fact.role and held.official != fact.official and held.on(day) for held in unit.roles)


def vacant(unit: Unit, role: str, since: date, until: date) -> bool:
    """Whether nobody held the role on any of these days, and the unit stood throughout."""
    stands = unit.ended_on is None or unit.ended_on > until
    return stands and not any(held.role == role and _held_between(held, since, until) for held in unit.roles)


def _held_between(held: RoleHeld, first: date, last: date) -> bool:
    return held.since <= last and (held.until is None or held.until > first)


def filed(unit: Unit, role: str, day: date, due_on: date) -> bool:
    """Whether the change of the role on the day was filed by then.

    A filing names the position of the change. One that names no change of this unit (a past that is brought in cannot
    know positions) is taken for the newest change before it.
    """
    mine = {at for held in unit.roles if held.role == role for at in _changed(held, day)}
    known = {at for held in unit.roles for at in (held.given, held.ended)}
    return any(
        filed_on <= due_on and (at in mine or (at not in known and _newest(unit, filed_on) == (day, role)))
        for at, filed_on in unit.filings
    )


def _changed(held: RoleHeld, day: date) -> Iterator[int]:
    if held.since == day:
        yield held.given
    if held.until == day:
        yield held.ended


def _newest(unit: Unit, upto: date) -> tuple[date, str] | None:
    """Day and role of the newest change of staff up to a day."""
    days = [
        (day, held.role)
        for held in unit.roles
        for day in (held.since, held.until)
        if held.role in STAFF and day is not None and day <= upto
    ]
    return max(days, default=None)


def cleared(unit: Unit, action: AnyAction, known: Known) -> tuple[str, ...]:
    """Findings that a late-entered act shows to be none: given or filed in time, or the unit had ended by then."""
    fact, day = action.data, day_of(action.time)
    gone = []
    for limit in unit.due:
        rule, role, since = limit.clock.split(":")
        id = f"{rule}:duty:{unit.unit.partition(':')[2]}:{role}:{since}"
        if day <= limit.due_on < day_of(known.recorded) and _meets(fact, unit, limit, role, day) and known.stands(id):
            gone.append(id)
    return tuple(gone)


def _meets(fact: object, unit: Unit, limit: Deadline, role: str, day: date) -> bool:
    match fact:
        case RoleGiven():
            return limit.clock.startswith("D09") and fact.role == role and limit.starts_on <= day
        case ChangeFiled():
            after = replace(unit, filings=(*unit.filings, (fact.change, day)))
            return limit.clock.startswith("D10") and filed(after, role, limit.starts_on, limit.due_on)
        case UnitMerged() | UnitAbolished():
            return True
        case _:
            return False
