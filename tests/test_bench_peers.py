"""The contestants of benchmarks/distributed.py read every event; Kafka Streams in Java counts what danze counts."""

import shutil

import pytest

from benchmarks.distributed import COUNTED, JAVA, Contest, java, published, same
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics

pytestmark = pytest.mark.kafka


@pytest.mark.postgres
@pytest.mark.slow
def test_danze_folds_every_event_with_its_writes_and_without(
    kafka_url: str, topics: Topics, postgres_store_url: str, tmp_path
):
    events, _ = published(tmp_path, KafkaSettings((kafka_url,)), topics, 1_000)
    names = ("danze", "danze with writes")
    best = Contest(kafka_url, topics.events, str(events), postgres_store_url, [], [0]).peers(1, names)
    assert {name: told["events"] for name, told in best.items()} == dict.fromkeys(names, events)


@pytest.mark.skipif(not (shutil.which("mvn") and shutil.which("javac")), reason="Maven and a JDK build it")
@pytest.mark.slow
def test_kafka_streams_counts_every_unit_as_danze_does(kafka_url: str, topics: Topics, tmp_path):
    events, counters = published(tmp_path, KafkaSettings((kafka_url,)), topics, 12_000)
    best = Contest(kafka_url, topics.events, str(events), "", [], [0]).peers(1, java())
    same(best, counters)
    assert {name: told["events"] for name, told in best.items()} == dict.fromkeys(JAVA, events)
    assert sum(each["first_time"] for each in counters.values()) > 20


def test_a_peer_that_counts_otherwise_ends_the_contest():
    none = dict.fromkeys(COUNTED, 0)
    with pytest.raises(SystemExit, match="kafka streams counts for unit:430400-xfj"):
        same({"kafka streams": {"counters": {"unit:430400-xfj": {**none, "repeat": 1}}}}, {"unit:430400-xfj": none})
