"""All rows of the present record, counted, and counted on as they change.

The first who asks goes on from the sums that are kept, or reads every row where none are. After it, the events that the
log gained name the rows to read again.
"""

from collections.abc import Collection, Iterable, Iterator
from threading import Lock

from sqlalchemy import select

from domain.envelope import AnyEvent
from domain.kinds import kind_of
from domain.petition.events import RepeatJudged
from infra.office import decoded
from infra.parts import parts
from infra.questions.book import Book
from infra.questions.counted import Counted, year_of
from infra.questions.keeping import DUTY_LEDGERS, Body, Keeping, Taken, ledger_told
from infra.questions.owing import Owing
from infra.questions.turned import turned
from infra.views.sums import Row, Sums
from projections.cells import Cell
from projections.findings import words_of
from projections.ledgers.writing import WRITES
from projections.tally import Cells, Tally

TABLES = ("cases", "findings", "ledgers", "due")


class Whole(Counted):
    """Everything, as nothing is hidden."""

    tally: Tally

    def __init__(self, book: Book, owing: Owing, sums: Sums | None = None) -> None:
        """With `sums`, on from what is kept there."""
        super().__init__(book, owing)
        self.number, self.heard = book.tables.number, 0
        self._changed: dict[Row, tuple[int, int]] = {}
        """Rows that events may have changed, with the positions of the first such event and of the newest."""
        self._first_of: dict[str, str] = {}
        """Which item each item repeats."""
        self.tally = Tally(*year_of(book), Cells(Lock()))
        self._since: set[Row] = set()
        """Rows that were counted otherwise since they were kept, and ledgers of duties that were gone on with."""
        self._keeping = Keeping(sums, book.rules) if sums is not None else None
        self._lazy = False
        """Whether rows that did not change are not at hand."""
        if self._keeping is not None and (kept := self._keeping.read(book.read)) is not None:
            self._lazy, (body, read) = True, kept
            self.tally.begin(body.counted)
            self._first_of = body.first_of
            self._hear_from(book, read)
            return
        cases = book.tables.cases
        query = select(cases.c.no, cases.c.first).where(cases.c.first.is_not(None))
        self._first_of = {row[0]: row[1] for row in book.select(query)}
        self.every_row(book)
        self._hear_from(book, book.read)

    def _hear_from(self, book: Book, read: int) -> None:
        """What the log holds already and the rows did not know yet when they were counted."""
        while entries := book.log.read(read, upto=book.position):
            for event in decoded(entries):
                self.hear(event)
            read = entries[-1].position

    # as the record goes on

    def hear(self, event: AnyEvent) -> None:
        """Notes which rows an event may change."""
        self.heard += 1
        if kind_of(event.subject) == "duty":
            self._since.add((DUTY_LEDGERS, event.subject))
        for row in _changed_by(event):
            first, _ = self._changed.get(row, (event.position, 0))
            self._changed[row] = first, event.position
        self.owing.hear(event)

    def catch_up(self, book: Book) -> set[Row]:
        """Counts the rows again that changed since, and turns to the day of the newest event. Answers these rows, and
        those that are hidden from some readers now, or no longer.
        """
        if (self.tally.start, self.tally.today) != (now := year_of(book)):
            self.owing.turn()
            self.tally.turn(*now)
        changed = {row for row, (first, _) in self._changed.items() if first <= book.read}
        looked = turned(book, [no for table, no in changed if table == "matters"], self._first_of)
        looked |= self._items_again(book, {no for table, no in changed if table == "cases"})
        for keys in parts(sorted(key for table, key in changed if table == "findings")):
            self.findings(book, keys)
        for keys in parts(sorted(key for table, key in changed if table == "ledgers")):
            self.entries(book, keys)
        later = ((row, (max(first, book.read + 1), last)) for row, (first, last) in self._changed.items())
        self._changed = {row: at for row, at in later if at[1] > book.read}
        return looked | {row for row in changed if row[0] != "matters"}

    def _items_again(self, book: Book, nos: set[str]) -> set[Row]:
        """Answers which they were: with an item that came to repeat another, or no longer does, also that other one."""
        looked, todo = set[str](), nos
        while todo:
            firsts: dict[str, str | None] = {}
            for keys in parts(sorted(todo)):
                firsts |= self.items(book, keys)
                self.limits(book, [f"petition:{no}" for no in keys])
            looked |= todo
            todo = {other for no, first in firsts.items() for other in self._joined(no, first)} - looked
        return {("cases", no) for no in looked}

    def _joined(self, no: str, first: str | None) -> set[str]:
        """Notes which item this one repeats. Answers those that are repeated by one more or one less."""
        former = self._first_of.pop(no, None)
        if first is not None:
            self._first_of[no] = first
        return {each for each in (former, first) if each is not None} if former != first else set()

    def recall(self, table: str, keys: Collection[str]) -> None:
        """In which cells these rows were counted, where that is only kept. Raises `Stale`."""
        if self._lazy:
            self.tally.rows[table].update(self._kept_cells(table, keys))

    def put(self, table: str, key: str, cells: Iterable[Cell]) -> None:
        if self.tally.put(table, key, cells):
            self._since.add((table, key))

    # what readers' parts begin with, while it goes on

    def repeated(self) -> set[str]:
        """Items that others repeat."""
        return {*self._first_of.values()}

    def counted_in(self, table: str, keys: Collection[str]) -> dict[str, bytes]:
        """The numbers of the cells that rows are counted in. Raises `Stale`."""
        kept = self._kept_cells(table, keys) if self._lazy else {}
        rows = self.tally.rows[table]
        return kept | {key: rows[key] for key in keys if key in rows}

    def _kept_cells(self, table: str, keys: Collection[str]) -> dict[str, bytes]:
        assert self._keeping is not None
        rows = self.tally.rows[table]
        return self._keeping.cells(table, [key for key in keys if key not in rows])

    # how it is kept

    def fetch(self) -> None:
        """Takes in how every row was counted, but for those that changed since. Raises `Stale`."""
        if self._lazy and self._keeping is not None:
            for table in TABLES:
                rows = self.tally.rows[table]
                for key, cells in self._keeping.all_cells(table).items():
                    rows.setdefault(key, cells)  # who counts meanwhile knows better
            self._lazy = False

    def taken(self, book: Book) -> Taken:
        """What is to be kept of it as it stands: copies, so that nobody waits while they are written."""
        assert self._keeping is not None, "only what the store has sums of is kept"
        rows, (keys, self._since) = {**self.tally.rows}, (self._since, set())
        if self._keeping.nothing:
            rows[DUTY_LEDGERS] = {subject: ledger_told(ledger) for subject, ledger in book.office.streams_of("duty")}
            told = {(table, key): cells for table, kept in rows.items() for key, cells in kept.items()}
        else:
            rows[DUTY_LEDGERS] = {s: ledger_told(book.office.state(s)) for table, s in keys if table == DUTY_LEDGERS}
            told = {(table, key): rows[table][key] for table, key in keys}
        return Taken(book.read, Body(self.tally.counted(), {**self._first_of}), told, book.heads.told())

    def keep(self, taken: Taken) -> None:
        """Raises `Stale` where another process kept some meanwhile, and `StoreError`."""
        assert self._keeping is not None, "see above"
        try:
            self._keeping.keep(taken)
        except BaseException:
            self._since |= taken.rows.keys()
            raise

    @property
    def went_on(self) -> bool:
        """Whether it began with sums that were kept."""
        return self._lazy

    def unlike(self, other: "Whole") -> Iterator[tuple[str, list[Row]]]:
        """Cells, rows and repeats that the other, who counts the same rows, has otherwise: what it is, and on which
        rows it rests.
        """
        cells, rows = self.tally.unlike(other.tally)
        one, two = (each.tally.counting(cells) for each in (self, other))
        for cell in cells:
            kind, name, slot = cell
            what = " ".join(map(str, (kind, name, *(slot if isinstance(slot, tuple) else (slot,)))))
            yield f"how many are counted in {what!r}", [*one[cell], *two[cell]]
        for table, key in rows:
            yield f"in what {table} {key!r} is counted", [(table, key)]
        firsts, others = self._first_of, other._first_of  # noqa: SLF001 -- of the same kind
        for no in sorted(firsts.keys() | others.keys()):
            if firsts.get(no) != others.get(no):
                yield f"which item {no} repeats", [("cases", no)]


def _changed_by(event: AnyEvent) -> Iterator[Row]:
    """Rows that an event may change; of an item also `matters`, where what is hidden with it may change."""
    if kind_of(event.subject) == "petition":
        yield "cases", event.subject[9:]
    if isinstance(event.data, RepeatJudged):
        yield "matters", event.subject[9:]
    if type(event.data) in WRITES:
        yield "ledgers", event.subject
    for id, _ in words_of(event):
        yield "findings", id
