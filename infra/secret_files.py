"""Files that hold a secret: for their owner alone, and on the disk before anybody goes by what they hold."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infra import durable
from infra.log.port import StoreError, StoreFull

MODE, FOLDER_MODE = 0o600, 0o700


def make(path: Path, secret: bytes) -> None:
    """Where there is none: of two first users, both then read the one that came first. Raises `StoreError`."""
    with _writing(path), durable.draft(path, secret, MODE) as made, suppress(FileExistsError):
        path.hardlink_to(made)


def replace(path: Path, secret: bytes) -> None:
    """The file holds the secret, whole, or what it held before. Raises `StoreError`."""
    with _writing(path), durable.draft(path, secret, MODE) as made:
        made.replace(path)


def there(path: Path) -> bool:
    """Whether there is such a file. Raises `StoreError` where that cannot be looked up."""
    try:
        return path.exists()
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror})") from error


def read(path: Path) -> bytes:
    """Raises `StoreError`, from the `OSError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path} cannot be read ({error.strerror})") from error


def key(path: Path, size: int, lost: str) -> bytes:
    """A key that danze made for itself, so many bytes. A `StoreError` where others may read it, or where it is not
    whole: without it `lost`.
    """
    held = read(path)
    if (mode := path.stat().st_mode) & 0o077:
        raise StoreError(f"{path} is readable by others (mode {mode & 0o777:o}); chmod 600 it")
    if len(held) != size:
        do = f"put a copy in its place, or delete it: {lost}"
        raise StoreError(f"{path} is damaged: {len(held)} bytes, not {size}; {do}")
    return held


def announced(path: Path) -> Path:
    """Where a new secret waits until others go by it: a rotation that was stopped half way is finished with it."""
    return path.with_name(f"{path.name}.next")


def settle(path: Path, fits: Callable[[bytes], bool]) -> None:
    """The secret that waits takes its place, where it is the one that fits. Only for who is alone."""
    waiting = announced(path)
    if there(waiting) and fits(read(waiting)):
        waiting.replace(path)
        durable.sync(path.parent)


def folder(path: Path) -> None:
    """Makes a folder for its owner alone, and those above it that are missing."""
    if not path.is_dir():
        folder(path.parent)
        path.mkdir(exist_ok=True, mode=FOLDER_MODE)
        durable.sync(path.parent)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        folder(path.parent)
        yield
    except OSError as error:
        kind = StoreFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else StoreError
        raise kind(f"{path} cannot be written ({error.strerror})") from error
