"""Reaching a PostgreSQL server: the database and schema of a store are made when they are missing."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool

from infra.log.port import HELD, StoreAway, StoreDamaged, StoreError, StoreFull, StoreHeld, StoreMissing
from infra.log.urls import PostgresUrl
from infra.sqlite import DAMAGED, NO_SPACE

NEW_DATABASE = "CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0"
LOCK_SECONDS = 30
"""How long a writer waits for another before it gives up."""

IDLE_SECONDS = 1.0
"""A connection used less long ago is taken to be there still: not every question pays for the round trip."""
_used: WeakKeyDictionary[psycopg.Connection[Any], float] = WeakKeyDictionary()

AWAY = ("08", "57")
"""Classes of errors: the connection broke; the server was shut down, or killed."""
NOT_YET = ("starting up", "recovery mode", "shutting down", "not yet accepting", "too many clients")


def still_there(connection: psycopg.Connection[Any]) -> None:
    """Asks a connection that lay idle in a pool whether its server answers. Raises what psycopg does where not."""
    now = monotonic()
    if now - _used.get(connection, 0.0) > IDLE_SECONDS:
        ConnectionPool.check_connection(connection)
    _used[connection] = now


def ensure_schema(place: PostgresUrl, schema: str, *, create: bool = True) -> None:
    """Database and schema exist after this; a StoreError says what is in the way."""
    try:
        with _connected(place, create=create) as connection:
            if (encoding := connection.info.parameter_status("server_encoding")) != "UTF8":
                raise StoreError(f"{place.place}: the database is in {encoding}; danze needs one with ENCODING 'UTF8'")
            if create:
                _once(connection, sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
            found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,)).fetchone()
    except psycopg.Error as error:
        raise trouble(f"{place.place}: {reason(error)}", error) from error
    if not found:
        raise StoreMissing(f"there is no store at {place.place}: the schema {schema} does not exist")


def _connected(place: PostgresUrl, *, create: bool) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(**place.connection(), autocommit=True)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        # Before a session exists psycopg has no error code: the server's own words tell a missing database.
        if "does not exist" not in str(error) or "database" not in str(error) or not create:
            raise
    with psycopg.connect(**place.connection("postgres"), autocommit=True) as server:  # type: ignore[arg-type]
        _once(server, sql.SQL(NEW_DATABASE).format(sql.Identifier(place.dbname)))
    return psycopg.connect(**place.connection(), autocommit=True)  # type: ignore[arg-type]


def _once(connection: psycopg.Connection[tuple[object, ...]], statement: sql.Composed) -> None:
    """Two first users may create the same thing: the second is content."""
    twice = (psycopg.errors.DuplicateDatabase, psycopg.errors.DuplicateSchema, psycopg.errors.UniqueViolation)
    with suppress(*twice):
        connection.execute(statement)


def reason(error: BaseException) -> str:
    """The server's first line: enough for the person at the keyboard, and never the whole statement."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def sentence(place: str, error: BaseException) -> str:
    """What went wrong at the server, for a person; nothing of the transaction was stored."""
    if isinstance(error, psycopg.errors.DiskFull):
        return f"{NO_SPACE} on the server of {place}; nothing of this batch was stored"
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return f"{place} {HELD} for {LOCK_SECONDS} s"
    if isinstance(error, psycopg.errors.UndefinedTable):
        return f"{place} lacks a table ({reason(error)})"
    return f"{place}: {reason(error)}"


def trouble(said: str, error: BaseException) -> StoreError:
    """The sentence as what is raised: StoreAway or StoreFull where the same may succeed later."""
    if DAMAGED in said:
        return StoreDamaged(said)
    if HELD in said:
        return StoreHeld(said)
    if said.startswith(NO_SPACE):
        return StoreFull(said)
    return (StoreAway if _away(error) else StoreError)(said)


def _away(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, psycopg.OperationalError):
        error = error.__cause__
    if error is None or error.sqlstate:
        return error is not None and str(error.sqlstate)[:2] in AWAY
    said = str(error)  # before a session exists there is no code
    return "FATAL" not in said or any(words in said for words in NOT_YET)
