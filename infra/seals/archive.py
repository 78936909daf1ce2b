"""A log in segments of Parquet that lies elsewhere, read as `verify` reads a log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from infra.exporters.columns import SCHEMA, columns
from infra.exporters.narrow import TABLES
from infra.exporters.segments import root_of, sealed_root, segments
from infra.log.merkle import Tree
from infra.log.port import RawEntry, leaf_of
from infra.seals.copies import DIGEST, Copy, key_in
from infra.seals.narrow import Narrow

BATCH = 10_000
COLUMNS = [(field.name, field.type) for field in SCHEMA]


class Archived(Copy):
    """The events of `danze export parquet`. A row whose columns say something else than its bytes, and the last row of
    a segment whose footer names another root than that of its leaves, stand for events that are not sound.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        super().__init__(self._events)

    def _events(self) -> Iterator[RawEntry]:
        position, reader = 0, duckdb.connect(config={"threads": 1})
        for path in segments(self._folder / "events"):
            narrow = [Narrow(reader, path, name) for name in TABLES]
            try:
                for row in _segment(path, narrow):
                    position = row.position
                    yield row
            except (pa.ArrowException, OSError, ValueError) as error:  # cut, or its pages do not fit their checksums
                why = str(error).partition("\n")[0]
                self.unread = position + 1, f"{path.relative_to(self._folder)} cannot be read: {why}"
                yield _unsound(position + 1)
            found = [each.problem for each in narrow if each.problem is not None]
            self.problem = self.problem or min(found, default=None)


def _segment(path: Path, narrow: list[Narrow]) -> Iterator[RawEntry]:
    file, tree = pq.ParquetFile(path, page_checksum_verification=True), Tree()
    if [(field.name, field.type) for field in file.schema_arrow] != COLUMNS:
        raise ValueError("it has other columns than a segment of events")
    last: RawEntry | None = None
    for batch in file.iter_batches(BATCH):
        rows = _rows(batch)
        if _agrees(rows, batch):
            for each in narrow:
                each.follow(batch)
        else:
            rows = [
                row if _agrees([row], batch.slice(at, 1)) else _unsound(row.position) for at, row in enumerate(rows)
            ]
        tree.extend([row.leaf for row in rows])
        if last is not None:
            yield last
        yield from rows[:-1]
        last = rows[-1]
    if last is not None:
        for each in narrow:
            each.end()
        yield last if sealed_root(file) == root_of(tree) else _unsound(last.position)


def _agrees(rows: list[RawEntry], batch: pa.RecordBatch) -> bool:
    try:
        return bool(columns(rows).equals(batch))
    except (msgspec.MsgspecError, pa.ArrowException, ValueError, OverflowError):
        return False


def _rows(batch: pa.RecordBatch) -> list[RawEntry]:
    told = {name: batch.column(name) for name in batch.schema.names}
    told["recorded"] = told["recorded"].cast(pa.int64())
    names = ("position", "subject", "version", "type", "recorded", "stored", "leaf")
    return [
        RawEntry(position, subject, version, type, recorded, stored, key_in(stored), DIGEST, leaf)
        for position, subject, version, type, recorded, stored, leaf in zip(
            *(told[name].to_pylist() for name in names), strict=True
        )
    ]


def _unsound(position: int) -> RawEntry:
    """Stands where something is that is no event of danze's."""
    return RawEntry(position, "", 0, "", 0, b"", b"", b"", leaf_of(b""))
