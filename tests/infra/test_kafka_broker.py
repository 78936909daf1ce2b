"""The local broker keeps what it was given, dies with its parent, and says what it lacks; partitions are Java's."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path

import pytest
from kafka import KafkaProducer

from infra.kafka.broker import LocalBroker, User
from infra.kafka.client import admin
from infra.kafka.jars import BrokerError, jars, version
from infra.kafka.partition import murmur2, partition_of
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings, Unreachable
from infra.kafka.topics import Topics
from tests import servers
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """A broker that the tests of this module may kill."""
    with servers.own_broker(tmp_path_factory.mktemp("kafka"), sasl=User("danze", "correct horse")) as made:
        yield made


@pytest.mark.kafka
def test_what_was_acknowledged_is_there_after_kill_9(standing):
    settings = KafkaSettings((standing.url,))
    topics = Topics("kept.")
    topics.create(settings)
    producer = KafkaProducer(**settings.client())
    producer.send(topics.events, b"first", key=b"petition:A").get(timeout=PATIENCE)
    producer.close()
    standing.kill()
    with pytest.raises(Unreachable, match=r"no Kafka broker to be reached \(127.0.0.1:\d+: Connection refused\)"):
        topics.check(settings)
    standing.start()
    producer = KafkaProducer(**settings.client())
    second = producer.send(topics.events, b"second", key=b"petition:A").get(timeout=PATIENCE)
    producer.close()
    assert second.offset == 1
    assert topics.create(settings) == []


@pytest.mark.kafka
def test_only_the_right_password_opens_the_second_listener(standing):
    right = KafkaSettings((standing.sasl_url,), "sasl_plaintext", "PLAIN", "danze", "correct horse")
    with admin(right) as client:
        assert len(client.describe_cluster()["brokers"]) == 1
    wrong = KafkaSettings((standing.sasl_url,), "sasl_plaintext", "PLAIN", "danze", "battery staple")
    with pytest.raises(Unreachable, match="does not let the user danze in with PLAIN") as caught, admin(wrong):
        pass
    with Publisher(wrong) as publisher, pytest.raises(Unreachable, match="does not let the user danze in with PLAIN"):
        publisher.send([("petition.events", b"petition:A", b"{}", [])])
    assert "battery" not in f"{caught.value} {wrong!r}"


@pytest.mark.kafka
def test_a_broker_dies_with_the_process_that_started_it(standing, tmp_path):
    code = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
from fcntl import LOCK_EX, LOCK_UN, flock
from pathlib import Path
from infra.kafka.broker import LocalBroker
broker = LocalBroker(Path(sys.argv[1]))
broker.start()
print(broker._process.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    until(lambda: not _alive(child))


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.kafka
def test_a_port_that_is_taken_is_named(standing, tmp_path):
    with pytest.raises(BrokerError, match=f"127.0.0.1:{standing.port} is taken by another program"):
        LocalBroker(tmp_path, standing.port).start()


def test_a_machine_without_java_or_maven_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerError, match=r"there is no java: .* Java 17 or newer"):
        LocalBroker(tmp_path).start()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(BrokerError, match=r"there is no mvn: .* Maven"):
        jars()


def test_of_two_that_lack_the_jars_the_second_waits_for_the_first(monkeypatch, tmp_path):
    """A Maven of the second's own would fail here."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "mvn").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "mvn").chmod(0o755)
    folder = tmp_path / "danze" / f"kafka-{version()}"
    folder.parent.mkdir()
    with ThreadPoolExecutor(1) as second, folder.with_name(f"{folder.name}.lock").open("w") as first:
        flock(first, LOCK_EX)
        found = second.submit(jars)
        folder.mkdir()
        flock(first, LOCK_UN)
        assert found.result() == folder


def test_the_hash_is_the_one_of_kafkas_own_tests():
    """The vectors of org.apache.kafka.common.utils.UtilsTest.testMurmur2, as signed numbers of Java."""
    known = {
        b"21": -973932308,
        b"foobar": -790332482,
        b"a-little-bit-long-string": -985981536,
        b"a-little-bit-longer-string": -1486304829,
        b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
        b"abc": 479470107,
    }
    assert {data: murmur2(data) - (murmur2(data) >> 31 << 32) for data in known} == known


@pytest.mark.kafka
@pytest.mark.parametrize("name", ["rejected", "findings", "events"])
def test_topics_made_again_after_a_kill_in_between_have_as_many_partitions(kafka_url, monkeypatch, name):
    settings, topics = KafkaSettings.parse(kafka_url, {}), Topics(f"killed-{name}.")
    topics.create(settings, partitions=5)
    before, create = topics.partitions(settings), Topics.create

    def killed(*given, only, **more):
        if only == getattr(topics, name):
            raise KeyboardInterrupt
        return create(*given, only=only, **more)

    with monkeypatch.context() as patched:
        patched.setattr(Topics, "create", killed)
        with pytest.raises(KeyboardInterrupt):
            topics.again(settings, 12)
    assert len(topics.partitions(settings)) == len(before) - 1
    topics.again(settings, 12)
    assert topics.partitions(settings) == before
    topics.delete(settings)


@pytest.mark.kafka
def test_a_producer_chooses_the_partition_that_we_do(kafka_url, topics):
    producer = KafkaProducer(bootstrap_servers=kafka_url)
    subjects = [f"petition:4304{n % 13:02}-2020-{n:06}" for n in range(100)] + ["unit:430400-xfj", "person:某某"]
    sent = [producer.send(topics.events, b"x", key=subject.encode()) for subject in subjects]
    assert [each.get(timeout=PATIENCE).partition for each in sent] == [
        partition_of(subject, 12) for subject in subjects
    ]
    producer.close()
