"""The same history through both engines, embedded on SQLite and workers on Kafka: every answer is the same, by byte.

All scenarios are told as one history, as if each had happened in a city of its own, on the same days.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from heapq import merge
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from cli.wiring import System
from infra.city.simulation import simulate
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests.scenarios.telling import HERE
from tests.system.command import Danze
from tests.system.engine import Engine, answers, differing, made, send

SHARED = Path(os.environ.get("DANZE_SHARED_DATA") or HERE.parents[2] / "shared" / "data").with_name("scenarios")
FOLDERS = sorted(path.parent for place in (HERE, SHARED) for path in place.glob("*/expect.json"))
NAMES = re.compile(r'"(?:(?:unit|official|person|petition|gathering|duty):)|"(?=\d{6}-\d{4}-\d{6}")')
pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
def parts(kafka_url: str) -> Iterator[Topics]:
    """Actions in one partition, for a history has one order; everything else in several."""
    topics = Topics(f"t-{uuid4().hex[:12]}.")
    made(kafka_url, topics, actions=1, events=5)
    yield topics
    topics.delete(KafkaSettings((kafka_url,)))


def test_every_scenario(kafka_url, parts, postgres_store_url, tmp_path, monkeypatch):
    told = [_told(folder) for folder in FOLDERS]
    lines = [line for _, line in merge(*told, key=lambda each: each[0])]
    now = max(json.loads((folder / "expect.json").read_text(encoding="utf-8"))["now"] for folder in FOLDERS)
    same = _both(lines, now, kafka_url, parts, postgres_store_url, tmp_path, monkeypatch)
    assert same > 10 * len(FOLDERS)


def test_a_quarter_of_the_city(kafka_url, parts, postgres_store_url, tmp_path, monkeypatch):
    lines = [orjson.dumps(action) for action in simulate(3, days=91, scale=0.03, counties=1)]
    same = _both(lines, "2020-11-15", kafka_url, parts, postgres_store_url, tmp_path, monkeypatch)
    assert same > 1000


def _told(folder: Path) -> Iterator[tuple[datetime, bytes]]:
    """A scenario's actions under names of its own, each with the moment at which it is recorded."""
    recorded = datetime(1949, 10, 1, tzinfo=UTC)
    for line in (folder / "actions.jsonl").read_text(encoding="utf-8").splitlines():
        action = json.loads(line)
        recorded = max(recorded, datetime.fromisoformat(action.get("recordedat") or action["time"]))
        yield recorded, NAMES.sub(lambda name: f"{name[0]}{folder.name}-", line).encode()


def _both(lines: Iterable[bytes], now: str, kafka: str, topics: Topics, store: str, folder: Path, monkeypatch) -> int:
    """Takes a history through both engines and compares; answers how many questions were asked."""
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "share"))
    embedded = Danze(folder / "danze.db")
    embedded("emit", "--history", "-", sent=b"\n".join(lines))
    before = embedded.events()
    with Engine(Danze(store), kafka, topics, folder) as engine, engine.system():
        send(kafka, topics, lines)
        engine.start("intake", "--history")
        engine.start("relay")
        engine.start("project-1")
        engine.start("project-2")
        engine.recorded(before)
        for danze in (embedded, engine.danze):
            danze("tick", "--history", "--now", now)
        engine.recorded(embedded.events())
        engine.read()
        with engine.system() as system, closing(System(embedded.store)) as alone:
            one, two = answers(alone), answers(system)
            assert differing(one, two) == []
            assert set(system.projector.replay().differences.values()) == {0}
        for name in ("intake", "relay", "project-1", "project-2"):
            engine.stop(name)
        assert "Traceback" not in engine.all_said()
    return len(one)
