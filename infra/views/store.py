"""One store of read models in generations: which one is live, how far it has read, how another takes its place."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Connection, Engine

from infra.log.port import StoreError
from infra.sql_errors import Sentence
from infra.views.rows import ViewRows
from infra.views.tables import KEYS, Tables, bytewise, indexes
from projections.fold import Changes

FORMAT = 19
"""Of the rows and their bodies; another one is rebuilt, never migrated."""
BESIDE = ("titles", "tally", "counted")
"""Tables of a generation that hold nothing of their own."""
Alone = Callable[[], AbstractContextManager[None]]
Key = tuple[str, tuple[Any, ...]]
"""Of a row: its table, and what its key's columns hold."""


class Overtaken(Exception):
    """Another projector moved the position meanwhile; read the states again and go on from there."""


class Live(NamedTuple):
    """The generation that questions read, and the position up to which nothing is missing in it."""

    tables: Tables
    position: int
    partitioned: bool
    """Whether workers keep it, each its own partitions of the topic; else whoever reads the log does."""
    places: int
    """How far all partitions are, together: as long as it is the same, so are the rows."""


class Views(ViewRows):
    """Read models in one database, in generations. Use `open_views`."""

    def __init__(
        self, engine: Engine, sentence: Sentence, schema: str | None = None, alone: Alone = nullcontext
    ) -> None:
        super().__init__(engine, sentence, schema)
        self.alone = alone
        """Held by whoever rebuilds: two rebuilds on one store come one after the other."""
        self._tables: dict[int, Tables] = {}
        if not self.has_tables() or self.live() is None:
            self._begin()

    def _begin(self) -> None:
        """A first generation. Of several first users one makes it, and the others find it made."""
        with self.writing() as connection:
            if self.schema:
                # CREATE … IF NOT EXISTS is not atomic there.
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": self.schema})
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"'))
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {self.q('generations')} "
                    "(number INTEGER PRIMARY KEY, position BIGINT NOT NULL, live INTEGER NOT NULL, "
                    "format INTEGER NOT NULL)"
                )
            )
            connection.execute(
                text(
                    f"CREATE TABLE IF NOT EXISTS {self.q('partitions')} "
                    "(generation INTEGER, partition INTEGER, position BIGINT NOT NULL, through BIGINT NOT NULL, "
                    "next_offset BIGINT NOT NULL, epoch BIGINT NOT NULL, dead INTEGER NOT NULL, "
                    "PRIMARY KEY (generation, partition))"
                )
            )
            if self.live(connection) is None:
                tables = self._build(connection)
                self.finish(connection, tables)
                self._switch(connection, tables)

    def tables(self, number: int) -> Tables:
        if number not in self._tables:
            self._tables[number] = Tables(number, MetaData(schema=self.schema))
        return self._tables[number]

    # generations

    def live(self, connection: Connection | None = None) -> Live | None:
        """The live generation of this release; None where there is none of this format."""
        if connection is None:
            with self.reading() as own:
                return self.live(own)
        place = f"{'GREATEST' if self.postgres else 'max'}(p.position, p.through)"
        row = connection.exec_driver_sql(
            f"SELECT g.number, g.position, min({place}), CAST(sum({place}) AS BIGINT) FROM {self.q('generations')} g "
            f"LEFT JOIN {self.q('partitions')} p ON p.generation = g.number WHERE g.live = 1 AND g.format = {FORMAT} "
            "GROUP BY g.number, g.position"
        ).fetchone()
        if row is None:
            return None
        number, position, through, places = row
        if through is None:
            return Live(self.tables(number), position, partitioned=False, places=position)
        return Live(self.tables(number), through, partitioned=True, places=places)

    def build(self, *, upgrading: bool = False) -> Tables:
        """Empty tables of a new generation, beside the live one. Only for who is `alone`: it drops what is neither and,
        unless it is upgrading, what an earlier release left.
        """
        with self.writing() as connection:
            gone = f"(live = 0 AND format = {FORMAT})" + ("" if upgrading else f" OR format < {FORMAT}")
            old = connection.execute(text(f"SELECT number FROM {self.q('generations')} WHERE {gone}")).fetchall()
            for (number,) in old:  # read to the end first: SQLite drops no table while a query is open
                self._drop(connection, number)
            return self._build(connection)

    def _build(self, connection: Connection) -> Tables:
        newest = connection.execute(text(f"SELECT max(number) FROM {self.q('generations')}")).scalar()
        tables = self.tables((newest or 0) + 1)
        connection.execute(text(f"INSERT INTO {self.q('generations')} VALUES ({tables.number}, 0, 0, {FORMAT})"))
        for table in tables:
            table.create(connection)
            if self.postgres:
                connection.execute(text(f"ALTER TABLE {self.q(table.name)} {bytewise(table)}"))
        self.make_titles(connection, tables)
        self._make_sums(connection, tables.number)
        return tables

    def _make_sums(self, connection: Connection, number: int) -> None:
        """Tables for what is counted over the rows (`infra.views.sums`)."""
        blob, words = ("BYTEA", 'TEXT COLLATE "C"') if self.postgres else ("BLOB", "TEXT")
        kept = "version BIGINT PRIMARY KEY, position BIGINT NOT NULL, law TEXT NOT NULL"
        kept += f", body {blob} NOT NULL, tree {blob} NOT NULL"
        counted = f"tab {words}, key {words}, cells {blob} NOT NULL, PRIMARY KEY (tab, key)"
        tail = "" if self.postgres else " WITHOUT ROWID"
        connection.execute(text(f"CREATE TABLE {self.q(f'tally_{number}')} ({kept})"))
        connection.execute(text(f"CREATE TABLE {self.q(f'counted_{number}')} ({counted}){tail}"))

    def finish(self, connection: Connection, tables: Tables) -> None:
        """Indexes, after the rows are in."""
        for name, table in zip(KEYS, tables, strict=True):
            for index in indexes(name, table):
                index.create(connection, checkfirst=True)
        if self.postgres:
            connection.execute(text(f"CREATE INDEX ON {self.q(tables.titles)} USING gin (terms)"))

    def switch(self, tables: Tables) -> None:
        """Makes a generation the live one, in one step for every reader.

        The one before it stays until the next rebuild: a question that is being answered may still be reading it.
        """
        with self.writing() as connection:
            self.switch_in(connection, tables)

    def switch_in(self, connection: Connection, tables: Tables) -> None:
        """The same in the caller's transaction."""
        self.finish(connection, tables)
        self._switch(connection, tables)

    def _switch(self, connection: Connection, tables: Tables) -> None:
        """Of another format the live one stays: a process of the release before goes on reading and writing it."""
        live = f"CASE WHEN number = {tables.number} THEN 1 ELSE 0 END"
        connection.execute(text(f"UPDATE {self.q('generations')} SET live = {live} WHERE format = {FORMAT}"))

    def _drop(self, connection: Connection, number: int) -> None:
        for name in (*(f"{key}_{number}" for key in KEYS), *(f"{each}_{number}" for each in BESIDE)):
            connection.execute(text(f"DROP TABLE IF EXISTS {self.q(name)}"))
        connection.execute(text(f"DELETE FROM {self.q('partitions')} WHERE generation = {number}"))
        connection.execute(text(f"DELETE FROM {self.q('generations')} WHERE number = {number}"))

    def drop(self, tables: Tables) -> None:
        """Lets a generation go that is not live."""
        with self.writing() as connection:
            self._drop(connection, tables.number)

    def differing(self, new: Tables, position: int | None) -> list[Key] | None:
        """Rows that stand in one of the live and the new generation only, so that a changed one is named twice; None
        where the live one is not at `position`. Position None compares wherever the live one stands.
        """
        with self.snapshot() as connection:
            live = self.live(connection)
            if live is None or position not in (None, live.position):
                return None
            found: list[Key] = []
            for name, keys, mine, other in self._pairs(live.tables, new):
                for one, two in ((mine, other), (other, mine)):
                    query = f"SELECT {keys} FROM ({one} EXCEPT {two}) AS only_there"
                    found += [(name, tuple(row)) for row in connection.execute(text(query))]
        return found

    def _pairs(self, one: Tables, two: Tables) -> Iterator[tuple[str, str, str, str]]:
        """Each table with the columns of its key, and what selects its rows of either generation."""
        every = "SELECT * FROM {}"
        for name, mine, other in zip(KEYS, one, two, strict=True):
            yield name, ", ".join(KEYS[name]), every.format(self.q(mine.name)), every.format(self.q(other.name))
        every = "SELECT no, terms, count(*) AS times FROM {} GROUP BY no, terms"  # they have no key
        yield "titles", "no", every.format(self.q(one.titles)), every.format(self.q(two.titles))

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection on which every select sees the same moment."""
        level = {"isolation_level": "REPEATABLE READ"} if self.postgres else {}
        with self.engine.connect().execution_options(**level) as connection:
            yield connection

    # reading

    def look_at(self, tables: Tables) -> None:
        """A row of each table is read, and no more. Raises `StoreDamaged` where that is not possible."""
        with self.reading() as connection:
            for name in (*(table.name for table in tables), tables.titles):
                connection.exec_driver_sql(f"SELECT * FROM {self.q(name)} LIMIT 1").fetchone()

    def titles_whole(self, tables: Tables) -> bool:
        """Whether SQLite's index of titles is that of the titles; PostgreSQL keeps no other than its rows."""
        if self.postgres:
            return True
        try:
            with self.writing() as connection:
                connection.execute(text(f"INSERT INTO {tables.titles}({tables.titles}) VALUES ('integrity-check')"))
        except StoreError as error:
            if "damaged" in str(error):
                return False
            raise
        return True

    # writing

    def write(self, tables: Tables, changes: Changes, *, position: int, after: int) -> None:
        """Rows and position in one transaction. Raises `Overtaken` where the position is not `after` any more."""
        with self.writing() as connection:
            moved = connection.execute(
                text(f"UPDATE {self.q('generations')} SET position = :new WHERE number = :number AND position = :old"),
                {"new": position, "number": tables.number, "old": after},
            )
            if moved.rowcount != 1:
                raise Overtaken(f"the read model stands no longer at {after}")
            self.put(connection, tables, changes, fresh=after == 0)

    def has_tables(self) -> bool:
        return bool(inspect(self.engine).has_table("partitions", schema=self.schema))

    def close(self) -> None:
        self.engine.dispose()
