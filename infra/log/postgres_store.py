"""The PostgreSQL schema under a log: connections, transactions, tables, and errors as sentences.

`eventsourcing`'s recorder numbers events from a sequence, which leaves a gap when a transaction is rolled back; ours
numbers them itself under the table lock that the recorder takes anyway. A lock on the table blocks no reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn

import psycopg
from eventsourcing.persistence import IntegrityError, PersistenceError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor, sql
from psycopg.rows import TupleRow, tuple_row

from infra.log.port import FORMAT, Conflict, StoreTooNew, whole
from infra.log.urls import PostgresUrl
from infra.postgres import LOCK_SECONDS, ensure_schema, reason, sentence, still_there, trouble

POOL = 10
"""Connections at most: one for each thread that reads or writes at the same moment."""
FREE_SECONDS = 10
"""How long who asks waits for one that is free, or is made."""


class Recorder(PostgresApplicationRecorder):
    """The library's recorder over our table: its selects and subscriptions work; events come through the log alone."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        super().__init__(datastore)
        self.sql_create_statements = []  # the store makes the tables (`Store._prepare`)

    @cache  # noqa: B019 -- statements are few, and the recorder lives as long as its log
    def text(self, statement: str) -> bytes:
        """A statement on our tables: `{events}` and the others stand for their full names."""
        names = {name: sql.Identifier(self.datastore.schema, name) for name in ("touches", "rejected", "meta")}
        events = sql.Identifier(self.datastore.schema, self.events_table_name)
        return sql.SQL(statement).format(events=events, **names).as_bytes()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> NoReturn:
        raise NotImplementedError("events enter a log through Log.append, which knows keys, digests and leaves")

    def lock(self, cursor: Cursor[Any]) -> None:
        """From here to the end of the transaction nobody else appends."""
        self._lock_table(cursor)
        self._notify_channel(cursor)


# Columns are collated by bytes: order then means the same on every server, and kinds are found by range.
# Sealed text does not compress, and trying costs a tenth of the time: hence STORAGE EXTERNAL.
STATEMENTS = (
    """
    CREATE TABLE IF NOT EXISTS {events} (
        originator_id text COLLATE "C" NOT NULL, originator_version bigint NOT NULL,
        topic text NOT NULL, state bytea NOT NULL, notification_id bigint NOT NULL,
        recorded bigint NOT NULL, key bytea NOT NULL, digest bytea NOT NULL, leaf bytea NOT NULL,
        PRIMARY KEY (originator_id, originator_version)
    )
    """,
    "ALTER TABLE {events} ALTER COLUMN state SET STORAGE EXTERNAL",
    "CREATE UNIQUE INDEX IF NOT EXISTS stored_events_notification_id_idx ON {events} (notification_id)",
    "CREATE UNIQUE INDEX IF NOT EXISTS stored_events_key_idx ON {events} (key)",
    """
    CREATE TABLE IF NOT EXISTS {touches} (name text COLLATE "C", position bigint, PRIMARY KEY (name, position))
    """,
    """
    CREATE TABLE IF NOT EXISTS {rejected} (
        number bigint PRIMARY KEY, key bytea NOT NULL, digest bytea NOT NULL, code text NOT NULL,
        message text NOT NULL, path text NOT NULL, subject text NOT NULL, recorded bigint NOT NULL,
        body bytea NOT NULL, times bigint NOT NULL, last_recorded bigint NOT NULL, UNIQUE (key, digest, code)
    )
    """,
    "CREATE TABLE IF NOT EXISTS {meta} (name text PRIMARY KEY, value text NOT NULL)",
)

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class Store:
    """The schema of one log."""

    def __init__(self, place: PostgresUrl, *, create: bool) -> None:
        ensure_schema(place, place.schema, create=create)
        self.place = place
        self.datastore = PostgresDatastore(
            dbname=place.dbname,
            host=place.host,
            port=place.port,
            user=place.user,
            password=place.password,
            schema=place.schema,
            lock_timeout=LOCK_SECONDS,
            max_overflow=POOL - 1,
            connect_timeout=FREE_SECONDS,
            originator_id_type="text",
        )
        assert isinstance(self.datastore.pool.kwargs, dict)
        self.datastore.pool.kwargs.update(place.connection())  # the library takes few; nothing is connected yet
        self.datastore.pool._check = still_there  # noqa: SLF001 -- the library asks at each use, or never
        try:
            self.recorder = Recorder(self.datastore)
            self._prepare(create=create)
        except PersistenceError as error:
            self.close()
            raise trouble(self._sentence(error), error) from error
        except BaseException:
            self.close()
            raise

    def _prepare(self, *, create: bool) -> None:
        for attempt in range(3):
            try:
                with self.cursor(commit=True) as cursor:
                    if create and not self._made(cursor):
                        # Two first users make the tables one after the other: CREATE … IF NOT EXISTS is not atomic.
                        cursor.execute(ALONE, (f"tables of {self.place.schema}",))
                        for statement in STATEMENTS:
                            cursor.execute(self.recorder.text(statement))
                        insert = "INSERT INTO {meta} VALUES ('format', %s) ON CONFLICT DO NOTHING"
                        cursor.execute(self.recorder.text(insert), (str(FORMAT),))
                    cursor.execute(self.recorder.text("SELECT value FROM {meta} WHERE name = 'format'"))
                    row = cursor.fetchone()
                break
            except Conflict:  # one of an older danze makes them, too
                if attempt == 2:
                    raise
        if row is not None and (found := whole(row[0], "format")) > FORMAT:
            raise StoreTooNew(found)

    def _made(self, cursor: Cursor[TupleRow]) -> bool:
        """Asked first: to make it again would wait for who writes now, and all others for that."""
        meta = sql.Identifier(self.place.schema, "meta").as_string()
        if cursor.execute("SELECT to_regclass(%s)", (meta,)).fetchone() == (None,):
            return False
        query = self.recorder.text("SELECT 1 FROM {meta} WHERE name = 'format'")
        return cursor.execute(query).fetchone() is not None

    @contextmanager
    def cursor(self, *, commit: bool = False) -> Iterator[Cursor[TupleRow]]:
        """A transaction with plain tuples as rows; a violated key is a Conflict, the rest becomes a sentence."""
        with self.asking() as cursor, cursor.connection.transaction(force_rollback=not commit):
            yield cursor

    @contextmanager
    def asking(self) -> Iterator[Cursor[TupleRow]]:
        """The same for one select, which needs no transaction: two round trips less."""
        try:
            with (
                self.datastore.get_connection() as connection,
                connection.cursor(binary=True, row_factory=tuple_row) as cursor,
            ):
                yield cursor
        except IntegrityError as error:
            raise Conflict(reason(error)) from error
        except PersistenceError as error:
            raise trouble(self._sentence(error), error) from error

    def close(self) -> None:
        self.datastore.close()

    def _sentence(self, error: Exception) -> str:
        cause = error.__cause__
        if isinstance(cause, psycopg.errors.UndefinedTable):
            return f"there is no log in {self.place.place}"
        return sentence(self.place.place, cause if isinstance(cause, psycopg.Error) else error)
