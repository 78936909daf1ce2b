"""What one reader sees of the present record, counted: from how all rows are counted, without reading most of them."""

from collections.abc import Callable, Collection
from threading import Lock

from sqlalchemy import select

from infra.parts import parts
from infra.questions.book import Book, Recalled
from infra.questions.counted import year_of
from infra.questions.lessened import Lessened
from infra.questions.owing import Owing
from infra.questions.whole import Whole
from infra.views.sums import Row

AT_ONCE = 500
"""Rows that are looked at while others wait."""
TOGETHER = 5_000


class Share(Lessened):
    """Of a reach. It follows the whole: what that counted again is looked at again."""

    whole: Whole

    def __init__(self, book: Book, whole: Whole, recalled: Callable[[Book], Recalled]) -> None:
        """Takes no time. Until it is loaded it is not to be asked, and what the whole counts again waits for that."""
        super().__init__(book, whole, book.reach.within)
        self._recalled, self._judged_at = recalled, -1
        self._waiting: set[Row] = set()
        """Rows to look at again."""
        self._handing = Lock()
        self._repeated_ones = whole.repeated()
        self._loaded, self._one = False, Lock()

    @property
    def ready(self) -> bool:
        """Whether it can be asked after few rows are looked at, and nobody is looking at many."""
        return self._nearly and not self._one.locked()  # in this order: who looks at them locks first, then takes them

    @property
    def _nearly(self) -> bool:
        return self._loaded and len(self._waiting) <= AT_ONCE

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(map(len, (*self.tally.less.rows.values(), *self.tally.more.rows.values())))

    def load(self, book: Book) -> None:
        """Becomes ready, while others ask. Raises `Stale`."""
        with self._one:
            if not self._loaded:
                self.tally = self.nothing(book)  # what was begun when the store went away is begun again
                if not self.wide:
                    self._jurisdiction(book)
                self.look(book, self.unseen(book))
                self._loaded, self._repeated_ones = True, set()
            if not self._nearly:
                self._look_again(book)

    def _jurisdiction(self, book: Book) -> None:
        """Items are counted as all are, but for those that others repeat of which none is seen."""
        table = book.tables.cases
        firsts = {row.no: row.first for row in book.select(select(table.c.no, table.c.first))}
        for keys in parts(firsts, TOGETHER):
            self.tally.more.fill("cases", self.whole.counted_in("cases", keys))
        for keys in parts(sorted((self._repeated_ones & firsts.keys()) - {*firsts.values()})):
            self.items(book, keys)
        self.findings(book)

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
            self.look(book, rows)
        except BaseException:
            self.wait_for(rows)
            raise
