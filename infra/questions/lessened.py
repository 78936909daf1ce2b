"""What a reader sees, counted as all rows, less those that he does not see: these are few, and found by index."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import func, select

from domain.fact import UnitId
from infra.parts import parts
from infra.questions.book import Book, Recalled
from infra.questions.counted import Alone, Counted, year_of
from infra.questions.owing import Owing
from infra.questions.seen import SeenTables
from infra.questions.turned import turned
from infra.questions.whole import TABLES, Whole
from infra.views.sums import Row
from projections.cells import WATCHED, Cell
from projections.excerpt import Excerpt


class Lessened(Counted):
    """Of a book that a reader sees a part of, beside the same with nothing hidden."""

    tally: Excerpt

    def __init__(self, book: Book, whole: Whole | Alone, members: Collection[UnitId] | None) -> None:
        super().__init__(book, whole.owing, members)
        self.whole: Whole | Alone = whole
        self.within = book.reach.within
        self._in_whole: dict[str, bytes] = {}
        self.wide = sees_most(book)
        self.tally = self.nothing(book)

    def nothing(self, book: Book) -> Excerpt:
        """The whole, less nothing yet; of a smaller jurisdiction only what is its units'."""
        return Excerpt(self.whole.tally, None if self.wide else self.within, *year_of(book))

    def look(self, book: Book, rows: Collection[Row]) -> None:
        """Counts rows as the reader sees them, and how else the whole does."""
        nos = {key for table, key in rows if table == "cases"}
        for keys in parts(sorted(nos | _firsts(book, nos))):
            self.items(book, keys)
            if self.wide:
                self.limits(book, [f"petition:{no}" for no in keys])
        for keys in parts(sorted(key for table, key in rows if table == "findings")):
            self.findings(book, keys)
        for keys in parts(sorted(key for table, key in rows if table == "ledgers")):
            self.entries(book, keys)

    def recall(self, table: str, keys: Collection[str]) -> None:
        self._in_whole = self.whole.counted_in(table, keys)

    def put(self, table: str, key: str, cells: Iterable[Cell]) -> None:
        self.tally.put(table, key, cells, self._in_whole.get(key, b""))

    def unseen(self, book: Book) -> set[Row]:
        """Rows of items that are hidden, and of what goes on about these alone; and of other jurisdictions."""
        return {*_hidden(book), *(self._outside(book) if self.wide and self.within is not None else ())}

    def _outside(self, book: Book) -> Iterator[Row]:
        """Rows that are not of the jurisdiction, of units that the whole counts any of."""
        cases, findings, ledgers, due = (getattr(book.whole, name) for name in TABLES)
        within = sorted(self.within or ())
        items, found, entered, owed = (
            sorted({*self.whole.tally.names(kind)}.difference(within))
            for kind in ("unit", "findings", "ledger", "ends")
        )

        def none_of_his(column: Any) -> Any:
            return func.coalesce(column, "").not_in(within)

        others = none_of_his(cases.c.registered_by), none_of_his(cases.c.first_unit)
        asked = (
            ("cases", items, select(cases.c.no).where(cases.c.unit.in_(items), *others)),
            ("cases", owed, select(func.substr(due.c.subject, 10)).where(due.c.owed_by.in_(owed))),
            ("findings", found, select(findings.c.id).where(findings.c.unit.in_(found))),
            ("ledgers", entered,
             select(ledgers.c.subject).where(ledgers.c.unit.in_(entered), ledgers.c.ledger.in_(WATCHED))),
        )  # fmt: skip
        return ((table, row[0]) for table, units, query in asked if units for row in book.select(query))


def sees_most(book: Book) -> bool:
    """Whether more is seen than not: else it is less to count what is."""
    within = book.reach.within
    return within is None or 2 * len(within) > len(book.units)


def _firsts(book: Book, nos: Collection[str]) -> set[str]:
    """The items that these repeat: they count otherwise where no repeat of them is seen."""
    table = book.whole.cases
    found = (book.select(select(table.c.first).where(table.c.no.in_(keys))) for keys in parts(sorted(nos)))
    return {row.first for rows in found for row in rows if row.first is not None}


def _hidden(book: Book) -> set[Row]:
    if not book.reach.secret:
        return set()
    tables = book.tables
    assert isinstance(tables, SeenTables), "of who sees everything nothing is hidden"
    nos = [row.no for row in book.select(tables.hidden())]
    findings = book.whole.findings
    found = book.select(select(findings.c.id).where(tables.on_threads(findings)))
    entered = {("ledgers", each) for each in book.reach.threads}
    return turned(book, nos, {}) | entered | {("findings", row.id) for row in found}


class PastShare(Lessened):
    """Of a past book; of members where a unit is asked about."""

    def __init__(
        self, book: Book, whole: Alone, members: Collection[UnitId] | None, recalled: Callable[[Book], Recalled]
    ) -> None:
        super().__init__(book, whole, members)
        if year_of(book) != (whole.tally.start, whole.tally.today):  # the newest event is hidden, and of another day
            self.owing = Owing(book, recalled)
        self.look(book, self.unseen(book))
