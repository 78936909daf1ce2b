"""The machine's day, as long as its time goes on as time does: what a clock set wrongly records cannot be undone."""

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
    """The machine's time was set ahead while we ran: nobody has missed anything because of it."""


class MachineTime:
    """Compares the time of day with the time that has passed since this was made."""

    def __init__(
        self, now: Callable[[], datetime], passed: Callable[[], float] = lambda: time.clock_gettime(SINCE_BOOT)
    ) -> None:
        self._now, self._passed = now, passed
        self._began = now() - timedelta(seconds=passed())

    def today(self) -> date:
        """The local day (Asia/Shanghai). Raises `TimeJumped`. Time set back is harmless: what was recorded stays so."""
        now = self._now()
        ahead = now - timedelta(seconds=self._passed()) - self._began
        if ahead > AHEAD:
            raise TimeJumped(
                f"the machine's time jumped ahead by {_said(ahead)}, to {now:%Y-%m-%d %H:%M}: nothing is recorded as "
                "missed until it is set back; if it is right now, begin again"
            )
        return day_of(now)


def _said(span: timedelta) -> str:
    return f"{span.days:,} days" if span.days else f"{span.seconds // 3600} hours"
