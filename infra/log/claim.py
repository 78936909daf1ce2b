"""The claim of one process on a store: a locked file beside an SQLite log, which goes with the process."""

from __future__ import annotations

import fcntl
import os
from functools import partial
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


def claim_file(path: Path, store: Path) -> FileClaim | None:
    """The file stays when the claim has gone: whoever removed it might remove another's. Who may write to the store may
    claim it.
    """
    try:
        file = open(path, "ab", opener=partial(os.open, mode=store.stat().st_mode & 0o666))  # noqa: SIM115 -- Path.open has no opener; the claim closes it
    except OSError as error:
        raise StoreError(f"{path} cannot be opened for writing ({error.strerror})") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except OSError as error:
        file.close()
        raise StoreError(f"{path} cannot be locked ({error.strerror})") from error
    return FileClaim(file)
