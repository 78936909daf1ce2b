"""The machine's time, as long as it goes on as time does: what is recorded by a clock set wrongly cannot be undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from domain.envelope import day_of
from infra.log.port import StoreError

AHEAD = timedelta(hours=1)
"""More than any correction that a machine which asks for the time makes while it runs."""
SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while a machine sleeps, where the system tells it."""


class TimeJumped(StoreError):
    """The machine's time was set ahead while we ran: nobody has missed anything by it, and nothing happened then."""


class MachineTime:
    """Compares the time of day with the time that has passed since this was made."""

    def __init__(
        self, now: Callable[[], datetime], passed: Callable[[], float] = lambda: time.clock_gettime(SINCE_BOOT)
    ) -> None:
        self._now, self._passed = now, passed
        self._began = now().timestamp() - passed()

    def now(self) -> datetime:
        """The time of day. Raises `TimeJumped`. Time set back is harmless: nothing is recorded before what was last."""
        now = self._now()
        ahead = now.timestamp() - self._passed() - self._began
        if ahead > AHEAD.total_seconds():
            raise TimeJumped(
                f"the machine's time jumped ahead by {_said(timedelta(seconds=ahead))}, to {now:%Y-%m-%d %H:%M}: "
                "nothing is taken or recorded as missed until it is set back; if it is right now, begin danze again"
            )
        return now

    def today(self) -> date:
        """The local day (Asia/Shanghai). Raises `TimeJumped`."""
        return day_of(self.now())


def _said(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    return f"{round(hours / 24):,} days" if hours >= 48 else f"{hours} hours"
