"""A log in segments of Parquet that lies elsewhere, read as `verify` reads a log."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from infra.exporters.columns import columns
from infra.exporters.narrow import TABLES, beside, schema
from infra.exporters.segments import root_of, sealed_root, segments
from infra.log.merkle import Tree
from infra.log.port import RawEntry, leaf_of
from infra.seals.copies import DIGEST, Copy, key_in

BATCH = 10_000


def archived(folder: Path) -> Copy:
    """The events of `danze export parquet`. A row whose columns, here or in a narrow table, say something else than its
    bytes, and the last row of a segment whose footer names another root than that of its leaves, stand for events that
    are not sound.
    """

    def rows() -> Iterator[RawEntry]:
        position = 0
        for path in segments(folder / "events"):
            try:
                for row in _segment(path):
                    position = row.position
                    yield row
            except (pa.ArrowException, OSError, ValueError):  # cut, or its pages do not fit their checksums
                yield _unsound(position + 1)

    return Copy(rows)


def _segment(path: Path) -> Iterator[RawEntry]:
    file, tree = pq.ParquetFile(path, page_checksum_verification=True), Tree()
    narrow = [Narrow(path, name) for name in TABLES if beside(path, name).exists()]
    last: RawEntry | None = None
    for batch in file.iter_batches(BATCH):
        rows = _sound(batch, narrow)
        tree.extend([row.leaf for row in rows])
        if last is not None:
            yield last
        yield from rows[:-1]
        last = rows[-1]
    if last is not None:
        whole = sealed_root(file) == root_of(tree) and not any(each.goes_on() for each in narrow)
        yield last if whole else _unsound(last.position)


class Narrow:
    """A narrow table of a segment, read along with its events."""

    def __init__(self, segment: Path, name: str) -> None:
        file = pq.ParquetFile(beside(segment, name), page_checksum_verification=True)
        if not file.schema_arrow.equals(schema(name)):
            raise ValueError(f"{name} has other columns")
        self._batches, self._made = file.iter_batches(BATCH), TABLES[name]
        self._rest = file.schema_arrow.empty_table()

    def altered(self, events: pa.RecordBatch) -> int | None:
        """The first position at which the table says something else than these events, which are sound."""
        said, made = self._take(events["position"][-1].as_py()), self._made(events)
        if said.equals(made):
            return None
        alike = next((at for at in range(len(made)) if not said[at : at + 1].equals(made[at : at + 1])), len(made))
        before: int = (made if alike else events)["position"][max(alike - 1, 0)].as_py()
        at = [table["position"][alike].as_py() for table in (said, made) if alike < len(table)]
        return min((each for each in at if each is not None and each >= before), default=before)

    def goes_on(self) -> bool:
        """Whether rows are left when all events were read."""
        return bool(len(self._rest) or any(batch.num_rows for batch in self._batches))

    def _take(self, upto: int) -> pa.Table:
        """The next rows, as long as they are of positions up to one."""
        while (within := _within(self._rest, upto)) == len(self._rest):
            if (more := next(self._batches, None)) is None:
                break
            self._rest = pa.concat_tables([self._rest, pa.Table.from_batches([more])])
        taken, self._rest = self._rest[:within], self._rest[within:]
        return taken


def _within(rows: pa.Table, upto: int) -> int:
    beyond: int = pc.index(pc.greater(rows["position"], upto), value=True).as_py()
    return len(rows) if beyond < 0 else beyond


def _sound(batch: pa.RecordBatch, narrow: list[Narrow]) -> list[RawEntry]:
    """The rows of a batch; those that say something else than their bytes as unsound ones."""
    rows = _rows(batch)
    if _agrees(rows, batch):
        for position in filter(None, [each.altered(batch) for each in narrow]):
            at = bisect_left(rows, position, hi=len(rows) - 1, key=attrgetter("position"))
            rows[at] = _unsound(rows[at].position)
        return rows
    return [row if _agrees([row], batch.slice(at, 1)) else _unsound(row.position) for at, row in enumerate(rows)]


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
