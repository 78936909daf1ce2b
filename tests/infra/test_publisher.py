"""A publisher sends all of what it is given, in order, or says why it did not."""

import re

import pytest
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, RequestTimedOutError
from kafka.producer.transaction_manager import InitProducerIdHandler, TransactionManager

from infra.kafka import publisher as module
from infra.kafka.client import admin, as_problem
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings, Refused, Unreachable
from infra.kafka.topics import Topics
from tests.infra.kafka_reading import records
from tests.patience import until

pytestmark = pytest.mark.kafka


@pytest.fixture
def settings(kafka_url):
    return KafkaSettings((kafka_url,))


def numbered(topic, count, size=1000):
    return [(topic, b"petition:A", b"%06d" % n + b"x" * size, [("position", b"%d" % n)]) for n in range(count)]


def test_what_exceeds_a_batch_goes_out_in_rounds_and_stays_in_order(settings, kafka_url, topics):
    sent = numbered(topics.events, 2_000)
    assert sum(len(value) for _, _, value, _ in sent) > 3 * module.BATCH
    with Publisher(settings) as publisher:
        assert publisher.send(sent) == 2_000
        assert publisher.send([]) == 0
    (found,) = records(kafka_url, topics.events).values()
    assert [(r.key, r.value, r.headers) for r in found] == [(key, value, headers) for _, key, value, headers in sent]


def test_one_batch_may_go_to_several_topics(settings, kafka_url, topics):
    with Publisher(settings) as publisher:
        assert publisher.send([*numbered(topics.findings, 3), *numbered(topics.dead, 2)]) == 5
    assert [sum(map(len, records(kafka_url, name).values())) for name in (topics.findings, topics.dead)] == [3, 2]


def test_a_record_as_long_as_we_accept_is_taken_and_a_longer_one_refused(settings, kafka_url, topics):
    with Publisher(settings) as publisher:
        assert publisher.send(numbered(topics.events, 3, size=(4 << 20) - 500)) == 3
        with pytest.raises(Refused, match=r"petition:A \(position 0\) has 4,19.,... bytes, but .* takes 4,194,304"):
            publisher.send(numbered(topics.events, 1, size=4 << 20))
        assert publisher.send(numbered(topics.events, 1)) == 1
    assert sum(map(len, records(kafka_url, topics.events).values())) == 4


def test_a_limit_that_was_lowered_meanwhile_is_a_refusal_too(settings, kafka_url, topics):
    with Publisher(settings) as publisher:
        publisher.send(numbered(topics.events, 1))
        with admin(settings) as client:
            lower = ConfigResource(ConfigResourceType.TOPIC, topics.events, {"max.message.bytes": "500"})
            client.alter_configs([lower])
        told: list[str] = []

        def refused():
            try:
                publisher.send(numbered(topics.events, 1))
            except Refused as why:
                told.append(str(why))
            return told

        until(refused)  # the broker hears of it a moment later
    assert re.search(r"refused: .*(MessageSizeTooLarge|RecordListTooLarge)", told[0])


def test_a_topic_that_is_not_there_is_named(settings):
    with (
        Publisher(settings) as publisher,
        pytest.raises(Refused, match=r"there is no topic nowhere\.petition\.dead at"),
    ):
        publisher.send(numbered(Topics("nowhere.").dead, 1))


def test_an_answer_that_a_producer_never_had_to_its_first_request_is_no_refusal():
    """The library's own words for it; found by cutting wires two hundred times."""
    asking = InitProducerIdHandler(TransactionManager(), 1000)
    asking.transaction_manager._in_flight_request_correlation_id = 1
    asking.on_complete(1, RequestTimedOutError("Request timed out after 1999 ms"))
    with pytest.raises(KafkaError) as never:
        asking._result.wait(1000)
    assert isinstance(as_problem(KafkaSettings(("kafka:9092",)), never.value), Unreachable)
