"""How long something waits here: what is recorded of a past was recorded years ago, and came a second ago."""

import threading
import time

MOST = 1_000
"""Looks that are kept. Of more, every second one is forgotten, so that a wait may be told as shorter than it is."""


class Waiting:
    """What one process saw of a log whose events are taken on in their order: since when each was there to be taken.

    Of what waited before the process began, it knows from its first look on.
    """

    def __init__(self) -> None:
        self._looks: list[tuple[int, float]] = []
        """How far the log was seen to go, and when it was seen to go so far first."""
        self._first = 0
        self._lock = threading.Lock()

    def since(self, first: int, head: int, recorded: float, now: float | None = None) -> float:
        """When the first position that waits began to: it was recorded then, or not seen in the log before. Times are
        seconds since 1970.
        """
        with self._lock:
            if first < self._first:  # taken on anew from an earlier place
                self._looks.clear()
            self._first = first
            self._looks = [each for each in self._looks if each[0] >= first]
            if not self._looks or self._looks[-1][0] < head:
                self._looks.append((head, time.time() if now is None else now))
            if len(self._looks) > MOST:
                del self._looks[1::2]
            return max(recorded, self._looks[0][1])

    def nothing(self) -> None:
        """All was taken on."""
        with self._lock:
            self._looks.clear()
            self._first = 0
