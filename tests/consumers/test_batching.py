"""The batching transport on a real broker: what is promised in docs/batching.md."""

import asyncio

import pytest

from tests.consumers.members import Seen, committed, member, new_topic, publish, until

pytestmark = pytest.mark.kafka


def numbered(count, first=0):
    return [b"%d" % number for number in range(first, first + count)]


def test_every_record_comes_once_and_in_order_and_all_is_committed_at_the_end(kafka_url):
    topic = new_topic(kafka_url, partitions=3)
    for partition in range(3):
        publish(kafka_url, topic, numbered(4_000), partition)
    seen = Seen()

    async def story():
        async with member(kafka_url, topic, seen, group=topic, poll_records=700):
            await until(lambda: len(seen) == 12_000)

    asyncio.run(story())
    assert [seen.values(partition) for partition in range(3)] == [numbered(4_000)] * 3
    assert max(len(batch) for batch in seen.batches) <= 700
    assert [committed(kafka_url, topic, topic, partition) for partition in range(3)] == [4_000] * 3
