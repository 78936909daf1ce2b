"""What is counted of the present record, for each reader, and of past ones."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from threading import Lock
from time import sleep

from domain.moments import When
from infra.past.sight import Sight
from infra.past.then import KEPT
from infra.questions.book import Book
from infra.questions.counted import Alone, Counted
from infra.questions.library import Library
from infra.questions.owing import Owing
from infra.questions.present import Present
from infra.questions.whole import Whole
from infra.views.sums import Stale
from projections.visibility import Reach

PAUSE = 0.005
"""Seconds between two judgements, in which others have their turn."""


class Tallies:
    """Of the present record one tally; of a past one only what is asked about, for a while."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._seen: Callable[[Book], Book] = lambda book: book
        self._present = Present(library.recalled)
        self._past: OrderedDict[tuple[Sight, Reach, int, str | None], Counted] = OrderedDict()
        self._one = Lock()
        """Of past tallies one is counted or asked at a time."""
        library.telling = self._present.hear

    def for_(self, seen: Callable[[Book], Book]) -> "Tallies":
        """The same over what somebody sees of each book."""
        other = copy(self)
        other._seen = seen  # noqa: SLF001 -- of the same kind
        return other

    @contextmanager
    def at(self, as_of: When, unit: str | None = None) -> Iterator[tuple[Book, Counted]]:
        """The record as of a time, counted for a unit or for all; nobody counts on while it is asked."""
        if as_of is not None:
            book = self._seen(self._library.at(as_of))
            with self._one:
                yield book, self._of_past(book, unit)
            return
        while True:
            with self._whole() as (everything, whole):
                book = self._seen(everything)
                counted = self._present.of(book, whole)
                if counted is not None:
                    yield book, counted
                    return
            self._present.load(book)  # others ask meanwhile

    @contextmanager
    def _whole(self) -> Iterator[tuple[Book, Whole]]:
        """The present record, and all its rows counted, staying as they are meanwhile."""
        while True:
            with self._library.still() as everything:
                whole = self._present.whole(everything)
                if whole is not None:
                    yield everything, whole
                    return

    def judge(self) -> None:
        """Judges what all units owed, a few at a time: who asks need not wait until all are judged."""
        self._library.remember()
        missing = True
        while missing:
            with self._whole() as (everything, whole):
                missing = whole.owing.judge(everything)
            sleep(PAUSE)  # else this thread would have the lock again before any other

    def keep(self) -> None:
        """Keeps the sums over the whole record for who opens the store next. For one process at a time.

        Where another one kept some meanwhile, the next question goes on from those. Raises `StoreError`.
        """
        self._library.at(None).checkpoint()  # what the log gained is hashed before, and nobody waits
        with self._whole() as (everything, whole):
            taken = whole.taken(everything)
        try:
            whole.keep(taken)
        except Stale:
            self._present.forget(whole)

    def fetch(self) -> None:
        """Takes in what is kept of every row: for a process beside one that keeps them, and writes over it."""
        with self._whole() as (_, whole):
            pass
        with suppress(Stale):  # the next that needs a row finds it out, too
            whole.fetch()

    def _of_past(self, book: Book, unit: str | None) -> Counted:
        asked = (book.seen, book.reach, book.tables.number, unit)
        if asked not in self._past:
            members = book.units.below(unit) if unit is not None else book.reach.within
            self._past[asked] = Alone(book, Owing(book, self._library.recalled), members)
            if len(self._past) > KEPT:
                self._past.popitem(last=False)
        self._past.move_to_end(asked)
        return self._past[asked]
