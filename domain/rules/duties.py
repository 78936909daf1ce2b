"""The rules that trip outside the handling of an item: F19 at a gathering, D01–D15 where a duty was not done (D11
and D12 are about items: `domain.rules.findings`).

One small function per rule (contract section 5). D rules stand on no axis; the leader named answers, else the unit's
principal.
"""

from collections.abc import Callable
from datetime import timedelta

from domain.clock.events import DutyMissed
from domain.draft import Draft
from domain.envelope import day_of
from domain.fact import UnitId
from domain.gathering.state import Gathering


def f19_unattended(draft: Draft, unit: UnitId, gathering: Gathering) -> None:
    """A unit that was summoned to the joint reception had nobody there when it ended (Art 7)."""
    summons = tuple(at for summoned, at in gathering.summoned if draft.units.answering(summoned, draft.day) == unit)
    since = day_of(gathering.ended_at) if gathering.ended_at else draft.day
    draft.find("F19", unit, id=f"F19:{draft.subject}:{unit}", since=since, why="absent", evidence=summons)


def f19_attended_after_all(draft: Draft, gathering: Gathering, unit: UnitId) -> None:
    if unit != _bureau(draft, gathering) or gathering.reported_at is not None:
        draft.clear(f"F19:{draft.subject}:{unit}")


def f19_unreported(draft: Draft, gathering: Gathering) -> None:
    """The gathering ended and nobody had told the leader of the special group: the bureau answers (Art 7)."""
    bureau = _bureau(draft, gathering)
    draft.find("F19", bureau, id=f"F19:{draft.subject}:{bureau}", why="unreported", evidence=(gathering.arrived,))


def f19_reported(draft: Draft, gathering: Gathering, absent: list[UnitId]) -> None:
    """Reported later than `gathering_report_hours` after the arrival; in time, it closes what was alleged."""
    bureau, hours = _bureau(draft, gathering), draft.law.parameters.get("gathering_report_hours")
    id = f"F19:{draft.subject}:{bureau}"
    by = gathering.arrived_at + timedelta(hours=hours) if hours is not None else None
    if by is None or draft.action.time <= by:
        if bureau not in absent or gathering.ended_at is None:
            draft.clear(id)
    elif gathering.reported_at is None or gathering.reported_at > by:
        draft.find("F19", bureau, id=id, since=day_of(by), why="reported_late", evidence=(gathering.arrived,))


def _bureau(draft: Draft, gathering: Gathering) -> UnitId:
    """The petition bureau that had to report: that of the unit where the people came."""
    return draft.units.bureau_of(gathering.unit) or gathering.unit


def d01_briefing(draft: Draft, missed: DutyMissed) -> None:
    """A leading body heard no report on petition work in a quarter (Art 1)."""
    _missed("D01", draft, missed)


def d02_contact_visit(draft: Draft, missed: DutyMissed) -> None:
    """A leader with a contact point was not there in a quarter (Art 3)."""
    _missed("D02", draft, missed)


def d03_reception(draft: Draft, missed: DutyMissed) -> None:
    """A leader received petitioners on fewer days than his level owes (Art 8)."""
    _missed("D03", draft, missed)


def d04_duty_roster(draft: Draft, missed: DutyMissed) -> None:
    """A member unit of the joint conference had no leader on duty on a working day (Art 7)."""
    _missed("D04", draft, missed)


def d05_protection_duty(draft: Draft, missed: DutyMissed) -> None:
    """No leader was on duty on a day of special protection, at a level that it names (Art 8)."""
    _missed("D05", draft, missed)


def d06_screening(draft: Draft, missed: DutyMissed) -> None:
    """Disputes were not screened for in the period (Art 14)."""
    _missed("D06", draft, missed)


def d07_conference_report(draft: Draft, missed: DutyMissed) -> None:
    """A convenor, or the head of a unit that leads a special group, did not report to the conference (Art 5)."""
    _missed("D07", draft, missed)


def d08_evaluation(draft: Draft, missed: DutyMissed) -> None:
    """A unit's half year was not evaluated in time: the office of the joint conference answers (Art 18)."""
    _missed("D08", draft, missed)


def d09_roles_vacant(draft: Draft, missed: DutyMissed) -> None:
    """A unit had no principal or no deputy in charge for more than `vacancy_days`: its parent answers (Art 2)."""
    _missed("D09", draft, missed)


def d10_change_unfiled(draft: Draft, missed: DutyMissed) -> None:
    """A change of petition staff was not filed with the joint conference in `filing_days` (Art 20)."""
    _missed("D10", draft, missed)


def d13_agreed_item_open(draft: Draft, missed: DutyMissed, *, agreed: int) -> None:
    """What the conference agreed was not done by its day: the owner unit answers (Art 6)."""
    id = f"D13:{draft.subject}:{missed.detail}"
    draft.find("D13", missed.owed_by, id=id, period=missed.period, evidence=(agreed,))


def d14_dispute_open(draft: Draft, missed: DutyMissed, *, logged: int) -> None:
    """A dispute stood in the ledger for more than `dispute_days` (Art 14)."""
    draft.find("D14", missed.owed_by, period=missed.period, evidence=(logged,))


def d15_listed_no_interview(draft: Draft, missed: DutyMissed, *, listed: int) -> None:
    """A unit was listed and nobody was interviewed in `interview_days`: the conference's office answers (Art 18)."""
    draft.find("D15", missed.owed_by, period=missed.period, evidence=(listed,))


MISSED: dict[str, Callable[[Draft, DutyMissed], None]] = {
    "D01": d01_briefing, "D02": d02_contact_visit, "D03": d03_reception, "D04": d04_duty_roster,
    "D05": d05_protection_duty, "D06": d06_screening, "D07": d07_conference_report, "D08": d08_evaluation,
    "D09": d09_roles_vacant, "D10": d10_change_unfiled,
}  # fmt: skip
"""What the clock records on `duty:UNIT`, by rule."""


def _missed(rule: str, draft: Draft, missed: DutyMissed) -> None:
    """`RULE:duty:UNIT[:BODY or ROLE][:LEADER]:PERIOD`, since the first day after it was due."""
    parts = (rule, draft.subject, missed.detail, missed.official, missed.period)
    officials = (missed.official,) if missed.official is not None else ()
    id = ":".join(part for part in parts if part)
    draft.find(rule, missed.owed_by, id=id, period=missed.period, officials=officials)
