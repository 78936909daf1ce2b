"""Opens read models where a store has them: in a file, in memory, in a schema of PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, create_engine, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool, StaticPool

from infra import one_at_a_time
from infra.postgres import sentence as postgres_sentence
from infra.postgres import still_there
from infra.sqlite import BUSY_SECONDS, DAMAGED, private, write_ahead
from infra.sqlite import sentence as sqlite_sentence
from infra.views.store import Views

KEPT_OPEN = 4
"""Connections to a file that are not closed after use: opening one costs as much as a question. Each has its cache."""
ANEW = "it holds read models only: end danze, delete it with its -wal and -shm beside it, and begin again"
"""What to do with one that is damaged: a process that has it open would answer from it on."""
V = TypeVar("V", bound=Views)


def _as_it_is(nothing: None) -> None:
    """Columns that hold nothing are a third of all: CPython's sqlite3 searches long for what adapts each of them."""
    return nothing


def sqlite_views(path: str, kind: type[V]) -> V:
    """Read models in a file, or of another kind; `:memory:` for rows that are let go."""
    sqlite3.register_adapter(type(None), _as_it_is)
    threads = {"check_same_thread": False}
    if path == ":memory:":
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args=threads)
        return kind(engine, lambda error: sqlite_sentence("the read models in memory", error))
    private(Path(path))
    engine = create_engine(
        URL.create("sqlite", database=path), connect_args={"timeout": BUSY_SECONDS, **threads}, poolclass=QueuePool,
        pool_size=KEPT_OPEN, max_overflow=-1, pool_use_lifo=True,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver would begin no transaction before a CREATE TABLE
        write_ahead(connection)
        # What is dropped is not overwritten: rows hold nothing personal, and a generation is dropped at each rebuild.
        # 64 MiB of WAL: what one batch after the other changes is carried over less often than at SQLite's 4 MiB.
        for pragma in (
            "synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-65536", "secure_delete=OFF",
            "wal_autocheckpoint=16000",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    def sentence(error: BaseException) -> str:
        told = sqlite_sentence(path, error)
        return f"{told}; {ANEW}" if DAMAGED in told else told

    return kind(engine, sentence, alone=lambda: one_at_a_time.alone(Path(path).parent))


def _taken(connection: psycopg.Connection[Any], *_: Any) -> None:
    try:
        still_there(connection)
    except psycopg.Error as error:
        raise DisconnectionError from error  # SQLAlchemy then takes another


def postgres_views(connection: dict[str, str | int], schema: str, where: str, kind: type[V]) -> V:
    """The same in a schema of a PostgreSQL database; `connection` are psycopg's arguments."""
    engine = create_engine(
        "postgresql+psycopg://", connect_args=connection, hide_parameters=True, pool_size=KEPT_OPEN, max_overflow=-1,
        pool_use_lifo=True,
    )  # fmt: skip
    event.listen(engine, "checkout", _taken)

    @contextmanager
    def alone() -> Iterator[None]:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
            holder.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"danze replay {schema}"})
            try:
                yield
            finally:
                holder.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"danze replay {schema}"})

    return kind(engine, lambda error: postgres_sentence(where, error), schema, alone)
