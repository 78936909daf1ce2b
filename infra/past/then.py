"""The read models as they stood after the events that are seen: the archive at the mark before, and what came after it.

In tables of a connection of their own, each made when a question first names it.
"""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from operator import attrgetter
from typing import Any

from sqlalchemy import MetaData, Table, literal, select, text
from sqlalchemy.engine import Connection

from infra.log.port import Entry, Log
from infra.past.archive import MARK, Archive, items_at, named, stood
from infra.past.rows import Rows
from infra.past.sight import Sight
from infra.views.projector import take
from infra.views.store import Views
from infra.views.tables import KEYS, Tables, bytewise
from projections.fold import Changes, Fold

SUBJECT = attrgetter("subject")


class Made(Tables):
    """Tables that are made when they are first named."""

    def __init__(self, then: "Then") -> None:
        self._then = then
        self.number, self.titles, self.seen = then.number, then.plain.titles, {}

    def __getattr__(self, name: str) -> Table:
        if name not in KEYS:
            raise AttributeError(name)
        table = self._then.made(name)
        setattr(self, name, table)
        return table


KEPT = 3
"""Past times whose read models stay at hand."""


class Then(Views):
    """Rows of one past time. Safe to ask from several threads; each waits for the other."""

    def __init__(self, log: Log, archive: Archive, seen: Sight) -> None:
        self.postgres = archive.postgres
        self.schema = "pg_temp" if self.postgres else "temp"
        self._log, self._archive, self._seen = log, archive, seen
        self._ages, made = archive.ages()
        self.number = self._ages.number
        """The generation of the archive that it rests on."""
        self._mark = min(seen.upto, made) // MARK * MARK
        self._connection = archive.engine.connect()
        self._connection.detach()
        self._closing = weakref.finalize(self, self._connection.close)
        self._lock = threading.RLock()
        self._filled: set[str] = set()
        self.plain = Tables(0, MetaData(schema=self.schema))
        self.lazily = Made(self)

    def close(self) -> None:
        """Lets the rows go; so does whoever drops the last book of them."""
        self._closing()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._lock:
            if self._connection.in_transaction():
                yield self._connection
            else:
                with self._connection.begin():
                    yield self._connection

    def made(self, name: str) -> Table:
        """Fills one table, once: as it stood at the mark, and what was changed since."""
        table, aged = named(self.plain, name), named(self._ages, name)
        with self.reading() as connection:
            if name in self._filled:  # for another thread, while this one waited
                return table
            table.create(connection)
            if self.postgres:
                connection.execute(text(f"ALTER TABLE {self.q(table.name)} {bytewise(table)}"))
            names = [column.name for column in table.columns]
            columns = [aged.c[name] if name in aged.c else literal(b"") for name in names]
            connection.execute(table.insert().from_select(names, select(*columns).where(stood(aged, self._mark))))
            self._change(connection, name, table)
            if self.postgres:
                connection.execute(text(f"ANALYZE {self.q(table.name)}"))
            self._filled.add(name)
        return table

    def _change(self, connection: Connection, name: str, table: Table) -> None:
        cursor: Any = connection.connection.cursor()
        changes = self._changes
        if name == "due":
            self._clear_due(cursor, self.plain, [f"petition:{row.no}" for row in changes.cases])
        if name == "findings":
            rows: Any = self._findings(connection, self.plain, changes.findings, fresh=False)
        elif name == "ledgers":
            rows = self._ledgers(connection, self.plain, changes.ledgers, fresh=False)
        else:
            rows = getattr(changes, name)
        self._put(cursor, name, table, rows)

    @cached_property
    def _changes(self) -> Changes:
        """What the events after the mark changed."""
        entries = [*self._following(), *self._archive.late(self._log, self._seen)]
        fold = Fold(gaps=True)
        subjects = {each.subject for each in entries if each.subject[:9] == "petition:"}
        for subject, item in items_at(self._log, subjects, self._mark).items():
            fold.items.put(subject, item)
        take(fold, entries)
        return fold.changes()

    def _following(self) -> list[Entry]:
        return self._log.read(self._mark, upto=self._seen.upto, limit=MARK) if self._mark < self._seen.upto else []

    def titled(self, connection: Connection, _: str, phrases: list[list[str]]) -> list[str]:
        """By all titles of the archive, for no title ever changes, and those that came after the mark."""
        former = self._archive.titled(connection, self._ages.titles, phrases)
        return [*former, *super().titled(connection, self._titles_since, phrases)]

    @cached_property
    def _titles_since(self) -> str:
        with self.reading() as connection:
            self.make_titles(connection, self.plain)
            self._titles(connection.connection.cursor(), self.plain, self._changes.titles)
        return self.plain.titles


class Past:
    """The past times of one log that were asked for last; the archive is opened when there is a first one."""

    def __init__(self, log: Log, opened: Callable[[], Archive]) -> None:
        self._log, self._opened = log, opened
        self._kept: OrderedDict[Sight, Then] = OrderedDict()
        self._one = threading.Lock()
        """Held while the archive goes on: who asks about the present does not wait for it."""

    @cached_property
    def archive(self) -> Archive:
        return self._opened()

    def at(self, seen: Sight) -> Rows:
        """The read models after the events that are seen."""
        with self._one:
            kept = self._kept.get(seen)
            if kept is None or kept.number != self.archive.ages()[0].number:  # made anew, maybe by another process
                self.archive.follow(self._log, seen.position)
                self._kept[seen] = Then(self._log, self.archive, seen)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(seen)
            return Rows(self._kept[seen], self._kept[seen].lazily)

    def go_on(self, marks: int) -> None:
        """Makes some more of the archive in idle time, once somebody asked about the past."""
        if "archive" in self.__dict__ and self._one.acquire(blocking=False):
            try:
                upto = min(self._log.head().position, self.archive.ages()[1] + marks * MARK)
                self.archive.follow(self._log, upto)
            finally:
                self._one.release()

    def close(self) -> None:
        for each in self._kept.values():
            each.close()
        if "archive" in self.__dict__:
            self.archive.close()
