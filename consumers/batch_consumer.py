"""A Faust transport in which one message is one batch of one partition. docs/batching.md says how it behaves.

Faust's own consumer waits with four asyncio tasks for every record and keeps every offset in lists; here a record costs
what aiokafka takes to read it. Membership, assignment, rebalancing and supervision stay Faust's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine, Iterable
from contextlib import suppress
from typing import Any, ClassVar, TypeVar, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.transports import ConsumerT
from faust.types.tuples import ConsumerMessage, Message

from consumers.batch import Batch, Hooks, Lane, Progress
from consumers.batch_thread import BatchThread

IN_FLIGHT = 2
"""Batches of one partition: one is processed, the next one is ready."""
IN_FLIGHT_BYTES = 64 << 20
"""Of all partitions together, before the next poll."""
IDLE_SECONDS = 0.25
"""How often it is looked whether something came, should the thread have failed to tell."""
T = TypeVar("T")


class BatchConsumer(driver.Consumer):
    """What Faust asks of a consumer, with a lane for each partition instead of Faust's sets of single offsets."""

    logger = driver.logger
    _thread: BatchThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hooks: Hooks = cast("Any", self.app).hooks
        self._lanes: dict[TP, Lane] = {}
        self._turn = 0
        """Goes up when partitions are revoked, so that what was begun before knows that it is late."""
        self._arrival: asyncio.Task[None] | None = None
        self._stirred = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._committing = asyncio.Lock()
        self._broken: BaseException | None = None

    def _new_consumer_thread(self) -> BatchThread:
        return BatchThread(self, loop=self.loop, beacon=self.beacon)

    # From poll to agent

    async def _drain_messages(self, fetcher: Any) -> None:
        """Faust's fetcher runs this until it is stopped."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                self._stirred.clear()
                if not await self._poll():
                    await _set_within(self._stirred, IDLE_SECONDS)
        except asyncio.CancelledError:
            if not self.app.should_stop:
                raise

    async def _poll(self) -> bool:
        """Whether anything came."""
        if self._broken is not None:
            raise self._broken
        lanes = {tp: lane for tp, lane in self._lanes.items() if len(lane) < IN_FLIGHT}
        if not self.flow_active or sum(lane.size for lane in self._lanes.values()) >= IN_FLIGHT_BYTES:
            return False
        polled = await self._in_thread(self._thread.poll(lanes, self.app.conf.broker_max_poll_records))
        came = False
        for lane, records, position in polled:
            # A lane that was given up, or is about to be, is read again from where its processor says.
            batch = lane.polled(records, position) if lane.current and self.flow_active else None
            if batch is not None:
                came = True
                await self.callback(self._message(lane.tp, batch))
        return came

    def _message(self, tp: TP, batch: Batch) -> ConsumerMessage:
        return ConsumerMessage(
            tp.topic, tp.partition, batch.next_offset - 1, 0.0, 0, None, None, cast("Any", batch), None, 0, batch.size,
            tp, generation_id=self.app.consumer_generation_id,
        )  # fmt: skip

    def fetched(self, error: BaseException | None) -> None:
        """The thread has something for us."""
        self._broken = self._broken or error
        self._stirred.set()

    def resume_flow(self) -> None:
        super().resume_flow()
        self._stirred.set()

    def ack(self, message: Message) -> bool:
        message.acked = True
        cast("Batch", message.value).ack()
        self._stirred.set()
        return True

    def at_work(self, busy: bool) -> None:
        """Told by the stream whether the agent has batches in hand."""
        if busy:
            self._idle.clear()
        else:
            self._idle.set()

    # Commits

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:  # noqa: ARG002
        """Commits how far each lane is. Called at an interval, and when partitions are revoked or the app stops.

        Who stops waits only once for a broker that does not answer.
        """
        async with self._committing:
            if self._thread.silent and self.app.should_stop:
                return False
            lanes = dict(self._lanes)
            offsets = {tp: offset for tp, lane in lanes.items() if (offset := lane.to_commit) is not None}
            if not offsets or not await self._in_thread(self._thread.commit_offsets(offsets)):
                return False
            for tp, offset in offsets.items():
                lanes[tp].committed(offset)
            return True

    async def wait_empty(self) -> None:
        """Gives the agent a moment to finish what it has in hand, and commits. Nothing new is delivered meanwhile."""
        if not self.should_stop:
            await _set_within(self._idle, self._hooks.finish_seconds)
        await self.force_commit()

    async def on_stop(self) -> None:
        await super().on_stop()
        self._leave(set(self._lanes))
        if self._arrival is not None:
            self._arrival.cancel()

    # Partitions come and go

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        self._turn += 1
        try:
            if self._arrival is not None:
                await asyncio.wait({self._arrival}, timeout=self._hooks.finish_seconds)
            await super().on_partitions_revoked(revoked)  # Faust stops the flow, empties the queues, calls wait_empty
            if self.app.should_stop:
                await self.force_commit()
            self._leave(revoked)
            if revoked and self._hooks.revoked:
                await self._hooks.revoked(_partitions(revoked))
        except Exception as error:  # noqa: BLE001 -- aiokafka would log it and go on
            await self.app.crash(error)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        await super().on_partitions_assigned(assigned, generation_id)
        if assigned and not self.app.should_stop:
            # Not awaited here: aiokafka sends no heartbeats until this method returns.
            self._arrival = asyncio.create_task(self._arrive(assigned, self._turn, self._arrival))

    async def _arrive(self, assigned: set[TP], turn: int, before: asyncio.Task[None] | None) -> None:
        """Begins with partitions when all that was begun before is over: hooks and work never overlap."""
        if before is not None:
            await asyncio.wait({before})
        await self._idle.wait()
        try:
            if turn == self._turn and self._hooks.starting_offsets:
                offsets = await self._hooks.starting_offsets(_partitions(assigned))
                await self._in_thread(
                    self._thread.seek_lanes({tp: offsets[tp.partition] for tp in assigned if tp.partition in offsets})
                )
            if turn == self._turn and self._hooks.assigned:
                await self._hooks.assigned(_partitions(assigned))
        except Exception as error:  # noqa: BLE001 -- whatever the processor's store says, the process ends with it
            await self.app.crash(error)
        if turn == self._turn:
            self._lanes.update({tp: Lane(tp) for tp in assigned})
            self._stirred.set()

    def _leave(self, tps: Iterable[TP]) -> None:
        for tp in tps:
            if lane := self._lanes.pop(tp, None):
                lane.current = False

    async def rewind(self, partition: int, offset: int) -> bool:
        """Reads a partition again from `offset`; its batches in hand are stale from now on. False: it is not ours."""
        tp = next((tp for tp in self._lanes if tp.partition == partition), None)
        if tp is None:
            return False
        turn = self._turn
        self._leave({tp})
        await self._in_thread(self._thread.seek_lanes({tp: offset}))
        if turn != self._turn:
            return False
        self._lanes[tp] = Lane(tp)
        self._stirred.set()
        return True

    async def progress(self) -> dict[int, Progress]:
        """How far each assigned partition is; empty while the broker does not answer."""
        if not self._lanes:
            return {}
        asked = time.time()
        ends = await self._in_thread(self._thread.ends(set(self._lanes)))
        return {tp.partition: Progress(lane.done, ends[tp], asked) for tp, lane in self._lanes.items() if tp in ends}

    async def committed(self, topic: str, partitions: Collection[int]) -> dict[int, int]:
        """Where Kafka would have us read on, 0 for the beginning; partitions of which it does not tell are left out."""
        found = await self._in_thread(self._thread.committed([TP(topic, partition) for partition in partitions]))
        return {tp.partition: offset for tp, offset in found.items()}

    async def _in_thread(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._thread.thread_loop))

    # What Faust does and is not wanted here

    async def perform_seek(self) -> None:
        """Lanes begin where their processor says."""

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Faust would complain of partitions in which nothing happens."""

    def close(self) -> None:
        """Faust would close the client when a rebalance comes while it stops, but the last commit needs it."""


class BatchTransport(driver.Transport):
    """Registered under its scheme by `consumers.batching.register`."""

    Consumer: ClassVar[type[ConsumerT]] = BatchConsumer


def _partitions(tps: Iterable[TP]) -> frozenset[int]:
    return frozenset(tp.partition for tp in tps)


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
