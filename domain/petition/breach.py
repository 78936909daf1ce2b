"""The clock: a deadline that nobody met becomes a fact, once."""

from datetime import date

from domain.clock.events import DeadlineMissed, SupervisionDue
from domain.deadlines import Deadline
from domain.draft import Verdict
from domain.envelope import Rejected
from domain.fact import UnitId
from domain.petition.item import Item
from domain.petition.ruling import Ruling
from domain.unit.state import Units


def deadline_missed(fact: DeadlineMissed, ruling: Ruling) -> Verdict:
    """The clock records a limit that passed unmet, by the local day on which it does so."""
    return breach(ruling, fact.deadline, fact.started)


def supervision_due(fact: SupervisionDue, ruling: Ruling) -> Verdict:
    """The clock records that a supervision was due and not opened (R2005 41; R2022 43)."""
    return breach(ruling, fact.ground, fact.started)


def breach(ruling: Ruling, clock: str, started: int) -> Verdict:
    """A breach stands once, and only while the clock runs on."""
    deadline = ruling.item.deadline(clock, started)
    if deadline is None or not breached(deadline, ruling.day):
        return Rejected("not-in-this-state", f"{clock} is not missed on {ruling.day}", "$.data")
    ruling.late(deadline, None)
    return None


def breached(deadline: Deadline, today: date) -> bool:
    """Whether the clock should record the deadline as missed today, for the first time."""
    due = deadline.open and not deadline.window and not deadline.missed_at and deadline.paused_on is None
    return due and today > deadline.due_on


def absence(deadline: Deadline, item: Item, units: Units, breach: date) -> DeadlineMissed | SupervisionDue:
    """What the clock writes about a deadline that nobody met, as of its first day of breach."""
    owed_by = units.answering(UnitId(deadline.owed_by), breach)
    if deadline.trigger:
        owed_by = units.bureau_of(item.responsible or item.unit) or owed_by
        return SupervisionDue(ground=deadline.clock, owed_by=owed_by, started=deadline.started)
    return DeadlineMissed(deadline=deadline.clock, due_on=deadline.due_on, owed_by=owed_by, started=deadline.started)
