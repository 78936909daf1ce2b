"""The claim of one process on a store: a locked file beside an SQLite log, which goes with the process."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from infra.log.port import StoreError


class FileClaim:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def held(self) -> bool:
        return not self._file.closed

    def release(self) -> None:
        self._file.close()


def claim_file(path: Path) -> FileClaim | None:
    """The file stays when the claim has gone: whoever removed it might remove another's."""
    try:
        file = path.open("ab")
    except OSError as error:
        raise StoreError(f"{path} cannot be opened for writing ({error.strerror})") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return FileClaim(file)
