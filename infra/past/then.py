"""The read models as they stood after the events that are seen: the archive at the mark before, and what came after it.

In tables of a connection of their own, each made when a question first names it.
"""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from operator import attrgetter
from typing import Any

from sqlalchemy import MetaData, Table, literal, or_, select, text
from sqlalchemy.engine import Connection

from domain.rules.law import Rules
from infra.log.merkle import Tree
from infra.log.port import Entry, Log
from infra.past.archive import MARK, Archive, items_at, named, stood
from infra.past.rows import Rows, SumsAtMark
from infra.past.sight import Sight
from infra.past.sums import StandingRows, changed, of_law
from infra.views.anew import take
from infra.views.store import Views
from infra.views.tables import KEYS, Tables, bytewise
from projections.fold import Changes, Fold
from projections.sums import SumRow, moved, unpacked

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
            self._clear_due(cursor, self.plain, [f"petition:{row.no}" for row in changes.cases], changes.due)
        if name == "findings":
            rows: Any = self._findings(connection, self.plain, changes.findings, fresh=False)
        elif name == "ledgers":
            rows = self._ledgers(connection, self.plain, changes.ledgers, fresh=False)
        else:
            rows = getattr(changes, name)
        self._put(cursor, name, table, rows)

    def sums(self, rules: Rules, members: Collection[str] | None, months: tuple[str, str]) -> SumsAtMark | None:
        """Sums of these units, or of all; of rates those of the months from one to another.

        None where the law changed after the mark: then every row is to be counted anew.
        """
        if of_law(self._entries):
            return None
        table = self._ages.sums
        query = select(*(table.c[name] for name in SumRow._fields)).where(
            stood(table, self._mark), or_(table.c.month == "", table.c.month.between(*months))
        )
        if members is not None:
            query = query.where(table.c.name.in_(sorted(members)))
        for name in ("findings", "ledgers"):
            self.made(name)
        with self.reading() as connection:
            rows = [SumRow(*row) for row in connection.execute(query)]
            before = StandingRows(connection, self._ages, partial(stood, mark=self._mark)).before(self._changes)
            now = changed(before, self._changes, StandingRows(connection, self.plain))
        at_mark = ((row.kind, row.name, unpacked(row)) for row in rows)
        return SumsAtMark(at_mark, moved(before.cells(rules.on), now.cells(rules.on)))

    @cached_property
    def _entries(self) -> list[Entry]:
        """The events after the mark."""
        return [*self._following(), *self._archive.late(self._log, self._seen)]

    @cached_property
    def _changes(self) -> Changes:
        """What the events after the mark changed."""
        entries = self._entries
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
        self._asked = False
        self._one = threading.Lock()
        """Held while the archive goes on: who asks about the present does not wait for it."""

    @cached_property
    def archive(self) -> Archive:
        return self._opened()

    def at(self, seen: Sight) -> Rows:
        """The read models after the events that are seen."""
        with self._one:
            self._asked, kept = True, self._kept.get(seen)
            if kept is None or kept.number != self.archive.ages()[0].number:  # made anew, maybe by another process
                self.archive.follow(self._log, seen.position)
                self._kept[seen] = Then(self._log, self.archive, seen)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(seen)
            then = self._kept[seen]
            return Rows(then, then.lazily, then.sums)

    def tree(self, size: int) -> Tree:
        """The largest Merkle tree, not beyond a size, that is kept."""
        return self.archive.tree(self._log, size)

    def go_on(self, marks: int) -> None:
        """Makes some more of the archive in idle time, once somebody asked about the past."""
        if self._asked and self._one.acquire(blocking=False):
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
