"""Where narrow tables lie, and how they are written and read.

Their files have no statistics, page indexes or filters. DuckDB skips rows by what these say, and no checksum covers
them: who altered them could hide rows from questions while every page is as it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from glob import escape
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from infra.exporters.narrow import OF_TYPES, TABLES, fingerprint, schema
from infra.exporters.whole_file import put_in_place

FOLDER = "narrow"
MADE_OF = b"danze.made_of"
ASKED = ["position", "subject", "no", "kind", "version", "type", "day", "unit", "actor", "fact", "decided"]
LAWS = pa.array(OF_TYPES["laws"][0])


def beside(segment: Path, name: str) -> Path:
    """Where the narrow table of a segment of events lies."""
    return segment.parents[2] / FOLDER / name / segment.parent.name / segment.name


def is_ours(path: Path, name: str) -> bool:
    """Whether a file holds the table as this danze makes it. Raises `OSError`, `ArrowException` where it is broken."""
    return bool((pq.read_metadata(path).metadata or {}).get(MADE_OF) == fingerprint(name))


def usable(path: Path, name: str) -> bool:
    """Whether questions may read a file; else they are answered from the events."""
    try:
        return is_ours(path, name)
    except (pa.ArrowException, OSError):
        return False


def whole(path: Path) -> bool:
    """Whether a file can be read, and its pages fit their checksums."""
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        for group in range(file.num_row_groups):
            file.read_row_group(group)
    except (pa.ArrowException, OSError):
        return False
    return True


def parquet(paths: Sequence[Path]) -> str:
    """Files as SQL names them. DuckDB takes names for patterns: those of other folders could fit."""
    quoted = ", ".join("'{}'".format(escape(str(path)).replace("'", "''")) for path in paths)
    return f"read_parquet([{quoted}], hive_partitioning = false)"


def tables_of(segment: Path, names: Sequence[str]) -> Iterator[dict[str, pa.Table]]:
    """Narrow tables made of the events of a segment, some events at a time."""
    for events in _events(pq.ParquetFile(segment)):
        yield {name: TABLES[name](events) for name in names}


def write(segment: Path) -> None:
    """Writes the narrow tables of a segment that are not there, are broken, or were made by another danze."""
    lacking = {name: path for name in TABLES if not usable(path := beside(segment, name), name)}
    if not lacking:
        return
    drafts = {name: path.with_name(f"{path.stem}.{os.getpid()}.part") for name, path in lacking.items()}
    try:
        with ExitStack() as stack:
            files = {name: stack.enter_context(_opened(draft, name)) for name, draft in drafts.items()}
            for tables in tables_of(segment, [*lacking]):
                for name, table in tables.items():
                    files[name].write_table(table)
        for name, draft in drafts.items():
            put_in_place(draft, lacking[name])
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _opened(path: Path, name: str) -> pq.ParquetWriter:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = pq.ParquetWriter(
        path, schema(name), compression="zstd", write_page_checksum=True, write_statistics=False, write_page_index=False
    )
    file.add_key_value_metadata({MADE_OF: fingerprint(name)})
    return file


def _events(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    """Their columns; the bytes are read only where a law was adopted, and of laws alone somebody asks them."""
    for group in range(file.num_row_groups):
        adopted = pc.any(pc.is_in(file.read_row_group(group, ["type"])["type"], LAWS)).as_py()
        for events in file.iter_batches(columns=[*ASKED, "stored"] if adopted else ASKED, row_groups=[group]):
            unread = pa.nulls(events.num_rows, pa.binary())
            yield events if adopted else events.append_column("stored", unread)
