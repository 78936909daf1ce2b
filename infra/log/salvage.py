"""What can still be read of an SQLite log whose file was cut or damaged: its events, up to the first that cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from infra.log.port import RawEntry
from infra.log.sqlite import RAW
from infra.log.sqlite_store import APPLICATION_ID
from infra.sqlite import BUSY_SECONDS, trouble


def readable(path: Path) -> Iterator[RawEntry]:
    """Rows in position order; raises `StoreBroken` behind the last one that can be read. Nothing is written."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as store:
            store.execute("PRAGMA writable_schema=ON")  # else a file shorter than its header says is not looked into
            yield from map(RawEntry._make, store.execute(RAW, (0, -1)))
    except sqlite3.Error as error:
        raise trouble(path, error) from error


def opens(path: Path) -> bool:
    """Whether it is a log of ours, and at least its tables are known."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as store:
            store.execute("PRAGMA writable_schema=ON")
            known = store.execute("SELECT count(*) FROM sqlite_master WHERE name = 'stored_events'").fetchone()[0]
            return bool(known and store.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.Error:
        return False
