"""A Faust transport in which one message is a batch: the records of one partition that one poll brought.

Faust waits with several asyncio tasks for each message, which is why its agents see some thousand records a second. A
message that holds thousands of records costs the same. Topics keep one event per record; only the worker sees batches.
What Faust is kept for stays as it is: membership, assignment, rebalancing, supervision, timers.

    app = batching_app("projector", settings.faust(SCHEME), topic="petition.events", work=fold)
    sys.exit(run(app))

`docs/batching.md` says how it is used elsewhere; `docs/decisions/0017` why, and what was measured.
"""

import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any, NamedTuple, cast

import faust
from aiokafka.structs import ConsumerRecord
from faust.transport.drivers import TRANSPORTS, aiokafka
from faust.types import TP
from faust.types.tuples import ConsumerMessage, Message

SCHEME = "kafka-batches"
MOST_RECORDS = 5_000
"""Of one poll, and so of one batch."""
MOST_BYTES = 8 << 20
"""Of one partition that a fetch brings at most, unless a single record is longer."""
PATIENCE_MS = 50
"""How long a broker may hold an empty answer back: meanwhile aiokafka asks it for no other partition."""
MOST_WAITING = 8
"""Batches that wait for the agent; beyond that nothing more is fetched."""

Offsets = Callable[[AbstractSet[int]], Awaitable[Mapping[int, int]]]
"""Told the partitions that were assigned, answers where to read on; what it leaves out is read on from Kafka's mark."""
Work = Callable[[Sequence["Batch"]], Awaitable[None]]


class Batch(NamedTuple):
    """Records of one partition, in order, as one poll brought them."""

    topic: str
    partition: int
    records: Sequence[ConsumerRecord]
    next_offset: int
    more: bool
    """The same poll brought batches of other partitions, which follow."""
    assignment: int
    consumer: "Consumer"

    @property
    def current(self) -> bool:
        """Whether the partition is still assigned as it was when the records were read."""
        return self.consumer.assignments.get(self.partition) == self.assignment


class Consumer(aiokafka.Consumer):
    """Yields batches, and keeps the books of what was done by batch. The base class thinks in single offsets."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignments: dict[int, int] = {}
        """Partitions assigned now, each with a number that no earlier assignment had."""
        self._numbers = 0
        self._given: dict[TP, deque[Message]] = defaultdict(deque)
        """Messages that were handed out, in order, as far as they are not done."""
        self._done: dict[TP, int] = {}
        """Offsets up to which all is done."""

    # what a poll brought

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:  # noqa: ASYNC109 -- the base class names it so
        polled, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if self.should_stop:
            return
        if not self.flow_active:
            await self.perform_seek()
            return
        wanted = [
            (tp, records) for tp, records in (polled or {}).items() if records and (active is None or tp in active)
        ]
        for place, (tp, records) in enumerate(wanted, 1):
            if self._interrupted(generation):
                return
            yield tp, self._message(tp, records, more=place < len(wanted))

    def _interrupted(self, generation: int) -> bool:
        """A rebalance began while the batches of one poll were handed out; they are read again after it."""
        return not self.flow_active or self.app.consumer_generation_id != generation

    def _message(self, tp: TP, records: Sequence[ConsumerRecord], *, more: bool) -> Message:
        last = records[-1]
        number = self.assignments.get(tp.partition, 0)
        batch = Batch(tp.topic, tp.partition, records, last.offset + 1, more, number, self)
        message = ConsumerMessage(
            tp.topic, tp.partition, last.offset, last.timestamp / 1000, last.timestamp_type, [], None,
            cast("Any", batch), None, tp=tp, generation_id=self.app.consumer_generation_id,
        )  # fmt: skip
        self._given[tp].append(message)
        return message

    # what is done

    def ack(self, message: Message) -> bool:
        """A batch counts as done when all before it are done, too."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        given = self._given[message.tp]
        while given and given[0].acked:
            self._done[message.tp] = cast("Any", given.popleft().value).next_offset
        return True

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in self._done if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self._done.get(tp)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Between two batches there may be offsets without records; what is done is told by the batch after them."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """The base class warns of offsets that do not move one by one; a batch may take its time."""

    # who owns what

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        for tp in revoked:
            self.assignments.pop(tp.partition, None)
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._forget(tp)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        self.assignments.clear()
        for tp in assigned:
            self._numbers += 1
            self.assignments[tp.partition] = self._numbers
        await super().on_partitions_assigned(assigned, generation_id)

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Where the processor's own store says that it stands, else where Kafka was told to."""
        offsets = dict(await super().seek_to_committed())
        for tp in offsets:
            self._forget(tp)
        hook: Offsets | None = cast("Transport", self.transport).starting_offsets
        if hook is not None and offsets:
            found = await hook({tp.partition for tp in offsets})
            for tp in offsets:
                if tp.partition in found:
                    await self._seek(tp, found[tp.partition])
                    offsets[tp] = found[tp.partition]
        return offsets

    def _forget(self, tp: TP) -> None:
        self._given.pop(tp, None)
        self._done.pop(tp, None)

    def _new_consumer_thread(self) -> aiokafka.AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)


class _Thread(aiokafka.AIOKafkaConsumerThread):
    """Sets what Faust has no setting for, before the consumer starts."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = PATIENCE_MS  # noqa: SLF001
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer


class Transport(aiokafka.Transport):
    """Faust's Kafka transport with our consumer."""

    Consumer = Consumer
    starting_offsets: Offsets | None = None


class Batches(faust.App):
    """An app with one agent, which is given all batches of a poll at once and is done with them when it returns."""

    consumer: Consumer
    failure: Exception | None = None
    """What ended it."""

    async def ends(self) -> dict[int, int]:
        """Where the partitions assigned end, as the broker says now: the offset of the record that will come next."""
        tps = [tp for tp in self.consumer.assignment() if tp.partition in self.consumer.assignments]
        told = await self.consumer.highwaters(*tps) if tps else {}
        return {tp.partition: offset for tp, offset in told.items()}


def batching_app(
    name: str, faust_settings: Mapping[str, Any], *, topic: str, work: Work, starting_offsets: Offsets | None = None,
    instance: str | None = None, partitions: int = 12,
) -> Batches:  # fmt: skip
    """An app of consumer group `name` that hands what it reads of `topic` to `work`, one poll after the other.

    `faust_settings` are `broker` (URLs that begin with SCHEME) and `broker_credentials`. `instance` makes the member a
    static one: a restart within the session timeout moves no partitions.
    """
    TRANSPORTS.aliases[SCHEME] = f"{__name__}:Transport"
    app = Batches(
        name, **faust_settings, store="memory://", web_enabled=False, topic_allow_declare=False,
        topic_disable_leader=True, topic_partitions=partitions, broker_max_poll_records=MOST_RECORDS,
        consumer_max_fetch_size=MOST_BYTES, stream_buffer_maxsize=MOST_WAITING, stream_wait_empty=False,
        stream_publish_on_commit=False, broker_session_timeout=10.0, broker_heartbeat_interval=3.0,
        broker_commit_interval=1.0, broker_request_timeout=20.0, broker_rebalance_timeout=20.0,
        consumer_group_instance_id=instance, agent_supervisor="mode.CrashingSupervisor", worker_redirect_stdouts=False,
        consumer_auto_offset_reset="earliest", key_serializer="raw", value_serializer="raw",
    )  # fmt: skip
    cast("Transport", app.transport).starting_offsets = starting_offsets
    source = app.topic(topic, key_serializer="raw", value_serializer="raw", internal=False)

    async def agent(stream: Any) -> None:
        waiting: list[Any] = []
        async for event in stream.noack().events():
            waiting = [each for each in waiting if each.value.current]
            waiting.append(event)
            if not event.value.more:
                await _worked(app, work, [each.value for each in waiting])
                for each in waiting:
                    await stream.ack(each)
                waiting = []

    app.agent(source, name=f"{name}-agent", concurrency=1)(agent)
    return app


async def _worked(app: Batches, work: Work, batches: Sequence[Batch]) -> None:
    try:
        await work(batches)
    except Exception as error:
        app.failure = error
        raise


def run(app: Batches) -> None:
    """Runs the app until SIGTERM or SIGINT. Raises what its work raised; what was not done is read again then."""
    logging.getLogger("faust").setLevel(logging.ERROR)
    logging.getLogger("mode").setLevel(logging.ERROR)
    worker = faust.Worker(app, loglevel="ERROR", override_logging=False, quiet=True, redirect_stdouts=False)
    with suppress(SystemExit):
        worker.execute_from_commandline()
    if app.failure is not None:
        raise app.failure
