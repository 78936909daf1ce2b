"""Given what was done before and what is reported, what is recorded? Late entries close what the clock found."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from domain.clock.events import DutyMissed
from domain.draft import Draft, Verdict, unknown_unit
from domain.duty import events as e
from domain.duty.owed import done, subject_of
from domain.duty.state import EMPTY, Ledger, act_of, with_act
from domain.envelope import AnyAction, Recorded, Rejected, day_of
from domain.fact import Fact, OfficialId, UnitId
from domain.known import Known
from domain.periods import containing
from domain.rules import duties as rule


def decide(ledger: Ledger | None, action: AnyAction, known: Known) -> Recorded | Rejected:
    """Takes what a unit that stands did on a day, and what the clock says it did not."""
    unit = UnitId("unit:" + action.subject.partition(":")[2])
    refused = _refused(unit, action, known)
    if refused is not None:
        return refused
    draft = Draft(action, known, owner=unit)
    if isinstance(action.data, DutyMissed):
        rule.MISSED[action.data.rule](draft, action.data)
    else:
        _acquit(draft, ledger or EMPTY)
    return draft.recorded()


def _refused(unit: UnitId, action: AnyAction, known: Known) -> Verdict:
    fact, stands = action.data, known.units.get(unit)
    if stands is None:
        return Rejected("unknown-subject", f"{unit} is not established", "$.subject")
    if stands.ended_on is not None and day_of(action.time) > stands.ended_on and not isinstance(fact, DutyMissed):
        return Rejected("not-in-this-state", f"{unit} ended on {stands.ended_on}", "$.subject")
    match fact:
        case e.ContactVisited():
            return unknown_unit(fact.target_unit, known, "$.data.target_unit")
        case e.DutyReported():
            return unknown_unit(fact.to_unit, known, "$.data.to_unit")
        case _:
            return None


class Record(NamedTuple):
    """What is known, with the act that is being decided in the ledger."""

    known: Known
    subject: str
    ledger: Ledger

    def of(self, unit: UnitId) -> Ledger:
        subject = subject_of(unit)
        return self.ledger if subject == self.subject else self.known.state(subject) or EMPTY


def _acquit(draft: Draft, ledger: Ledger) -> None:
    """Clears what the act shows to have been done, where it was entered after the clock had passed."""
    fact, act = draft.action.data, act_of(draft.action.data)
    if act is None or day_of(draft.known.recorded) <= draft.day:  # entered on its day: nobody can have missed it
        return
    record = Record(draft.known, draft.subject, with_act(ledger, act, draft.day))
    for duty in draft.law.duties.values():
        period = containing(duty.every, draft.day)
        if draft.late_for(period.last):
            for id, kept in _alleged(duty.rule, fact, draft, period.name, record):
                if done(act, duty, period, *kept):
                    draft.clear(id)


def _alleged(name: str, fact: Fact, draft: Draft, period: str, record: Record) -> Iterator[tuple[str, list[Ledger]]]:
    """Ids under which the clock may have found it missing, each with the ledgers that count for it."""
    match name, fact:
        case "D01", e.BriefingHeard():
            yield f"D01:{draft.subject}:{fact.body}:{period}", [record.ledger]
        case ("D04" | "D05", e.DutyStood()) | ("D06", e.ScreeningHeld()):
            yield f"{name}:{draft.subject}:{period}", [record.ledger]
        case "D02", e.ContactVisited():
            for unit, kept in _of_leader(fact.leader, draft, record):
                if _is_point(draft, unit, fact, draft.day):
                    yield f"D02:{subject_of(unit)}:{fact.leader}:{period}", kept
        case "D03", e.ReceptionHeld():
            for unit, kept in _of_leader(fact.leader, draft, record):
                yield f"D03:{subject_of(unit)}:{fact.leader}:{period}", kept
        case "D07", e.DutyReported():
            for unit, kept in _of_leader(fact.by, draft, record):
                yield f"D07:{subject_of(unit)}:{fact.by}:{period}", kept
        case _:
            return


def _of_leader(leader: OfficialId, draft: Draft, record: Record) -> Iterator[tuple[UnitId, list[Ledger]]]:
    """Each unit of the leader; what he did counts wherever it was entered."""
    units = draft.units.seats_ever(leader)
    kept = [record.of(unit) for unit in units]
    for unit in units:
        yield unit, kept


def _is_point(draft: Draft, unit: UnitId, fact: e.ContactVisited, day: date) -> bool:
    held: Any = draft.units.get(unit)
    return any(
        each.leader == fact.leader and each.target_unit == fact.target_unit and each.since <= day
        for each in held.contacts
    )
