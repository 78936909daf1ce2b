"""What a batch of events changed in items, limits, findings and ledgers, put in place of what stood before."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.engine import Connection, Engine

from domain.envelope import AnySeen
from domain.petition.item import Item
from infra.parts import parts
from infra.postgres import trouble
from infra.sql_errors import Sentence, speaking
from infra.views import copying, in_place
from infra.views.tables import Tables
from projections.cases import DueRow
from projections.findings import FindingRow, Word, finding_row, heard, unpack_words
from projections.fold import Changes
from projections.ledgers.entry import Entry, LedgerRow, ledger_row, unpack_entry
from projections.ledgers.writing import written
from projections.shelf import unpack_item


class ViewRows:
    """Rows of read models in one database, whichever generation they are of."""

    def __init__(self, engine: Engine, sentence: Sentence, schema: str | None = None) -> None:
        self.engine = speaking(engine, sentence)
        self.schema = schema
        self.postgres = engine.dialect.name == "postgresql"
        # Of several selects in one transaction each sees what is committed by then there: without one nothing is lost.
        asked = {"isolation_level": "AUTOCOMMIT"} if self.postgres else {}
        self._asking = self.engine.execution_options(**asked)
        self._sentence = sentence

    def q(self, name: str) -> str:
        return f'"{self.schema}"."{name}"' if self.schema else f'"{name}"'

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to ask; nothing is written on it."""
        with self._asking.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; in SQLite one that takes the writer's lock at its start, so that it never has to give up.

        What a driver's cursor raises in it is a `StoreError`, too.
        """
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(writing=True)
                with connection.begin():
                    yield connection
        except self.engine.dialect.loaded_dbapi.Error as error:
            raise trouble(self._sentence(error), error) from error

    # items, limits, findings, ledgers

    def put(self, connection: Connection, tables: Tables, changes: Changes, *, fresh: bool = False) -> None:
        """Puts the changed rows in place, in the caller's transaction. `fresh` says that nothing was written before."""
        cursor: Any = connection.connection.cursor()
        new = {no for no, _ in changes.titles}
        self._clear_due(
            cursor, tables, [f"petition:{row.no}" for row in changes.cases if row.no not in new], changes.due
        )
        self._put(cursor, "cases", tables.cases, changes.cases)
        self._put(cursor, "due", tables.due, changes.due)
        self._put(cursor, "raised", tables.raised, changes.raised)
        self._put(cursor, "persons", tables.persons, changes.persons)
        self._titles(cursor, tables, changes.titles)
        if changes.findings:
            findings = self._findings(connection, tables, changes.findings, fresh=fresh)
            self._put(cursor, "findings", tables.findings, findings)
        self._put(cursor, "acts", tables.acts, changes.acts)
        if changes.ledgers:
            written = self._ledgers(connection, tables, changes.ledgers, fresh=fresh)
            self._put(cursor, "ledgers", tables.ledgers, written)

    def _findings(
        self, connection: Connection, tables: Tables, said: dict[str, list[Word]], *, fresh: bool
    ) -> list[FindingRow]:
        """What was said of findings together with what was said before.

        Events of several items may speak of one finding: where workers write side by side, one at a time does this.
        """
        if self.postgres and not fresh:
            connection.execute(
                text("SELECT pg_advisory_xact_lock(hashtext(:of))"), {"of": self.q(tables.findings.name)}
            )
        before = {} if fresh else self.bodies(connection, tables.findings, "id", said)
        former = {id: unpack_words(body) for id, body in before.items()}
        return [finding_row(id, heard(former.get(id, ()), words)) for id, words in sorted(said.items())]

    def _ledgers(
        self, connection: Connection, tables: Tables, writing: dict[str, list[AnySeen]], *, fresh: bool
    ) -> list[LedgerRow]:
        """What events write, each subject's after what was written of it before."""
        kept: dict[str, list[Entry]] = {}
        if not fresh:
            for subject, body in self._bodies(connection, tables.ledgers, "subject", list(writing)):
                kept.setdefault(subject, []).append(unpack_entry(body))
        return [
            ledger_row(entry)
            for subject, events in sorted(writing.items()) for entry in written(kept.get(subject, ()), events)
        ]  # fmt: skip

    def _clear_due(self, cursor: Any, tables: Tables, subjects: list[str], rows: Sequence[DueRow]) -> None:
        """Takes out what ran on these items; in SQLite what is not among the rows that are put in its place."""
        if not self.postgres:
            in_place.clear(cursor, "due", tables.due, subjects, rows)
            return
        cursor.execute(f"DELETE FROM {self.q(tables.due.name)} WHERE subject = ANY(%s)", (subjects,))

    def _put(self, cursor: Any, name: str, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        if not self.postgres:
            in_place.put(cursor, name, table, rows)
            return
        copying.put(cursor, self.q(table.name), name, table, rows)

    def _titles(self, cursor: Any, tables: Tables, titles: list[tuple[str, str]]) -> None:
        if not self.postgres:
            cursor.executemany(f"INSERT INTO {tables.titles} VALUES (?,?)", titles)
            return
        copying.add_titles(cursor, self.q(tables.titles), titles)

    # what stood before

    def bodies(self, connection: Connection, table: Any, key: str, ids: Iterable[str]) -> dict[str, bytes]:
        """The states behind rows, by key."""
        return dict(self._bodies(connection, table, key, ids))

    def _bodies(self, connection: Connection, table: Any, key: str, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """(key, body) of rows."""
        for part in parts(ids):
            query = table.select().with_only_columns(table.c[key], table.c.body).where(table.c[key].in_(part))
            yield from ((row[0], bytes(row[1])) for row in connection.execute(query))

    def items(self, tables: Tables, subjects: Collection[str]) -> dict[str, Item | None]:
        """The items of these subjects; None for those of which no row tells."""
        if not subjects:
            return {}
        with self.engine.connect() as connection:
            bodies = self.bodies(connection, tables.cases, "no", (subject[9:] for subject in subjects))
        return {s: unpack_item(body) if (body := bodies.get(s[9:])) is not None else None for s in subjects}

    # titles

    def make_titles(self, connection: Connection, tables: Tables) -> None:
        """The table of titles, by their terms."""
        if self.postgres:
            connection.execute(text(f"CREATE TABLE {self.q(tables.titles)} (no TEXT PRIMARY KEY, terms tsvector)"))
        else:
            connection.execute(text(f"CREATE VIRTUAL TABLE {self.q(tables.titles)} USING fts5(no UNINDEXED, terms)"))

    def titled(self, connection: Connection, titles: str, phrases: list[list[str]]) -> list[str]:
        """NOs of the items whose title, in a table of titles, has all the phrases, each a run of characters."""
        if self.postgres:
            query = f"SELECT no FROM {self.q(titles)} WHERE terms @@ to_tsquery('simple', :asked)"
            asked = " & ".join("(" + " <-> ".join(f"'{one}'" for one in phrase) + ")" for phrase in phrases)
        else:
            query = f"SELECT no FROM {titles} WHERE {titles} MATCH :asked"
            asked = " AND ".join('"' + " ".join(phrase) + '"' for phrase in phrases)
        return [row[0] for row in connection.execute(text(query), {"asked": asked})]
