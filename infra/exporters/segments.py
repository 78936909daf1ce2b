"""The log in Parquet: typed columns beside the stored bytes, in segments of one month of recording each.

A segment is whole or not there. Its footer bears the Merkle root of its leaves (RFC 6962), base64.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Raw

from domain.envelope import SHANGHAI
from infra.log.merkle import Tree
from infra.log.port import Log, RawEntry, StoreError, leaf_of
from infra.office import EPOCH

BATCH = 20_000
ZONED = pa.timestamp("us", tz="Asia/Shanghai")
SCHEMA = pa.schema([
    pa.field(name, kind, nullable=name in ("unit", "decided"))
    for name, kind in {
        "position": pa.int64(), "subject": pa.string(), "kind": pa.string(), "no": pa.string(), "version": pa.int32(),
        "type": pa.string(), "time": ZONED, "recorded": ZONED, "unit": pa.string(), "actor": pa.string(),
        "data": pa.string(), "decided": pa.string(), "leaf": pa.binary(32), "stored": pa.binary(),
    }.items()
])  # fmt: skip
"""`data` and `decided` are JSON as it is stored; `stored` is all of it, byte by byte."""
ROOT = b"danze.root"
Batches = Iterable[tuple[str, list[RawEntry]]]


class Said(msgspec.Struct, gc=False):
    """What an event's bytes say that stands in columns of its own."""

    time: datetime
    actor: str
    data: Raw
    unit: str | None = None
    decided: Raw = Raw()


_decode = msgspec.json.Decoder(Said).decode


def columns(rows: Sequence[RawEntry]) -> pa.RecordBatch:
    """The columns of events. Raises `msgspec.MsgspecError` for bytes that are no event."""
    said = [_decode(row.body) for row in rows]
    subjects = [row.subject.partition(":") for row in rows]
    told = {
        "position": [row.position for row in rows], "subject": [row.subject for row in rows],
        "kind": [kind for kind, _, _ in subjects], "no": [name for _, _, name in subjects],
        "version": [row.version for row in rows], "type": [row.type for row in rows],
        "time": [each.time for each in said], "recorded": pa.array([row.recorded for row in rows], ZONED),
        "unit": [each.unit for each in said], "actor": [each.actor for each in said],
        "data": [bytes(each.data).decode() for each in said],
        "decided": [bytes(each.decided).decode() or None for each in said],
        "leaf": [row.leaf for row in rows], "stored": [row.body for row in rows],
    }  # fmt: skip
    return pa.RecordBatch.from_pydict(told, schema=SCHEMA)


def export(log: Log, folder: Path, upto: int, progress: Callable[[int], None]) -> tuple[int, int]:
    """Writes segments up to a position, after those that are there; answers (position they ended at, events written).

    A stretch of a month that is not over is a segment too, and the rest of it another. Raises `StoreError` where the
    segments are not the beginning of this log, or one is of a later month than the next would be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    at = stood = _stood(log, folder)
    for month, batches in groupby(_by_month(log, stood, upto), key=itemgetter(0)):
        at = _write(folder / f"recorded_month={month}", batches, progress)
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
        if first.isdigit() and last.isdigit() and int(first) == at + 1 and int(last) <= log.head().position:
            tree.extend([leaf for _, leaf in log.leaves(at, int(last) - at)])
        try:
            root = sealed_root(pq.ParquetFile(path))
        except (pa.ArrowException, OSError):
            root = None
        if not tree.size or root != root_of(tree):
            raise StoreError(f"{path} is no segment of the beginning of this log; name another folder")
        at = int(last)
    return at


def _by_month(log: Log, after: int, upto: int) -> Iterator[tuple[str, list[RawEntry]]]:
    while after < upto and (rows := log.raw_entries(after, min(BATCH, upto - after))):
        for row in rows:
            if leaf_of(row.body) != row.leaf:
                raise StoreError(f"position {row.position} was altered and is not exported; danze verify says more")
        for month, stretch in groupby(rows, key=_month):
            yield month, list(stretch)
        after = rows[-1].position


def _month(row: RawEntry) -> str:
    return f"{(EPOCH + timedelta(microseconds=row.recorded)).astimezone(SHANGHAI):%Y-%m}"


def _write(folder: Path, batches: Batches, progress: Callable[[int], None]) -> int:
    folder.mkdir(exist_ok=True)
    draft, tree, first, last = folder / "next.part", Tree(), 0, 0
    try:
        with pq.ParquetWriter(draft, SCHEMA, compression="zstd", write_page_checksum=True) as file:
            for _, rows in batches:
                file.write_batch(columns(rows))
                tree.extend([row.leaf for row in rows])
                first, last = first or rows[0].position, rows[-1].position
                progress(last)
            file.add_key_value_metadata({ROOT: root_of(tree)})
        draft.replace(folder / f"{first:012}-{last:012}.parquet")
    finally:
        draft.unlink(missing_ok=True)
    return last
