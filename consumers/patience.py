"""A store or broker that is away comes back: try again, say why once, and lose nothing meanwhile."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from domain.reasons import Reasons

log = logging.getLogger("danze.workers")
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds to wait after the first failure in a row, the second, and so on."""
T = TypeVar("T")


class Patience:
    """Does blocking work in a thread, while heartbeats go on, and again after `trouble`."""

    def __init__(self, *trouble: type[Exception]) -> None:
        self._trouble = trouble

    async def done(self, work: Callable[[], T]) -> T:
        """The answer of `work`, however often it had to be tried."""
        failures, reasons = 0, Reasons()
        while True:
            try:
                answer = await asyncio.to_thread(work)
            except self._trouble as error:
                if reasons.new(str(error)):
                    log.warning("%s; trying again until it works", error)
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
            else:
                if failures:
                    log.warning("works again")
                return answer
