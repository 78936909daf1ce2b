"""A single limit passed (D09, D10, D12–D15): was it met in time? If not, what the clock writes, and in which stream."""

from datetime import date
from typing import NamedTuple

from domain.clock.events import DutyMissed
from domain.conference.state import Conference
from domain.dispute.state import Dispute
from domain.duty.owed import subject_of
from domain.evaluation.state import Evaluation
from domain.fact import PetitionNo, UnitId
from domain.known import Known
from domain.unit import staff
from domain.unit.state import Unit

State = Unit | Conference | Dispute | Evaluation | None


class Lapse(NamedTuple):
    """What the clock writes, and the stream in which it writes it."""

    subject: str
    fact: DutyMissed


def lapsed(subject: str, state: State, clock: str, due_on: date, known: Known) -> Lapse | None:
    """None where it was met. `clock` is a rule with what it is about: `D14`, `D13:ITEM`, `D12:NO`, `D09:ROLE:DAY`."""
    rule, _, about = clock.partition(":")
    match state:
        case Unit():
            role, _, day = about.partition(":")
            return _staff(rule, state, role, date.fromisoformat(day), due_on)
        case Conference() if rule == "D12":
            return _unsponsored(PetitionNo(about), due_on, known)
        case Conference():
            return _agreed(subject, state, about, due_on)
        case Dispute() if state.over_on is None or state.over_on > due_on:
            return Lapse(subject, DutyMissed(rule=rule, owed_by=state.unit, period=due_on.isoformat()))
        case Evaluation():
            return _listed(subject, state, due_on)
        case _:
            return None


def _staff(rule: str, unit: Unit, role: str, day: date, due_on: date) -> Lapse | None:
    if rule == "D09":
        if not staff.vacant(unit, role, day, due_on):
            return None
        owed_by = unit.parent or unit.unit
    else:
        if staff.filed(unit, role, day, due_on) or (unit.ended_on is not None and unit.ended_on <= due_on):
            return None
        owed_by = unit.unit
    fact = DutyMissed(rule=rule, owed_by=owed_by, period=day.isoformat(), detail=role)
    return Lapse(subject_of(unit.unit), fact)


def _unsponsored(no: PetitionNo, due_on: date, known: Known) -> Lapse | None:
    item = known.item(no)
    if item is None or item.over or (item.sponsored_on is not None and item.sponsored_on <= due_on):
        return None
    owed_by = known.units.answering(item.responsible)
    return Lapse(item.subject, DutyMissed(rule="D12", owed_by=owed_by, period=due_on.isoformat()))


def _agreed(subject: str, conference: Conference, name: str, due_on: date) -> Lapse | None:
    agreed = conference.item(name)
    if agreed is None or (agreed.done_on is not None and agreed.done_on <= due_on):
        return None
    fact = DutyMissed(rule="D13", owed_by=agreed.owner_unit, period=due_on.isoformat(), detail=name)
    return Lapse(subject, fact)


def _listed(subject: str, evaluation: Evaluation, due_on: date) -> Lapse | None:
    """Only the present listing counts; one that was lifted owes nothing."""
    limit = next((each for each in evaluation.due if each.due_on == due_on), None)
    told = evaluation.interviewed_on
    if limit is None or (told is not None and told <= due_on):
        return None
    return Lapse(subject, DutyMissed(rule="D15", owed_by=UnitId(limit.owed_by), period=due_on.isoformat()))
