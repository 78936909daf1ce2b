"""What one reader sees of the present record, counted: from how all rows are counted, without reading most of them."""

from collections.abc import Callable, Collection, Iterable
from threading import Lock

from sqlalchemy import func, or_, select

from infra.parts import parts
from infra.questions.book import Book, Recalled
from infra.questions.counted import Counted, year_of
from infra.questions.owing import Owing
from infra.questions.seen import SeenTables
from infra.questions.turned import turned
from infra.questions.whole import TABLES, Whole
from infra.views.sums import Row
from projections.cells import WATCHED, Cell
from projections.excerpt import Excerpt

AT_ONCE = 500
"""Rows that are looked at while others wait."""
TOGETHER = 5_000


class Share(Counted):
    """Of a reach. It follows the whole: what that counted again is looked at again."""

    tally: Excerpt

    def __init__(self, book: Book, whole: Whole, recalled: Callable[[Book], Recalled]) -> None:
        """Takes no time. Until it is loaded it is not to be asked, and what the whole counts again waits for that."""
        within = book.reach.within
        super().__init__(book, whole.owing, within)
        self._wide = within is None or 2 * len(within) > len(book.units)
        """Whether it is the whole, less what is not seen; else its items are counted by themselves."""
        self.whole, self._recalled, self._judged_at = whole, recalled, -1
        self.tally = self._nothing(book)
        self._waiting: set[Row] = set()
        """Rows to look at again."""
        self._handing = Lock()
        self._repeated_ones = whole.repeated()
        self._in_whole: dict[str, bytes] = {}
        self._loaded, self._one = False, Lock()

    @property
    def ready(self) -> bool:
        """Whether it can be asked after few rows are looked at."""
        return self._loaded and len(self._waiting) <= AT_ONCE

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(map(len, (*self.tally.less.rows.values(), *self.tally.more.rows.values())))

    def load(self, book: Book) -> None:
        """Becomes ready, while others ask. Raises `Stale`."""
        with self._one:
            if not self._loaded:
                self.tally = self._nothing(book)  # what was begun when the store went away is begun again
                if not self._wide:
                    self._jurisdiction(book)
                self._look(book, hidden(book) | (self._outside(book) if self._wide else set()))
                self._loaded, self._repeated_ones = True, set()
            if not self.ready:
                self._look_again(book)

    def _nothing(self, book: Book) -> Excerpt:
        return Excerpt(self.whole.tally, None if self._wide else book.reach.within, *year_of(book))

    def catch_up(self, book: Book) -> None:
        """As the whole has it, which caught up before."""
        now = year_of(book)
        if (self.tally.start, self.tally.today) != now:
            self.tally.turn(*now)
        self._look_again(book)
        if now == (self.whole.tally.start, self.whole.tally.today):
            self.owing = self.whole.owing
        elif self._judged_at != self.whole.heard:  # the newest event is hidden, and of another day
            self.owing, self._judged_at = Owing(book, self._recalled), self.whole.heard

    def wait_for(self, rows: Collection[Row]) -> None:
        """Rows that the whole counted again, to be looked at before it is asked."""
        with self._handing:
            self._waiting.update(rows)

    def _look_again(self, book: Book) -> None:
        with self._handing:
            rows, self._waiting = self._waiting, set()
        try:
            self._look(book, rows)
        except BaseException:
            self.wait_for(rows)
            raise

    def _jurisdiction(self, book: Book) -> None:
        """Items are counted as all are, but for those that others repeat of which none is seen."""
        table = book.tables.cases
        firsts = {row.no: row.first for row in book.select(select(table.c.no, table.c.first))}
        for keys in parts([*firsts], TOGETHER):
            self.tally.more.fill("cases", self.whole.counted_in("cases", keys))
        for keys in parts(sorted((self._repeated_ones & firsts.keys()) - {*firsts.values()})):
            self.items(book, keys)
        self.findings(book)

    def _outside(self, book: Book) -> set[Row]:
        """Rows that are not of the jurisdiction, of units that the whole counts any of."""
        if self._members is None:
            return set()
        cases, findings, ledgers, due = (getattr(book.whole, name) for name in TABLES)
        items, found, entered, owed = (
            sorted({*self.whole.tally.names(kind)}.difference(self._members))
            for kind in ("unit", "findings", "ledger", "ends")
        )
        none_else = (
            func.coalesce(column, "").not_in(self._members) for column in (cases.c.registered_by, cases.c.first_unit)
        )
        asked = (
            ("cases", select(cases.c.no).where(cases.c.unit.in_(items), *none_else)),
            ("cases", select(func.substr(due.c.subject, 10)).where(due.c.owed_by.in_(owed))),
            ("findings", select(findings.c.id).where(findings.c.unit.in_(found))),
            ("ledgers", select(ledgers.c.subject).where(ledgers.c.unit.in_(entered), ledgers.c.ledger.in_(WATCHED))),
        )
        return {(table, row[0]) for table, query in asked for row in book.select(query)}

    def _look(self, book: Book, rows: Collection[Row]) -> None:
        nos = {key for table, key in rows if table == "cases"}
        for keys in parts(sorted(nos | _firsts(book, nos))):
            self.items(book, keys)
            if self._wide:
                self.limits(book, [f"petition:{no}" for no in keys])
        for keys in parts(sorted(key for table, key in rows if table == "findings")):
            self.findings(book, keys)
        for keys in parts(sorted(key for table, key in rows if table == "ledgers")):
            self.entries(book, keys)

    def recall(self, table: str, keys: Collection[str]) -> None:
        self._in_whole = self.whole.counted_in(table, keys)

    def put(self, table: str, key: str, cells: Iterable[Cell]) -> None:
        self.tally.put(table, key, cells, self._in_whole.get(key, b""))


def _firsts(book: Book, nos: Collection[str]) -> set[str]:
    """The items that these repeat: they count otherwise where no repeat of them is seen."""
    table = book.whole.cases
    found = (book.select(select(table.c.first).where(table.c.no.in_(keys))) for keys in parts(sorted(nos)))
    return {row.first for rows in found for row in rows if row.first is not None}


def hidden(book: Book) -> set[Row]:
    """Rows that tell of items that are hidden, and of what goes on about these alone."""
    if not book.reach.secret:
        return set()
    tables = book.tables
    assert isinstance(tables, SeenTables), "of who sees everything nothing is hidden"
    nos = [row.no for row in book.select(tables.hidden())]
    threads, findings = sorted(book.reach.threads), book.whole.findings
    agreed = [f"D13:{each}" for each in threads]
    found = book.select(select(findings.c.id).where(or_(findings.c.subject.in_(threads), findings.c.id.in_(agreed))))
    return turned(book, nos, {}) | {("ledgers", each) for each in threads} | {("findings", row.id) for row in found}
