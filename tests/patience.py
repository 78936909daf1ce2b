"""How a test waits: for what must come, and no longer. That a busy machine takes its time is no failure."""

import time
from collections.abc import Callable

PATIENCE = 120
"""Seconds after which nobody believes any more that it comes."""


def until(true: Callable[[], object], what: Callable[[], object] = lambda: "it did not happen") -> None:
    """Waits for something to become true; the test fails with what is instead when it does not."""
    give_up = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < give_up, what()
        time.sleep(0.02)
