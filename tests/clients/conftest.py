"""A broker that a test may kill, and topics on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.kafka.broker import LocalBroker
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests import servers


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    """Started, with the topics of the contract; start, stop and kill it."""
    with servers.own_broker(tmp_path / "broker", servers.free_port()) as made:
        servers.answered(lambda: Topics().create(KafkaSettings((made.url,)), partitions=3))
        yield made
