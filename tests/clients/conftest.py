"""A broker that a test may kill, and topics on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.kafka.broker import LocalBroker
from infra.kafka.jars import BrokerError
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests import servers


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """Started, with the topics of the contract; start, stop and kill it."""
    made = LocalBroker(tmp_path / "broker")
    try:
        made.start()
        Topics().create(KafkaSettings((made.url,)), partitions=3)
    except BrokerError as why:
        servers.not_to_be_had("KAFKA", why)
    yield made
    made.kill()
