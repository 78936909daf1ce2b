"""Publishes records so that none can be missing in the middle of a partition, whatever fails.

Records go out in rounds: a round holds one batch for each partition, a batch is stored whole or not at all, and the
next round begins when all of the last is acknowledged. What is sent again after a failure therefore repeats the end
of a partition, and never fills a hole behind it. (Batches of one partition queued behind each other would leave one
where the first is given up and the second is not; idempotence alone does not prevent it.)
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Any, NamedTuple, Self

from kafka import KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, KafkaTimeoutError

from infra.kafka.client import admin, as_problem, begun
from infra.kafka.partition import partition_of
from infra.kafka.settings import KafkaProblem, KafkaSettings, Refused, Unreachable
from infra.kafka.topics import LONGEST

Headers = list[tuple[str, bytes]]
Record = tuple[str, bytes, bytes, Headers]
"""Topic, key, value, headers."""

BATCH = 512 << 10
"""Bytes of one batch: below what a topic takes by default (1 MiB)."""
OVERHEAD = 128
"""Bytes that Kafka's own form of a batch and a record adds, at most, to key, value and headers of ours."""
LONGEST_REQUEST = 64 << 20
PATIENCE_SECONDS = 12.0
"""After so long without an acknowledgement a round is given up."""
LEARN_SECONDS = 1.0
"""How long a producer may take to hear of a topic."""
HASTE_SECONDS = 2
"""The same once we were asked to stop."""


class Place(NamedTuple):
    """A topic as the cluster has it."""

    partitions: int
    longest: int
    """Bytes of its longest record."""


class Publisher:
    """An idempotent producer (acks=all) on one cluster. Connects when it is first used, and again after a failure.

    `patience` is how long a round is tried, in seconds, as often as it takes: the topic gets it once. `stop`, once set,
    shortens it. Not for use by several threads at once.
    """

    def __init__(
        self, settings: KafkaSettings, *, patience: float = PATIENCE_SECONDS, stop: threading.Event | None = None
    ) -> None:
        self.settings = settings
        self.patience = patience
        self.stop = stop or threading.Event()
        self._producer: Any = None
        self._places: dict[str, Place] = {}

    def send(self, records: Iterable[Record]) -> int:
        """Returns how many were sent, all of them acknowledged. Raises Unreachable where sending the same again may
        help, Refused where it will not; of what was given, an unknown part has then been published, each partition's
        in order and without a hole.
        """
        sent = 0
        sizes: dict[tuple[str, int], int] = defaultdict(int)
        futures: list[Any] = []
        try:
            for topic, key, value, headers in records:
                if topic not in self._places:
                    sent += self._acknowledged(futures)
                    futures, sizes = [], defaultdict(int)
                    self._places[topic] = self._place(topic)
                place = self._places[topic]
                size = len(key) + len(value) + OVERHEAD + sum(len(name) + len(text) + 4 for name, text in headers)
                if size > place.longest:
                    raise Refused(_too_large(topic, key, size, place, headers))
                partition = partition_of(key.decode(), place.partitions)
                if 0 < sizes[topic, partition] > min(BATCH, place.longest) - size:
                    sent += self._acknowledged(futures)
                    futures, sizes = [], defaultdict(int)
                sizes[topic, partition] += size
                futures.append(self._connected().send(topic, value, key, headers, partition))
            return sent + self._acknowledged(futures)
        except KafkaError as error:
            self.close()
            raise as_problem(self.settings, error) from error
        except KafkaProblem:
            self.close()
            raise

    def close(self) -> None:
        """Gives up what is not acknowledged."""
        self._places = {}
        self._end()

    def _end(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            # close() alone waits for a broker that does not answer, raises, and leaves its thread running
            producer._sender.force_close()  # noqa: SLF001 -- the library offers no other way
            with suppress(KafkaError):
                producer.close(timeout=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connected(self) -> Any:
        if self._producer is None:
            answer_ms = int(min(self.patience, PATIENCE_SECONDS) * 400)
            self._producer = begun(
                KafkaProducer,
                self.settings,
                enable_idempotence=True,
                acks="all",
                allow_auto_create_topics=False,
                batch_size=BATCH,
                linger_ms=answer_ms,  # a round is built in less; until it is flushed nothing is sent
                max_request_size=LONGEST_REQUEST,
                max_block_ms=int(LEARN_SECONDS * 1000),
                request_timeout_ms=answer_ms,  # then the round is sent again, on another connection
                delivery_timeout_ms=int(self.patience * 1000),
                reconnect_backoff_max_ms=1000,
                metrics_enabled=False,
            )
        return self._producer

    def _acknowledged(self, futures: list[Any]) -> int:
        """Sends the round out and waits for all of it."""
        if not futures:
            return 0
        began = time.monotonic()
        while True:
            try:
                self._producer.flush(timeout=0.5)
                break
            except KafkaTimeoutError:
                waited = time.monotonic() - began
                if waited > self.patience or (self.stop.is_set() and waited > HASTE_SECONDS):
                    raise Unreachable(
                        f"Kafka at {self.settings.place} acknowledged nothing for {waited:.0f} s"
                    ) from None
        for future in futures:
            if future.exception is not None:
                raise future.exception
        return len(futures)

    def _place(self, topic: str) -> Place:
        with admin(self.settings) as client:
            if topic not in client.list_topics():
                raise Refused(f"there is no topic {topic} at {self.settings.place}; `danze topics` makes those missing")
            (described,) = client.describe_topics([topic])
            asked = [ConfigResource(ConfigResourceType.TOPIC, topic)]
            configs = client.describe_configs(asked, config_filter="all")["topic"][topic]
        longest = int(configs["max.message.bytes"]["value"]) if "max.message.bytes" in configs else LONGEST
        self._learned(topic)
        return Place(len(described["partitions"]), longest)

    def _learned(self, topic: str) -> None:
        """Returns when the producer knows the topic. One that does not learn it at once now and then never does
        (kafka-python 3.0.12, on a busy machine); a new one does.
        """
        deadline = time.monotonic() + self.patience
        while True:
            try:
                self._connected().partitions_for(topic)
            except KafkaTimeoutError:
                if time.monotonic() > deadline or self.stop.is_set():
                    raise
                self._end()
            else:
                return


def _too_large(topic: str, key: bytes, size: int, place: Place, headers: Headers) -> str:
    which = ", ".join(f"{name} {text.decode()}" for name, text in headers[:1])
    return (
        f"a record of {key.decode()}{f' ({which})' if which else ''} has {size:,} bytes, but the topic {topic} takes "
        f"{place.longest:,}: raise its max.message.bytes"
    )
