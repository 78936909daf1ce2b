"""What the agent sees: batches, and nothing acknowledged that it has not finished."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import faust
from faust.types import Message

from consumers.batch import Batch

TOGETHER = 64
"""Batches that are worked on at once at most."""


class Whole(faust.Schema[Any, Batch]):
    """There is nothing to decode: the value is the batch."""

    def loads_value(self, app: Any, message: Message, **_: Any) -> Batch:  # noqa: ARG002 -- Faust's signature
        return cast("Batch", message.value)


class BatchStream(faust.Stream[Batch]):
    """Yields batches. A batch is acknowledged when the agent asks for the next one, and in no other way:

    not when the agent fails, nor when it is cancelled. (Faust's own stream acknowledges then, too.)
    """

    async def __aiter__(self) -> AsyncIterator[Batch]:
        async for batches in self.together(1):
            yield batches[0]

    async def together(self, most: int = TOGETHER) -> AsyncIterator[list[Batch]]:
        """Yields all batches that are ready, so that a processor can write once for several partitions."""
        started_here = await self.maybe_start()
        consumer = cast("Any", self.app.consumer)
        try:
            while not self.should_stop:
                if events := await self._ready(most):
                    consumer.at_work(True)
                    yield [event.value for event in events]
                    for event in events:
                        event.ack()
                    consumer.at_work(False)
        except StopAsyncIteration:  # how Faust tells a waiting agent to end
            return
        finally:
            consumer.at_work(False)
            self._channel_stop_iteration(self.channel)
            if started_here:
                await self.stop()
                self.service_reset()

    async def _ready(self, most: int) -> list[Any]:
        queue = cast("Any", self.channel).queue
        events = [await queue.get()]
        while len(events) < most and not queue.empty():
            events.append(queue.get_nowait())
        return [event for event in events if event.value.current and self.app.flow_control.is_active()]
