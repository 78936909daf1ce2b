"""Brings the actions of `petition.actions` to the door of the log.

An action comes under the key of its subject, so what concerns one item comes in order. What several partitions hold at
the same moment is taken in the order in which it was sent.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter

from consumers.cloudevents import line_of, received
from consumers.ports import Batch, Door, Record
from domain.envelope import Rejected

AT_ONCE = 1_000
"""Actions that are decided and appended together."""
_sent = attrgetter("timestamp")


class Intake:
    """One worker's way to the door. Called by one thread at a time."""

    def __init__(self, door: Door, opened: Callable[[bytes], bytes | Rejected]) -> None:
        self._door = door
        self._opened = opened
        """Opens the personal fields that a producer sealed for the intake."""

    def take(self, batches: Sequence[Batch]) -> None:
        """Decides and records all of it. What was recorded before, as after a crash, counts as duplicate."""
        records = merge(*(batch.records for batch in batches), key=_sent)
        while some := list(islice(records, AT_ONCE)):
            self._some(some)

    def _some(self, records: Sequence[Record]) -> None:
        lines: list[bytes] = []
        refused: dict[int, Rejected] = {}
        for place, line in enumerate(self._lines(records)):
            if isinstance(line, Rejected):
                refused[place] = line
                lines.append(line_of(records[place].value, records[place].headers))
            else:
                lines.append(line)
        self._door.take(lines, refused)

    def _lines(self, records: Sequence[Record]) -> Iterator[bytes | Rejected]:
        for record in records:
            line = received(record.key, record.value, record.headers)
            yield line if isinstance(line, Rejected) else self._opened(line)
