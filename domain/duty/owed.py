"""What is owed for a period, by whom, and was it done? The one judge, of the clock and of the duty calendar.

Whole periods only, in sets: nothing is kept per act.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple, Protocol

from domain.calendar import ONE_DAY
from domain.clock.events import DutyMissed
from domain.conference.state import Conference
from domain.duty.spans import Part, Span, first_part, held, spanning, stood
from domain.duty.state import EMPTY, NO_DAYS, Ledger
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


Among = Mapping[UnitId, Unit]
"""The units that are asked about."""


class Owed(NamedTuple):
    """One duty of one period: of this unit, for this body or by this leader."""

    duty: Duty
    unit: UnitId
    period: Period
    days: tuple[date, ...] = NO_DAYS
    """On which it was done."""
    in_part: Part | None = None
    """Why nothing was owed, where nothing was."""
    official: OfficialId | None = None
    body: str | None = None
    owed_by: UnitId | None = None
    """Who owed it, where it is not the unit itself (D08: the office of the joint conference)."""

    @property
    def done(self) -> bool:
        """Whether it was done on as many days as were owed."""
        return len(self.days) >= self.duty.times

    @property
    def missed(self) -> bool:
        """Owed and not done; for a period that still runs: not yet."""
        return self.in_part is None and not self.done

    @property
    def finding(self) -> str:
        """The id under which the clock finds it missing."""
        parts = (self.duty.rule, subject_of(self.unit), self.body, self.official, self.period.name)
        return ":".join(part for part in parts if part)

    @property
    def fact(self) -> DutyMissed:
        """What the clock writes about it."""
        return DutyMissed(
            rule=self.duty.rule, owed_by=self.owed_by or self.unit, period=self.period.name, official=self.official,
            detail=self.body,
        )  # fmt: skip


def subject_of(unit: str) -> str:
    """`duty:430400-gov` for `unit:430400-gov`."""
    return "duty:" + unit.partition(":")[2]


def missed(day: date, record: Record) -> Iterator[Owed]:
    """What falls due on the day before `day` and was not done by then."""
    last = day - ONE_DAY
    law, units = record.rules.on(last), {unit.unit: unit for unit in record.units}
    for name, duty in law.duties.items():
        period = _falling_due(duty, last, law)
        if period is not None and name in record.rules.on(period.first).duties:
            yield from (each for each in judged(duty, period, record, units) if each.missed)


def calendar(first: date, last: date, record: Record, units: Among) -> Iterator[tuple[str, Owed]]:
    """Every duty of these units, by its name, for each period with a day from `first` to `last`, whether owed or not.

    A period is judged by the law of its last day, as the clock does; one that still runs by the law that is known now.
    """
    for name, duty, period in periods(first, last, record.rules):
        yield from ((name, each) for each in judged(duty, period, record, units))


def periods(first: date, last: date, rules: Rules) -> Iterator[tuple[str, Duty, Period]]:
    """Each duty, by its name, with its periods that have a day from `first` to `last`."""
    seen: set[tuple[str, Period]] = set()
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        for name, at in rules.on(day).duties.items():
            period = containing(at.every, day)
            if (name, period) in seen:
                continue
            duty = rules.on(due_on(at, period, rules)).duties.get(name)
            if duty is not None and name in rules.on(period.first).duties:
                seen.add((name, period))
                yield name, duty, period


def judged(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    """The duty of one period, for each of these units, or leaders, that it may concern."""
    return _WHO[duty.rule](duty, period, record, units)


def due_on(duty: Duty, period: Period, rules: Rules) -> date:
    """The last day on which what is owed for the period can be done in time."""
    return rules.on(period.last).ending(period.last, duty.within).due_on if duty.within else period.last


def _falling_due(duty: Duty, last: date, law: Law) -> Period | None:
    """The period of a duty whose last day for it is `last`; `within` a time shorter than the period itself."""
    if not duty.within:
        period = containing(duty.every, last)
        return period if period.last == last else None
    period = containing(duty.every, containing(duty.every, last).first - ONE_DAY)
    return period if law.ending(period.last, duty.within).due_on == last else None


# who owes it: one small function per rule


def _briefings(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    for unit, part in owing(duty, period, units):
        heard = days(f"briefing_heard {duty.body}", period, ledger(record, unit.unit))
        yield Owed(duty, unit.unit, period, heard, part, body=duty.body)


def _contacts(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    for unit in units.values():
        for leader in dict.fromkeys(each.leader for each in unit.contacts):
            points = [each for each in unit.contacts if each.leader == leader and each.since <= period.last]
            since = min((each.since for each in points), default=date.max)
            spans: dict[Part, Span] = {
                "unit": stood(unit, period), "role": held(unit, leader, (), period),
                "contact_point": spanning(since, None, period),
            }  # fmt: skip
            if "none" not in spans.values():
                visits = [f"contact_visited {leader} {each.target_unit}" for each in points]
                visited = max((days(visit, period, *ledgers(record, leader)) for visit in visits), key=len)
                yield Owed(duty, unit.unit, period, visited, first_part(spans), official=leader)


def _receptions(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    for unit, part in owing(duty, period, units):
        yield from _by_leaders(duty, period, record, unit, part, duty.roles, "reception_held")


def _rosters(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    if duty.working_days and not record.rules.calendar.works(period.first):
        return
    conferences: Iterable[Conference] = record.states_of("conference")
    members = (each for one in conferences for each in one.members if each.unit in units)
    for unit, member in _once(((each.unit, spanning(each.since, each.until, period)) for each in members), units):
        spans: dict[Part, Span] = {"unit": stood(unit, period), "conference": member}
        if "none" not in spans.values():
            there = days("stood", period, ledger(record, unit.unit))
            yield Owed(duty, unit.unit, period, there, first_part(spans))


def _protection(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    protections: Iterable[Protection] = record.states_of("period")
    levels = {level for each in protections if each.on(period.first) for level in each.levels}
    for unit, part in owing(duty, period, units) if levels else ():
        if unit.level in levels:
            yield Owed(duty, unit.unit, period, days("stood", period, ledger(record, unit.unit)), part)


def _screenings(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    for unit, part in owing(duty, period, units):
        yield Owed(duty, unit.unit, period, days("screening_held", period, ledger(record, unit.unit)), part)


def _reports(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    for unit, reports in _once(_reporting(duty, period, record), units):
        spans: dict[Part, Span] = {"unit": stood(unit, period), "conference": reports}
        if "none" not in spans.values():
            yield from _by_leaders(duty, period, record, unit, first_part(spans), ("principal",), "reported")


def _reporting(duty: Duty, period: Period, record: Record) -> Iterator[tuple[UnitId, Span]]:
    """Units whose principals report: of a conference at these levels the convenor's, or those that lead its groups."""
    conferences: Iterable[Conference] = record.states_of("conference")
    for conference in conferences:
        unit = record.units.get(conference.unit)
        if unit is None or unit.level not in duty.levels:
            continue
        if duty.owed_by == "convenors":
            yield conference.unit, spanning(conference.since, None, period)
        elif duty.owed_by == "group_leads":
            for group in conference.groups:
                yield group.lead_unit, spanning(group.since, group.until, period)


def _by_leaders(
    duty: Duty, period: Period, record: Record, unit: Unit, part: Part | None, roles: tuple[str, ...], act: str
) -> Iterator[Owed]:
    """What each holder of the roles owes; what he did counts wherever it was entered."""
    for leader in dict.fromkeys(each.official for each in unit.roles if each.role in roles):
        role = held(unit, leader, roles, period)
        if role != "none":
            done_on = days(f"{act} {leader}", period, *ledgers(record, leader))
            yield Owed(duty, unit.unit, period, done_on, part or first_part({"role": role}), official=leader)


def _evaluations(duty: Duty, period: Period, record: Record, units: Among) -> Iterator[Owed]:
    last = due_on(duty, period, record.rules)
    for unit, part in owing(duty, period, units):
        office = record.units.conference_office(unit.unit)
        evaluation: Evaluation | None = record.state(f"evaluation:{unit.unit.partition(':')[2]}:{period.name}")
        scored = evaluation.scored_on if evaluation is not None else None
        in_time = (scored,) if scored is not None and scored <= last else NO_DAYS
        if office is not None:
            yield Owed(duty, unit.unit, period, in_time, part, owed_by=office)


_WHO: dict[str, Callable[[Duty, Period, Record, Among], Iterator[Owed]]] = {
    "D01": _briefings, "D02": _contacts, "D03": _receptions, "D04": _rosters, "D05": _protection, "D06": _screenings,
    "D07": _reports, "D08": _evaluations,
}  # fmt: skip


# units


def owing(duty: Duty, period: Period, units: Among) -> Iterator[tuple[Unit, Part | None]]:
    """Units of the duty's levels and kinds that stood in the period, with `unit` beside those that did only in part."""
    for unit in units.values():
        if unit.level in duty.levels and unit.kind in duty.kinds and (span := stood(unit, period)) != "none":
            yield unit, None if span == "whole" else "unit"


def _once(named: Iterable[tuple[UnitId, Span]], units: Among) -> Iterator[tuple[Unit, Span]]:
    """Each unit asked about once, with the longest of its spans."""
    longest: dict[UnitId, Span] = {}
    for unit, span in named:
        if unit in units and (longest.get(unit, "none") == "none" or span == "whole"):
            longest[unit] = span
    yield from ((units[unit], span) for unit, span in longest.items())


# what was done


def ledger(record: Record, unit: UnitId) -> Ledger:
    """What the unit did, day by day."""
    kept: Ledger | None = record.state(subject_of(unit))
    return kept or EMPTY


def ledgers(record: Record, leader: OfficialId) -> list[Ledger]:
    """The ledgers of all units in which the leader holds or held a role: what he did counts wherever it was entered."""
    return [ledger(record, unit) for unit in record.units.seats_ever(leader)]


def days(act: str, period: Period, *kept: Ledger) -> tuple[date, ...]:
    """The days of the period on which it was done."""
    if len(kept) == 1:
        return kept[0].on(act, period)
    return tuple(sorted({day for each in kept for day in each.on(act, period)}))


def done(act: str, duty: Duty, period: Period, *kept: Ledger) -> bool:
    """Whether it was done on as many days of the period as were owed."""
    return len(days(act, period, *kept)) >= duty.times
