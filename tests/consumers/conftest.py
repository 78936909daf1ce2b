"""A topic of a test's own."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from infra.kafka.client import admin
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import deleted


@pytest.fixture
def new_topic(kafka_url: str) -> Iterator[Callable[..., str]]:
    """Makes topics with configs (`retention_ms=…`); they are gone when the test is over."""
    settings, made = KafkaSettings((kafka_url,)), list[str]()

    def new(partitions: int = 1, **configs: object) -> str:
        made.append(f"t-{uuid4().hex[:12]}")
        wanted = {key.replace("_", "."): str(value) for key, value in configs.items()}
        with admin(settings) as client:
            client.create_topics({made[-1]: {"num_partitions": partitions, "replication_factor": 1, "configs": wanted}})
            client.wait_for_topics(made[-1:])
        return made[-1]

    yield new
    deleted(settings, made)
