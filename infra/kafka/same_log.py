"""Is what Kafka holds of this log? After a restore the topic of events may tell of what the log has lost.

Readers of `petition.events` skip positions that they have seen. Were a log that lost its end to go on in the same
topic, what is recorded now would be taken for what was recorded then; so it is published in topics made again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from infra.kafka.client import as_problem, begun
from infra.kafka.reader import entry_of
from infra.kafka.settings import KafkaSettings, Refused, Unreachable
from infra.kafka.topics import Topics
from infra.log.port import Entry, Log

ANSWER_SECONDS = 10
"""How long the newest records of a topic may take to come."""
T = TypeVar("T")
LOGGER = logging.getLogger("danze.kafka")
DO = "end relay and workers, then danze topics --anew --store …; see docs/guides/backup.md"


class Gone(NamedTuple):
    """Actions that Kafka has deleted before the log decided on them."""

    partition: int
    first: int
    """The offset of the first of them."""
    after: int
    """That of the first that is still there."""

    def __str__(self) -> str:
        records = f"{self.after - self.first:,} records (offsets {self.first} to {self.after - 1})"
        return f"partition {self.partition} of actions: {records} are gone from Kafka and were not decided on"


def another_log(log: Log, settings: KafkaSettings, topics: Topics) -> str | None:
    """What the topic of events holds that is not this log's, as a sentence; None where all is well or it is not there.

    The newest record of each partition is looked at: whoever publishes keeps the order. Raises `KafkaProblem`.
    """
    published = newest(settings, topics.events)
    head = log.head().position  # asked afterwards: what is published meanwhile is in the log before
    for partition, entry in sorted(published.items()):
        ours = log.get(entry.position)
        if ours is None:
            told = f"event {entry.position:,}, and the log ends at {head:,}"
        elif ours.body != entry.body:
            told = f"another event {entry.position:,} than the log"
        else:
            continue
        return (
            f"{topics.events} at {settings.place} is ahead of this log or another's: partition {partition} holds {told}"
        )
    return None


def of_this_log(log: Log, settings: KafkaSettings, topics: Topics) -> None:
    """Raises `Refused` where the topic of events tells of another log, or of more than this one holds."""
    if (told := another_log(log, settings, topics)) is not None:
        raise Refused(f"{told}. Was the store restored? {DO}")


def holds_up_to(settings: KafkaSettings, topics: Topics, relayed: int) -> bool:
    """Whether the topic of events is there, and holds what was published up to a position. Raises `KafkaProblem`."""
    last = max((entry.position for entry in newest(settings, topics.events).values()), default=0)
    return last >= relayed and topics.events in topics.partitions(settings)


def newest(settings: KafkaSettings, topic: str) -> dict[int, Entry]:
    """The last event of each partition that has one; nothing where there is no topic."""
    return newest_of(settings, topic, entry_of)


def newest_of(settings: KafkaSettings, topic: str, read: Callable[[object], T | None]) -> dict[int, T]:
    """The same of what is no event; `read` says what a record is, None where it is nothing of ours."""
    consumer = begun(KafkaConsumer, settings, enable_auto_commit=False, max_poll_records=1)
    try:
        places = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        if not places:
            return {}
        consumer.assign(places)
        first, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
        waited = {place for place in places if ends[place] > first[place]}
        for place in places:
            consumer.seek(place, max(first[place], ends[place] - 1))
        found, give_up = dict[int, T](), time.monotonic() + ANSWER_SECONDS
        while waited:
            if time.monotonic() > give_up:
                raise Unreachable(f"Kafka at {settings.place} did not give the newest records of {topic}")
            for place, records in consumer.poll(timeout_ms=500).items():
                for each in records:
                    if (told := read(each)) is not None:
                        found[place.partition] = told
                    else:
                        said = "%s, partition %d, offset %d: a record that danze did not write"
                        LOGGER.warning(said, topic, place.partition, each.offset)
            waited = {place for place in waited if consumer.position(place) < ends[place]}
    except KafkaError as error:
        raise as_problem(settings, error) from error
    finally:
        consumer.close()
    return found


def gone(log: Log, settings: KafkaSettings, topics: Topics) -> list[Gone]:
    """Actions that nobody will decide on unless they are sent again. Raises `KafkaProblem`."""
    queue = topics.queue(settings)
    consumer = begun(KafkaConsumer, settings, enable_auto_commit=False)
    try:
        places = [
            TopicPartition(topics.actions, n) for n in sorted(consumer.partitions_for_topic(topics.actions) or ())
        ]
        first = consumer.beginning_offsets(places)
    except KafkaError as error:
        raise as_problem(settings, error) from error
    finally:
        consumer.close()
    decided = {place: log.mark(f"{queue} {place.partition}") for place in places}
    return [Gone(place.partition, at, first[place]) for place, at in decided.items() if at < first[place]]
