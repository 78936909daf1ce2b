"""Workers begin before what they need: store and broker come later, and each is missed in one sentence."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from infra.kafka.broker import User
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests import servers
from tests.infra.kafka_reading import records
from tests.local_postgres import LocalPostgres
from tests.patience import PATIENCE, until
from tests.system.command import Danze, city, ndjson, registered
from tests.system.engine import Engine, send

WORKERS = ("intake", "relay", "project", "clock", "seal")
TRYING = "trying again until it works"
pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
def broker(tmp_path):
    """Its topics are made; it stands."""
    with servers.own_broker(tmp_path / "broker", servers.free_port(), User("danze", "correct horse")) as made:
        Topics().create(KafkaSettings((made.url,)), partitions=2)
        yield made


@pytest.fixture
def postgres():
    """It does not stand yet."""
    with TemporaryDirectory(prefix="danze-postgres-", ignore_cleanup_errors=True) as folder:
        made = LocalPostgres(Path(folder) / "data", servers.free_port())
        yield made
        made.kill()


def test_workers_wait_for_store_and_broker_and_go_on_when_they_come(broker, postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    broker.kill()
    with Engine(Danze(f"{postgres.url}?schema=late"), broker.url, Topics(), tmp_path) as engine:
        for name in WORKERS[:3]:
            engine.start(name)
        engine.start_other("clock", "-m", "cli", "clock", "--every", "3600")
        engine.start_other("seal", "-m", "cli", "seal", "--follow")
        until(lambda: all(TRYING in engine.said(name) for name in WORKERS), engine.all_said)
        assert all("Connection refused; " in engine.said(name) for name in WORKERS)
        postgres.start()
        late = "no Kafka broker to be reached (127.0.0.1:"
        until(lambda: all(late in engine.said(name) for name in ("intake", "project")), engine.all_said)
        broker.start()
        send(broker.url, Topics(), ndjson(city()).splitlines())
        engine.recorded(3)
        send(broker.url, Topics(), ndjson([registered(1)]).splitlines())
        engine.recorded(4)
        engine.read()
        assert all(engine.said(name).count(late) == 1 for name in ("intake", "project"))
        for name in WORKERS:
            engine.stop(name)
    assert "Traceback" not in engine.all_said()


def test_checkpoints_wait_for_a_broker_and_come_when_it_does(broker, danze, tmp_path):
    broker.kill()
    danze.emit(*city())
    with Engine(danze, broker.url, Topics(), tmp_path) as engine:
        engine.start("seal", "--follow", "--seconds", "0.1")
        told(engine, "failed and is tried again", 1)
        broker.start()
        told(engine, "works again", 1)
        broker.kill()
        danze.emit(registered(1))
        told(engine, "failed and is tried again", 2)
        broker.start()
        told(engine, "works again", 2)
        (found,) = records(broker.url, Topics().seals, partitions=1).values()
        assert [json.loads(each.value)["size"] for each in found] == [3, 4]
        engine.stop("seal")
    assert "Traceback" not in engine.all_said()


def told(engine, what, times):
    said = f"sending checkpoints to Kafka {what}"
    until(lambda: engine.said("seal").count(said) >= times, engine.all_said)


def test_a_dashboard_says_that_its_store_is_away_and_answers_again_when_it_is_back(postgres, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    postgres.start()
    port = servers.free_port()
    api = Danze(f"{postgres.url.replace('@', ':battery@')}?schema=here").start("api", "--port", port)
    assert "battery" not in api.stdout.readline().decode()

    def status(path):
        try:
            with urlopen(f"http://127.0.0.1:{port}/v1/{path}") as answer:
                return answer.status
        except HTTPError as error:
            return error.code if error.headers["content-type"] == "application/problem+json" else 0

    asked = ("health", "petitions", "log")
    assert [status(path) for path in asked] == [200, 200, 200]
    postgres.kill()
    assert [status(path) for path in asked] == [503, 503, 503]
    postgres.start()
    until(lambda: [status(path) for path in asked] == [200, 200, 200], lambda: "it does not answer again")
    api.send_signal(signal.SIGTERM)
    assert api.wait(PATIENCE) == 0
    assert "Traceback" not in api.stderr.read().decode()


def test_a_wrong_password_is_one_sentence_and_is_tried_again(broker, postgres_store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    wrong = {"SECURITY": "sasl_plaintext", "USER": "danze", "PASSWORD": "battery staple"}
    danze = Danze(postgres_store_url, **{f"DANZE_KAFKA_{name}": value for name, value in wrong.items()})
    danze.emit(*city())
    with Engine(danze, broker.sasl_url, Topics(), tmp_path) as engine:
        for name in WORKERS[:3]:
            engine.start(name)
        until(lambda: all(TRYING in engine.said(name) for name in WORKERS[:3]), engine.all_said)
        for name in WORKERS[:3]:
            engine.stop(name)
            assert engine.said(name).count("does not let the user danze in with PLAIN") == 1
    assert "battery" not in engine.all_said()
