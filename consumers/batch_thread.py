"""aiokafka, in the event loop of Faust's consumer thread: polls that no rebalance and no seek comes between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, cast

import aiokafka
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from consumers.batch import Lane
from consumers.batch_records import Records, in_stretches

log = logging.getLogger("danze.workers")
PATIENCE_MS = 50
"""How long a broker may hold an empty answer back: meanwhile aiokafka asks it for no other partition."""
BROKER_SECONDS = 5.0
"""How long a commit or a question may take; offsets are only a hint, so nothing waits for them longer."""
AGAIN_SECONDS = 2.0
LEAVE_SECONDS = 1.0
"""How long it may take to say that we leave, when the rest took too long; others notice it by our silence, too."""


class Polled(NamedTuple):
    lane: Lane
    records: Records | None
    position: int


class BatchThread(driver.AIOKafkaConsumerThread):
    """Each method runs in the thread's own loop."""

    _told: asyncio.Future[None] | None = None
    silent = False
    """Kafka did not answer when something was to be committed."""

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        conf = self.app.conf
        self._assignor = RoundRobinPartitionAssignor
        return aiokafka.AIOKafkaConsumer(
            client_id=conf.broker_client_id,
            group_id=conf.id,
            group_instance_id=conf.consumer_group_instance_id,
            bootstrap_servers=driver.server_list(transport.url, transport.default_port),
            partition_assignment_strategy=[self._assignor],
            enable_auto_commit=False,
            auto_offset_reset=conf.consumer_auto_offset_reset,
            isolation_level="read_committed",  # what a producer took back was never said
            max_poll_records=conf.broker_max_poll_records,
            max_poll_interval_ms=_ms(conf.broker_max_poll_interval),
            max_partition_fetch_bytes=conf.consumer_max_fetch_size,
            fetch_max_wait_ms=PATIENCE_MS,
            request_timeout_ms=_ms(conf.broker_request_timeout),
            check_crcs=conf.broker_check_crcs,
            session_timeout_ms=_ms(conf.broker_session_timeout),
            rebalance_timeout_ms=_ms(conf.broker_rebalance_timeout),
            heartbeat_interval_ms=_ms(conf.broker_heartbeat_interval),
            metadata_max_age_ms=conf.consumer_metadata_max_age_ms,
            **driver.credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context),
        )

    async def on_start(self) -> None:
        """Connects, and tries again where the broker went away since it was found there."""
        said = False
        while not self.should_stop:
            try:
                await super().on_start()
            except KafkaError as error:
                if not said:
                    log.warning("the Kafka broker went away (%s); trying again until it works", error)
                said = True
                await self._ensure_consumer().stop()
                await self.sleep(AGAIN_SECONDS)
            else:
                return

    async def poll(self, lanes: Mapping[TP, Lane], most: int) -> list[Polled]:
        """What has been fetched for these lanes; nothing is awaited, so no rebalance or seek comes in between.

        The lanes are looked at here, and not where they were listed: one that was given up meanwhile must not move.
        """
        fetcher = self._ensure_consumer()._fetcher  # noqa: SLF001 -- as Faust's own driver does
        subscription = fetcher._subscriptions  # noqa: SLF001
        if subscription.reassignment_in_progress or subscription.subscription is None:
            return []
        assignment = subscription.subscription.assignment
        lanes = {tp: lane for tp, lane in lanes.items() if lane.current and tp in assignment.tps}
        if not lanes:
            return []
        with subscription.fetch_context():
            found = await _stretches(fetcher, lanes, most)
        if not found:
            self._tell_of_data(fetcher)
        states = {tp: assignment.state_value(tp) for tp in lanes}
        return [
            Polled(lanes[tp], found.get(tp), state.position) for tp, state in states.items() if state.has_valid_position
        ]

    def _tell_of_data(self, fetcher: Any) -> None:
        """Wakes the main loop when something has been fetched."""
        if self._told is None or self._told.done():
            self._told = fetcher._create_fetch_waiter()  # noqa: SLF001
            self._told.add_done_callback(self._fetched)

    def _fetched(self, told: asyncio.Future[None]) -> None:
        error = None if told.cancelled() else told.exception()
        self.parent_loop.call_soon_threadsafe(cast("Any", self.consumer).fetched, error)

    async def seek_lanes(self, offsets: Mapping[TP, int]) -> None:
        consumer = self._ensure_consumer()
        for tp, offset in offsets.items():
            if tp in consumer.assignment():
                consumer.seek(driver.ensure_aiokafka_TP(tp), offset)

    async def commit_offsets(self, offsets: Mapping[TP, int]) -> bool:
        """Whether Kafka has them. If not, the same records may be delivered again, and nothing else happens."""
        wanted = {driver.ensure_aiokafka_TP(tp): OffsetAndMetadata(offset, "") for tp, offset in offsets.items()}
        try:
            await asyncio.wait_for(self._ensure_consumer().commit(wanted), BROKER_SECONDS)
        except (CommitFailedError, IllegalStateError):  # a rebalance was faster
            return False
        except (KafkaError, TimeoutError) as error:
            self.log.warning("offsets were not committed: %s", str(error) or "Kafka does not answer")
            self.silent = True
            return False
        self.silent = False
        return True

    async def on_thread_stop(self) -> None:
        """Lets go of the broker, whether it answers or not, and of the group, whether a rebalance is over or not.

        aiokafka waits for what it asked the group's coordinator, without a limit of its own.
        """
        try:
            await asyncio.wait_for(super().on_thread_stop(), BROKER_SECONDS)
        except (asyncio.CancelledError, TimeoutError):
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Too long; or a fetch that waited to be tried again was cancelled, and aiokafka takes that for its own end.
            consumer = self._ensure_consumer()
            with suppress(KafkaError, TimeoutError):
                await asyncio.wait_for(consumer._coordinator._maybe_leave_group(), LEAVE_SECONDS)  # noqa: SLF001
            await consumer._client.close()  # noqa: SLF001

    def _stopped_set(self) -> None:
        """Where the worker fails, the thread ends by itself, and has often ended before it is told to."""
        with suppress(RuntimeError):  # its loop is closed
            super()._stopped_set()

    async def ends(self, tps: Collection[TP]) -> dict[TP, int]:
        """The first offset that is not readable yet; nothing while the broker does not answer."""
        wanted = {driver.ensure_aiokafka_TP(tp): tp for tp in tps}
        try:
            found = await asyncio.wait_for(self._ensure_consumer().end_offsets(list(wanted)), BROKER_SECONDS)
        except (KafkaError, TimeoutError):
            return {}
        return {wanted[tp]: offset for tp, offset in found.items()}

    async def committed(self, tps: Collection[TP]) -> dict[TP, int]:
        """The offset that Kafka knows of each, 0 for none; nothing while the broker does not answer."""
        consumer, found = self._ensure_consumer(), dict[TP, int]()
        with suppress(KafkaError, TimeoutError):
            for tp in tps:
                asked = consumer.committed(driver.ensure_aiokafka_TP(tp))
                found[tp] = await asyncio.wait_for(asked, BROKER_SECONDS) or 0
        return found


async def _stretches(fetcher: Any, lanes: Collection[TP], most: int) -> dict[TP, Records]:
    """Of what has been fetched, a stretch of each partition until there are `most` records; awaits nothing."""
    found: dict[TP, Records] = {}
    count = 0
    for tp in [tp for tp in fetcher._records if tp in lanes]:  # noqa: SLF001
        stretches = in_stretches(fetcher._records[tp], most)  # noqa: SLF001
        for records in (await fetcher.fetched_records({tp}, timeout=0, max_records=1)).get(tp, ()):
            found[tp] = records
            count += records.end - records.first
        if stretches is not None and stretches.drained:
            await fetcher.fetched_records({tp}, timeout=0)  # sees that it was all, and fetches what comes next
        if count >= most:
            break
    return found


def _ms(seconds: float | None) -> int:
    return int((seconds or 0) * 1000)
