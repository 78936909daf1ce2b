"""What was known at one position: the directory, the rules, and the rows of the read models as of then."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, text
from sqlalchemy.engine import Connection

from domain.codec import decode_event
from domain.envelope import SHANGHAI, AnyEvent
from domain.kinds import kind_of
from domain.petition import matter
from domain.petition.item import Item
from domain.petition.state import evolve
from domain.rules.law import Rules
from domain.unit.state import Units
from infra.log.checkpoint import Checkpoints
from infra.log.port import Log
from infra.office import EPOCH, Office, micros
from infra.views.projector import Projector
from infra.views.store import Views, sqlite_views
from infra.views.tables import Tables
from projections.cases import CaseRow, RaisedRow

PAST_KEPT = 3
"""Past positions whose read models stay in memory."""


class Book:
    """The record as of a position."""

    def __init__(
        self, log: Log, office: Office, views: Views, tables: Tables, checkpoints: Checkpoints, *, position: int,
        behind: int = 0,
    ) -> None:  # fmt: skip
        self.log = log
        self.office = office
        self.views = views
        self.tables = tables
        self._checkpoints = checkpoints
        self.position = position
        self.behind = behind
        """Events that the read models have not seen yet."""

    @property
    def units(self) -> Units:
        return self.office.units

    @property
    def rules(self) -> Rules:
        return self.office.rules

    @property
    def moment(self) -> datetime:
        """When the newest event of the record was recorded."""
        return (EPOCH + timedelta(microseconds=self.office.recorded)).astimezone(SHANGHAI)

    def head(self) -> dict[str, Any]:
        """What every answer says about itself."""
        return {"as_of": self.moment.isoformat(), "position": self.position, "behind": self.behind}

    def checkpoint(self) -> dict[str, Any]:
        """Size and Merkle root of the log that this answer rests on."""
        return self._checkpoints.at(self.position)

    def events(self, subject: str) -> list[AnyEvent]:
        entries = self.log.stream(subject, upto=self.position)
        return [decode_event(entry.type, entry.body, entry.position) for entry in entries]

    def item(self, no: str) -> Item | None:
        item: Item | None = None
        for event in self.events(f"petition:{no}"):
            item = evolve(item, event)
        return item

    def repeats(self, no: str) -> tuple[str, ...]:
        """The items judged to repeat item NO itself."""
        repeats: tuple[str, ...] = ()
        for entry in self.log.touching(f"matter:{no}", upto=self.position):
            repeats = matter.evolve(no, repeats, decode_event(entry.type, entry.body, entry.position))
        return repeats

    @contextmanager
    def rows(self) -> Iterator[Connection]:
        with self.views.engine.connect() as connection:
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

    def titled(self, phrases: list[list[str]]) -> list[str]:
        """NOs of the items whose title has all the phrases, each a run of characters."""
        with self.rows() as connection:
            if self.views.postgres:
                table = f'"{self.views.schema}"."{self.tables.titles}"'
                query = f"SELECT no FROM {table} WHERE terms @@ to_tsquery('simple', :asked)"
                asked = " & ".join("(" + " <-> ".join(f"'{one}'" for one in phrase) + ")" for phrase in phrases)
            else:
                query = f"SELECT no FROM {self.tables.titles} WHERE {self.tables.titles} MATCH :asked"
                asked = " AND ".join('"' + " ".join(phrase) + '"' for phrase in phrases)
            return [row[0] for row in connection.execute(text(query), {"asked": asked})]


class Recalled:
    """What the judge of duties asks of the record (`domain.duty.owed.Record`), held still while he judges."""

    def __init__(self, office: Office) -> None:
        self.units, self.rules = office.units, office.rules
        self._states = {kind: dict(office.streams_of(kind)) for kind in ("duty", "conference", "period", "evaluation")}

    def state(self, subject: str) -> Any:
        return self._states[kind_of(subject)].get(subject)

    def states_of(self, kind: str) -> Iterable[Any]:
        return self._states[kind].values()


def past_year(book: Book, from_: date | None, to: date | None) -> tuple[date, date]:
    """The days asked about; where none are named, the twelve months up to the newest event."""
    last = to or book.moment.date()
    return from_ or date(last.year - 1, last.month, 1), last


class Library:
    """Opens books: the present one, kept up with the log, and past ones, folded on demand and kept for a while."""

    def __init__(self, log: Log, views: Views, shipped: Rules, projector: Projector | None = None) -> None:
        self._log = log
        self._views = views
        self._shipped = shipped
        self._projector = projector
        self._office = Office(log, shipped)
        self._checkpoints = Checkpoints(log)
        self._past: OrderedDict[int, Book] = OrderedDict()
        self._lock = threading.RLock()
        self.telling: Callable[[AnyEvent], None] | None = None
        """Told of every event that the log gained since the first question."""

    @contextmanager
    def still(self, as_of: datetime | None) -> Iterator[Book]:
        """The record as of a time, that of the present too staying as it is meanwhile."""
        with self._lock:
            yield self.at(as_of)

    def at(self, as_of: datetime | None) -> Book:
        """The record as of a recorded time; None is now."""
        with self._lock:
            if as_of is None:
                return self._present()
            return self._as_of(self._log.at(micros(as_of)))

    def recalled(self, book: Book) -> Recalled:
        """What the record of a book holds beside items and units."""
        with self._lock:
            return Recalled(book.office)

    def _present(self) -> Book:
        if self._projector is not None:
            self._projector.catch_up()
        live = self._views.live()
        assert live is not None
        self._office.catch_up(also=self.telling)
        behind = self._office.position - live.position
        return Book(
            self._log, self._office, self._views, live.tables, self._checkpoints, position=self._office.position,
            behind=behind,
        )  # fmt: skip

    def _as_of(self, position: int) -> Book:
        if position not in self._past:
            office = Office(self._log, self._shipped)
            office.catch_up(upto=position)
            memory = sqlite_views(":memory:")
            tables, _ = Projector(self._log, memory).rebuild(upto=position)
            memory.switch(tables)
            self._past[position] = Book(self._log, office, memory, tables, self._checkpoints, position=position)
            while len(self._past) > PAST_KEPT:
                self._past.popitem(last=False)[1].views.close()
        return self._past[position]

    def past_item(self, as_of: datetime | None) -> Book:
        """A book for questions about single items, which need the log alone and no read models."""
        with self._lock:
            if as_of is None:
                return self._present()
            position = self._log.at(micros(as_of))
            if position in self._past:
                return self._past[position]
            office = Office(self._log, self._shipped)
            office.catch_up(upto=position)
            live = self._views.live()
            assert live is not None
            return Book(self._log, office, self._views, live.tables, self._checkpoints, position=position)
