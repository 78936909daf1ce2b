"""One store of read models: which generation is live, how far it has read, and the rows of a batch written at once."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import MetaData, create_engine, event, inspect, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool, StaticPool

from infra.log.port import StoreError
from infra.postgres import sentence as postgres_sentence
from infra.sentences import Sentence, speaking
from infra.sqlite import BUSY_SECONDS, write_ahead
from infra.sqlite import sentence as sqlite_sentence
from infra.views.tables import KEYS, Tables, indexes
from projections.fold import Changes

FORMAT = 1
"""Of the rows and their bodies; another one is rebuilt, never migrated."""
Alone = Callable[[], AbstractContextManager[None]]


class Overtaken(Exception):
    """Another projector moved the position meanwhile; read the states again and go on from there."""


class Live(NamedTuple):
    """The generation that questions read, and the position it has read up to."""

    tables: Tables
    position: int


class Views:
    """Read models in one database. Use `open_views`."""

    def __init__(
        self, engine: Engine, sentence: Sentence, schema: str | None = None, alone: Alone = nullcontext
    ) -> None:
        self.engine = speaking(engine, sentence)
        self.schema = schema
        self.alone = alone
        """Held by whoever rebuilds: two rebuilds on one store come one after the other."""
        self.postgres = engine.dialect.name == "postgresql"
        self._sentence = sentence
        self._tables: dict[int, Tables] = {}
        if not self.has_tables() or self.live() is None:
            self._begin()

    def _begin(self) -> None:
        """A first generation. Of several first users one makes it, and the others find it made."""
        with self._writing() as connection:
            if self.schema:
                # CREATE … IF NOT EXISTS is not atomic there.
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": self.schema})
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"'))
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {self._q('generations')} "
                    "(number INTEGER PRIMARY KEY, position BIGINT NOT NULL, live INTEGER NOT NULL, "
                    "format INTEGER NOT NULL)"
                )
            )
            if self.live(connection) is None:
                tables = self._build(connection)
                self._finish(connection, tables)
                self._switch(connection, tables)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction; in SQLite one that takes the writer's lock at its start, so that it never has to give up."""
        with self.engine.connect() as plain:
            connection = plain.execution_options(writing=True)
            with connection.begin():
                yield connection

    def _q(self, name: str) -> str:
        return f'"{self.schema}"."{name}"' if self.schema else f'"{name}"'

    def tables(self, number: int) -> Tables:
        if number not in self._tables:
            self._tables[number] = Tables(number, MetaData(schema=self.schema))
        return self._tables[number]

    # generations

    def live(self, connection: Connection | None = None) -> Live | None:
        """The live generation; None where there is none of this format."""
        query = text(f"SELECT number, position FROM {self._q('generations')} WHERE live = 1 AND format = {FORMAT}")
        if connection is not None:
            row = connection.execute(query).fetchone()
        else:
            with self.engine.connect() as own:
                row = own.execute(query).fetchone()
        return Live(self.tables(row[0]), row[1]) if row else None

    def build(self) -> Tables:
        """Empty tables of a new generation, beside the live one. Only for who is `alone`: it drops what is neither."""
        with self._writing() as connection:
            for (number,) in connection.execute(text(f"SELECT number FROM {self._q('generations')} WHERE live = 0")):
                self._drop(connection, number)
            return self._build(connection)

    def _build(self, connection: Connection) -> Tables:
        newest = connection.execute(text(f"SELECT max(number) FROM {self._q('generations')}")).scalar()
        tables = self.tables((newest or 0) + 1)
        connection.execute(text(f"INSERT INTO {self._q('generations')} VALUES ({tables.number}, 0, 0, {FORMAT})"))
        for table in tables:
            table.create(connection)
        if self.postgres:
            connection.execute(text(f"CREATE TABLE {self._q(tables.titles)} (no TEXT PRIMARY KEY, terms tsvector)"))
        else:
            connection.execute(text(f"CREATE VIRTUAL TABLE {tables.titles} USING fts5(no UNINDEXED, terms)"))
        return tables

    def _finish(self, connection: Connection, tables: Tables) -> None:
        """Indexes, after the rows are in."""
        for name, table in zip(KEYS, tables, strict=True):
            for index in indexes(name, table):
                index.create(connection, checkfirst=True)
        if self.postgres:
            connection.execute(text(f"CREATE INDEX ON {self._q(tables.titles)} USING gin (terms)"))

    def switch(self, tables: Tables) -> None:
        """Makes a generation the live one, in one step for every reader.

        The one before it stays until the next rebuild: a question that is being answered may still be reading it.
        """
        with self._writing() as connection:
            self._finish(connection, tables)
            self._switch(connection, tables)

    def _switch(self, connection: Connection, tables: Tables) -> None:
        connection.execute(
            text(f"UPDATE {self._q('generations')} SET live = CASE WHEN number = {tables.number} THEN 1 ELSE 0 END")
        )

    def _drop(self, connection: Connection, number: int) -> None:
        for name in (*(f"{key}_{number}" for key in KEYS), f"titles_{number}"):
            connection.execute(text(f"DROP TABLE IF EXISTS {self._q(name)}"))
        connection.execute(text(f"DELETE FROM {self._q('generations')} WHERE number = {number}"))

    def differences(self, new: Tables, position: int | None) -> dict[str, int] | None:
        """Rows that stand in one of the live and the new generation only; None where the live one is not at `position`.

        Position None compares wherever the live one stands.
        """
        told = {}
        snapshot = {"isolation_level": "REPEATABLE READ"} if self.postgres else {}
        with self.engine.connect().execution_options(**snapshot) as connection:
            live = self.live(connection)
            if live is None or position not in (None, live.position):
                return None
            for name, mine, other in zip(KEYS, live.tables, new, strict=True):
                one, two = self._q(mine.name), self._q(other.name)
                only = "SELECT count(*) FROM (SELECT * FROM {} EXCEPT SELECT * FROM {}) AS only_there"
                query = f"SELECT ({only.format(one, two)}) + ({only.format(two, one)})"
                told[name] = int(connection.execute(text(query)).scalar() or 0)
        return told

    # writing

    def write(self, tables: Tables, changes: Changes, *, position: int, after: int) -> None:
        """Rows and position in one transaction. Raises `Overtaken` where the position is not `after` any more."""
        with self._writing() as connection:
            moved = connection.execute(
                text(f"UPDATE {self._q('generations')} SET position = :new WHERE number = :number AND position = :old"),
                {"new": position, "number": tables.number, "old": after},
            )
            if moved.rowcount != 1:
                raise Overtaken(f"the read model stands no longer at {after}")
            try:
                self._rows(connection, tables, changes)
            except self.engine.dialect.loaded_dbapi.Error as error:
                raise StoreError(self._sentence(error)) from error

    def _rows(self, connection: Connection, tables: Tables, changes: Changes) -> None:
        cursor: Any = connection.connection.cursor()
        subjects = [(f"petition:{row.no}",) for row in changes.cases]
        if self.postgres:
            self._copy(cursor, tables, changes, subjects)
        else:
            cursor.executemany(f"DELETE FROM {tables.due.name} WHERE subject = ?", subjects)
            for table, rows in zip(tables, _rows_of(changes), strict=True):
                marks = ",".join("?" * len(table.columns))
                cursor.executemany(f"INSERT OR REPLACE INTO {table.name} VALUES ({marks})", rows)
            cursor.executemany(f"INSERT INTO {tables.titles} VALUES (?,?)", changes.titles)

    def _copy(self, cursor: Any, tables: Tables, changes: Changes, subjects: list[tuple[str]]) -> None:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS gone (subject TEXT) ON COMMIT DELETE ROWS")
        with cursor.copy("COPY gone FROM STDIN") as copy:
            for subject in subjects:
                copy.write_row(subject)
        cursor.execute(f"DELETE FROM {self._q(tables.due.name)} WHERE subject IN (SELECT subject FROM gone)")
        for name, table, rows in zip(KEYS, tables, _rows_of(changes), strict=True):
            target, columns = self._q(table.name), [f'"{c.name}"' for c in table.columns]
            keys = ", ".join(f'"{key}"' for key in KEYS[name])
            cursor.execute(f"CREATE TEMP TABLE new_{name} (LIKE {target}) ON COMMIT DROP")
            with cursor.copy(f"COPY new_{name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            changed = ", ".join(f"{c} = EXCLUDED.{c}" for c in columns)
            cursor.execute(
                f"INSERT INTO {target} SELECT * FROM new_{name} ON CONFLICT ({keys}) DO UPDATE SET {changed}"
            )
        cursor.execute("CREATE TEMP TABLE new_titles (no TEXT, terms TEXT) ON COMMIT DROP")
        with cursor.copy("COPY new_titles FROM STDIN") as copy:
            for title in changes.titles:
                copy.write_row(title)
        cursor.execute(f"INSERT INTO {self._q(tables.titles)} SELECT no, to_tsvector('simple', terms) FROM new_titles")

    # states

    def bodies(self, connection: Connection, table: Any, key: str, ids: Iterable[str]) -> dict[str, bytes]:
        """The states behind rows, by key, in chunks that every store takes."""
        found: dict[str, bytes] = {}
        wanted = list(ids)
        for at in range(0, len(wanted), 500):
            part = wanted[at : at + 500]
            query = table.select().with_only_columns(table.c[key], table.c.body).where(table.c[key].in_(part))
            found.update((row[0], bytes(row[1])) for row in connection.execute(query))
        return found

    def has_tables(self) -> bool:
        return bool(inspect(self.engine).has_table("generations", schema=self.schema))

    def close(self) -> None:
        self.engine.dispose()


def _rows_of(changes: Changes) -> tuple[Sequence[tuple[Any, ...]], ...]:
    return changes.cases, changes.due, changes.findings


def sqlite_views(path: str) -> Views:
    """Read models in a file; `:memory:` for an answer as of the past."""
    if path == ":memory:":
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        return Views(engine, lambda error: sqlite_sentence("the read models in memory", error))
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver would begin no transaction before a CREATE TABLE
        write_ahead(connection)
        for pragma in ("synchronous=NORMAL", "temp_store=MEMORY", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    def sentence(error: BaseException) -> str:
        told = sqlite_sentence(path, error)
        return f"{told}; it holds read models only: delete it, and it is made again" if "damaged" in told else told

    return Views(engine, sentence, alone=lambda: _alone_in(Path(path).parent))


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """A lock on the folder itself needs no file that somebody would have to clear away."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def postgres_views(connection: dict[str, str | int], schema: str, where: str) -> Views:
    """Read models in a schema of a PostgreSQL database; `connection` are psycopg's arguments."""
    engine = create_engine("postgresql+psycopg://", connect_args=connection, pool_pre_ping=True)

    @contextmanager
    def alone() -> Iterator[None]:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
            holder.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"danze replay {schema}"})
            try:
                yield
            finally:
                holder.execute(text("SELECT pg_advisory_unlock(hashtext(:name))"), {"name": f"danze replay {schema}"})

    return Views(engine, lambda error: postgres_sentence(where, error), schema, alone)
