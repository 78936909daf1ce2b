"""Real servers for tests: an address from the environment, else a container, else one of its own.

Each function returns an address and puts what ends the server on the given stack.
"""

import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import randrange
from typing import Any, TypeVar

import pytest

from infra.kafka.broker import LocalBroker
from infra.kafka.jars import BrokerError
from infra.kafka.settings import Unreachable
from tests.patience import PATIENCE

POSTGRES_IMAGE = "postgres:17-alpine"
KAFKA_IMAGE = "confluentinc/cp-kafka:7.9.1"  # Apache Kafka 3.9, with the start script that testcontainers knows

T = TypeVar("T")


class NoServerError(Exception):
    """None of the ways led to a server; the message says why, way by way."""


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of a server in which schemas may be made and dropped; end it afterwards if we began it."""
    if url := os.environ.get("DANZE_TEST_POSTGRES"):
        yield url
        return
    with ExitStack() as stack:
        yield _first(stack, postgres_in_docker, postgres_from_wheel)


@contextmanager
def kafka() -> Iterator[str]:
    """Give HOST:PORT of a broker in which topics may be made and deleted; end it afterwards if we began it."""
    if url := os.environ.get("DANZE_TEST_KAFKA"):
        yield url
        return
    with ExitStack() as stack:
        yield _first(stack, kafka_in_docker, kafka_on_java)


@contextmanager
def own_broker(folder: Path, *where: Any, **how: Any) -> Iterator[LocalBroker]:
    """A broker that a test may kill and start again; the test is skipped where none can be had."""
    made = LocalBroker(folder, *where, **how)
    try:
        made.start()
    except BrokerError as why:
        not_to_be_had("KAFKA", why)
    try:
        yield made
    finally:
        made.kill()


def _first(stack: ExitStack, *ways: Callable[[ExitStack], str]) -> str:
    reasons = []
    for start in ways:
        try:
            return start(stack)
        except Exception as reason:  # noqa: BLE001  whatever is missing, the next way may do
            reasons.append(f"{start.__name__}: {type(reason).__name__}: {str(reason)[:120]}")
    raise NoServerError("; ".join(reasons))


def postgres_in_docker(stack: ExitStack) -> str:
    from testcontainers.community.postgres import PostgresContainer

    _docker_stands()
    container = stack.enter_context(PostgresContainer(POSTGRES_IMAGE, driver=None))
    return container.get_connection_url()


def postgres_from_wheel(stack: ExitStack) -> str:
    from tests.local_postgres import LocalPostgres

    home = Path(tempfile.mkdtemp(prefix="danze-postgres-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    server = LocalPostgres(home / "data", free_port())
    server.start()
    stack.callback(server.stop)
    return server.url


def kafka_in_docker(stack: ExitStack) -> str:
    from testcontainers.community.kafka import KafkaContainer

    _docker_stands()
    container = KafkaContainer(KAFKA_IMAGE).with_kraft().with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    return stack.enter_context(container).get_bootstrap_server()


def kafka_on_java(stack: ExitStack) -> str:
    """Apache Kafka itself, whose jars Maven brings; its data lies in a temporary folder."""
    home = Path(tempfile.mkdtemp(prefix="danze-kafka-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    broker = LocalBroker(home)
    broker.start()
    stack.callback(broker.kill)
    return broker.url


def _docker_stands() -> None:
    """Asked first: testcontainers would wait long for a daemon that is not there."""
    import docker
    from testcontainers.core.config import testcontainers_config

    docker.from_env(timeout=2).ping()
    testcontainers_config.ryuk_disabled = True  # the stack ends the container; no second image is needed


def free_port() -> int:
    """Below those that the machine gives to clients: one that keeps trying to reach it must not meet itself there."""
    while True:
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", randrange(20_000, 32_000)))
            return int(listener.getsockname()[1])


def answered(asked: Callable[[], T]) -> T:
    """What a broker says, which on a busy machine may take longer than a person would wait."""
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return asked()
        except Unreachable:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.2)


def not_to_be_had(what: str, why: Exception) -> None:
    """Skip the test with one loud line; fail it where servers are required, as in CI."""
    line = f"NO {what}: {why}"
    if os.environ.get("DANZE_REQUIRE_SERVERS") == "1":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)
