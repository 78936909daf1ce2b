"""What danze made of the log, in Parquet: items, their deadlines, and findings, as they stand at a position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Self, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from domain.envelope import AnyEvent
from domain.petition.item import Item
from domain.petition.state import evolve
from infra.exporters.items import stretches
from infra.exporters.whole_file import put_in_place
from infra.log.port import Log
from projections.cases import CaseRow, case_row
from projections.findings import FindingRow, Word, finding_row, heard, words_of

DAYS = ("since", "k1_strict", "k1_met", "handled_strict", "handled_met")
"""Columns that hold days, beside those whose names end in `_on`."""
FLAGS = ("collective", "skip_level", "anonymous", "resolved", "desisted", "over", "k1_missed", "handled_missed")
ROWS = 5_000


class DeadlineRow(NamedTuple):
    """A clock of an item, with all that became of it."""

    no: str
    clock: str
    started: int
    """Version of the event that started it."""
    starts_on: date
    strict_on: date
    due_on: date
    owed_by: str
    met_on: date | None
    missed: bool
    """Not met by its last day, and nothing showed later that it was; a right never is."""
    ended: bool
    extended: int
    is_right: bool
    """A right that ends, and nobody's duty."""
    is_trigger: bool
    """A supervision that had to be opened."""
    provisional: bool


def export(log: Log, folder: Path, upto: int) -> dict[str, int]:
    """Writes `cases`, `deadlines` and `findings` anew; answers the rows of each."""
    words: dict[str, list[Word]] = {}
    with Table(folder / "cases.parquet", CaseRow) as cases, Table(folder / "deadlines.parquet", DeadlineRow) as clocks:
        for stretch in stretches(log, upto):
            for events in stretch.items:
                item = _folded(events, words)
                cases.add([case_row(item, b"")])
                clocks.add(list(_deadlines(item)))
            for event in stretch.others:
                _hear(event, words)
    with Table(folder / "findings.parquet", FindingRow) as findings:
        rows = (finding_row(id, heard((), said)) for id, said in sorted(words.items()))
        findings.add([row for row in rows if row.raised_at])
    return {"cases": cases.count, "deadlines": clocks.count, "findings": findings.count}


def _folded(events: Sequence[AnyEvent], words: dict[str, list[Word]]) -> Item:
    item: Item | None = None
    for event in events:
        item = evolve(item, event)
        _hear(event, words)
    assert item is not None, "the first event of an item is its registration"
    return item


def _hear(event: AnyEvent, words: dict[str, list[Word]]) -> None:
    for id, word in words_of(event):
        words.setdefault(id, []).append(word)


def _deadlines(item: Item) -> Iterator[DeadlineRow]:
    for each in item.deadlines:
        yield DeadlineRow(
            item.no, each.clock, each.started, each.starts_on, each.strict_on, each.due_on, each.owed_by, each.met_on,
            each.missed, each.ended, each.extended, each.window, each.trigger, each.provisional,
        )  # fmt: skip


class Table:
    """One file of rows, whole or not there. The state behind a row, its `body`, is no column."""

    def __init__(self, path: Path, row: Any) -> None:
        hints = {name: hint for name, hint in get_type_hints(row).items() if name != "body"}
        self._schema = pa.schema([pa.field(name, _kind(name, hint)) for name, hint in hints.items()])
        self._path, self._draft = path, path.with_name(path.name + ".part")
        self._waiting: list[tuple[Any, ...]] = []
        self.count = 0

    def __enter__(self) -> Self:
        self._file = pq.ParquetWriter(self._draft, self._schema, compression="zstd")
        return self

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._waiting += rows
        if len(self._waiting) >= ROWS:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._waiting, strict=True)) or [()] * len(self._schema)
        told = [_typed(column, field.type) for column, field in zip(columns, self._schema, strict=False)]
        self._file.write_batch(pa.record_batch(told, schema=self._schema))
        self.count += len(self._waiting)
        self._waiting = []

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        try:
            if error is None:
                self._flush()
            self._file.close()
            if error is None:
                put_in_place(self._draft, self._path)
        finally:
            self._draft.unlink(missing_ok=True)


def _kind(name: str, hint: Any) -> pa.DataType:
    if name in DAYS or name.endswith("_on"):
        return pa.date32()
    if hint is bool or name in FLAGS:
        return pa.bool_()
    return pa.int64() if hint is int else pa.string()


def _typed(column: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Days that a row holds as ISO text, and flags that it holds as 0 or 1, as what they are."""
    if kind == pa.date32():
        return pa.array([date.fromisoformat(each) if isinstance(each, str) else each for each in column], kind)
    return pa.array([bool(each) for each in column] if kind == pa.bool_() else column, kind)
