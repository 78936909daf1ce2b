"""What is counted of the present record, for each reader, and of past ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from threading import Lock
from time import sleep
from typing import TypeVar

from domain.moments import When
from infra.past.sight import Sight
from infra.past.then import KEPT
from infra.questions.book import Book
from infra.questions.counted import Alone, Counted
from infra.questions.lessened import PastShare, sees_most
from infra.questions.library import Library
from infra.questions.owing import Owing
from infra.questions.present import Present
from infra.questions.recent import Recent
from infra.questions.whole import Whole
from infra.views.sums import Stale
from projections.visibility import EVERYTHING, Reach

PAUSE = 0.005
"""Seconds between two judgements, in which others have their turn."""
T = TypeVar("T")
U = TypeVar("U")


class WentOn(Exception):
    """The record did, while it was asked."""


class Tallies:
    """Of the present record one tally; of a past one only what is asked about, for a while."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._seen: Callable[[Book], Book] = lambda book: book
        self._present = Present(library.recalled)
        self._past: Recent[tuple[Sight, Reach, int, str | None], Counted] = Recent(2 * KEPT)
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
            everything = self._library.at(as_of)
            book = self._seen(everything)
            with self._one:
                yield book, self._of_past(everything, book, unit)
            return
        while True:
            with self._whole() as (everything, whole):
                book = self._seen(everything)
                counted = self._present.of(book, whole)
                if counted is not None:
                    yield book, counted
                    return
            self._present.load(book)  # others ask meanwhile

    def together(self, book: Book, take: Callable[[Book, Counted], U], tell: Callable[[Book, U], T]) -> T:
        """What is told of a present book from what is counted, and from rows that others need not wait for.

        Raises `WentOn` where both are not of the book's moment.
        """
        with self.at(None) as (now, counted):
            taken = take(now, counted)
        if now.alike != book.alike:
            raise WentOn
        told = tell(book, taken)
        if self._seen(self._library.at(None)).alike != book.alike:
            raise WentOn
        return told

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
        self._library.remember()
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

    def _of_past(self, everything: Book, book: Book, unit: str | None) -> Counted:
        asked = (book.seen, book.reach, book.tables.number, unit)
        return self._past.get(asked, lambda: self._counted(everything, book, unit))

    def _counted(self, everything: Book, book: Book, unit: str | None) -> Counted:
        recalled = self._library.recalled
        members = book.units.below(unit) if unit is not None else book.reach.within
        if book.reach != EVERYTHING and sees_most(book):
            whole = self._of_past(everything, everything, unit)
            assert isinstance(whole, Alone)
            return PastShare(book, whole, members, recalled)
        return Alone(book, Owing(book, recalled), members)
