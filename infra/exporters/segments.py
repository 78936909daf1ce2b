"""The log in Parquet: typed columns beside the stored bytes, in segments of one month of recording each.

A segment is whole or not there. Its footer bears the Merkle root of its leaves (RFC 6962), base64. Beside it lie narrow
tables of its steps and limits; those of a segment that another danze wrote are made when the export goes on.
No footer bears statistics: nothing checks them, and readers skip rows by them.
"""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from domain.digits import digits
from infra.exporters import narrow_files
from infra.exporters.columns import SCHEMA, columns
from infra.exporters.whole_file import put_in_place
from infra.log.merkle import Tree
from infra.log.port import Log, RawEntry, StoreError, leaf_of
from infra.log.times import of_micros

BATCH = 60_000
"""Events in a row group: who reads columns reads long stretches."""
ROOT = b"danze.root"
Batches = Iterable[tuple[str, list[RawEntry]]]


def export(log: Log, folder: Path, upto: int, progress: Callable[[int], None]) -> tuple[int, int]:
    """Writes segments up to a position, after those that are there; answers (position they ended at, events written).

    A stretch of a month that is not over is a segment too, and the rest of it another. Raises `StoreError` where the
    segments are not the beginning of this log, or one is of a later month than the next would be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    at = stood = _stood(log, folder)
    with _cleared(folder):
        for month, batches in groupby(_by_month(log, stood, upto), key=itemgetter(0)):
            at = _write(folder / f"recorded_month={month}", batches, progress)
        for path in segments(folder):
            narrow_files.write(path)
    return stood, at - stood


def segments(folder: Path) -> list[Path]:
    """The segments of a folder in the order of positions."""
    return sorted(folder.glob("recorded_month=*/*.parquet"), key=lambda path: path.name)


def sealed_root(file: pq.ParquetFile) -> str | None:
    """The Merkle root in the footer of a segment."""
    root: bytes | None = (file.metadata.metadata or {}).get(ROOT)
    return root.decode(errors="replace") if root is not None else None


def root_of(tree: Tree) -> str:
    """A root as a footer bears it."""
    return base64.b64encode(tree.root()).decode()


def _stood(log: Log, folder: Path) -> int:
    at = 0
    for path in segments(folder):
        first, _, last = path.stem.partition("-")
        tree = Tree()
        end = digits(last, log.head().position) or 0
        if digits(first, end) == at + 1:
            tree.extend([leaf for _, leaf in log.leaves(at, end - at)])
        try:
            file = pq.ParquetFile(path)
            root, fields = sealed_root(file), file.schema_arrow
        except (pa.ArrowException, OSError):
            root = None
        if not tree.size or root != root_of(tree):
            raise StoreError(f"{path} is no segment of the beginning of this log; name another folder")
        if not fields.equals(SCHEMA):
            raise StoreError(f"{path} has other columns than danze writes now; name another folder")
        at = end
    return at


@contextmanager
def _cleared(folder: Path) -> Iterator[None]:
    """Drafts of exports that were killed are gone, unless another export is at work in the folder."""
    held = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # held by another, or a disk over the network that knows no locks
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            narrow = folder.parent / narrow_files.FOLDER
            for draft in [*folder.glob("*/next.*.part"), *narrow.glob("*/*/*.*.part")]:
                draft.unlink(missing_ok=True)
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_SH)
        yield
    finally:
        os.close(held)


def _by_month(log: Log, after: int, upto: int) -> Iterator[tuple[str, list[RawEntry]]]:
    while after < upto and (rows := log.raw_entries(after, min(BATCH, upto - after))):
        for row in rows:
            if leaf_of(row.body) != row.leaf:
                raise StoreError(f"position {row.position} was altered and is not exported; danze verify says more")
        for month, stretch in groupby(rows, key=_month):
            yield month, list(stretch)
        after = rows[-1].position


def _month(row: RawEntry) -> str:
    return f"{of_micros(row.recorded):%Y-%m}"


def _write(folder: Path, batches: Batches, progress: Callable[[int], None]) -> int:
    folder.mkdir(exist_ok=True)
    draft, tree, first, last = folder / f"next.{os.getpid()}.part", Tree(), 0, 0
    try:
        with pq.ParquetWriter(
            draft, SCHEMA, compression="zstd", write_page_checksum=True, write_statistics=False
        ) as file:
            for _, rows in batches:
                file.write_batch(columns(rows))
                tree.extend([row.leaf for row in rows])
                first, last = first or rows[0].position, rows[-1].position
                progress(last)
            file.add_key_value_metadata({ROOT: root_of(tree)})
        put_in_place(draft, folder / f"{first:012}-{last:012}.parquet")
    finally:
        draft.unlink(missing_ok=True)
    return last
