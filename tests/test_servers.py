"""The servers that tests run on are real, fresh and cleaned up."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

from infra.kafka.client import admin
from infra.kafka.settings import KafkaSettings
from tests import servers
from tests.patience import PATIENCE


@pytest.mark.postgres
def test_the_server_is_a_real_postgresql(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        (version,) = connection.execute("SELECT version()").fetchone()
    assert version.startswith("PostgreSQL 1")


@pytest.mark.kafka
def test_the_broker_is_a_real_kafka_that_makes_no_topic_by_itself(kafka_url):
    producer = KafkaProducer(bootstrap_servers=kafka_url, max_block_ms=1_000)
    with pytest.raises(KafkaTimeoutError):
        producer.send("t-nobody-made-this", b"x")
    producer.close(timeout=1)


@pytest.mark.kafka
@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_topics_in_which_nothing_is_yet(kafka_url, topics, turn):
    producer = KafkaProducer(bootstrap_servers=kafka_url)
    sent = producer.send(topics.events, b"x", key=b"petition:A").get(timeout=PATIENCE)
    producer.close()
    assert sent.offset == 0
    settings = KafkaSettings((kafka_url,))
    with admin(settings) as client:
        assert [name for name in client.list_topics() if name.startswith("t-") and topics.prefix not in name] == []


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_a_store_in_which_nothing_is_yet(store_url, turn):
    address = urlsplit(store_url)
    if address.scheme == "sqlite":
        path = Path(address.path[1:])
        assert path.is_absolute()
        assert not path.exists()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE log (position)")
        return
    (schema,) = parse_qs(address.query)["schema"]
    with psycopg.connect(address._replace(query="").geturl()) as connection:
        left = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'").fetchall()
        assert left == []
        connection.execute(f"CREATE SCHEMA {schema} CREATE TABLE log (position int)")


def test_a_server_that_is_not_to_be_had_is_a_loud_skip(monkeypatch):
    monkeypatch.delenv("DANZE_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NO POSTGRESQL: no daemon"):
        servers.not_to_be_had("POSTGRESQL", servers.NoServerError("no daemon"))


def test_a_server_that_is_not_to_be_had_fails_where_it_is_required(monkeypatch):
    monkeypatch.setenv("DANZE_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="NO POSTGRESQL: no daemon"):
        servers.not_to_be_had("POSTGRESQL", servers.NoServerError("no daemon"))


def test_an_address_in_the_environment_is_taken_as_it_is(monkeypatch):
    monkeypatch.setenv("DANZE_TEST_POSTGRES", "postgresql://elsewhere/danze")
    with servers.postgres() as url:
        assert url == "postgresql://elsewhere/danze"


def test_every_way_that_failed_is_named(monkeypatch):
    def postgres_in_docker(_):
        raise ConnectionError("no daemon")

    def postgres_from_wheel(_):
        raise OSError("disk full")

    monkeypatch.delenv("DANZE_TEST_POSTGRES", raising=False)
    monkeypatch.setattr(servers, "postgres_in_docker", postgres_in_docker)
    monkeypatch.setattr(servers, "postgres_from_wheel", postgres_from_wheel)
    both = "postgres_in_docker: ConnectionError: no daemon; postgres_from_wheel: OSError: disk full"
    with pytest.raises(servers.NoServerError, match=both), servers.postgres():
        pass


def test_a_broker_in_the_environment_is_taken_as_it_is(monkeypatch):
    monkeypatch.setenv("DANZE_TEST_KAFKA", "elsewhere:9092")
    with servers.kafka() as url:
        assert url == "elsewhere:9092"
