"""What is on the disk when the call returns, whole or not at all: also after a power cut."""

from __future__ import annotations

import ctypes
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def draft(path: Path, data: bytes, mode: int = 0o666) -> Iterator[Path]:
    """The data in a file of another name, to be given its own in the block; nothing of it stays behind.

    An `OSError` names the file that was to be: a reason that bears another name each time is another reason each time.
    """
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        try:
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            yield made
        finally:
            made.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    sync(path.parent)


def put(path: Path, data: bytes) -> None:
    """Written as a whole, whoever else does: a reader sees the old file or the new one."""
    with draft(path, data) as made:
        made.replace(path)


def sync_all(folder: Path) -> None:
    """What was written to the file system of a folder is on its disk after this: of many files sooner than each."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if (syncfs := getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)) is None:  # on Linux alone
            os.sync()
        elif syncfs(descriptor):
            raise OSError(number := ctypes.get_errno(), os.strerror(number), str(folder))
    finally:
        os.close(descriptor)


def sync(folder: Path) -> None:
    """Names in a folder outlive a power cut after this."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
