"""The SQLite file under a log: connections, transactions, the schema, and errors as sentences.

Here `eventsourcing`'s recorder is bent to our needs: every event is written with fsync, writers queue up instead of
failing, and its table gets our columns and an explicit rowid (a VACUUM may renumber an implicit one).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ConnectionPoolClosedError, PersistenceError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from infra.log import index
from infra.log.port import FORMAT, Entry, StoreError, StoreMissing, StoreTooNew, whole
from infra.sqlite import BUSY_SECONDS, private, reading_only, trouble, unwritable

APPLICATION_ID = 0x64616E7A
"""Marks the file as ours (`danz`), so that no other SQLite file is ever taken for a log."""
PRAGMAS = (
    "synchronous=FULL",  # an answered append survives a power cut
    "cache_size=-65536",  # 64 MiB a connection at most, taken as needed
    "temp_store=MEMORY",
    "secure_delete=OFF",  # nothing secret is stored in clear; zeroing freed pages costs writes
    "wal_autocheckpoint=4000",  # 16 MiB: fewer rewrites of the same pages than SQLite's 4 MiB
)


TABLE = """
CREATE TABLE IF NOT EXISTS stored_events (
    rowid INTEGER PRIMARY KEY, originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, topic TEXT NOT NULL,
    state BLOB NOT NULL, recorded INTEGER NOT NULL, key BLOB NOT NULL, digest BLOB NOT NULL, leaf BLOB NOT NULL
)
"""
TABLES = (
    "CREATE TABLE IF NOT EXISTS touches (name TEXT, position INTEGER, PRIMARY KEY (name, position)) WITHOUT ROWID",
    """
    CREATE TABLE IF NOT EXISTS rejected (
        number INTEGER PRIMARY KEY, key BLOB NOT NULL, digest BLOB NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
        path TEXT NOT NULL, subject TEXT NOT NULL, recorded INTEGER NOT NULL, body BLOB NOT NULL,
        times INTEGER NOT NULL, last_recorded INTEGER NOT NULL, UNIQUE (key, digest, code)
    )
    """,
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
)


class Connection(SQLiteConnection):
    """The library's connection, whose writers take the lock at the start (else two of them may deadlock)."""

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        cursor = self.cursor()
        if commit:
            _begin_writing(cursor)
        else:
            cursor.execute("BEGIN")
        try:
            with cursor:
                yield cursor
            (self.commit if commit else self.rollback)()
        except BaseException:
            # A failed COMMIT (disk full) leaves the transaction open.
            self.rollback()
            raise


def _begin_writing(cursor: SQLiteCursor) -> None:
    """Ask for the write lock every millisecond: SQLite's own waiting sleeps ever longer, and a busy importer that
    comes back at once would starve everybody else.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.001)
        else:
            return


class Pool(SQLiteConnectionPool):
    def new(self) -> SQLiteConnection:
        """A connection outside the pool."""
        return self._create_connection()

    def _create_connection(self) -> SQLiteConnection:
        raw = super()._create_connection()._sqlite_conn  # noqa: SLF001 -- the library offers no other way
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        return Connection(raw, max_age=None)


class Store(SQLiteDatastore):
    """The file: a pool of connections to read with, and one of its own to write with.

    SQLite drops a connection's page cache when another connection has written; the writer's therefore stays alone.
    """

    def __init__(self, path: Path, *, address: str) -> None:
        super().__init__(db_name=address, originator_id_type="text")
        self.path = path
        self.pool: Pool = Pool(db_name=address, lock_timeout=BUSY_SECONDS, max_overflow=20, pool_timeout=BUSY_SECONDS)
        self._writer: SQLiteConnection | None = None
        self._writing = threading.RLock()

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        if not commit:
            with super().get_connection(commit=False) as connection:
                yield connection
            return
        with self._writing:
            if self.pool.closed:
                raise ConnectionPoolClosedError
            if self._writer is None:
                self._writer = self.pool.new()
                self._writer.cursor().execute("PRAGMA busy_timeout=0")  # see _begin_writing
            yield self._writer

    @contextmanager
    def cursor(self, *, commit: bool = False) -> Iterator[sqlite3.Cursor]:
        """A transaction with plain tuples as rows, and sentences for what can go wrong."""
        try:
            with self.transaction(commit=commit) as wrapped:
                cursor: sqlite3.Cursor = wrapped.sqlite_cursor
                cursor.row_factory = None
                yield cursor
        except ConnectionPoolClosedError as error:
            raise StoreError(f"{self.path} was closed") from error
        except (sqlite3.Error, PersistenceError) as error:
            raise trouble(self.path, error) from error

    def close(self) -> None:
        writer = getattr(self, "_writer", None)
        if writer is not None:
            with self._writing:
                writer.close()
                self._writer = None
        if hasattr(self, "pool"):
            super().close()


class Recorder(SQLiteApplicationRecorder):
    """The library's recorder over our table: its selects work; events are appended through the log alone."""

    stream: Callable[[str], Sequence[Entry]]
    """The log's own, which knows the index that this table does without."""

    def construct_create_table_statements(self) -> list[str]:
        return [TABLE, index.SCHEMA, *TABLES]

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        raise NotImplementedError("events enter a log through Log.append, which knows keys, digests and leaves")

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        found = [
            StoredEvent(originator_id=e.subject, originator_version=e.version, topic=e.type, state=e.body)
            for e in self.stream(str(originator_id))
            if (gt is None or e.version > gt) and (lte is None or e.version <= lte)
        ]
        return (found[::-1] if desc else found)[:limit]


def open_store(path: Path, *, create: bool) -> tuple[Store, Recorder]:
    """The file with our tables in it, made if need be; a StoreError if it cannot be one."""
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a store file")
    if not create and not (path.exists() and path.stat().st_size):
        raise StoreMissing(f"there is no store at {path}")
    if not path.parent.is_dir():
        raise StoreError(f"the folder {path.parent} for the store does not exist")
    address = str(path)
    if create:
        private(path)
    elif unwritable(path):
        address = reading_only(path)
    store = Store(path, address=address)
    try:
        _check_is_ours(path, address)
        recorder = Recorder(store)
        _prepare(store, recorder, create=create)
    except BaseException:
        store.close()
        raise
    return store, recorder


def _check_is_ours(path: Path, address: str) -> None:
    """Look before WAL mode is switched on, which writes into the file."""
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        probed = address if "?" in address else f"{path.absolute().as_uri()}?mode=ro"
        with _closing(sqlite3.connect(probed, uri=True, timeout=BUSY_SECONDS)) as probe:
            (found,) = probe.execute("PRAGMA application_id").fetchone()
            (tables,) = probe.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise trouble(path, error) from error
    if found != APPLICATION_ID and tables:
        raise StoreError(f"{path} is an SQLite file, but no danze store")


@contextmanager
def _closing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    finally:
        connection.close()


def _prepare(store: Store, recorder: Recorder, *, create: bool) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            found = _format(store)
            if found is None and not create:
                raise StoreError(f"there is no store at {store.path} yet")  # noqa: TRY301 -- the one sentence for all ways to fail is made below
            found = found or _created(store, recorder)
            break
        except StoreError as error:
            # Switching to WAL ignores the busy timeout while another process does the same.
            if "is busy" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    if found > FORMAT:
        raise StoreTooNew(found)


def _format(store: Store) -> int | None:
    """The format of a store that is there already: looking at it writes nothing, and waits for no writer."""
    with store.cursor() as cursor:
        if not cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            return None
        (found,) = cursor.execute("SELECT value FROM meta WHERE name = 'format'").fetchone() or (None,)
        return whole(found, "format")


def _created(store: Store, recorder: Recorder) -> int:
    with store.cursor(commit=True) as cursor:
        for statement in recorder.create_table_statements:
            cursor.execute(statement)
        cursor.execute(f"PRAGMA application_id={APPLICATION_ID}")
        cursor.execute("INSERT OR IGNORE INTO meta VALUES ('format', ?)", (FORMAT,))
    return FORMAT
