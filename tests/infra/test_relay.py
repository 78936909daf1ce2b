"""The relay publishes what the store has, in order and with its exact bytes, and leaves nothing out."""

import asyncio
import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from kafka import TopicPartition

from infra import relay as module
from infra.kafka.client import admin
from infra.kafka.partition import partition_of
from infra.kafka.publisher import Publisher
from infra.kafka.reader import TopicReader
from infra.kafka.same_log import Gone, gone
from infra.kafka.settings import KafkaSettings, Refused
from infra.kafka.topics import Topics
from infra.log.open import open_log
from infra.log.port import StoreError
from infra.relay import RELAYED, RELAYED_REFUSALS, Meter, Relay
from tests import servers
from tests.infra.kafka_reading import assert_nothing_is_missing, records
from tests.infra.samples import entries, rejection
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[2]
SUBJECTS = [f"petition:430400-2020-{n % 40:06}" for n in range(400)]
LAG = ("lag_events", "lag_seconds")
pytestmark = pytest.mark.kafka


@pytest.fixture
def log(store_url):
    opened = open_log(store_url)
    yield opened
    opened.close()


@pytest.fixture
def publisher(kafka_url):
    with Publisher(KafkaSettings((kafka_url,))) as made:
        yield made


def fill(log, subjects, *, chunk=1000):
    made = entries(subjects)
    after = log.head().position
    for first in range(after, len(made), chunk):
        after = log.append(made[first : first + chunk], [], after=after).position


class Running:
    """A relay in a thread, and what it said."""

    def __init__(self, log, settings, topics, patience=12):
        self.stop, self.said, self.meter = threading.Event(), [], Meter()
        self.log, self.topics = log, topics
        self.publisher = Publisher(settings, patience=patience, stop=self.stop)
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        Relay(self.log, self.publisher, self.topics, self.meter).run(self.stop, self.said.append)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(PATIENCE)
        self.publisher.close()
        assert not self.thread.is_alive()


def published_in(log, subjects):
    """Seconds until what is appended is on Kafka."""
    began = time.monotonic()
    fill(log, subjects)
    until(lambda: log.mark(RELAYED) == len(subjects))
    return time.monotonic() - began


def value(meter, name, **labels):
    return meter.registry.get_sample_value(name, labels)


def test_events_come_in_order_with_their_exact_bytes(log, kafka_url, topics):
    fill(log, SUBJECTS)
    with Running(log, KafkaSettings((kafka_url,)), topics) as relay:
        until(lambda: log.mark(RELAYED) == 400)
        until(lambda: value(relay.meter, "danze_relay_lag_events") == 0)
    found = records(kafka_url, topics.events)
    told = sorted(
        (int(h["position"]), r.key.decode(), int(h["version"]), h["type"].decode(), int(h["recorded"]), r.value)
        for batch in found.values()
        for r in batch
        for h in [dict(r.headers)]
    )
    assert told == [tuple(entry) for entry in log.read(0)]
    assert_nothing_is_missing(found, SUBJECTS)
    assert value(relay.meter, "danze_relay_records_total", topic=topics.events) == 400
    assert value(relay.meter, "danze_relay_position") == 400
    assert relay.said == ["publishing from position 1"]


def test_a_log_that_lost_its_end_is_not_published_behind_it(log, kafka_url, topics, publisher):
    """As after a restore: what the topic holds of the end, and what is recorded instead, bear the same positions."""
    gone = entries(SUBJECTS[:300])
    publisher.send((topics.events, e.subject.encode(), e.body, told_of(e, n)) for n, e in enumerate(gone, 1))
    fill(log, SUBJECTS[:200])
    relay = Relay(log, publisher, topics, Meter())
    with pytest.raises(Refused, match=r"partition \d+ holds event [23]\d\d, and the log ends at 200\. .*--anew"):
        relay.run(threading.Event(), print)
    log.append([e._replace(body=b"%d" % n) for n, e in enumerate(gone[200:])], [], after=200)
    with pytest.raises(Refused, match=r"partition \d+ holds another event [23]\d\d than the log"):
        relay.run(threading.Event(), print)
    assert log.mark(RELAYED) == 0
    assert log.claim(RELAYED) is not None, "it is let go"


def told_of(entry, position):
    told = {"position": position, "type": entry.type, "version": entry.version, "recorded": entry.recorded}
    return [(name, str(value).encode()) for name, value in told.items()]


def test_actions_that_are_gone_before_the_log_decided_are_told(log, kafka_url, topics, publisher):
    settings = KafkaSettings((kafka_url,))
    publisher.send((topics.actions, b"petition:A", b"%d" % number, []) for number in range(10))
    number = partition_of("petition:A", 12)
    log.set_mark(f"{topics.queue(settings)} {number}", 3)
    assert gone(log, settings, topics) == []
    with admin(settings) as client:
        client.delete_records({TopicPartition(topics.actions, number): 5})
    assert gone(log, settings, topics) == [Gone(number, 3, 5)]
    log.set_mark(f"{topics.queue(settings)} {number}", 5)
    assert gone(log, settings, topics) == []


def test_what_is_appended_later_is_seen_at_once(log, kafka_url, topics):
    with Running(log, KafkaSettings((kafka_url,)), topics):
        more = count(100)
        until(lambda: published_in(log, SUBJECTS[: next(more)]) < 1)  # the machine may be busy now and then


def test_it_goes_on_from_its_mark(log, kafka_url, topics, publisher):
    fill(log, SUBJECTS[:300])
    log.set_mark(RELAYED, 200)
    relay = Relay(log, publisher, topics, Meter())
    relay._wait_for_claim(threading.Event(), print, lambda: None)
    assert relay.step()
    assert log.mark(RELAYED) == 300
    found = records(kafka_url, topics.events)
    assert sum(map(len, found.values())) == 100
    assert not relay.step()
    relay._let_go()


def test_a_mark_never_goes_backwards(log):
    assert log.mark("relay") == 0
    log.set_mark("relay", 12)
    log.set_mark("relay", 9)
    log.set_mark("other", 100)
    assert (log.mark("relay"), log.mark("other")) == (12, 100)
    log.set_mark("relay", 120)
    assert log.mark("relay") == 120


def test_a_refused_action_is_published_with_its_reason(log, kafka_url, topics):
    log.append([], [rejection(1), rejection(2, code="bad-value"), rejection(1)], after=0)
    with Running(log, KafkaSettings((kafka_url,)), topics):
        until(lambda: log.mark(RELAYED_REFUSALS) == 2)
    ((one, two),) = records(kafka_url, topics.rejected).values()
    assert (one.key, json.loads(one.value)) == (
        b"petition:A",
        {"data": {}, "rejection": {"code": "unknown-field", "message": "no such field", "path": "data.colour"}},
    )
    assert [(name, text) for name, text in two.headers if name != "recorded"] == [
        ("number", b"2"),
        ("code", b"bad-value"),
    ]


def test_a_refused_mountain_does_not_block_the_way(log, kafka_url, topics):
    body = json.dumps({"id": "m1", "source": "/s", "sealed": {"key": "rejected", "sealed": "A" * (5 << 20)}}).encode()
    log.append([], [rejection(1)._replace(body=body), rejection(2)], after=0)
    with Running(log, KafkaSettings((kafka_url,)), topics):
        until(lambda: log.mark(RELAYED_REFUSALS) == 2)
    ((mountain, _),) = records(kafka_url, topics.rejected).values()
    told = json.loads(mountain.value)
    assert told.pop("rejection")["code"] == "unknown-field"
    assert told == {"id": "m1", "source": "/s", "kept": 1}


def test_an_event_that_is_too_large_stops_it_and_nothing_is_skipped(log, kafka_url, topics, publisher):
    made = entries(SUBJECTS[:3])
    made[1] = made[1]._replace(body=b"x" * (5 << 20))
    log.append(made, [], after=0)
    relay = Relay(log, publisher, topics, Meter())
    sentence = r"a record of petition:430400-2020-000001 \(position 2\) has 5,24.,... bytes, but the topic"
    with pytest.raises(Refused, match=sentence):
        relay.run(threading.Event(), print)
    assert log.mark(RELAYED) == 0
    assert records(kafka_url, topics.events) == {}


def test_a_topic_that_is_missing_is_named(log, kafka_url, publisher):
    fill(log, SUBJECTS[:1])
    with pytest.raises(Refused, match=r"there is no topic nowhere\.petition\.events at .* `danze topics` makes"):
        Relay(log, publisher, Topics("nowhere."), Meter()).run(threading.Event(), print)


def test_the_second_relay_stands_by_and_takes_over(store_url, log, kafka_url, topics):
    settings, other = KafkaSettings((kafka_url,)), open_log(store_url)
    with Running(other, settings, topics) as at_work:
        until(lambda: value(at_work.meter, "danze_relay_active") == 1)
        with Running(log, settings, topics) as standing_by:
            until(lambda: standing_by.said == ["another relay is at work on this store; standing by"])
            fill(log, SUBJECTS[:100])
            until(lambda: log.mark(RELAYED) == 100)
            assert value(standing_by.meter, "danze_relay_active") == 0
            at_work.stop.set()
            at_work.thread.join()
            fill(log, SUBJECTS[:200])
            until(lambda: log.mark(RELAYED) == 200)
            assert standing_by.said[1:] == ["publishing from position 101"]
    other.close()
    found = records(kafka_url, topics.events)
    assert_nothing_is_missing(found, SUBJECTS[:200])
    assert sum(map(len, found.values())) == 200


def test_two_relays_at_once_only_repeat(log, kafka_url, topics, publisher, monkeypatch):
    """As if the lock that keeps the second away were lost."""
    monkeypatch.setattr(module, "BATCH", 70)
    fill(log, SUBJECTS)
    with Publisher(KafkaSettings((kafka_url,))) as second:
        both = [Relay(log, each, topics, Meter()) for each in (publisher, second)]
        both[0].step()
        both[1]._position = log.mark(RELAYED)
        for each in (1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0):
            both[each].step()
    assert log.mark(RELAYED) == 400
    found = records(kafka_url, topics.events)
    assert sum(map(len, found.values())) > 400
    assert_nothing_is_missing(found, SUBJECTS)


@pytest.mark.slow
def test_a_relay_killed_in_the_middle_leaves_nothing_out(store_url, log, kafka_url, topics):
    subjects = [f"petition:430400-2020-{n % 500:06}" for n in range(20_000)]
    fill(log, subjects)
    while (before := log.mark(RELAYED)) < len(subjects):
        process = relay_process(store_url, kafka_url, topics)
        until(lambda before=before: log.mark(RELAYED) > before)
        process.kill()
        process.wait()
    found = records(kafka_url, topics.events)
    assert_nothing_is_missing(found, subjects)


def test_a_relay_that_is_asked_to_end_does_so_in_order(store_url, log, kafka_url, topics):
    fill(log, SUBJECTS)
    process = relay_process(store_url, kafka_url, topics)
    until(lambda: log.mark(RELAYED) == 400)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read().splitlines()[-1] == "danze relay: ended"


def test_wrong_settings_end_it_with_one_sentence(store_url, log, kafka_url, topics):
    process = relay_process(store_url, "somewhere:port", topics)
    assert (process.wait(PATIENCE), process.stderr.read()) == (2, "danze: --kafka 'somewhere:port' is no HOST:PORT\n")
    process = relay_process(store_url, kafka_url, topics, DANZE_KAFKA_SECURITY="sasl_plaintext")
    sentence = "danze: DANZE_KAFKA_SECURITY=sasl_plaintext needs DANZE_KAFKA_USER and DANZE_KAFKA_PASSWORD_FILE\n"
    assert (process.wait(PATIENCE), process.stderr.read()) == (2, sentence)


def relay_process(store_url, kafka_url, topics, **environment):
    command = [sys.executable, "-m", "cli", "relay", "--store", store_url, "--kafka", kafka_url]
    return subprocess.Popen(
        [*command, "--topics", topics.prefix],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", **environment},
    )


def test_a_broker_that_is_not_there_is_said_once_and_waited_for(log, topics):
    fill(log, SUBJECTS[:1])
    with Running(log, KafkaSettings((f"127.0.0.1:{servers.free_port()}",)), topics) as relay:
        until(lambda: (value(relay.meter, "danze_relay_errors_total", at="kafka") or 0) >= 3)
        (said,) = relay.said
        assert said.startswith("no Kafka broker to be reached (127.0.0.1:")
        assert said.endswith("Connection refused); trying again until it works")


@pytest.mark.slow
def test_a_broker_killed_during_load_costs_nothing(log, tmp_path):
    subjects = [f"petition:430400-2020-{n % 500:06}" for n in range(20_000)]
    with servers.own_broker(tmp_path / "kafka") as broker:
        settings, topics = KafkaSettings((broker.url,)), Topics("killed.")
        topics.create(settings)
        with Running(log, settings, topics, patience=3) as relay:
            fill(log, subjects[:8_000])
            until(lambda: log.mark(RELAYED) > 0)
            before = len(relay.said)  # a slow machine may have made it wait by then
            broker.kill()
            fill(log, subjects)
            until(lambda: any(each.endswith("trying again until it works") for each in relay.said[before:]))
            broker.start()
            until(lambda: log.mark(RELAYED) == len(subjects))
            until(lambda: relay.said[-1] == "works again", lambda: relay.said)
        assert_nothing_is_missing(records(broker.url, topics.events), subjects)


def test_who_watches_is_told_what_waits_while_no_broker_is_there(log):
    fill(log, SUBJECTS[:3])
    with Running(log, KafkaSettings((f"127.0.0.1:{servers.free_port()}",)), Topics("t-none-"), patience=1) as running:
        until(lambda: running.meter.errors.labels("kafka")._value.get() > 0, lambda: running.said)
        told = {name: running.meter.registry.get_sample_value(f"danze_relay_{name}") for name in LAG}
    (first, *_) = log.read(0, limit=1)
    assert told["lag_events"] == 3.0
    assert 0 < told["lag_seconds"] <= time.time() - first.recorded / 1e6


def test_what_is_no_event_in_the_topic_is_told_and_stops_nobody(log, kafka_url, topics, publisher, caplog):
    """Somebody else writes to it: a header without a value, no key, no value, bytes that are no text, a mountain."""
    fill(log, SUBJECTS[:3])
    first, *_ = log.read(0)
    headers = [("position", b"1"), ("type", b"petition.registered.v1"), ("version", b"1"), ("recorded", b"1")]
    settings, key, wrong = KafkaSettings((kafka_url,)), first.subject.encode(), dict(headers)
    foreign = [
        (key, first.body, list({**wrong, "position": None}.items())), (None, first.body, headers), (key, None, headers),
        (b"\xff", first.body, headers), (key, first.body, list({**wrong, "type": None}.items())),
        (key, first.body, list({**wrong, "type": b"\xff"}.items())),
        (key, first.body, list({**wrong, "position": b"9" * 5_000}.items())), (key, first.body, []),
    ]  # fmt: skip

    async def sends():
        async with AIOKafkaProducer(bootstrap_servers=kafka_url) as producer:
            for bytes_of_key, body, told in foreign:
                await producer.send_and_wait(topics.events, body, bytes_of_key, partition=0, headers=told)

    asyncio.run(sends())
    with Running(log, settings, topics) as relay:
        until(lambda: log.mark(RELAYED) == 3, lambda: relay.said)
    assert relay.said == ["publishing from position 1"]
    assert [entry for chunk in TopicReader(settings, topics.events).chunks(3) for entry in chunk] == log.read(0)
    assert f"{topics.events}, partition 0, offset 0: a record that is no event" in caplog.text


class Troubled(Relay):
    """What its steps run into, one after the other; then it publishes."""

    troubles: list[Exception]

    def step(self):
        if self.troubles:
            raise self.troubles.pop(0)
        return super().step()


def test_each_reason_is_said_once_and_a_full_disk_ends_nobody(log, kafka_url, topics, publisher, monkeypatch):
    monkeypatch.setattr(module, "PAUSES", (0.01,))
    fill(log, SUBJECTS[:3])
    relay, stop, said = Troubled(log, publisher, topics, Meter()), threading.Event(), []
    full = OSError(errno.ENOSPC, "No space left on device", "/claim")
    relay.troubles = [StoreError("refused (1)"), StoreError("refused (2)"), StoreError("wrong password"), full, full]
    thread = threading.Thread(target=relay.run, args=(stop, said.append))
    thread.start()
    until(lambda: log.mark(RELAYED) == 3 and "works again" in said, lambda: said)
    stop.set()
    thread.join(PATIENCE)
    assert [each.partition(";")[0] for each in said] == [
        "publishing from position 1", "refused (1)", "wrong password",
        "[Errno 28] No space left on device: '/claim'", "works again",
    ]  # fmt: skip
