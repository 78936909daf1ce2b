"""The batching transport on a real broker: what is promised in docs/batching.md."""

import asyncio
import time
from uuid import uuid4

import pytest
from kafka import KafkaProducer

from tests.consumers.members import Seen, committed, member, publish, until
from tests.patience import PATIENCE

pytestmark = pytest.mark.kafka


def numbered(count, first=0):
    return [b"%d" % number for number in range(first, first + count)]


def test_every_record_comes_once_and_in_order_and_all_is_committed_at_the_end(kafka_url, new_topic):
    topic = new_topic(partitions=3)
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


def test_a_worker_leaves_nothing_in_the_folder_in_which_it_was_begun(kafka_url, new_topic, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    topic, seen = new_topic(), Seen()
    publish(kafka_url, topic, numbered(1))

    async def story():
        async with member(kafka_url, topic, seen, group=topic):
            await until(lambda: len(seen))

    asyncio.run(story())
    assert list(tmp_path.iterdir()) == []


def test_only_what_was_finished_is_committed_when_work_fails(kafka_url, new_topic):
    topic = new_topic()
    publish(kafka_url, topic, numbered(50))

    class Failing(Seen):
        async def __call__(self, batches):
            await super().__call__(batches)
            if len(self) > 20:
                raise ValueError("the third batch")

    async def story():
        async with member(kafka_url, topic, Failing(), group=topic, poll_records=10) as app:
            await until(lambda: app.should_stop)
        return app.failure

    assert str(asyncio.run(story())) == "the third batch"
    assert committed(kafka_url, topic, topic) == 20


def test_a_batch_in_hand_may_end_before_the_app_stops(kafka_url, new_topic):
    topic = new_topic()
    publish(kafka_url, topic, numbered(20))
    seen, begun = Seen(), asyncio.Event()

    async def work(batches):
        begun.set()
        await asyncio.sleep(0.5)
        await seen(batches)

    async def story():
        async with member(kafka_url, topic, work, group=topic, poll_records=10):
            await begun.wait()

    asyncio.run(story())
    assert seen.values() == numbered(10)
    assert committed(kafka_url, topic, topic) == 10


def test_a_batch_that_does_not_end_in_time_is_stale_and_not_committed(kafka_url, new_topic):
    topic = new_topic()
    publish(kafka_url, topic, numbered(20))
    held = []

    async def work(batches):
        held.extend(batches)
        await asyncio.sleep(60)

    async def story():
        async with member(kafka_url, topic, work, group=topic, poll_records=10, finish_seconds=0.2):
            await until(lambda: held)
            assert held[0].current

    asyncio.run(story())
    assert not held[0].current
    assert committed(kafka_url, topic, topic) is None


def test_the_processors_own_store_says_where_to_begin(kafka_url, new_topic):
    topic = new_topic(partitions=3)
    for partition in range(3):
        publish(kafka_url, topic, numbered(10), partition)
    first, second = Seen(), Seen()

    async def offsets(partitions):
        assert partitions == {0, 1, 2}
        return {0: 4, 1: 10}

    async def story():
        async with member(kafka_url, topic, first, group=topic):
            await until(lambda: len(first) == 30)
        for partition in range(3):
            publish(kafka_url, topic, numbered(5, 10), partition)
        async with member(kafka_url, topic, second, group=topic, starting_offsets=offsets):
            await until(lambda: len(second) == 21)

    asyncio.run(story())
    assert second.values(0) == numbered(11, 4)  # although Kafka's mark is 10
    assert second.values(1) == numbered(5, 10)
    assert second.values(2) == numbered(5, 10)  # left to Kafka's mark
    assert [committed(kafka_url, topic, topic, partition) for partition in range(3)] == [15] * 3


def test_nothing_is_read_before_the_store_has_answered(kafka_url, new_topic):
    topic = new_topic()
    publish(kafka_url, topic, numbered(10))
    told = []

    async def offsets(partitions):
        await asyncio.sleep(1)
        told.append(("begins", set(partitions)))
        return {0: 7}

    async def assigned(partitions):
        told.append(("assigned", set(partitions)))

    async def work(batches):
        told.append([batch.first_offset for batch in batches])

    async def story():
        async with member(kafka_url, topic, work, group=topic, starting_offsets=offsets, assigned=assigned):
            await until(lambda: len(told) == 3)

    asyncio.run(story())
    assert told == [("begins", {0}), ("assigned", {0}), [7]]


def test_a_partition_is_read_again_and_what_was_in_hand_is_stale(kafka_url, new_topic):
    topic = new_topic()
    publish(kafka_url, topic, numbered(40))
    seen, stale = Seen(), []

    async def work(batches):
        await until(lambda: apps)
        for batch in batches:
            if batch.first_offset == 20 and not stale:
                assert await apps[0].rewind(0, 5)
                stale.append(batch.current)
            else:
                await seen([batch])

    apps = []

    async def story():
        async with member(kafka_url, topic, work, group=topic, poll_records=10) as app:
            apps.append(app)
            await until(lambda: len(seen) == 55)
            assert not await app.rewind(7, 0)

    asyncio.run(story())
    assert stale == [False]
    assert seen.values() == numbered(20) + numbered(35, 5)
    assert committed(kafka_url, topic, topic) == 40


def test_a_slow_processor_is_not_buried(kafka_url, new_topic):
    topic = new_topic(partitions=4)
    for partition in range(4):
        publish(kafka_url, topic, numbered(500), partition)
    most = []

    async def work(batches):
        await until(lambda: apps)
        lanes = apps[0].consumer._lanes.values()
        most.append(max(len(lane) for lane in lanes))
        await asyncio.sleep(0.02)
        seen.extend(batches)

    apps, seen = [], []

    async def story():
        async with member(kafka_url, topic, work, group=topic, poll_records=20) as app:
            apps.append(app)
            await until(lambda: sum(map(len, seen)) == 2_000)

    asyncio.run(story())
    assert max(most) == 2


def test_bytes_in_flight_are_bounded(kafka_url, new_topic, monkeypatch):
    monkeypatch.setattr("consumers.batch_consumer.IN_FLIGHT_BYTES", 5_000)
    topic = new_topic(partitions=6)
    for partition in range(6):
        publish(kafka_url, topic, [b"x" * 1_000] * 40, partition)
    seen, waiting = Seen(), []

    async def work(batches):
        await until(lambda: apps)
        waiting.append(sum(lane.size for lane in apps[0].consumer._lanes.values()))
        await asyncio.sleep(0.01)
        await seen(batches)

    apps = []

    async def story():
        async with member(kafka_url, topic, work, group=topic, poll_records=4) as app:
            apps.append(app)
            await until(lambda: len(seen) == 240)

    asyncio.run(story())
    assert max(waiting) < 5_000 + 4_000


def test_one_huge_record_comes_through(kafka_url, new_topic):
    topic = new_topic(max_message_bytes=32 << 20)
    huge = b"x" * (20 << 20)
    publish(
        kafka_url,
        topic,
        [b"before", huge, b"after"],
        max_request_size=32 << 20,
        max_in_flight_requests_per_connection=1,
    )
    seen = Seen()

    async def story():
        async with member(kafka_url, topic, seen, group=topic):
            await until(lambda: len(seen) == 3)

    asyncio.run(story())
    assert seen.values() == [b"before", huge, b"after"]


def test_what_a_producer_took_back_is_not_delivered_and_leaves_no_lag(kafka_url, new_topic):
    topic = new_topic()
    producer = KafkaProducer(bootstrap_servers=kafka_url, transactional_id=topic)
    producer.init_transactions()
    for kept, values in ((True, numbered(3)), (False, numbered(3, 100)), (True, numbered(3, 3)), (False, [b"never"])):
        producer.begin_transaction()
        for value in values:
            producer.send(topic, value, partition=0)
        producer.flush()
        if kept:
            producer.commit_transaction()
        else:
            producer.abort_transaction()
    producer.close()
    seen = Seen()

    async def story():
        async with member(kafka_url, topic, seen, group=topic) as app:
            await until(lambda: len(seen) == 6)
            await until(lambda: app.consumer._lanes and all(lane.done == 14 for lane in app.consumer._lanes.values()))
            assert (await app.progress())[0].caught_up

    asyncio.run(story())
    assert seen.values() == numbered(6)
    assert committed(kafka_url, topic, topic) == 14  # 10 records and the markers of four transactions


@pytest.mark.slow  # the broker looks for something to compact every 15 seconds
def test_a_compacted_topic_has_gaps_and_is_committed_to_its_end(kafka_url, new_topic):
    topic = new_topic(
        cleanup_policy="compact", segment_ms=100, min_cleanable_dirty_ratio=0.01, max_compaction_lag_ms=100
    )
    producer = KafkaProducer(bootstrap_servers=kafka_url)
    for number in range(60):
        producer.send(topic, b"%d" % number, key=b"same" if number % 10 else b"%d" % number, partition=0)
        if number % 20 == 19:
            producer.flush()
            time.sleep(0.3)
    producer.close()
    seen = Seen()

    async def compacted():
        reader = Seen()
        async with member(kafka_url, topic, reader, group=f"look-{uuid4().hex}"):
            await until(lambda: reader.batches and reader.batches[-1].next_offset == 60)
        return len(reader) < 60

    async def story():
        give_up = time.monotonic() + PATIENCE
        while not await compacted():
            assert time.monotonic() < give_up
        async with member(kafka_url, topic, seen, group=topic):
            await until(lambda: seen.batches and seen.batches[-1].next_offset == 60)

    asyncio.run(story())
    offsets = [record.offset for batch in seen.batches for record in batch.records]
    assert offsets == sorted(set(offsets))
    assert len(offsets) < 60
    assert committed(kafka_url, topic, topic) == 60


def test_progress_tells_whether_all_that_was_published_is_done(kafka_url, new_topic):
    topic = new_topic()
    publish(kafka_url, topic, numbered(10))
    gate, seen = asyncio.Event(), Seen()

    async def work(batches):
        await gate.wait()
        await seen(batches)

    async def story():
        async with member(kafka_url, topic, work, group=topic) as app:
            await until(lambda: any(lane.position for lane in app.consumer._lanes.values()))
            before = time.time()
            waiting = (await app.progress())[0]
            assert waiting.done in (None, 0)  # 0 where a poll came before the first records did
            assert (waiting.end, waiting.caught_up) == (10, False)
            assert before <= waiting.asked <= time.time()
            gate.set()
            await until(lambda: len(seen) == 10)
            done = (await app.progress())[0]
            assert (done.done, done.end, done.caught_up) == (10, 10, True)
            assert await app.ends() == {0: 10}

    asyncio.run(story())
