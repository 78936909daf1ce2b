"""A file that is touched while a worker gets on: what a health check looks at, for a process can stand and be stuck.
`docker-compose.yml` calls a worker healthy whose file is younger than two minutes.
"""

import time
from pathlib import Path

SECONDS = 5.0
"""It is touched so often at most."""


class Pulse:
    """Called after each step that reached the store (and Kafka, where the step needs it). Without a file, nothing."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._next = 0.0

    def __call__(self) -> None:
        """An OSError where the file cannot be touched: a worker whose pulse nobody can feel would be ended for it."""
        if self._file is not None and time.monotonic() >= self._next:
            self._file.touch()
            self._next = time.monotonic() + SECONDS
