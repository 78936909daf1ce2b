"""What is known: the directory, the rules, and the rows of the read models."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.engine import Connection

from domain.envelope import AnyEvent
from domain.kinds import kind_of
from domain.petition import matter
from domain.petition.item import Item
from domain.petition.state import evolve
from domain.rules.law import Rules
from domain.unit.state import Unit, Units
from infra.log.port import Entry, Log
from infra.log.times import of_micros
from infra.log.tree_heads import TreeHeads
from infra.office import Office, decoded
from infra.past.rows import SumsAtMark
from infra.past.sight import Sight
from infra.questions.one_of import as_rows
from infra.questions.seen import SeenTables
from infra.views.store import Views
from infra.views.tables import Tables
from projections.cases import CaseRow, RaisedRow
from projections.findings import StandingFinding, Words, standing, unpack_words
from projections.ledgers.duties import act_entry
from projections.ledgers.entry import Entry as LedgerEntry
from projections.ledgers.entry import unpack_entry
from projections.shelf import unpack_item
from projections.visibility import EVERYTHING, Reach


class Accusation(NamedTuple):
    """An item that is one, and whom it accuses."""

    no: str
    unit: str | None
    official: str | None


class Book:
    """The record as it stands. `infra.questions.past` has the same of the past."""

    def __init__(
        self, log: Log, office: Office, views: Views, tables: Tables, heads: TreeHeads, *, position: int,
        behind: int = 0, places: int = 0, moved: int = 0, unread: Collection[Accusation] = (),
    ) -> None:  # fmt: skip
        self.log = log
        self.office = office
        self._views = views
        self._tables = tables
        self._heads = heads
        self.position = position
        self.behind = behind
        """Events that the read models have not seen yet."""
        self.places = places
        """How far the rows are, of all partitions together: as long as it is the same, so are they."""
        self.moved = moved
        """No event after this position may have changed what goes on about hidden items alone."""
        self.unread = unread
        """Of the events that the read models have not seen yet."""

    @property
    def views(self) -> Views:
        return self._views

    @property
    def tables(self) -> Tables | SeenTables:
        return self._tables

    @property
    def whole(self) -> Tables:
        """All rows, whoever asks: by their keys it is found which of them he may not see any more. None is told."""
        return self._tables

    @property
    def units(self) -> Units:
        return self.office.units

    def governed(self) -> list[Unit]:
        """The units of the jurisdiction of whoever asks: here, all."""
        return [*self.units]

    @property
    def rules(self) -> Rules:
        return self.office.rules

    @property
    def moment(self) -> datetime:
        """When the newest event that the record rests on was recorded: its day is today."""
        return of_micros(self.office.recorded)

    def head(self) -> dict[str, Any]:
        """What every answer says about itself."""
        as_of = at = self.moment.isoformat()
        return {"as_of": as_of, "at": at, "position": self.position, "behind": self.behind}

    @property
    def read(self) -> int:
        """The last event that the read models have seen."""
        return self.position - self.behind

    def secret(self, no: str) -> bool:  # noqa: ARG002 -- see ReadersBook
        """Whether an item is hidden to whoever asks: here, none."""
        return False

    @property
    def reach(self) -> Reach:
        """How far whoever asks sees."""
        return EVERYTHING

    @property
    def seen(self) -> Sight:
        """The events that it rests on: equal for books that answer alike."""
        return Sight(self.position, self.position)

    @property
    def alike(self) -> tuple[Reach, Sight, int, int]:
        """The same with the rows as they are read: equal for books that answer alike to who sees as far."""
        return self.reach, self.seen, self.places, self.tables.number

    @property
    def heads(self) -> TreeHeads:
        return self._heads

    def checkpoint(self) -> dict[str, Any]:
        """Size and Merkle root of the log that this answer rests on."""
        return self._heads.at(self.position)

    def entries(self, subject: str) -> list[Entry]:
        """The events of a subject as they are stored."""
        return self.log.stream(subject, upto=self.position)

    def touching(self, name: str) -> list[Entry]:
        """The events that touch a name."""
        return self.log.touching(name, upto=self.position)

    def events(self, subject: str) -> list[AnyEvent]:
        return [*decoded(self.entries(subject))]

    def item(self, no: str) -> Item | None:
        item: Item | None = None
        for event in self.events(f"petition:{no}"):
            item = evolve(item, event)
        return item

    def linked(self, no: str) -> Item | None:
        """An item that another item's matter leads to: of a matter that a reader may see one item of, he sees all."""
        return self.item(no)

    def entry(self, position: int) -> AnyEvent | None:
        """The event at a position of the log."""
        entry = self.log.get(position)
        return next(iter(decoded([entry])), None) if entry is not None else None

    def kept(self, row: Any) -> Item:
        """The item behind a row with its `no` and `body`."""
        return unpack_item(bytes(row.body))

    def repeats(self, no: str) -> tuple[str, ...]:
        """The items judged to repeat item NO itself."""
        repeats: tuple[str, ...] = ()
        for event in decoded(self.touching(f"matter:{no}")):
            repeats = matter.evolve(no, repeats, event)
        return repeats

    def sums(self, members: Collection[str] | None, months: tuple[str, str]) -> SumsAtMark | None:  # noqa: ARG002 -- of past books
        """What is counted over the rows of these units, or of all, where it was kept; rates of these months."""
        return None

    def titles(self, nos: Collection[str]) -> dict[str, str]:
        """Titles of items that were found among the rows of whoever asks."""
        cases = self.tables.cases
        rows = self.select(select(cases.c.no, cases.c.title).where(cases.c.no.in_(sorted(nos))))
        return {row.no: row.title for row in rows}

    def recalled(self) -> "Recalled":
        """What the record holds beside items and units, held still."""
        return Recalled(self.office)

    def standings(self, column: str, values: Iterable[str]) -> list[StandingFinding]:
        """Findings, cleared ones too, by their `id` or their `subject`; in the order of their ids."""
        found = [standing(words) for words in self.said(column, values)]
        return sorted(filter(None, found), key=lambda each: each.finding.id)

    def said(self, column: str, values: Iterable[str]) -> list[Words]:
        """All that was said of the findings with one of these values in a column of their rows."""
        table = self.tables.findings
        rows = self.select(select(table.c.body).where(table.c[column].in_(list(values))))
        return [unpack_words(bytes(row[0])) for row in rows]

    @contextmanager
    def rows(self) -> Iterator[Connection]:
        with self.views.reading() as connection:
            yield connection

    def select(self, query: Select[*tuple[Any, ...]]) -> Sequence[Any]:
        with self.rows() as connection:
            return connection.execute(query).fetchall()

    def cases(self, *conditions: Any) -> Iterator[CaseRow]:
        """Case rows, without their bodies."""
        columns = [column for column in self.tables.cases.c if column.name != "body"]
        return (CaseRow(*(*row, b"")) for row in self.select(select(*columns).where(*conditions)))

    def raised(self, *conditions: Any) -> Iterator[tuple[CaseRow, RaisedRow]]:
        """Each time that an item went up, with its case row."""
        cases, raised = self.tables.cases, self.tables.raised
        columns = [column for column in cases.c if column.name != "body"]
        rows = self.select(select(*columns, *raised.c).join(raised, raised.c.no == cases.c.no).where(*conditions))
        width = len(columns)
        return ((CaseRow(*(*row[:width], b"")), RaisedRow(*row[width:])) for row in rows)

    def ledger(self, *conditions: ColumnElement[bool]) -> list[LedgerEntry]:
        """Entries of ledgers that are no acts, in the order of the log."""
        table = self.tables.ledgers
        query = select(table.c.body).where(*conditions).order_by(table.c.position, table.c.name)
        return [unpack_entry(row.body) for row in self.select(query)]

    def acts(self, *conditions: ColumnElement[bool]) -> list[LedgerEntry]:
        """Entries of acts of duty, in the order of the log."""
        table = self.tables.acts
        return [act_entry(row) for row in self.select(select(table).where(*conditions).order_by(table.c.id))]

    def among(self, keys: Collection[str]) -> Select[tuple[str]]:
        """A selection of these keys, however many: as values of their own a query takes some ten thousand at most."""
        if self.views.postgres:
            return as_rows([*keys])
        return select(func.json_each(orjson.dumps([*keys]).decode()).table_valued("value").c.value)

    def titled(self, phrases: list[list[str]]) -> list[str]:
        """NOs of the items whose title has all the phrases, each a run of characters."""
        with self.rows() as connection:
            return self.views.titled(connection, self.tables.titles, phrases)


RECALLED = ("duty", "conference", "period", "evaluation")
"""Kinds of subjects by which it is judged whether duties were done."""


class Recalled:
    """What the judge of duties asks of the record (`domain.duty.owed.Record`), held still while he judges."""

    def __init__(self, office: Office) -> None:
        self.units, self.rules = office.units, office.rules
        self._states = {kind: dict(office.streams_of(kind)) for kind in RECALLED}

    def expect(self, subjects: Iterable[str]) -> None:
        """The judge will ask of these subjects."""

    def state(self, subject: str) -> Any:
        return self._states[kind_of(subject)].get(subject)

    def states_of(self, kind: str) -> Iterable[Any]:
        return self._states[kind].values()


def past_year(book: Book, from_: date | None, to: date | None) -> tuple[date, date]:
    """The days asked about; where none are named, the twelve months up to the newest event."""
    last = to or book.moment.date()
    return from_ or date(last.year - 1, last.month, 1), last
