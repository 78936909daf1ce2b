"""Workers come and go while actions come in: each action is taken once, each partition's rows are folded once."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from threading import Event, Thread
from uuid import uuid4

import pytest

from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings, Unreachable
from infra.kafka.topics import Topics
from tests.system.command import Danze, city, ndjson, registered
from tests.system.engine import Engine, made, send

CHANGES = 8
MEMBERS = [f"{verb}-{number}" for verb in ("intake", "project") for number in (1, 2, 3)]
pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def topics(kafka_url: str) -> Iterator[Topics]:
    topics = Topics(f"t-{uuid4().hex[:12]}.")
    made(kafka_url, topics, actions=4, events=6)
    yield topics
    topics.delete(KafkaSettings((kafka_url,)))


class Load(Thread):
    """Registrations, and what happens to each item next, until it is told to end."""

    def __init__(self, kafka: str, topic: str) -> None:
        super().__init__()
        self._kafka, self._topic = kafka, topic
        self.items = 0
        self.over = Event()

    def run(self) -> None:
        with Publisher(KafkaSettings((self._kafka,))) as publisher:
            while not self.over.wait(0.1):
                self._sent(publisher, range(self.items, self.items + 20))
                self.items += 20

    def _sent(self, publisher: Publisher, numbers: range) -> None:
        """Returns when all of them lie there: an unknown part does where the machine was busy, and nobody answered."""
        while True:
            with suppress(Unreachable):  # what was sent twice is a duplicate
                publisher.send(self._records(numbers))
                return

    def _records(self, numbers: range) -> Iterator[tuple[str, bytes, bytes, list[tuple[str, bytes]]]]:
        for number in numbers:
            told = registered(number)
            worked = {**told, "id": f"W-{number}", "type": "petition.worked.v1", "data": {"what": "来电询问"}}
            for each in (told, worked):
                yield self._topic, told["subject"].encode(), json.dumps(each).encode(), []


def test_workers_join_and_leave_in_order_and_by_force(kafka_url, topics, postgres_store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    with Engine(Danze(postgres_store_url), kafka_url, topics, tmp_path) as engine, engine.system() as system:
        for name in ("relay", "intake-1", "project-1"):
            engine.start(name)
        send(kafka_url, topics, ndjson(city()).splitlines())
        engine.recorded(3)
        load = Load(kafka_url, topics.actions)
        load.start()
        come_and_go(engine)
        load.over.set()
        load.join()
        engine.recorded(3 + 2 * load.items)
        engine.read()
        assert engine.danze.events() == 3 + 2 * load.items
        assert system.log.rejected() == []
        assert set(system.projector.replay().differences.values()) == {0}
        assert "Traceback" not in engine.all_said()


def come_and_go(engine: Engine) -> None:
    """The first of each stays; of the others one joins, or leaves, with or without a word."""
    random = Random(5)
    for member in random.choices([each for each in MEMBERS if not each.endswith("-1")], k=CHANGES):
        if member not in engine.workers:
            engine.start(member)
        elif random.random() < 0.5:
            engine.stop(member)
        else:
            engine.signal(member, signal.SIGKILL)
            engine.workers.pop(member).wait()
        time.sleep(1 + 2 * random.random())
