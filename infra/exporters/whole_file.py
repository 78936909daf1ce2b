"""A file that is there whole or not at all."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from infra.durable import sync

Opener = Callable[[str, int], int]


def private(path: str, flags: int) -> int:
    """Opens a file; one that is made is for its owner alone, whatever the umask."""
    return os.open(path, flags, 0o600)


@contextmanager
def afresh(path: Path, *, packs: bool = True, opener: Opener | None = None) -> Iterator[IO[bytes]]:
    """Written under another name, and put in place when all of it is on the disk. Packed where the name ends in .gz.

    The same content makes the same file: what is packed bears neither its time nor its name. A pipe or a device takes
    the place of no file: it is written into.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    path = path.resolve()
    draft = path.with_name(path.name + ".part")
    try:
        draft.unlink(missing_ok=True)
        with open(draft, "wb", opener=opener) as file:
            if packs and path.suffix == ".gz":
                with gzip.GzipFile("", "wb", 6, file, 0) as packed:
                    yield cast("IO[bytes]", packed)
            else:
                yield file
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def put_in_place(draft: Path, path: Path) -> None:
    """Gives a file that is written its name, when all of it is on the disk; so is the name after this."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.replace(path)
    sync(path.parent)
