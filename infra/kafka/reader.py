"""Reads `petition.events` as the log that it is: from its beginning, in the order of positions, each event once."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from domain.digits import digits
from infra.kafka.client import as_problem, begun
from infra.kafka.settings import KafkaProblem, KafkaSettings
from infra.log.port import Entry

CHUNK = 20_000
AHEAD = 20_000
"""Events of one partition that are kept while another one is waited for."""
WAIT_MS = 1_000
MOST = 2**63 - 1
LOGGER = logging.getLogger("danze.kafka")
SILENCE = 30
"""Seconds without a record that must be there, before reading is given up."""


class TopicReader:
    """The events that a topic holds now, partition by partition merged by position."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._settings = settings
        self._topic = topic
        self._next: dict[int, int] = {}
        """By partition, the offset of the first record that was not wanted yet."""

    def chunks(self, upto: Mapping[int, int] | int) -> Iterator[list[Entry]]:
        """Events up to a position, or up to one position per partition; a second call goes on where the first ended."""
        chunk: list[Entry] = []
        for entry in self._merged(upto):
            chunk.append(entry)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _merged(self, upto: Mapping[int, int] | int) -> Iterator[Entry]:
        consumer = begun(KafkaConsumer, self._settings, enable_auto_commit=False, max_poll_records=5_000)
        try:
            reading = _Reading(consumer, self._topic, self._next, upto)
            yield from reading.merged()
            self._next = reading.next
        except KafkaError as error:
            raise as_problem(self._settings, error) from error
        finally:
            consumer.close()


class _Reading:
    """One pass over the partitions."""

    def __init__(
        self, consumer: KafkaConsumer, topic: str, start: Mapping[int, int], upto: Mapping[int, int] | int
    ) -> None:
        self._consumer = consumer
        numbers = sorted(consumer.partitions_for_topic(topic) or ())
        if not numbers:
            raise KafkaProblem(f"there is no topic {topic}")
        self._places = [TopicPartition(topic, number) for number in numbers]
        self._upto = {number: upto if isinstance(upto, int) else upto.get(number, 0) for number in numbers}
        consumer.assign(self._places)
        first = consumer.beginning_offsets(self._places)
        self._end = {place.partition: offset for place, offset in consumer.end_offsets(self._places).items()}
        self.next = {place.partition: start.get(place.partition, first[place]) for place in self._places}
        for place in self._places:
            consumer.seek(place, self.next[place.partition])
        self._waiting: dict[int, deque[Entry]] = {number: deque() for number in numbers}
        self._last = dict.fromkeys(numbers, 0)
        self._told: set[int] = set()
        """Partitions of which it was told that they hold what is no event."""
        self._reading = {number for number in numbers if self.next[number] < self._end[number]}

    def merged(self) -> Iterator[Entry]:
        silent = 0
        while True:
            while all(self._waiting[number] for number in self._reading) and any(self._waiting.values()):
                behind = [waiting for waiting in self._waiting.values() if waiting]
                yield min(behind, key=lambda waiting: waiting[0].position).popleft()
            if not self._reading:
                return
            silent = 0 if self._poll() else silent + 1
            if silent * WAIT_MS > SILENCE * 1_000:
                raise KafkaProblem(f"{self._places[0].topic} did not give its records for {SILENCE} seconds")

    def _poll(self) -> bool:
        full = [p for p in self._places if len(self._waiting[p.partition]) > AHEAD or p.partition not in self._reading]
        self._consumer.pause(*full)
        self._consumer.resume(*(place for place in self._places if place not in full))
        polled = self._consumer.poll(timeout_ms=WAIT_MS)
        for place, records in polled.items():
            for record in records:
                self._take(place.partition, record)
        for place in self._places:
            if place.partition in self._reading and self._consumer.position(place) >= self._end[place.partition]:
                self._reading.discard(place.partition)
        return bool(polled)

    def _take(self, number: int, record: object) -> None:
        if number not in self._reading:
            return
        entry = entry_of(record)
        if entry is None:
            self._foreign(number, record.offset)  # type: ignore[attr-defined]
        if entry is not None and entry.position > self._upto[number]:
            self._reading.discard(number)
            return
        self.next[number] = record.offset + 1  # type: ignore[attr-defined]
        if entry is not None and entry.position > self._last[number]:
            self._last[number] = entry.position
            self._waiting[number].append(entry)

    def _foreign(self, number: int, offset: int) -> None:
        """Told once a partition: what wrote one may have written many."""
        if number not in self._told:
            self._told.add(number)
            told = "%s, partition %d, offset %d: a record that is no event of a log; such are passed over"
            LOGGER.warning(told, self._places[0].topic, number, offset)


def entry_of(record: Any) -> Entry | None:
    """The log's entry in a record of `petition.events`; None for what some other program has put there."""
    told = dict(record.headers)
    position, version, recorded = (digits(told.get(name) or b"", MOST) for name in ("position", "version", "recorded"))
    kind = told.get("type")
    if (
        not position
        or version is None
        or recorded is None
        or kind is None
        or record.key is None
        or record.value is None
    ):
        return None
    try:
        return Entry(position, record.key.decode(), version, kind.decode(), recorded, record.value)
    except UnicodeDecodeError:
        return None
