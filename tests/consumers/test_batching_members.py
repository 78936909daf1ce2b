"""The batching transport when members come, go, hang and are killed."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from contextlib import AsyncExitStack, contextmanager
from itertools import count, pairwise

import pytest
from kafka import KafkaProducer

from infra.kafka.client import admin
from infra.kafka.settings import KafkaSettings
from tests import servers
from tests.consumers.members import Seen, committed, member, publish, until
from tests.patience import PATIENCE
from tests.patience import until as until_there

pytestmark = pytest.mark.kafka
PARTITIONS = 6


@contextmanager
def load(kafka_url, topic):
    """Sends some thousand records a second to all partitions until the block ends; yields what was sent so far."""
    sent, ended = defaultdict(list), threading.Event()

    def send():
        producer = KafkaProducer(bootstrap_servers=kafka_url)
        for number in count():
            value = b"%d" % number
            producer.send(topic, value, partition=number % PARTITIONS)
            sent[number % PARTITIONS].append(value)
            if number % 100 == 99 and ended.wait(0.02):
                break
        producer.close()

    sending = threading.Thread(target=send)
    sending.start()
    try:
        yield sent
    finally:
        ended.set()
        sending.join()


class Store:
    """A processor's own store: values in order, and where to read on. It takes nothing that leaves something out."""

    def __init__(self):
        self.values = defaultdict(list)
        self.stale = 0

    async def offsets(self, partitions):
        await asyncio.sleep(0.05)
        return {partition: len(self.values[partition]) for partition in partitions}

    def take(self, batch):
        if not batch.current:
            self.stale += 1
            return
        there = self.values[batch.partition]
        assert batch.first_offset <= len(there), "something was left out"
        there += [record.value for record in batch.records if record.offset >= len(there)]


async def coming_and_going(join, *, seconds, enough=lambda: True):
    """One member stays, two others come and go: for so many seconds, and on a slow machine on until it is enough."""
    async with AsyncExitStack() as stays:
        await stays.enter_async_context(join())
        began = time.monotonic()
        while (lasts := time.monotonic() - began) < seconds or (lasts < PATIENCE and not enough()):
            async with join():
                await asyncio.sleep(0.3)
                async with join():
                    await asyncio.sleep(0.3)


def test_members_come_and_go_under_load_and_nothing_is_lost_or_doubled(kafka_url, new_topic):
    topic = new_topic(PARTITIONS)
    store, turns = Store(), count()

    async def work(batches):
        await asyncio.sleep(0.4 if next(turns) % 9 == 8 else 0.01)  # now and then longer than it may take to end
        for batch in batches:
            store.take(batch)

    def join():
        return member(
            kafka_url, topic, work, group=topic, starting_offsets=store.offsets, finish_seconds=0.1, poll_records=300
        )

    async def story():
        with load(kafka_url, topic) as sent:
            await coming_and_going(join, seconds=8, enough=lambda: store.stale)
        async with join():
            await until(lambda: store.values == sent)

    asyncio.run(story())
    assert store.stale > 0


def test_members_that_rely_on_kafkas_marks_lose_nothing_either(kafka_url, new_topic, monkeypatch):
    monkeypatch.setattr("consumers.batch_thread.BROKER_SECONDS", 30)
    topic = new_topic(PARTITIONS)
    seen = defaultdict(list)

    async def work(batches):
        await asyncio.sleep(0.01)
        for batch in batches:
            seen[batch.partition] += [(record.offset, record.value) for record in batch.records]

    def join():  # a busy machine takes its time, and no batch is given up for that
        return member(kafka_url, topic, work, group=topic, poll_records=300, finish_seconds=30)

    async def story():
        with load(kafka_url, topic) as sent:
            await coming_and_going(join, seconds=6)
        async with join():
            await until(lambda: all(len(set(seen[n])) == len(sent[n]) for n in range(PARTITIONS)))
        return sent

    sent = asyncio.run(story())
    for partition in range(PARTITIONS):
        assert [value for _, value in sorted(set(seen[partition]))] == sent[partition]
        assert len(seen[partition]) == len(sent[partition])  # all batches ended in time, so all were committed
        assert committed(kafka_url, topic, topic, partition) == len(sent[partition])


def test_hooks_and_work_never_overlap_while_the_partition_is_ours(kafka_url, new_topic):
    topic = new_topic(PARTITIONS)
    told = defaultdict(list)

    def join(name):
        async def offsets(partitions):
            told[name].append("asked")
            await asyncio.sleep(0.1)
            told[name].append("answered")
            return {}

        async def assigned(partitions):
            told[name].append("assigned")

        async def revoked(partitions):
            told[name].append("revoked")

        async def work(batches):
            told[name].append("work begins")
            await asyncio.sleep(0.05)
            told[name].append("work ends")

        return member(kafka_url, topic, work, group=topic, starting_offsets=offsets, assigned=assigned, revoked=revoked)

    async def story():
        with load(kafka_url, topic):
            async with join("first"):
                await until(lambda: told["first"].count("work ends") > 2)
                async with join("second"):
                    await until(lambda: told["second"].count("work ends") > 2)
                await until(lambda: told["first"].count("assigned") >= 3)

    asyncio.run(story())
    follows = {
        "asked": {"answered"},
        "answered": {"assigned"},
        "assigned": {"work begins", "revoked"},
        "work begins": {"work ends"},
        "work ends": {"work begins", "revoked"},
        "revoked": {"asked"},
    }
    for story_of_one in told.values():
        assert story_of_one[0] == "asked"
        assert all(b in follows[a] for a, b in pairwise(story_of_one))


@pytest.mark.slow
def test_work_in_a_thread_may_take_longer_than_the_session(kafka_url, new_topic):
    topic = new_topic()
    publish(kafka_url, topic, [b"1", b"2"])
    seen, revoked = Seen(), []

    async def work(batches):
        await asyncio.to_thread(time.sleep, 12)
        await seen(batches)

    async def told(partitions):
        revoked.append(partitions)

    async def story():
        async with member(kafka_url, topic, work, group=topic, session_seconds=10, revoked=told):
            await until(lambda: len(seen) == 2)
            assert all(batch.current for batch in seen.batches)

    asyncio.run(story())
    assert not revoked


@pytest.mark.slow
def test_a_killed_members_partitions_are_read_on_by_the_others(kafka_url, new_topic, tmp_path):
    topic = new_topic(PARTITIONS)
    with load(kafka_url, topic) as sent:
        victim = worker(kafka_url, topic, tmp_path / "victim")
        until_written(tmp_path / "victim")
        other = worker(kafka_url, topic, tmp_path / "other")
        until_written(tmp_path / "other")
        time.sleep(0.5)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        time.sleep(2)

    def found():
        lines = (tmp_path / "victim").read_text().splitlines() + (tmp_path / "other").read_text().splitlines()
        return {tuple(line.split()) for line in lines if line.count(" ") == 1}

    wanted = {(str(partition), value.decode()) for partition, values in sent.items() for value in values}
    until_there(lambda: wanted <= found(), lambda: len(wanted - found()))
    other.terminate()
    assert other.wait(PATIENCE) == 0
    assert [committed(kafka_url, topic, topic, n) for n in range(PARTITIONS)] == [
        len(sent[n]) for n in range(PARTITIONS)
    ]


def test_a_worker_waits_for_the_broker_and_says_so_in_one_sentence(tmp_path):
    process = worker("127.0.0.1:1", "events", tmp_path / "out", stderr=subprocess.PIPE)
    first = process.stderr.readline()
    process.terminate()
    process.communicate(timeout=PATIENCE)
    assert first.startswith("WARNING danze.workers: no Kafka broker to be reached at 127.0.0.1:1 (")
    assert process.returncode == 0


def test_a_worker_waits_for_its_topic_and_says_so(kafka_url, tmp_path):
    process = worker(kafka_url, "t-none", tmp_path / "out", stderr=subprocess.PIPE)
    first = process.stderr.readline()
    time.sleep(2.5)  # it is asked again meanwhile
    process.send_signal(signal.SIGINT)
    said = [first.rstrip(), *process.communicate(timeout=PATIENCE)[1].splitlines()]
    assert said == [f"WARNING danze.workers: there is no topic t-none at {kafka_url}; trying again until it works"]
    assert process.returncode == 0


@pytest.mark.parametrize("busy", [pytest.param(0, id="at once"), pytest.param(1, id="after its thread")])
def test_a_worker_whose_work_fails_ends_with_what_it_raised(kafka_url, new_topic, tmp_path, busy):
    topic = new_topic()
    publish(kafka_url, topic, [b"poison"])
    process = worker(kafka_url, topic, tmp_path / "out", 45, busy, stderr=subprocess.PIPE)
    said = process.communicate(timeout=PATIENCE)[1]
    assert said.count("Traceback") == 1
    assert said.splitlines()[-1] == "ValueError: poison"
    assert process.returncode == 1
    assert committed(kafka_url, topic, topic) is None


@pytest.fixture
def broker(tmp_path):
    """One that a test may kill, with a topic `events`."""
    with servers.own_broker(tmp_path / "broker", servers.free_port()) as made:
        with admin(KafkaSettings((made.url,))) as client:
            client.create_topics({"events": {"num_partitions": 1, "replication_factor": 1}})
            client.wait_for_topics(["events"])
        yield made


def test_a_worker_that_is_stopped_while_its_broker_is_dead_stops_soon_and_without_a_traceback(broker, tmp_path):
    told, silent = tmp_path / "said", "offsets were not committed: Kafka does not answer"
    with told.open("w") as errors:
        process = worker(broker.url, "events", tmp_path / "out", stderr=errors)
    publish(broker.url, "events", [b"a record whose offset is not committed any more"])
    until_written(tmp_path / "out")
    broker.kill()
    time.sleep(1)
    before = told.read_text().count(silent)
    process.terminate()
    code, said = process.wait(PATIENCE), told.read_text()
    assert ("Traceback" in said, code) == (False, 0), said
    assert said.count(silent) - before <= 2  # each was waited for, 5 s


def test_a_worker_that_is_stopped_while_its_broker_hangs_does_not_wait_for_the_group(broker, tmp_path):
    """Everything is acknowledged by the kernel, and nothing answered: requests would time out after 20 s."""
    process = worker(broker.url, "events", tmp_path / "out", stderr=subprocess.PIPE)
    publish(broker.url, "events", [b"a record"])
    until_written(tmp_path / "out")
    os.kill(broker._process.pid, signal.SIGSTOP)
    time.sleep(3)  # a heartbeat is on its way
    process.terminate()
    said = process.communicate(timeout=PATIENCE)[1]
    assert ("Traceback" in said, "RequestTimedOut" in said, process.returncode) == (False, False, 0), said


def test_a_worker_whose_store_never_answers_ends_all_the_same(kafka_url, new_topic, tmp_path):
    topic = new_topic()
    process = worker(kafka_url, topic, tmp_path / "out", 3, stderr=subprocess.PIPE)
    publish(kafka_url, topic, [b"stuck"])
    until_there((tmp_path / "out.stuck").exists)
    process.terminate()
    said = process.communicate(timeout=PATIENCE)[1]
    assert (process.returncode, "did not end within 3 s" in said) == (1, True), said


def test_a_worker_whose_work_fails_and_whose_store_never_answers_says_what_failed(kafka_url, new_topic, tmp_path):
    topic = new_topic()
    publish(kafka_url, topic, [b"poison, and stuck"])
    process = worker(kafka_url, topic, tmp_path / "out", 3, stderr=subprocess.PIPE)
    said = process.communicate(timeout=PATIENCE)[1]
    sentence = f"ERROR danze.workers: {topic} did not end within 3 s after ValueError: poison; what it had in hand is"
    assert (process.returncode, said.count(sentence), said.count("Traceback")) == (1, 1, 1), said


def worker(kafka_url, topic, out, *more, **options):
    """A member in a process of its own, which writes down what it is given."""
    command = [sys.executable, "-m", "tests.consumers.worker", kafka_url, topic, str(out), *map(str, more)]
    return subprocess.Popen(command, text=True, env={**os.environ, "PYTHONPATH": "."}, **options)


def until_written(path):
    until_there(lambda: path.exists() and path.stat().st_size)
