"""`danze topics`, `danze relay` and `danze doctor --kafka`, as an operator has them."""

import signal
from urllib.request import urlopen
from uuid import uuid4

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from infra.kafka.client import admin
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests import servers
from tests.infra.kafka_reading import records
from tests.patience import PATIENCE, until
from tests.system.command import city, registered

PARTITIONS = (
    "petition.actions 12, petition.dead 12, petition.events 12, petition.findings 12, petition.rejected 12, "
    "petition.seals 1"
)
pytestmark = pytest.mark.kafka


@pytest.fixture
def unmade(kafka_url):
    """Names of topics that are not there yet."""
    names = Topics(f"t-{uuid4().hex[:12]}.")
    yield names
    names.delete(KafkaSettings((kafka_url,)))


def test_topics_are_made_once_and_with_what_they_are_for(danze, kafka_url, unmade):
    said = danze("topics", "--kafka", kafka_url, "--topics", unmade.prefix, "--json").json
    assert said == {"made": [topic.name for topic in unmade.all], "differences": []}
    assert unmade.partitions(KafkaSettings((kafka_url,))) == {
        unmade.actions: 12,
        unmade.events: 12,
        unmade.rejected: 12,
        unmade.findings: 12,
        unmade.dead: 12,
        unmade.seals: 1,
    }
    again = danze("topics", "--kafka", kafka_url, "--topics", unmade.prefix)
    assert (again.code, again.out) == (0, "all topics are there, and as they should be\n")


def test_a_log_that_would_be_forgotten_is_found(danze, kafka_url, topics):
    with admin(KafkaSettings((kafka_url,))) as client:
        wrong = {"retention.ms": "604800000", "max.message.bytes": "1000"}
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topics.events, wrong)])
    for _ in range(50):  # brokers hear of it a moment later
        said = danze("topics", "--kafka", kafka_url, "--topics", topics.prefix)
        if said.code == 1:
            break
    assert said.out.splitlines() == [
        f"{topics.events} has retention.ms=604800000, not -1",
        f"{topics.events} has max.message.bytes=1000, not 4194304",
    ]


def test_doctor_knows_broker_topics_and_lag(danze, kafka_url, topics, unmade):
    danze.emit(*city(), registered(1))

    def found(*options):
        checks = danze("doctor", "--json", *options).json["checks"]
        return {c["what"]: (c["level"], c["found"]) for c in checks if c["what"] in ("kafka", "topics", "relay")}

    assert found() == {}
    assert found("--kafka", kafka_url, "--topics", topics.prefix) == {
        "kafka": ("fine", f"{kafka_url} answers"),
        "topics": ("fine", f"partitions: {PARTITIONS}"),
        "relay": ("fine", "4 events behind"),
    }
    level, missing = found("--kafka", kafka_url, "--topics", unmade.prefix)["topics"]
    assert (level, missing.count(" is missing")) == ("broken", 6)
    level, why = found("--kafka", f"127.0.0.1:{servers.free_port()}")["kafka"]
    assert level == "broken"
    assert why.startswith("no Kafka broker to be reached (127.0.0.1:")


def test_the_relay_brings_events_and_refusals_and_tells_prometheus(danze, kafka_url, topics):
    danze.emit(*city(), registered(1), registered(2, colour="red", personal={"name": "李大山"}))
    port = servers.free_port()
    process = danze.start("relay", "--kafka", kafka_url, "--topics", topics.prefix, "--metrics", port)
    try:
        done = ("danze_relay_position 4.0", "danze_relay_lag_events 0.0",
                f'danze_relay_records_total{{topic="{topics.rejected}"}} 1.0')  # fmt: skip
        until(lambda: all(line in metrics(port) for line in done), lambda: metrics(port))
    finally:
        process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert said.decode().splitlines() == [
        f"danze relay: {danze.store} to {kafka_url}",
        "danze relay: publishing from position 1",
        "danze relay: ended",
    ]
    ((refused,),) = records(kafka_url, topics.rejected).values()
    assert b'"rejection":{"code":"unknown-field"' in refused.value
    assert "李大山" not in refused.value.decode()


def metrics(port):
    try:
        return urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    except OSError:
        return ""


def test_what_the_relay_cannot_do_is_one_sentence(danze, kafka_url, tmp_path):
    danze("relay", "--kafka", kafka_url, "--store", tmp_path).refused("is a folder, not a store file")
    danze.emit(*city())
    for wrong in ("x", "²", "0", "65536"):
        danze("relay", "--kafka", kafka_url, "--metrics", wrong).refused(f"--metrics '{wrong}' is no [HOST:]PORT")
    said = danze("relay", "--kafka", kafka_url, "--topics", "nowhere.")
    assert said.code == 2
    assert said.err.splitlines()[-1].startswith("danze: there is no topic nowhere.petition.events at")
