"""The distributed engine as containers run it: HTTP beside the workers, and a pulse from each."""

import json
import signal
from urllib.request import Request, urlopen

import pytest

from tests import servers
from tests.patience import PATIENCE, until
from tests.system.command import Danze, city, registered
from tests.system.engine import Engine

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]
KAFKA_WORKERS = ("intake", "relay", "project")


@pytest.fixture
def engine(kafka_url, topics, postgres_store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    danze = Danze(postgres_store_url)
    with Engine(danze, kafka_url, topics, tmp_path) as engine, engine.system():
        for worker in KAFKA_WORKERS:
            engine.start(worker, "--pulse", str(tmp_path / f"{worker}.pulse"))
        yield engine


@pytest.fixture
def http(engine):
    """Asks the API, or posts to it."""
    port = servers.free_port()

    def asked(path, *actions):
        sent = json.dumps(actions).encode() if actions else None
        asking = Request(f"http://127.0.0.1:{port}/v1/{path}", sent, {"content-type": "application/json"})
        with urlopen(asking) as answer:
            return json.load(answer)

    api = engine.danze.start("api", "--port", port)
    assert api.stdout.readline().decode().startswith(f"danze: http://127.0.0.1:{port}/  store postgresql://")
    yield asked
    api.send_signal(signal.SIGTERM)
    assert (api.wait(PATIENCE), api.stderr.read()) == (0, b"")


def test_what_is_posted_is_seen_once_the_workers_have_folded_it(engine, http):
    with engine.system() as system:
        until(lambda: system.views.live().partitioned, engine.all_said)
    taken = http("actions", *city(), registered(1))
    assert [each["outcome"] for each in taken["results"]] == ["recorded"] * 4
    done = {"ok": True, "position": 4, "views_position": 4, "behind": 0}
    until(lambda: http("health") == done, lambda: (http("health"), engine.all_said()))
    assert http("petitions")["total"] == 1
    _each_worker_has_a_pulse(engine)


def _each_worker_has_a_pulse(engine):
    """Again and again, not only when it starts."""
    clock = engine.danze.start("clock", "--every", "1", "--pulse", engine.folder / "clock.pulse")
    files = [engine.folder / f"{worker}.pulse" for worker in (*KAFKA_WORKERS, "clock")]
    for _ in range(2):
        for file in files:
            file.unlink(missing_ok=True)
        until(lambda: all(file.exists() for file in files), engine.all_said)
    clock.send_signal(signal.SIGTERM)
    assert clock.wait(PATIENCE) == 0
