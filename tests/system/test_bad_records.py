"""Bad input on Kafka: what an operator sees of it, and that all else goes its way."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from kafka import KafkaProducer

from infra.kafka.partition import partition_of
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests.infra.kafka_reading import records
from tests.patience import PATIENCE, until
from tests.system.command import Danze, action, city, ndjson, registered
from tests.system.engine import Engine, made, send

PARTITIONS = 3
MEGA = 1 << 20
pytestmark = [pytest.mark.kafka, pytest.mark.postgres]


@pytest.fixture
def topics(kafka_url: str) -> Iterator[Topics]:
    topics = Topics(f"t-{uuid4().hex[:12]}.")
    made(kafka_url, topics, actions=PARTITIONS, events=PARTITIONS)
    yield topics
    topics.delete(KafkaSettings((kafka_url,)))


@pytest.fixture
def engine(kafka_url, topics, postgres_store_url, tmp_path, monkeypatch):
    """Intake and relay at work, the units known."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    with Engine(Danze(postgres_store_url), kafka_url, topics, tmp_path) as engine, engine.system():
        engine.start("intake")
        engine.start("relay")
        send(kafka_url, topics, ndjson(city()).splitlines())
        engine.recorded(3)
        yield engine


def publish(kafka_url, topic, *given, partition=None):
    """Records with (key, value, *headers) as nobody should send them, in turn to each partition."""
    producer = KafkaProducer(bootstrap_servers=kafka_url, max_request_size=4 * MEGA)
    sent = [
        producer.send(topic, value, key, headers, number % PARTITIONS if partition is None else partition)
        for number, (key, value, *headers) in enumerate(given)
    ]
    for each in sent:
        each.get(timeout=PATIENCE)
    producer.close()


def line(told):
    return json.dumps(told, ensure_ascii=False).encode()


def test_each_bad_action_is_refused_with_its_reason_and_the_good_ones_are_taken(engine, kafka_url, topics):
    publish(
        kafka_url, topics.actions,
        (b"petition:P-1", b"\xff\xfe\x00\x01"),
        (b"petition:P-1", b'{"specversion": "1.0", '),
        (b"petition:P-1", None),
        (b"petition:P-1", line(registered(1, colour="red"))),
        (b"petition:P-1", line(registered(1, persons="three"))),
        (None, line(registered(1))),
        (b"petition:P-9", line(registered(3))),
        (b"petition:P-1", line(registered(1, personal={"name": "周" * MEGA}))),
    )  # fmt: skip
    send(kafka_url, topics, [line(registered(2))])
    engine.recorded(4)
    with engine.system() as system:
        until(lambda: len(system.log.rejected()) == 8, system.log.rejected)
        found = sorted((each.path, each.message) for _, each, _ in system.log.rejected())
    no_action = "not an action in JSON (UTF-8)"
    no_order = "the order per item would not hold"
    assert found == [
        ("$", f"{no_action}: Input data was truncated"),
        ("$", f"{no_action}: Input data was truncated"),
        ("$", f"{no_action}: JSON is malformed: invalid character (byte 0)"),
        ("$", "the action has 3,146,131 bytes; at most 1,048,576 are taken"),
        ("$.data.colour", "Object contains unknown field `colour`"),
        ("$.data.persons", "Expected `int`, got `str`"),
        ("$.key", f"the record has no key; it must be the subject 'petition:P-1', or {no_order}"),
        ("$.key", f"the record's key 'petition:P-9' is not its subject 'petition:P-3': {no_order}"),
    ]
    until(lambda: sum(map(len, records(kafka_url, topics.rejected, PARTITIONS).values())) == 8, engine.all_said)
    assert "Traceback" not in engine.all_said()


def test_a_mountain_does_not_get_as_far_as_kafka(engine, kafka_url, topics, tmp_path):
    five = registered(1, personal={"name": "周小华", "text": "冤" * (5 * MEGA // 3)})
    to = ("--kafka", kafka_url, "--topics", topics.prefix)
    said = engine.danze("emit", "-", *to, "--json", "--rejected", tmp_path / "rejected", sent=ndjson([five]))
    assert (said.code, said.json) == (1, {"sent": 0, "rejected": 1})
    assert "at most 1,048,576 are taken" in (tmp_path / "rejected").read_text(encoding="utf-8")


def test_what_is_no_event_is_laid_aside_with_an_alarm_and_its_partition_goes_on(engine, kafka_url, topics):
    engine.start("project")
    engine.read()
    place, kind = ("position", b"999"), ("type", b"petition.registered.v1")
    publish(
        kafka_url, topics.events,
        (b"petition:P-1", b"\xff\xfe"),
        (b"petition:P-1", b"\xff\xfe", place, kind),
        (b"petition:P-1", line(registered(1)), place, kind),
        (None, line(registered(1)), place, kind),
    )  # fmt: skip
    send(kafka_url, topics, [line(registered(number)) for number in range(9)])
    engine.recorded(12)
    engine.read()
    letters = [letter for some in records(kafka_url, topics.dead, PARTITIONS).values() for letter in some]
    assert len(letters) == 4
    assert {dict(letter.headers)["danze-topic"].decode() for letter in letters} == {topics.events}
    assert engine.said("project").count(f"ERROR danze.dead_letters: dead letter: {topics.events}, partition ") == 4
    with engine.system() as system:
        assert set(system.projector.replay().differences.values()) == {0}


def test_events_out_of_order_are_laid_aside_and_a_replay_mends_it(engine, kafka_url, topics):
    """Somebody else wrote into the topic while the relay was away: the log is the truth."""
    engine.stop("relay")
    told = [registered(1), action("W-1", "petition.worked", "petition:P-1", "2020-04-11T09:00:00+08:00", {"what": "?"})]
    send(kafka_url, topics, map(line, told))
    engine.recorded(5)
    with engine.system() as system:
        _, worked = system.log.stream("petition:P-1")
    headers = (("position", b"%d" % worked.position), ("type", worked.type.encode()))
    place = partition_of("petition:P-1", PARTITIONS)
    publish(kafka_url, topics.events, (b"petition:P-1", worked.body, *headers), partition=place)
    engine.start("project")
    until(lambda: "came before the one before it" in engine.said("project"), engine.all_said)
    engine.start("relay")
    engine.read()
    assert [engine.danze("replay").code for _ in range(2)] == [1, 0]
    with engine.system() as system:
        assert system.answers.case("P-1")["no"] == "P-1"


def test_past_the_cap_the_worker_ends_with_one_sentence_and_goes_on_with_a_higher_one(engine, kafka_url, topics):
    engine.start("project", "--dead-letter-cap", "1")
    engine.read()
    publish(kafka_url, topics.events, *[(b"?", b"?")] * 2 * PARTITIONS)
    assert engine.workers["project"].wait(PATIENCE) == 2
    last = engine.said("project").splitlines()[-1]
    assert last.startswith(f"danze: {topics.events}, partition ")
    assert last.endswith("then go on with a higher --dead-letter-cap")
    engine.start("project", "--dead-letter-cap", "100")
    send(kafka_url, topics, [line(registered(1))])
    engine.recorded(4)
    engine.read()


@pytest.mark.parametrize("verb", ["intake", "project"])
def test_a_missing_topic_ends_it_with_one_sentence(engine, kafka_url, verb):
    with engine.danze.start(verb, "--kafka", kafka_url, "--topics", "t-nobody-made.") as process:
        said = process.communicate(timeout=PATIENCE)[1].decode()
    assert process.returncode == 2
    assert said.splitlines()[-1].startswith("danze: there is no topic t-nobody-made.petition.")
    assert "`danze topics` makes those missing" in said


def test_a_store_that_is_slow_only_delays(engine, kafka_url, topics):
    engine.start("project")
    with engine.system() as system, system.log.turn():
        send(kafka_url, topics, [line(registered(number)) for number in range(50)])
        time.sleep(3)
    engine.recorded(53)
    engine.read()
    assert "trying again" not in engine.all_said()
