"""Members of a consumer group, all in this process; each has aiokafka in a thread of its own, as in real life."""

import asyncio
import time
from contextlib import asynccontextmanager

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from consumers.batching import SCHEME, batching_app
from consumers.running import _until_it_ends
from tests.patience import PATIENCE


def publish(kafka_url, topic, values, partition=0, **options):
    """Sends values, few of them in one stored batch; returns when Kafka has them all."""
    producer = KafkaProducer(bootstrap_servers=kafka_url, **{"linger_ms": 1_000, **options})
    for value in values:
        producer.send(topic, value, partition=partition)
    producer.flush()
    producer.close()


def committed(kafka_url, group, topic, partition=0):
    """What a member that comes next would begin with."""
    consumer = KafkaConsumer(bootstrap_servers=kafka_url, group_id=group)
    offset = consumer.committed(TopicPartition(topic, partition))
    consumer.close()
    return offset


@asynccontextmanager
async def member(kafka_url, topic, work, *, group="g", **options):
    """A member that has begun to read; it stops in order when the block ends."""
    app = batching_app(group, {"broker": [f"{SCHEME}://{kafka_url}"]}, topic=topic, work=work, **options)
    app.loop = asyncio.get_running_loop()
    app.finalize()
    running = asyncio.create_task(_until_it_ends(app))
    try:
        await until(lambda: app.tables.recovery.completed.is_set() or app.should_stop)
        yield app
    finally:
        await app.stop()
        running.cancel()
        await asyncio.wait({running})


async def until(true, seconds=PATIENCE):
    """Waits for something to become true; the test fails when it does not."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it did not happen"
        await asyncio.sleep(0.02)


class Seen:
    """Work that notes what it was given."""

    def __init__(self):
        self.batches = []

    async def __call__(self, batches):
        self.batches += batches

    def values(self, partition=0):
        return [record.value for batch in self.batches if batch.partition == partition for record in batch.records]

    def __len__(self):
        return sum(len(batch) for batch in self.batches)
