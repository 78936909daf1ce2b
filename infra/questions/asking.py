"""How a question comes to its answer: kept from before, counted with what rows tell, or asked anew."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from domain.moments import When
from infra.questions import duties
from infra.questions.book import Book, Recalled, past_year
from infra.questions.counted import Counted
from infra.questions.library import Library
from infra.questions.recent import Recent
from infra.questions.tallies import Tallies, WentOn

T = TypeVar("T")
U = TypeVar("U")
Answer = dict[str, Any]
"""A plain JSON object (`api.ports` says more)."""
ANSWERS_KEPT = 100
VALUES_KEPT = 500_000
"""Of all these answers together: some tens of megabytes."""
TRIES = 2
"""So often what is counted and what is read are looked for while others ask."""


class Asking:
    """Books, what is counted of them, and the answers that were asked for of late."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._tallies = Tallies(library)
        self._answers: Recent[tuple[Any, ...], Any] = Recent(ANSWERS_KEPT, VALUES_KEPT)
        self._pages: Recent[tuple[Any, ...], Any] = Recent(ANSWERS_KEPT, VALUES_KEPT)

    def _kept(self, question: tuple[Any, ...], as_of: When, ask: Callable[[Book], T]) -> T:
        """An answer that costs a walk over all items is kept until the record grows, or its rows are made anew.

        It is kept by how far somebody sees: of the past, too, he sees less once he has another colleague or seat.
        """
        return self._kept_of(self._library.at(as_of), question, ask)

    def _page(self, question: tuple[Any, ...], as_of: When, ask: Callable[[Book], T]) -> T:
        """The same of a page of a list, of which there are many, each soon made again: they push out no others."""
        return self._kept_of(self._library.at(as_of), question, ask, self._pages)

    def _kept_of(
        self, book: Book, question: tuple[Any, ...], ask: Callable[[Book], T],
        among: Recent[tuple[Any, ...], Any] | None = None,
    ) -> T:  # fmt: skip
        key = (*book.alike, *question)
        answer: T = (self._answers if among is None else among).get(key, lambda: ask(book))
        return answer

    def _counted(
        self, question: tuple[Any, ...], take: Callable[[Book, Counted], U], tell: Callable[[Book, U], T],
        among: Recent[tuple[Any, ...], Any] | None = None,
    ) -> T:  # fmt: skip
        """Of the present, what is counted together with what rows tell; nobody waits for the rows, unless the record
        goes on each time (`Tallies.together`).
        """
        for _ in range(TRIES):
            with suppress(WentOn):
                now = self._library.at(None)
                return self._kept_of(now, question, lambda book: self._tallies.together(book, take, tell), among)
        with self._tallies.at(None) as (book, counted):
            return self._kept_of(book, question, lambda book: tell(book, take(book, counted)), among)

    def _judged(
        self,
        question: str,
        asked: duties.Asked,
        as_of: When,
        tell: Callable[[Book, Recalled, duties.Asked, dict[str, int]], T],
    ) -> T:
        """What is told of duties beside how many there are: of the year up to today these are counted already."""

        def take(book: Book, counted: Counted) -> dict[str, int] | None:
            year = (asked.from_, asked.to) == past_year(book, None, None)
            return counted.owing.duties(book, asked.units(book)) if year else None

        def ask(book: Book, known: dict[str, int] | None = None) -> T:
            record, whole = self._library.recalled(book), asked._replace(gaps=False, limit=None, cursor=None)
            if known is None:
                known = self._kept_of(book, ("duty totals", whole), lambda book: duties.totals(book, record, whole))
            return tell(book, record, asked, known)

        if as_of is None and asked.limit is not None:
            return self._counted((question, asked), take, ask, self._pages)
        among = self._pages if asked.limit is not None else self._answers
        return self._kept_of(self._library.at(as_of), (question, asked), ask, among)
