"""Brings the actions of `petition.actions` to the door of the log.

An action comes under the key of its subject, so what concerns one item comes in order. What several partitions hold at
the same moment is taken in the order in which it was sent.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from heapq import merge
from itertools import chain, islice, repeat
from time import monotonic

from consumers.cloudevents import line_of, received
from consumers.ports import Batch, Door, Record
from domain.envelope import Rejected

WARN_SECONDS = 60.0
AT_ONCE = 1_000
"""Actions that are decided and appended together."""
log = logging.getLogger("danze.intake")
Queued = tuple[int, Record]
"""The partition from which a record came, and the record."""


class Intake:
    """One worker's way to the door. Called by one thread at a time."""

    def __init__(self, door: Door, in_clear: Callable[[bytes], bool], *, queue: str) -> None:
        self._door = door
        self._in_clear = in_clear
        """Whether a line has personal fields that anybody could read on its way."""
        self._queue = queue
        """Name of the topic, and of no other of its name before or after it."""
        self._clear, self._warns = 0, 0.0

    def take(self, batches: Sequence[Batch]) -> None:
        """Decides and records all of it. What comes again, as after a crash, is a duplicate: recorded once, and what
        was refused stays refused, though by now it might be taken.
        """
        partitions: dict[int, list[Iterable[Record]]] = {}
        for batch in batches:
            partitions.setdefault(batch.partition, []).append(batch.records)
        # Within a partition its own order holds, whatever the clocks of several producers say.
        queues = [zip(repeat(partition), chain(*several)) for partition, several in partitions.items()]
        records = merge(*queues, key=_sent)
        while some := list(islice(records, AT_ONCE)):
            self._some(some)

    def places(self, partitions: Iterable[int]) -> dict[int, int]:
        """By partition, the offset of the first record that the log has not decided on."""
        return {partition: self._door.place(f"{self._queue} {partition}") for partition in partitions}

    def _some(self, queued: Sequence[Queued]) -> None:
        lines: list[bytes] = []
        refused: dict[int, Rejected] = {}
        for place, (_, record) in enumerate(queued):
            line = received(record.key, record.value, record.headers)
            if isinstance(line, Rejected):
                refused[place] = line
                line = line_of(record.value, record.headers)
            elif self._in_clear(line):
                self._warned((record.key or b"").decode("utf-8", "replace"))
            lines.append(line)
        places = [(f"{self._queue} {partition}", record.offset + 1) for partition, record in queued]
        self._door.take(lines, refused, places)

    def _warned(self, key: str) -> None:
        """Once a minute: a producer that seals nothing sends thousands."""
        self._clear += 1
        if (now := monotonic()) >= self._warns:
            told = "%d actions came with personal fields in clear, the last under %r; see docs/decisions/0018"
            log.warning(told, self._clear, key[:200])
            self._clear, self._warns = 0, now + WARN_SECONDS


def _sent(queued: Queued) -> int:
    """When a record was sent, in milliseconds; a producer may leave it out."""
    return queued[1].timestamp or 0
