"""What comes due, the earliest first: open deadlines of items, limits of others. The clock works them off by day."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple, Protocol

from domain.codec import decode_event
from domain.envelope import AnyEvent
from infra.log.port import Entry


class Due(NamedTuple):
    """One deadline that may be missed. Whether it still runs is decided when its day has passed."""

    due_on: date
    subject: str
    clock: str
    started: int


Open = Callable[[], tuple[int, Iterable[Due]]]
"""The open deadlines of a read model, and the position of the log up to which nothing is missing among them."""


class Past(Protocol):
    """What the agenda reads of a log."""

    def read(self, after: int, *, upto: int | None = None) -> list[Entry]: ...


class Agenda:
    """Filled from the read model once, then by every event that sets or moves a deadline."""

    def __init__(self, log: Past, open_deadlines: Open) -> None:
        self._log = log
        self._open = open_deadlines
        self._heap: list[Due] = []
        self.judged: date | None = None
        """The day up to which the periods that ended were judged; None until somebody looked it up."""

    def begin(self, upto: int) -> None:
        """Everything that is open at a position of the log; what the read model has not seen yet is read there."""
        position, heap = self._open()
        self._heap = list(heap)
        heapq.heapify(self._heap)
        self.judged = None
        while position < upto:
            for entry in (entries := self._log.read(position, upto=upto)):
                self.take(decode_event(entry.type, entry.body, entry.position))
            position = entries[-1].position

    def add(self, due: Due) -> None:
        heapq.heappush(self._heap, due)

    def take(self, event: AnyEvent) -> None:
        decided = event.decided
        for deadline in decided.set:
            if not deadline.window:
                due = Due(deadline.due_on, event.subject, deadline.clock, deadline.started)
                self.add(due)
        for moved in decided.moved:
            self.add(Due(moved.due_on, event.subject, moved.clock, moved.started))

    def due(self, today: date) -> Iterator[Due]:
        """Takes off, in order, every deadline whose last day lies before `today`."""
        while self._heap and self._heap[0].due_on < today:
            yield heapq.heappop(self._heap)
