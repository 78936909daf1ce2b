"""The rules that trip outside an item: F19 at a gathering, D01–D15 where a duty was not done (contract section 5)."""

from datetime import timedelta

from domain.draft import Draft
from domain.envelope import day_of
from domain.fact import UnitId
from domain.gathering.state import Gathering


def f19_unattended(draft: Draft, unit: UnitId, gathering: Gathering) -> None:
    """A unit that was summoned to the joint reception had nobody there when it ended (Art 7)."""
    summons = tuple(at for summoned, at in gathering.summoned if draft.units.answering(summoned, draft.day) == unit)
    since = day_of(gathering.ended_at) if gathering.ended_at else draft.day
    draft.find("F19", unit, id=f"F19:{draft.subject}:{unit}", since=since, why="absent", evidence=summons)


def f19_attended_after_all(draft: Draft, unit: UnitId) -> None:
    draft.clear(f"F19:{draft.subject}:{unit}")


def f19_unreported(draft: Draft, gathering: Gathering) -> None:
    """The gathering ended and nobody had told the leader of the special group: the bureau answers (Art 7)."""
    bureau = _bureau(draft, gathering)
    draft.find("F19", bureau, id=f"F19:{draft.subject}:{bureau}", why="unreported", evidence=(gathering.arrived,))


def f19_reported(draft: Draft, gathering: Gathering) -> None:
    """Reported later than `gathering_report_hours` after the arrival; in time, it closes what was alleged."""
    bureau, hours = _bureau(draft, gathering), draft.law.parameters.get("gathering_report_hours")
    id = f"F19:{draft.subject}:{bureau}"
    by = gathering.arrived_at + timedelta(hours=hours) if hours is not None else None
    if by is None or draft.action.time <= by:
        draft.clear(id)
    elif gathering.reported_at is None or gathering.reported_at > by:
        draft.find("F19", bureau, id=id, since=day_of(by), why="reported_late", evidence=(gathering.arrived,))


def _bureau(draft: Draft, gathering: Gathering) -> UnitId:
    """The petition bureau that had to report: that of the unit where the people came."""
    return draft.units.bureau_of(gathering.unit) or gathering.unit
