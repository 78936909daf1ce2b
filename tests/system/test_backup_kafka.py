"""A store restored beside a living broker: what came after the backup is taken again, once, and Kafka tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests.system.command import Danze, city, ndjson, registered
from tests.system.engine import Engine, made, send

WORKERS = ("intake", "relay", "project")
pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
def topics(kafka_url: str) -> Iterator[Topics]:
    topics = Topics(f"t-{uuid4().hex[:12]}.")
    made(kafka_url, topics, actions=2, events=3)
    yield topics
    topics.delete(KafkaSettings((kafka_url,)))


@pytest.fixture
def master(tmp_path: Path) -> dict[str, str]:
    """The master key, kept apart from both stores."""
    key = tmp_path / "master"
    key.write_text("bWFzdGVyIGtleSBvZiAzMiBieXRlcywga2VwdCBhcGE=")
    key.chmod(0o600)
    return {"DANZE_MASTER_KEY_FILE": str(key)}


@pytest.fixture
def lost(kafka_url: str, topics: Topics, postgres_store_url: str, master: dict[str, str], tmp_path: Path) -> Danze:
    """A city whose store is lost: its backup knows of five items, its log and Kafka of ten.

    Each item was worked on too early once, which was refused, before and after the backup.
    """
    danze = Danze(postgres_store_url, XDG_DATA_HOME=str(tmp_path / "share"), **master)
    with Engine(danze, kafka_url, topics, tmp_path) as engine:
        for name in WORKERS:
            engine.start(name)
        send(kafka_url, topics, ndjson(city()).splitlines())
        engine.recorded(3)
        send(kafka_url, topics, told(range(5)))
        engine.recorded(8)
        assert len(danze("backup", tmp_path / "backup", "--json").json["places"]) == 2
        send(kafka_url, topics, told(range(5, 10)))
        engine.recorded(13)
        engine.read()
        for name in WORKERS:
            engine.stop(name)
    return danze


def told(numbers: range) -> list[bytes]:
    """Items, each worked on before it was registered."""
    early = ({**registered(n), "id": f"W-{n}", "type": "petition.worked.v1", "data": {"what": "电询"}} for n in numbers)
    return ndjson(each for n, first in zip(numbers, early, strict=True) for each in (first, registered(n))).splitlines()


@pytest.fixture
def engine(lost: Danze, kafka_url: str, topics: Topics, master: dict[str, str], tmp_path: Path) -> Iterator[Engine]:
    """Nobody works yet on the store that was made of the backup."""
    folder = tmp_path / "restored"
    folder.mkdir()
    danze = Danze(f"{lost.store}_r", XDG_DATA_HOME=str(folder / "share"), **master)
    assert danze("restore", tmp_path / "backup", "--json").json["events"] == 8
    with Engine(danze, kafka_url, topics, folder) as engine:
        yield engine


def record(danze: Danze) -> list[Any]:
    """Who was recorded and who refused, how often; times and bytes are those of the machine."""
    from infra.log.open import open_log

    log = open_log(danze.store, create=False)
    try:
        events = [(e.subject, e.version, e.type, e.key) for e in log.raw_entries()]
        return [sorted(events), sorted((r.key, r.code, times) for _, r, times in log.rejected())]
    finally:
        log.close()


def test_what_came_after_the_backup_is_taken_again_once(lost, engine, kafka_url, topics):
    to = engine.to
    for verb in ("relay", "project"):
        said = engine.danze(verb, *to)
        assert (said.code, "ahead of this log" in said.err, "danze topics --anew" in said.err) == (2, True, True), said
    checks = {each["what"]: each for each in engine.danze("doctor", *to, "--json").json["checks"]}
    assert "ends at 8" in checks["published"]["found"]
    engine.danze("replay", "--from", "kafka", *to).refused("ahead of this log")
    assert len(engine.danze("topics", *to, "--anew", "--json").json["made"]) == 3
    said = engine.danze("topics", *to, "--anew")
    assert (said.code, "nothing was done" in said.err) == (0, True), said
    for name in WORKERS:
        engine.start(name)
    engine.recorded(13)
    engine.read()
    assert record(engine.danze) == record(lost)
    for source in ("store", "kafka"):
        replayed = engine.danze("replay", "--from", source, *(to if source == "kafka" else ()), "--json").json
        assert (replayed["position"], {*replayed["differences"].values()}) == (13, {0}), source
