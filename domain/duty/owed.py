"""What was owed for the periods that ended, and not done? Whole periods only, in sets: nothing is kept per act."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple, Protocol

from domain.calendar import ONE_DAY
from domain.clock.events import DutyMissed
from domain.conference.state import Conference
from domain.duty.state import EMPTY, Ledger
from domain.evaluation.state import Evaluation
from domain.fact import OfficialId, UnitId
from domain.period.state import Protection
from domain.periods import Period, containing
from domain.rules.law import Duty, Law, Rules
from domain.unit.state import Unit, Units


class Record(Protocol):
    """What the clock asks of the record."""

    @property
    def units(self) -> Units: ...
    @property
    def rules(self) -> Rules: ...
    def state(self, subject: str) -> Any:
        """What is kept of a subject; None where there is nothing."""
        ...

    def states_of(self, kind: str) -> Iterable[Any]:
        """What is kept of all subjects of a kind."""
        ...


class Missed(NamedTuple):
    """One duty that was not done: by this unit, for this body or by this leader, in this period."""

    rule: str
    unit: UnitId
    period: str
    official: OfficialId | None = None
    body: str | None = None
    owed_by: UnitId | None = None
    """Who owed it, where it is not the unit itself (D08: the office of the joint conference)."""

    @property
    def fact(self) -> DutyMissed:
        """What the clock writes about it."""
        return DutyMissed(
            rule=self.rule, owed_by=self.owed_by or self.unit, period=self.period, official=self.official,
            detail=self.body,
        )  # fmt: skip


def subject_of(unit: str) -> str:
    """`duty:430400-gov` for `unit:430400-gov`."""
    return "duty:" + unit.partition(":")[2]


def missed(day: date, record: Record) -> Iterator[Missed]:
    """What falls due on the day before `day` and was not done by then."""
    last = day - ONE_DAY
    law = record.rules.on(last)
    for name, duty in law.duties.items():
        period = _falling_due(duty, last, law)
        if period is not None and name in record.rules.on(period.first).duties:
            yield from _WHO[duty.rule](duty, period, record)


def _falling_due(duty: Duty, last: date, law: Law) -> Period | None:
    """The period of a duty whose last day for it is `last`; `within` a time shorter than the period itself."""
    if not duty.within:
        period = containing(duty.every, last)
        return period if period.last == last else None
    period = containing(duty.every, containing(duty.every, last).first - ONE_DAY)
    return period if law.ending(period.last, duty.within).due_on == last else None


# who owed it: one small function per rule


def _briefings(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    for unit in owing(duty, period, record.units):
        if not done(f"briefing_heard {duty.body}", duty, period, ledger(record, unit.unit)):
            yield Missed(duty.rule, unit.unit, period.name, body=duty.body)


def _contacts(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    for unit in record.units:
        for leader in dict.fromkeys(each.leader for each in unit.contacts):
            points = [each for each in unit.contacts if each.leader == leader and each.since <= period.last]
            owed = any(each.since <= period.first for each in points) and _whole(unit, period)
            if owed and held_throughout(unit, leader, (), period):
                visits = [f"contact_visited {leader} {each.target_unit}" for each in points]
                if not any(done(visit, duty, period, *ledgers(record, leader)) for visit in visits):
                    yield Missed(duty.rule, unit.unit, period.name, official=leader)


def _receptions(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    for unit in owing(duty, period, record.units):
        for leader in dict.fromkeys(each.official for each in unit.roles if each.role in duty.roles):
            if held_throughout(unit, leader, duty.roles, period) and not done(
                f"reception_held {leader}", duty, period, *ledgers(record, leader)
            ):
                yield Missed(duty.rule, unit.unit, period.name, official=leader)


def _rosters(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    if duty.working_days and not record.rules.calendar.works(period.first):
        return
    seen: set[UnitId] = set()
    conferences: Iterable[Conference] = record.states_of("conference")
    for conference in conferences:
        for member in conference.members:
            stays = member.since <= period.first and (member.until is None or member.until > period.last)
            unit = record.units.get(member.unit)
            if not stays or unit is None or unit.unit in seen or not _whole(unit, period):
                continue
            seen.add(unit.unit)
            if not done("stood", duty, period, ledger(record, unit.unit)):
                yield Missed(duty.rule, unit.unit, period.name)


def _protection(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    protections: Iterable[Protection] = record.states_of("period")
    levels = {level for each in protections if each.on(period.first) for level in each.levels}
    if not levels:
        return
    for unit in owing(duty, period, record.units):
        if unit.level in levels and not done("stood", duty, period, ledger(record, unit.unit)):
            yield Missed(duty.rule, unit.unit, period.name)


def _screenings(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    for unit in owing(duty, period, record.units):
        if not done("screening_held", duty, period, ledger(record, unit.unit)):
            yield Missed(duty.rule, unit.unit, period.name)


def _reports(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    for unit in dict.fromkeys(_reporting(duty, period, record)):
        held = record.units.get(unit)
        if held is None or not _whole(held, period):
            continue
        for leader in dict.fromkeys(each.official for each in held.roles if each.role == "principal"):
            if held_throughout(held, leader, ("principal",), period) and not done(
                f"reported {leader}", duty, period, *ledgers(record, leader)
            ):
                yield Missed(duty.rule, unit, period.name, official=leader)


def _reporting(duty: Duty, period: Period, record: Record) -> Iterator[UnitId]:
    """Units whose principals report: of a conference at these levels the convenor's, or those that lead its groups."""
    conferences: Iterable[Conference] = record.states_of("conference")
    for conference in conferences:
        unit = record.units.get(conference.unit)
        if unit is None or unit.level not in duty.levels:
            continue
        if duty.owed_by == "convenors" and conference.since <= period.first:
            yield conference.unit
        elif duty.owed_by == "group_leads":
            for group in conference.groups:
                if group.since <= period.first and (group.until is None or group.until > period.last):
                    yield group.lead_unit


def _evaluations(duty: Duty, period: Period, record: Record) -> Iterator[Missed]:
    for unit in owing(duty, period, record.units):
        office = record.units.conference_office(unit.unit)
        evaluation: Evaluation | None = record.state(f"evaluation:{unit.unit.partition(':')[2]}:{period.name}")
        due = record.rules.on(period.last).ending(period.last, duty.within).due_on
        done = evaluation is not None and evaluation.scored_on is not None and evaluation.scored_on <= due
        if office is not None and not done:
            yield Missed(duty.rule, unit.unit, period.name, owed_by=office)


_WHO: dict[str, Callable[[Duty, Period, Record], Iterator[Missed]]] = {
    "D01": _briefings, "D02": _contacts, "D03": _receptions, "D04": _rosters, "D05": _protection, "D06": _screenings,
    "D07": _reports, "D08": _evaluations,
}  # fmt: skip


# whole periods


def owing(duty: Duty, period: Period, units: Units) -> Iterator[Unit]:
    """The units of the duty's levels and kinds that stood on every day of the period."""
    for unit in units:
        if unit.level in duty.levels and unit.kind in duty.kinds and _whole(unit, period):
            yield unit


def _whole(unit: Unit, period: Period) -> bool:
    """Stood on every day, and was known to the log from the first on; a unit that an import assumed owes nothing."""
    stood = max(unit.established_on, unit.known_on) <= period.first
    return stood and (unit.ended_on is None or unit.ended_on > period.last) and not unit.assumed


def held_throughout(unit: Unit, official: str, roles: tuple[str, ...], period: Period) -> bool:
    """Whether the official held one of the roles (without any: any role) on every day, maybe one after the other."""
    at = period.first
    for held in sorted(unit.roles, key=lambda each: each.since):
        if held.official == official and (not roles or held.role in roles) and held.on(at):
            if held.until is None or held.until > period.last:
                return True
            at = held.until
    return False


def ledger(record: Record, unit: UnitId) -> Ledger:
    """What the unit did, day by day."""
    kept: Ledger | None = record.state(subject_of(unit))
    return kept or EMPTY


def ledgers(record: Record, leader: OfficialId) -> list[Ledger]:
    """The ledgers of all units in which the leader holds or held a role: what he did counts wherever it was entered."""
    return [ledger(record, unit) for unit in record.units.seats_ever(leader)]


def done(act: str, duty: Duty, period: Period, *kept: Ledger) -> bool:
    """Whether it was done on as many days of the period as were owed."""
    if len(kept) == 1:
        return len(kept[0].on(act, period)) >= duty.times
    return len({day for each in kept for day in each.on(act, period)}) >= duty.times
