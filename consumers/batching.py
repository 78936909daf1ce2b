"""Faust apps whose messages are batches: one message is what one poll brought of one partition.

Faust waits with several asyncio tasks for each message, which is why its agents see some thousand records a second. A
message that holds thousands of records costs the same. Topics keep one event per record; only the worker sees batches.
What Faust is kept for stays as it is: membership, assignment, rebalancing, supervision, timers.

    app = batching_app("projector", settings.faust(SCHEME), topic="petition.events", work=fold)
    run(app)

`docs/batching.md` says what is promised; `docs/decisions/0017-batching-transport.md` why, and what was measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import faust
from faust.app.base import BootStrategy
from faust.transport.drivers import TRANSPORTS
from mode import CrashingSupervisor

from consumers.batch import Batch, Hooks, Offsets, Progress, Told
from consumers.batch_consumer import BatchConsumer, BatchTransport
from consumers.batch_stream import BatchStream, Whole
from consumers.running import run

__all__ = [
    "SCHEME",
    "Batch",
    "BatchStream",
    "Batches",
    "Offsets",
    "Progress",
    "Work",
    "batching_app",
    "register",
    "run",
]

SCHEME = "kafka-batches"
BEGIN_SECONDS = 5.0
"""How long who ends waits for what is beginning, as where a broker went away meanwhile."""
Work = Callable[[Sequence[Batch]], Awaitable[None]]


class ConsumerOnly(BootStrategy):
    """No web server, and no producer: what a processor sends must be on Kafka before it goes on."""

    enable_kafka_producer = False
    enable_web = False


class Batches(faust.App):
    """A Faust app that reads one topic in batches."""

    BootStrategy = ConsumerOnly
    batches: Any
    """The channel for an agent: `@app.agent(app.batches)`."""
    hooks: Hooks
    failure: Exception | None = None
    """What its work raised."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._beginning = asyncio.Lock()

    async def start(self) -> None:
        async with self._beginning:
            await super().start()

    async def stop(self) -> None:
        """Not while it begins: Faust passes over a thread that has not had its turn yet, and would leave it behind."""
        with suppress(TimeoutError):
            async with asyncio.timeout(BEGIN_SECONDS), self._beginning:
                pass
        await super().stop()

    def _create_directories(self) -> None:
        """None: Faust would make some for tables, in whatever folder the worker was begun."""

    async def rewind(self, partition: int, offset: int) -> bool:
        """Reads a partition again from `offset`; its batches in hand are stale from now on. False: it is not ours."""
        return await cast("BatchConsumer", self.consumer).rewind(partition, offset)

    async def progress(self) -> dict[int, Progress]:
        """How far each assigned partition is; empty while the broker does not answer."""
        return await cast("BatchConsumer", self.consumer).progress()

    async def committed(self, partitions: Collection[int]) -> dict[int, int]:
        """Where Kafka would have us read on, 0 for the beginning; partitions of which it does not tell are left out."""
        (topic,) = self.batches.topics
        return await cast("BatchConsumer", self.consumer).committed(topic, partitions)

    async def ends(self) -> dict[int, int]:
        """Where the partitions assigned end, as the broker says now: the offset of the record that will come next."""
        return {partition: progress.end for partition, progress in (await self.progress()).items()}


def register() -> None:
    """Makes Faust know the scheme `kafka-batches://`."""
    TRANSPORTS[SCHEME] = f"{BatchTransport.__module__}:{BatchTransport.__qualname__}"


def batching_app(
    name: str,
    faust_settings: Mapping[str, Any],
    *,
    topic: str,
    work: Work | None = None,
    starting_offsets: Offsets | None = None,
    assigned: Told | None = None,
    revoked: Told | None = None,
    instance: str | None = None,
    poll_records: int = 20_000,
    fetch_bytes: int = 8 << 20,
    commit_seconds: float = 1.0,
    session_seconds: float = 10.0,
    finish_seconds: float = 5.0,
) -> Batches:
    """An app of the consumer group `name` that reads `topic` in batches; nothing is connected yet.

    `faust_settings` are `broker` (URLs that begin with SCHEME) and `broker_credentials`. `work` is given all batches
    that are ready, and is done with them when it returns; without it, an agent of yours reads `app.batches`.

    `starting_offsets` is awaited on every assignment before anything is read: where the processor's own store says
    that it is. A partition that it leaves out begins where Kafka's committed offset says, else at its beginning.
    `assigned` is awaited after it, `revoked` when partitions are given up; all are given up on every rebalance.
    `instance` names this member for good (static membership): back within `session_seconds`, it finds its partitions.
    `finish_seconds` is how long a batch in hand may take to end when its partition is revoked or the app stops.
    """
    register()
    app = Batches(
        name, **faust_settings, broker_max_poll_records=poll_records, consumer_max_fetch_size=fetch_bytes,
        broker_commit_interval=commit_seconds, broker_session_timeout=session_seconds,
        broker_heartbeat_interval=session_seconds / 4, broker_rebalance_timeout=session_seconds + 2 * finish_seconds,
        broker_request_timeout=max(20.0, session_seconds), consumer_auto_offset_reset="earliest",
        consumer_group_instance_id=instance, consumer_metadata_max_age_ms=30_000, agent_supervisor=CrashingSupervisor,
        processing_guarantee="at_least_once", Stream=BatchStream, store="memory://", topic_allow_declare=False,
        topic_disable_leader=True, web_enabled=False, worker_redirect_stdouts=False,
        stream_wait_empty=True,  # our own, which gives up after finish_seconds
    )  # fmt: skip
    app.batches = app.topic(topic, schema=Whole())
    app.hooks = Hooks(starting_offsets, assigned, revoked, finish_seconds)
    if work is not None:
        app.agent(app.batches, name=f"{name}-agent")(_working(app, work))
    return app


def _working(app: Batches, work: Work) -> Callable[[Any], Awaitable[None]]:
    async def agent(stream: Any) -> None:
        together: AsyncIterator[list[Batch]] = cast("BatchStream", stream).together()
        async for batches in together:
            try:
                await work(batches)
            except Exception as error:
                app.failure = error
                raise

    return agent
