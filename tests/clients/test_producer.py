"""Other services send through a real broker that goes away: nothing lost, order per subject kept, nothing in clear."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import danze_producer
import pytest
from danze_producer import NotSent, Producer, Refused, SpoolFull, SpoolUnusable
from danze_producer.facts import PetitionRegistered

from consumers.cloudevents import received
from domain.codec import decode_action, encode
from domain.envelope import Action
from infra.vault.sealed_box import IntakeKey
from tests.clients.topic import Record, first_seen, records
from tests.patience import PATIENCE, until
from tests.servers import free_port

pytestmark = pytest.mark.kafka
AT = "2020-04-10T09:12:00+08:00"
REGISTERED = {
    "channel": "visit", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1,
    "petitioners": ["person:9f3a"], "title": "小区停车收费",
}  # fmt: skip
NOWHERE = f"127.0.0.1:{free_port()}"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def producer(kafka_url, topics, spool) -> Iterator[Producer]:
    with Producer(kafka_url, "/window-3", spool=spool, actor="official:a", topic=topics.actions) as made:
        yield made


def worked(producer: Producer, subject: str, n: int) -> str:
    return producer.emit("petition.worked.v1", subject, {"what": f"step {n}"}, time=AT, id=f"{subject}/{n}")


def test_an_action_arrives_as_the_intake_wants_it(producer, kafka_url, topics):
    id = producer.emit("petition.registered.v1", "petition:1", REGISTERED, time=AT, unit="unit:430408-xfj")
    producer.flush(PATIENCE)
    (found,) = records(kafka_url, topics.actions)
    assert found == {
        "specversion": "1.0", "id": id, "source": "/window-3", "type": "petition.registered.v1", "time": AT,
        "subject": "petition:1", "actor": "official:a", "unit": "unit:430408-xfj", "data": REGISTERED,
    }  # fmt: skip
    assert found.key == b"petition:1"
    assert found.headers == [("content-type", b"application/cloudevents+json; charset=UTF-8")]


EXAMPLE = Path(danze_producer.__file__).parents[1] / "examples/hotline.py"
LIBRARY = {**os.environ, "PYTHONPATH": str(Path(danze_producer.__file__).parents[1])}


def test_the_example_is_twenty_lines_and_sends_or_says_why_not(broker, spool):
    def hotline(title: str) -> subprocess.CompletedProcess[str]:
        run = [sys.executable, EXAMPLE, broker.url, str(spool), "430408-2020-000007", title]
        return subprocess.run(run, env=LIBRARY, capture_output=True, text=True, check=False)

    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 22
    assert hotline("").stderr == "not sent: Expected `str` of length >= 1 (bad-value at $.data.title)\n"
    sent = hotline("小区停车收费")
    (found,) = records(broker.url, "petition.actions")
    assert (sent.stdout, found["subject"]) == (f"sent {found['id']}\n", "petition:430408-2020-000007")


def test_the_same_call_again_is_a_duplicate_and_another_fact_is_not(producer):
    def sent(**instead):
        return producer.emit("petition.registered.v1", "petition:1", {**REGISTERED, **instead}, time=AT)

    typed = PetitionRegistered(**{**REGISTERED, "petitioners": ("person:9f3a",)})
    assert sent() == sent() == producer.emit("petition.registered.v1", "petition:1", typed, time=AT)
    assert sent() != sent(persons=2)
    assert producer.emit("petition.closed.v1", "petition:1", {}, id="given") == "given"


@pytest.mark.parametrize(
    ("data", "code", "path"),
    [
        ({**REGISTERED, "persons": 0}, "bad-value", "$.data.persons"),
        ({**REGISTERED, "colour": "red"}, "unknown-field", "$.data.colour"),
        ({**REGISTERED, "personal": {"name": "周小华"}}, "bad-value", "$.data.personal"),
    ],
)
def test_what_danze_would_refuse_is_refused_here_and_kept_nowhere(producer, spool, data, code, path):
    with pytest.raises(Refused) as refused:
        producer.emit("petition.registered.v1", "petition:1", data, time=AT)
    assert (refused.value.code, refused.value.path, producer.waiting) == (code, path, 0)
    assert [each.stat().st_size for each in spool.glob("*.actions")] == [0]


def test_personal_fields_are_in_clear_neither_on_disk_nor_on_the_topic(kafka_url, topics, spool):
    intake, personal = IntakeKey(b"\1" * 32), {"name": "周小华", "phone": "13800000000"}
    settings = {"actor": "official:a", "intake_key": intake.public, "topic": topics.actions}
    with Producer(kafka_url, "/window-3", spool=spool, **settings) as producer:
        producer.emit("petition.registered.v1", "petition:1", {**REGISTERED, "personal": personal}, time=AT, id="1")
        kept = b"".join(each.read_bytes() for each in spool.iterdir())
        producer.flush(PATIENCE)
    (found,) = records(kafka_url, topics.actions)
    assert found["data"]["personal"].keys() == {"key", "sealed"}
    assert not [each for each in personal.values() if each.encode() in kept]
    line = received(found.key, _json(found), found.headers)
    assert isinstance(line, bytes)
    opened = intake.opened(line)
    assert isinstance(opened, bytes)
    action = decode_action(opened)
    assert isinstance(action, Action)
    assert action.data.personal == personal
    assert encode(action)


def _json(found: Record) -> bytes:
    import msgspec

    return msgspec.json.encode(dict(found))


def test_the_id_tells_nothing_of_personal_fields(producer):
    sealed = {"key": "intake:1", "sealed": "AAAA"}
    plain = producer.emit("petition.registered.v1", "petition:1", REGISTERED, time=AT)
    assert producer.emit("petition.registered.v1", "petition:1", {**REGISTERED, "personal": sealed}, time=AT) == plain


@pytest.mark.parametrize("key", ["secret", "A" * 43 + "="])
def test_a_key_that_is_none_is_said(spool, key):
    with pytest.raises(ValueError, match=rf"intake_key: '{key}' is no public key of an intake \(32 bytes in base64\)"):
        Producer(NOWHERE, "/window-3", spool=spool, intake_key=key)


def test_many_threads_lose_nothing_and_each_keeps_its_order(producer, kafka_url, topics):
    def walk(subject: str) -> None:
        for n in range(25):
            worked(producer, subject, n)

    threads = [threading.Thread(target=walk, args=(f"petition:{n}",)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    producer.flush(PATIENCE)
    expected = {f"petition:{s}": [f"petition:{s}/{n}" for n in range(25)] for s in range(8)}
    assert first_seen(records(kafka_url, topics.actions)) == expected


def test_a_broker_that_is_away_is_said_and_the_actions_wait(spool):
    producer = Producer(NOWHERE, "/window-3", spool=spool, actor="official:a", bootstrap_timeout_ms=500)
    worked(producer, "petition:1", 1)
    until(lambda: producer.trouble)
    with pytest.raises(NotSent, match=r"1 actions wait in the spool .*spool \(Kafka does not take it: "):
        producer.flush(0.1)
    begun = time.monotonic()
    producer.close(timeout=0)
    assert time.monotonic() - begun < 8, "close does not wait for a broker that is away"
    with pytest.raises(NotSent, match="closed"):
        worked(producer, "petition:1", 2)


def test_a_full_spool_and_a_second_owner_are_said(spool):
    producer = Producer(NOWHERE, "/window-3", spool=spool, actor="official:a", limit=500)
    worked(producer, "petition:1", 1)
    worked(producer, "petition:1", 2)
    with pytest.raises(SpoolFull):
        worked(producer, "petition:1", 3)
    with pytest.raises(SpoolUnusable):
        Producer(NOWHERE, "/window-3", spool=spool)
    producer.close(timeout=0)


def test_a_topic_that_is_missing_is_waited_for_and_said(kafka_url, spool):
    producer = Producer(kafka_url, "/window-3", spool=spool, actor="official:a", topic="t-nobody-made-it")
    worked(producer, "petition:1", 1)
    until(lambda: producer.trouble)
    with pytest.raises(NotSent, match="1 actions wait"):
        producer.flush(0.1)
    producer.close(timeout=0)


ALL = {f"petition:{s}": [f"petition:{s}/{n}" for n in range(30)] for s in range(5)}


def walk(producer: Producer, steps: range) -> None:
    for n in steps:
        for subject in ALL:
            worked(producer, subject, n)


@pytest.mark.slow
def test_the_broker_is_away_at_the_start_and_killed_in_the_middle(broker, spool):
    """Given a broker that is away, when it comes, is killed and comes again, all is there and in order."""
    broker.stop()
    with Producer(broker.url, "/window-3", spool=spool, actor="official:a") as producer:
        walk(producer, range(10))
        assert producer.waiting == 50
        broker.start()
        walk(producer, range(10, 15))
        broker.kill()
        walk(producer, range(15, 25))
        broker.start()
        walk(producer, range(25, 30))
        producer.flush(PATIENCE)
        assert (producer.waiting, producer.trouble) == (0, "")
    assert first_seen(records(broker.url, "petition.actions")) == ALL


SERVICE = """
import sys
from danze_producer import Producer
AT = "2020-04-10T09:12:00+08:00"
producer = Producer(sys.argv[1], "/window-3", spool=sys.argv[2], actor="official:a", topic=sys.argv[3])
for n in range(int(sys.argv[4]), 30):
    for s in range(5):
        subject = f"petition:{s}"
        producer.emit("petition.worked.v1", subject, {"what": f"step {n}"}, time=AT, id=f"{subject}/{n}")
    print(n, flush=True)
producer.flush()
print("done", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.0, 0.05, 0.2])
def test_a_service_killed_at_any_moment_goes_on_where_its_spool_ends(kafka_url, topics, spool, moment):
    """Given kill -9 after some steps, when the service begins again with the step it had not finished, all is there."""

    def service(step: int) -> subprocess.Popen[str]:
        run = [sys.executable, "-c", SERVICE, kafka_url, str(spool), topics.actions, str(step)]
        return subprocess.Popen(run, env=LIBRARY, stdout=subprocess.PIPE, text=True)

    step = 0
    for stop_at in (4, 12, 20):
        with service(step) as process:
            assert process.stdout
            for line in process.stdout:
                step = int(line) + 1
                if step > stop_at:
                    break
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
    with service(step) as process:
        assert process.communicate(timeout=PATIENCE)[0].endswith("done\n")
    assert first_seen(records(kafka_url, topics.actions)) == ALL
