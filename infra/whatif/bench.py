"""The record judged again beside, event by event, under other rules. Nothing is written, nothing on record changes.

What was taken is decided again as it was told, in the order in which it was recorded. What the clock wrote is left
out: the clock runs anew, once at the beginning of each day and wherever it left something on record.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from domain import kinds
from domain.envelope import NOTHING, Action, AnyAction, AnyEvent, Event, Recorded, Rejected, day_of
from domain.known import Known
from domain.rules.law import Rules
from infra.agenda import Agenda
from infra.clock import CLOCK, Clock
from infra.log.port import Entry, Head
from infra.log.times import EPOCH
from infra.office import Office


class Unwritten:
    """A log in which nothing is written: an office that saw every event happen never has to read."""

    def head(self) -> Head:
        return Head(0, 0)

    def get(self, _: int) -> None:
        return None

    def read(self, *_: object, **__: object) -> list[Entry]:
        return []

    stream = streams = touching = read

    def of_kind(self, *_: object, **__: object) -> Iterator[Entry]:
        return iter(())


class Refused(Struct, frozen=True):
    """An event of the record that the other rules would not have taken."""

    position: int
    type: str
    subject: str
    code: str
    message: str
    path: str


class Bench:
    """Judges one record, from its first event on. `upto` is the last position; what the clock adds comes after it."""

    def __init__(self, rules: Rules, *, upto: int) -> None:
        nothing = Unwritten()
        self._office = Office(nothing, rules, room=sys.maxsize)
        for kind in kinds.EVOLVE:
            self._office.whole.add(kind)
        self._agenda = Agenda(nothing, lambda: (0, ()))
        self._clock = Clock(self._agenda, self)
        self._floor = EPOCH
        self._day = date.min
        self._history = False
        self._position = 0
        self._next = self._upto = upto
        self._written: set[str] = set()
        self._said: list[AnyEvent] = []
        self.refused: list[Refused] = []

    @property
    def office(self) -> Office:
        """All that is known, had it been judged so."""
        return self._office

    @property
    def absences(self) -> int:
        """How much the clock said."""
        return self._next - self._upto

    def take(self, event: AnyEvent) -> list[AnyEvent]:
        """What happens instead of an event of the record: what the clock says before it, and the event as decided now.

        Without the event where the clock said it on record, or the other rules refuse it.
        """
        self._floor = max(self._floor, event.recorded)
        self._history = event.origin is not None
        today = day_of(event.recorded)
        said = self.until(today) if today > self._day or event.source == CLOCK else []
        self._position = event.position
        if event.source == CLOCK:
            return said
        ruling = self._decide(_told(event), event.recorded)
        if isinstance(ruling, Rejected):
            self.refused.append(
                Refused(event.position, event.type, event.subject, ruling.code, ruling.message, ruling.path)
            )
            return said
        version = self._office.version(event.subject) + 1
        return [*said, self._happened(replace(event, version=version, decided=ruling.decided))]

    def until(self, today: date) -> list[AnyEvent]:
        """What the clock says up to the beginning of a day."""
        self._day, self._said = max(today, self._day), []
        self._clock.advance(today)
        return self._said

    def _decide(self, action: AnyAction, recorded: datetime) -> Recorded | Rejected:
        known = self._office.known(recorded, head=self._position, history=self._history)
        return kinds.decide(self._office.state(action.subject), action, known)

    def _happened(self, event: AnyEvent) -> AnyEvent:
        self._office.take(event)
        if event.decided is not NOTHING:
            self._agenda.take(event)
        return event

    # what the clock needs of who writes down

    def known(self) -> Known:
        return self._office.known(self._floor, head=self._position, history=self._history)

    def moment(self, first: datetime) -> datetime:
        return first

    def on_record(self, ids: Sequence[str]) -> set[str]:
        return self._written.intersection(ids)

    def write(self, action: AnyAction, recorded: datetime) -> None:
        """Its position lies beyond the record's: no event of the record is mistaken for it."""
        ruling = self._decide(action, recorded)
        if isinstance(ruling, Rejected):
            return
        self._written.add(action.id)
        self._next += 1
        event: AnyEvent = Event(
            id=action.id, source=CLOCK, type=action.type, subject=action.subject, time=action.time, data=action.data,
            actor=action.actor, unit=action.unit, version=self._office.version(action.subject) + 1, recorded=recorded,
            ruleset=(), decided=ruling.decided, position=self._next,
        )  # fmt: skip
        self._said.append(self._happened(event))


def _told(event: AnyEvent) -> AnyAction:
    """The action that became the event."""
    return Action(
        specversion="1.0", id=event.id, source=event.source, type=event.type, subject=event.subject, time=event.time,
        data=event.data, actor=event.actor, unit=event.unit,
    )  # fmt: skip
