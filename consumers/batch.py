"""Records of one partition as one message, and how far a partition has come."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from faust.types import TP

from consumers.batch_records import Records

Offsets = Callable[[AbstractSet[int]], Awaitable[Mapping[int, int]]]
"""Told the partitions that were assigned, answers where to read on; what it leaves out is read on from Kafka's mark."""
Told = Callable[[AbstractSet[int]], Awaitable[None]]


class Hooks(NamedTuple):
    """What a processor wants to be asked and told; `batching_app` says when."""

    starting_offsets: Offsets | None = None
    assigned: Told | None = None
    revoked: Told | None = None
    finish_seconds: float = 5.0


class Batch:
    """What one poll brought of one partition, in order. `records` are unpacked whenever they are gone through."""

    __slots__ = ("_lane", "acked", "next_offset", "partition", "records", "topic")

    def __init__(self, lane: Lane, records: Records, next_offset: int) -> None:
        self.topic, self.partition = lane.tp
        self.records = records
        self.next_offset = next_offset
        """Where to read on: above the last record, and above what lies behind it that is no record for us."""
        self.acked = False
        """The agent has asked for what comes after it."""
        self._lane = lane

    @property
    def first_offset(self) -> int:
        """No record of the partition between it and the first one is anywhere else."""
        return self.records.first

    @property
    def size(self) -> int:
        """Bytes of all records as they are stored."""
        return self.records.size

    @property
    def current(self) -> bool:
        """Whether the partition is still ours and has not been rewound since; may be asked from any thread."""
        return self._lane.current

    def ack(self) -> None:
        self.acked = True
        self._lane.advance()

    def __len__(self) -> int:
        return len(self.records)

    def __repr__(self) -> str:
        return f"<Batch {self.topic}/{self.partition} {self.first_offset}..{self.next_offset - 1}>"


class Lane:
    """One partition from its assignment, or rewind, until the next one."""

    __slots__ = ("_acked", "_committed", "_in_flight", "current", "position", "tp")

    def __init__(self, tp: TP) -> None:
        self.tp = tp
        self.current = True
        """Read by the consumer's thread and by the agent's; only ever goes from true to false."""
        self.position: int | None = None
        """Where the next poll reads on."""
        self._acked: int | None = None
        self._committed: int | None = None
        self._in_flight: deque[Batch] = deque()

    def __len__(self) -> int:
        return len(self._in_flight)

    @property
    def size(self) -> int:
        """Bytes that wait or are being processed."""
        return sum(batch.size for batch in self._in_flight)

    @property
    def done(self) -> int | None:
        """Everything below has been processed. What is no record for us (markers, aborted records) counts as done."""
        return self._acked if self._in_flight else self.position

    @property
    def to_commit(self) -> int | None:
        """The offset to commit, unless Kafka knows it already."""
        return self.done if self.done != self._committed else None

    def polled(self, records: Records | None, position: int) -> Batch | None:
        """Takes what a poll brought; the batch to deliver, if any."""
        if not self._in_flight:
            self._acked = self.position
        if self.position is None and records is None:
            self._committed = position  # where we begin is what Kafka, or the processor's store, said
        self.position = position
        if records is None:
            return None
        batch = Batch(self, records, position)
        self._in_flight.append(batch)
        return batch

    def advance(self) -> None:
        """Passes what is acknowledged, in order: never past a batch that is not."""
        while self._in_flight and self._in_flight[0].acked:
            self._acked = self._in_flight.popleft().next_offset

    def committed(self, offset: int) -> None:
        self._committed = offset


class Progress(NamedTuple):
    """How far one partition is."""

    done: int | None
    """Everything below has been processed; None until the first poll."""
    end: int
    """Where the partition ended: all that was acknowledged to producers before `asked` lies below."""
    asked: float
    """When the broker was asked (Unix time, seconds), before it answered."""

    @property
    def caught_up(self) -> bool:
        """Whether all that was published before `asked` has been processed."""
        return self.done is not None and self.done >= self.end
