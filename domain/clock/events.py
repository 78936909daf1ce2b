"""Absence as fact: made by the log's own clock, once each, never accepted from a producer."""

from datetime import date

from domain.fact import Fact, OfficialId, Text, UnitId


class DeadlineMissed(Fact, frozen=True, gc=False):
    """A deadline passed unmet (逾期). Recorded at the first moment of the first day of breach."""

    deadline: Text
    due_on: date
    owed_by: UnitId
    started: int = 0
    """Version of the event that started the clock, in the same stream."""


class SupervisionDue(Fact, frozen=True, gc=False):
    """A supervision that had to be opened was not (应督办未督办)."""

    ground: Text
    owed_by: UnitId
    started: int = 0


class DutyMissed(Fact, frozen=True, gc=False):
    """A duty of a period was not done (职责未履行)."""

    rule: Text
    owed_by: UnitId
    period: Text
    """`2020Q4`, `2020-08a`, `2020-W33`; for a single limit, its last day; for a vacancy or a change, its day."""
    official: OfficialId | None = None
    detail: Text | None = None
    """The body that heard no report (D01), the role (D09, D10), the item that was agreed (D13)."""
