"""The clock: works off the agenda day by day, and says what was not done. Who writes it down is another's business."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Protocol

from domain.calendar import ONE_DAY
from domain.clock.events import DutyMissed
from domain.duty.lapsed import lapsed
from domain.duty.owed import missed, subject_of
from domain.envelope import SHANGHAI, Action, AnyAction, day_of
from domain.fact import UnitId
from domain.kinds import WITH_LIMITS
from domain.known import Known
from domain.petition import breach
from infra.agenda import Agenda, Due
from infra.office import Office

CLOCK = "/danze/clock"
"""Source of what the clock writes."""


class Scribe(Protocol):
    """Writes down what the clock says; the office knows it as soon as it is written."""

    @property
    def office(self) -> Office: ...

    def known(self) -> Known:
        """What decide may ask now."""
        ...

    def moment(self, first: datetime) -> datetime:
        """When something is recorded that is so since `first`."""
        ...

    def on_record(self, ids: Sequence[str]) -> set[str]:
        """Those of the clock's ids that are written already."""
        ...

    def write(self, action: AnyAction, recorded: datetime) -> None:
        """Decides and records one absence; one that is none is let go."""
        ...


class Clock:
    """Runs for one scribe, on one agenda."""

    def __init__(self, agenda: Agenda, scribe: Scribe) -> None:
        self._agenda = agenda
        self._scribe = scribe

    def advance(self, today: date) -> None:
        """Day by day up to `today`: says which limits passed unmet, and which duties of ended periods were not done."""
        agenda = self._agenda
        day = agenda.judged or self._wake(today)
        while day < today:
            day += ONE_DAY
            self._limits(day)
            self._absences([(subject_of(each.unit), each.fact) for each in missed(day, self._scribe.office)], day)
        self._limits(today)
        agenda.judged = max(day, today)

    def _wake(self, today: date) -> date:
        """Puts the limits outside the items on the agenda; gives the day up to which periods were judged before."""
        office = self._scribe.office
        for kind in ("unit", *WITH_LIMITS):
            for subject, state in office.streams_of(kind):
                for limit in state.due:
                    self._agenda.add(Due(limit.due_on, subject, limit.clock, limit.started))
        judged = [ledger.judged for ledger in office.states_of("duty") if ledger.judged is not None]
        return max(judged) if judged else min((unit.known_on for unit in office.units), default=today)

    def _limits(self, today: date) -> None:
        for due in self._agenda.due(today):
            if due.subject.startswith("petition:"):
                self._miss(due)
            else:
                state = self._scribe.office.state(due.subject)
                lapse = lapsed(due.subject, state, due.clock, due.due_on, self._scribe.known())
                if lapse is not None:
                    self._absences([lapse], due.due_on + ONE_DAY)

    def _absences(self, found: Sequence[tuple[str, DutyMissed]], day: date) -> None:
        """Each duty that was not done, once, as of the first moment of the day."""
        first = datetime.combine(day, time.min, SHANGHAI)
        recorded = self._scribe.moment(first)
        actions = [absence(subject, fact, first) for subject, fact in found]
        written = self._scribe.on_record([action.id for action in actions]) if actions else set()
        for action in actions:
            if action.id not in written:
                self._scribe.write(action, recorded)

    def _miss(self, due: Due) -> None:
        office = self._scribe.office
        item = office.item(due.subject[9:])
        deadline = item.deadline(due.clock, due.started) if item else None
        if item is None or deadline is None or not breach.breached(deadline, due.due_on + ONE_DAY):
            return
        first = datetime.combine(due.due_on + ONE_DAY, time.min, SHANGHAI)
        fact = breach.absence(deadline, item, office.units, day_of(first))
        action: AnyAction = Action(
            specversion="1.0", id=f"missed {due.subject} {due.clock} {due.started} {due.due_on.isoformat()}",
            source=CLOCK, type="supervision.due.v1" if deadline.trigger else "deadline.missed.v1", subject=due.subject,
            time=first, data=fact, actor="system:clock", unit=UnitId(fact.owed_by),
        )  # fmt: skip
        self._scribe.write(action, self._scribe.moment(first))


def absence(subject: str, fact: DutyMissed, first: datetime) -> AnyAction:
    """What the clock writes about a duty that was not done."""
    about = " ".join(part for part in (fact.detail, fact.official) if part)
    return Action(
        specversion="1.0", id=f"missed {fact.rule} {subject} {about} {fact.period}", source=CLOCK,
        type="duty.missed.v1", subject=subject, time=first, data=fact, actor="system:clock", unit=fact.owed_by,
    )  # fmt: skip
