"""Does a narrow table say what the events beside it say?

It is read by DuckDB, as questions read it: another reader could be shown other rows by the same footer.
"""

from __future__ import annotations

from collections.abc import Iterator
from glob import escape
from pathlib import Path

import duckdb
import pyarrow as pa

from infra.exporters.columns import SCHEMA
from infra.exporters.narrow import TABLES, schema
from infra.exporters.narrow_files import beside, is_ours, parquet
from infra.log.checker import Bad

BATCH = 10_000
NO_EVENTS = pa.RecordBatch.from_pylist([], SCHEMA)
SKIPPED_BY = "SELECT COLUMNS('^(stats|bloom_filter|column_index|offset_index|geo)_') FROM parquet_metadata($1)"
"""What a footer says of rows, by which DuckDB leaves some unread."""


class Narrow:
    """A narrow table of a segment, followed along with its events. One that another danze made is not looked at."""

    def __init__(self, reader: duckdb.DuckDBPyConnection, segment: Path, name: str) -> None:
        self.problem: Bad | None = None
        """The first position at which the table says something else, and what is wrong."""
        self._path, self._name, self._at = beside(segment, name), name, 0
        self._reader = reader
        self._batches: Iterator[pa.RecordBatch] | None = None
        self._rest = schema(name).empty_table()
        self._ignored = not self._path.exists()

    def follow(self, events: pa.RecordBatch) -> None:
        """Compares the next rows with what is made of these events, which are sound."""
        self._at = self._at or events["position"][0].as_py()
        self._expect(events, more=0)

    def end(self) -> None:
        """No event follows, and no row may."""
        self._expect(NO_EVENTS, more=1)

    def _expect(self, events: pa.RecordBatch, more: int) -> None:
        """Reads no more rows than are made of these events, and some, however many a file has."""
        if self._ignored or self.problem is not None:
            return
        try:
            if self._batches is None:
                if not is_ours(self._path, self._name):
                    self._ignored = True
                    return
                self._batches = self._opened()
            made = TABLES[self._name](events)
            self._compare(self._take(len(made) + more), made)
        except (duckdb.Error, pa.ArrowException, OSError, ValueError) as error:
            self._blame(self._at, f"is not as danze writes it: {str(error).partition(chr(10))[0]}")

    def _opened(self) -> Iterator[pa.RecordBatch]:
        db = self._reader.cursor()
        said = db.execute(SKIPPED_BY, [escape(str(self._path))]).fetchall()
        if any(each is not None for row in said for each in row):
            raise ValueError("its footer has statistics, an index or a filter, by which rows could be hidden")
        rows = db.sql(f"FROM {parquet([self._path])}").to_arrow_reader(BATCH)
        if not rows.schema.equals(schema(self._name)):
            raise ValueError("it has other columns")
        return iter(rows)

    def _compare(self, said: pa.Table, made: pa.Table) -> None:
        if said.equals(made):
            self._at = made["position"][-1].as_py() if len(made) else self._at
            return
        alike = next((at for at in range(len(made)) if not said[at : at + 1].equals(made[at : at + 1])), len(made))
        before = made["position"][alike - 1].as_py() if alike else self._at
        at = [table["position"][alike].as_py() for table in (said, made) if alike < len(table)]
        position = min((each for each in at if each is not None and each >= before), default=before)
        self._blame(position, "does not say what the events say")

    def _take(self, count: int) -> pa.Table:
        assert self._batches is not None
        while len(self._rest) < count and (more := next(self._batches, None)) is not None:
            self._rest = pa.concat_tables([self._rest, pa.Table.from_batches([more])])
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def _blame(self, position: int, why: str) -> None:
        file = self._path.relative_to(self._path.parents[3])
        self.problem = (
            position,
            (
                f"narrow table {self._name} {why} ({file}); the events are whole, and danze export parquet "
                "makes the table anew when this file is removed"
            ),
        )
