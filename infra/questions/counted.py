"""Rows of a book, counted in the cells of `projections.cells`."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.fact import UnitId
from infra.questions.book import Book, past_year
from infra.questions.one_of import one_of
from infra.questions.owing import Owing
from projections.board import Board
from projections.cells import (
    WATCHED,
    Cell,
    EnteredRow,
    FoundRow,
    LimitRow,
    of_entry,
    of_finding,
    of_item,
    of_limit,
)
from projections.tally import Cells, Tally

SOONEST = 20
"""Running deadlines that are told of a unit."""
Running = tuple[str, ...]
"""(last day, subject, clock) of a deadline."""


class Counted(ABC):
    """What is asked of a book, from what is counted of its rows."""

    tally: Board

    def __init__(self, book: Book, owing: Owing, members: Collection[UnitId] | None = None) -> None:
        """With members only rows that these units are concerned with."""
        self.rules, self.owing = book.rules, owing
        self._members = sorted(members) if members is not None else None

    def due_soon(self, book: Book, members: Collection[str] | None = None) -> list[tuple[str, Running]]:
        """What these units, or all, have to do next, the earliest first: (who owes it, what). Nothing that is over."""
        wanted = SOONEST
        while True:
            units, last, found = self.tally.ending(members, wanted)
            rows = self._ending(book, units, last) if units else []
            if len(rows) == SOONEST or found < wanted:
                return [(row[0], tuple(row[1:])) for row in rows]
            wanted = 4 * found  # not all that the units owe is told to who asks

    def _ending(self, book: Book, units: Collection[str], last: str) -> Sequence[Any]:
        """What ends first, up to a day, of what may be told who asks: mostly the first of all, so that is looked up."""
        rows = book.select(self._earliest(book.whole.due, units, last))
        if book.tables is book.whole:
            return rows
        seen, subjects = book.tables.due, {row.subject for row in rows}
        shown = {row.subject for row in book.select(select(seen.c.subject).where(seen.c.subject.in_(sorted(subjects))))}
        return rows if shown == subjects else book.select(self._earliest(seen, units, last))

    def _earliest(self, due: Any, units: Collection[str], last: str) -> Select[Any]:
        query = select(due.c.owed_by, due.c.due_on, due.c.subject, due.c.clock).where(
            due.c.missed == 0, due.c.due_on.between(self.tally.today, last),
            one_of(due.c.owed_by, units, looked_up=True),
        )  # fmt: skip
        return query.order_by(due.c.due_on, due.c.subject, due.c.clock, due.c.owed_by).limit(SOONEST)

    # rows: all, or those with some keys; of these, one that is gone counts nowhere

    def every_row(self, book: Book) -> None:
        self.items(book)
        self.findings(book)
        self.entries(book)
        self.limits(book)

    def items(self, book: Book, nos: Collection[str] | None = None) -> dict[str, str | None]:
        """Counts items; answers which item each of them repeats."""
        table, repeated, firsts = book.tables.cases, self._repeated(book, nos), dict[str, str | None]()
        rows = book.cases(*self._of(table, nos, "no", "registered_by", "unit", "first_unit"))

        def cells() -> Iterator[tuple[str, Iterable[Cell]]]:
            for row in rows:
                firsts[row.no] = row.first
                yield row.no, of_item(row, self.rules.on, repeated=row.no in repeated)

        self._count("cases", nos, cells())
        return firsts

    def _repeated(self, book: Book, nos: Collection[str] | None) -> set[str]:
        """Which of these items another one repeats."""
        first = book.tables.cases.c.first
        among = first.is_not(None) if nos is None else first.in_(sorted(nos))
        return {row[0] for row in book.select(select(first).where(among).distinct())}

    def findings(self, book: Book, ids: Collection[str] | None = None) -> None:
        table = book.tables.findings
        query = select(*(table.c[name] for name in FoundRow._fields)).where(*self._of(table, ids, "id", "unit"))
        rows = map(FoundRow._make, book.select(query))
        self._count("findings", ids, ((row.id, of_finding(row)) for row in rows))

    def entries(self, book: Book, subjects: Collection[str] | None = None) -> None:
        table = book.tables.ledgers
        query = select(*(table.c[name] for name in EnteredRow._fields)).where(table.c.ledger.in_(WATCHED))
        rows = map(EnteredRow._make, book.select(query.where(*self._of(table, subjects, "subject", "unit"))))
        keys = _entered(book, subjects) if subjects is not None else None
        self._count("ledgers", keys, (("\t".join(row[:3]), of_entry(row)) for row in rows))

    def limits(self, book: Book, subjects: Collection[str] | None = None) -> None:
        table = book.tables.due
        query = select(table.c.subject, *(table.c[name] for name in LimitRow._fields))
        rows: defaultdict[str, list[Cell]] = defaultdict(list)
        for subject, *limit in book.select(query.where(*self._of(table, subjects, "subject", "owed_by"))):
            rows[subject] += of_limit(LimitRow(*limit))
        self._count("due", subjects, rows.items())

    def _of(self, table: Any, keys: Collection[str] | None, key: str, *units: str) -> list[ColumnElement[bool]]:
        """The condition for rows with these keys, or all, in which one of the members is one of the units."""
        among = [table.c[key].in_(sorted(keys))] if keys is not None else []
        members = [or_(*(one_of(table.c[unit], self._members) for unit in units))] if self._members is not None else []
        return [*among, *members]

    def _count(self, table: str, keys: Collection[str] | None, rows: Iterable[tuple[str, Iterable[Cell]]]) -> None:
        gone = {*keys} if keys is not None else set()
        self.recall(table, gone)
        for key, cells in rows:
            gone.discard(key)
            self.put(table, key, cells)
        for key in gone:
            self.put(table, key, ())

    @abstractmethod
    def recall(self, table: str, keys: Collection[str]) -> None:
        """Before rows are put: finds out how they are counted until now."""

    @abstractmethod
    def put(self, table: str, key: str, cells: Iterable[Cell]) -> None:
        """Counts a row as it is now."""


class Alone(Counted):
    """Counted for one book, of the past. Where its rows' sums were kept, from these."""

    tally: Tally

    def __init__(self, book: Book, owing: Owing, members: Collection[UnitId] | None = None) -> None:
        super().__init__(book, owing, members)
        self._book = book
        self.tally = Tally(*year_of(book))
        kept = book.sums(self._members, (self.tally.start[:7], self.tally.today[:7]))
        if kept is None:
            self.every_row(book)
            return
        self.tally.load(*kept)
        self.limits(book)

    def counted_in(self, table: str, keys: Collection[str]) -> dict[str, bytes]:
        """The numbers of the cells that rows are counted in, also where only their sums were kept."""
        noted = Noted(self._book, self.owing, self._members, self.tally.cells)
        if table == "ledgers":
            noted.entries(self._book, {key.partition("\t")[0] for key in keys})
        else:
            {"cases": noted.items, "findings": noted.findings, "due": noted.limits}[table](self._book, keys)
        return noted.told

    def recall(self, table: str, keys: Collection[str]) -> None:
        """Each is counted once."""

    def put(self, table: str, key: str, cells: Iterable[Cell]) -> None:
        self.tally.put(table, key, cells)


class Noted(Counted):
    """In which cells rows are counted, and no sums."""

    def __init__(self, book: Book, owing: Owing, members: Collection[UnitId] | None, cells: Cells) -> None:
        super().__init__(book, owing, members)
        self._cells = cells
        self.told: dict[str, bytes] = {}

    def recall(self, table: str, keys: Collection[str]) -> None:
        """There is nothing to recall."""

    def put(self, table: str, key: str, cells: Iterable[Cell]) -> None:  # noqa: ARG002 -- it is one table
        self.told[key] = self._cells.told(cells)


def year_of(book: Book) -> tuple[str, str]:
    """The days of which rates are told."""
    first, last = past_year(book, None, None)
    return first.isoformat(), last.isoformat()


def _entered(book: Book, subjects: Collection[str]) -> set[str]:
    """The keys of all entries of these subjects, whoever sees them."""
    table = book.whole.ledgers
    query = select(*(table.c[name] for name in EnteredRow._fields[:3]))
    found = book.select(query.where(table.c.subject.in_(sorted(subjects)), table.c.ledger.in_(WATCHED)))
    return {"\t".join(row) for row in found}
