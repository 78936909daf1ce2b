"""`danze topics --anew`, killed as soon as it has done any of its steps: the same again ends as if nobody had."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import NamedTuple

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from cli.wiring import System
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from infra.log.postgres import PostgresLog
from infra.relay import RELAYED, RELAYED_REFUSALS
from infra.views.partitions import Partitions
from projections.fold import Fold
from tests.system.command import Danze, city

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]
COUNT = 2
NOTHING = Fold().changes()
TOLD = ("rejected", "findings", "events")
"""What is deleted and made again, in this order."""
STEPS: list[tuple[type, str, str]] = [
    (PostgresLog, "forget_mark", RELAYED),
    (PostgresLog, "forget_mark", RELAYED_REFUSALS),
    (Partitions, "from_the_beginning", ""),
    *((KafkaAdminClient, step, name) for name in TOLD for step in ("delete_topics", "create_topics")),
]


class Bus(NamedTuple):
    """How far Kafka and who works with it are."""

    partitions: dict[str, int]
    records: list[int]
    """In each topic of `TOLD`."""
    marks: list[int]
    read_on: list[int]
    """Where `project` reads each partition of events on."""


@pytest.fixture
def topics(kafka_url: str) -> Iterator[Topics]:
    settings, topics = KafkaSettings((kafka_url,)), Topics(f"anew-{os.urandom(4).hex()}.")
    topics.create(settings, partitions=COUNT)
    yield topics
    topics.delete(settings)


@pytest.fixture
def ahead(kafka_url: str, topics: Topics, postgres_store_url: str) -> Danze:
    """A city of three units, on a bus that tells of a fourth."""
    danze = Danze(postgres_store_url)
    danze.emit(*city())
    with closing(System(danze.store)) as system, Publisher(KafkaSettings((kafka_url,))) as publisher:
        for name in (RELAYED, RELAYED_REFUSALS):
            system.log.set_mark(name, 4)
        partitions = Partitions(system.views, COUNT)
        partitions.write(NOTHING, [claim.at(4, 4, 0) for claim in partitions.claim(range(COUNT)).values()])
        headers = [("position", b"4"), ("type", b"unit.established.v1"), ("version", b"1"), ("recorded", b"0")]
        publisher.send((getattr(topics, name), b"unit:lost", b"{}", headers) for name in TOLD)
    return danze


def bus(danze: Danze, kafka: str, topics: Topics) -> Bus:
    settings = KafkaSettings((kafka,))
    partitions = topics.partitions(settings)
    with closing(System(danze.store)) as system, closing(KafkaConsumer(**settings.client())) as consumer:
        ends = [consumer.end_offsets(places(getattr(topics, name), partitions)) for name in TOLD]
        marks = [system.log.mark(name) for name in (RELAYED, RELAYED_REFUSALS)]
        with Partitions(system.views).still() as (_, claims):
            return Bus(partitions, [sum(e.values()) for e in ends], marks, [each.offset for each in claims.values()])


def places(topic: str, partitions: dict[str, int]) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in range(partitions[topic])]


def gone_after(owner: type, step: str, what: str) -> None:
    """This process is, as soon as it has done a step, for what is called so."""
    did = getattr(owner, step)

    def done(*given: object, **more: object) -> object:
        told = did(*given, **more)
        if what in str(given[1:]):
            os.kill(os.getpid(), signal.SIGKILL)
        return told

    setattr(owner, step, done)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: " ".join(step[1:]))
def test_killed_after_a_step_the_same_again_ends_as_if_nobody_had(ahead, kafka_url, topics, tmp_path, step):
    before = bus(ahead, kafka_url, topics)
    assert (before.records, before.marks, before.read_on) == ([1, 1, 1], [4, 4], [4] * COUNT)
    anew = ("topics", "--anew", "--kafka", kafka_url, "--topics", topics.prefix)
    killed = ahead.begin(tmp_path / "said", *anew, first=partial(gone_after, *step))
    assert killed.end() == -signal.SIGKILL, killed.said()
    assert ahead(*anew).code == 0
    assert bus(ahead, kafka_url, topics) == Bus(before.partitions, [0, 0, 0], [0, 0], [0] * COUNT)
