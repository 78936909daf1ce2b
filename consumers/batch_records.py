"""The records of one partition, left as the broker stored them until they are asked for, and unpacked one by one.

Of each record aiokafka makes an object of eleven fields, and of a poll a list of them: more work than the record is,
and memory that has left the processor's cache when it is looked at. Stored batches are unpacked in C, a third of a
microsecond a record, and a record that nobody keeps is gone before the next one comes.
"""

# ruff: noqa: SLF001 -- aiokafka lets nobody in otherwise; tests/consumers/test_batch_records.py says what moved

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from itertools import chain
from typing import Any

from aiokafka.consumer.fetcher import READ_COMMITTED, FetchResult, PartitionRecords
from aiokafka.errors import CorruptRecordException


class Records:
    """Records of one partition in order, of offsets from `first` to below `end`. Gone through, they are unpacked anew.

    They are aiokafka's: `offset`, `key`, `value`, `headers`, `timestamp` (milliseconds). Offsets may have gaps, and
    where a topic is compacted there may be no record at all.
    """

    __slots__ = ("_stored", "_wanted", "end", "first", "size")

    def __init__(self, stored: Any, wanted: list[bool], first: int, end: int, size: int) -> None:
        self._stored = stored
        self._wanted = wanted
        """Of each stored batch in turn, whether it is to be unpacked."""
        self.first, self.end = first, end
        self.size = size
        """Bytes as they are stored, compressed or not."""

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._batches())

    def __len__(self) -> int:
        """Counted by going through them."""
        return sum(1 for _ in self)

    def _batches(self) -> Iterator[Any]:
        stored = copy(self._stored)  # a place in the same bytes
        for wanted in self._wanted:
            batch = stored.next_batch()
            if wanted and _base(batch, -1) >= self.first and batch.next_offset <= self.end:
                yield batch
            elif wanted:
                yield (record for record in batch if self.first <= record.offset < self.end)


class Stretches(PartitionRecords):  # type: ignore[misc]
    """In place of what unpacks a fetch of one partition for aiokafka: yields `Records` of `most` offsets at most."""

    next_fetch_offset: int
    """Stands behind what was yielded."""

    def __init__(self, fetched: PartitionRecords, most: int) -> None:
        super().__init__(
            fetched._tp, fetched._records, fetched._aborted_transactions, fetched.next_fetch_offset, None, None,
            fetched._check_crcs, fetched._isolation_level,
        )  # fmt: skip
        self.drained = False
        """All was yielded: aiokafka fetches again as soon as it sees that there is no more."""
        self._most = most
        ends = [batch.next_offset for batch in iter(copy(self._records).next_batch, None)]
        self._bytes_each = self._records.size_in_bytes() / max(1, ends[-1] - self.next_fetch_offset)

    def _unpack_records(self) -> Iterator[Records]:
        start, wanted, first, count = copy(self._records), list[bool](), self.next_fetch_offset, 0
        while self._records.has_next():
            before, batch = copy(self._records), self._records.next_batch()
            if self._check_crcs and not batch.validate_crc():
                if count:
                    yield self._stretch(start, wanted, first)
                raise CorruptRecordException(f"Invalid CRC - {self._tp}")
            skipped = self._skipped(batch)
            offsets = 0 if skipped else batch.next_offset - _base(batch, self.next_fetch_offset)
            if count and count + offsets > self._most:
                yield self._stretch(start, wanted, first)
                start, wanted, first, count = before, [], self.next_fetch_offset, 0
            wanted.append(not skipped)
            count += offsets
            while count > self._most:  # one stored batch that is too long alone
                self.next_fetch_offset = batch.next_offset - count + self._most
                yield self._stretch(start, wanted, first)
                first, count = self.next_fetch_offset, count - self._most
            self.next_fetch_offset = batch.next_offset
        self.drained = True
        if count:
            yield self._stretch(start, wanted, first)

    def _stretch(self, start: Any, wanted: list[bool], first: int) -> Records:
        end = self.next_fetch_offset
        return Records(start, list(wanted), first, end, round(self._bytes_each * (end - first)))

    def _skipped(self, batch: Any) -> bool:
        """Whether it is a marker, or was taken back by its producer."""
        if self._isolation_level == READ_COMMITTED and batch.producer_id is not None:
            self._consume_aborted_up_to(batch.base_offset)
            if batch.is_control_batch and self._contains_abort_marker(batch):
                self._aborted_producers.discard(batch.producer_id)
            if batch.is_transactional and batch.producer_id in self._aborted_producers:
                return True
        return bool(batch.is_control_batch)


def in_stretches(fetched: Any, most: int) -> Stretches | None:
    """What aiokafka has fetched of a partition yields stretches from now on; None where it has an error instead."""
    if not isinstance(fetched, FetchResult):
        return None
    if not isinstance(fetched._partition_records, Stretches):
        fetched._partition_records = Stretches(fetched._partition_records, most)
    return fetched._partition_records


def _base(batch: Any, least: int) -> int:
    """The offset with which a stored batch begins; one in a form from before Kafka 0.11 does not say."""
    return max(least, getattr(batch, "base_offset", least))
