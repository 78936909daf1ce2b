"""Opens books: the present one, kept up with the log, and past ones."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.envelope import AnyEvent
from domain.moments import When, parted
from domain.reader import Reader
from domain.rules.law import Rules
from infra.log.checkpoint import Checkpoints
from infra.log.merkle import Tree
from infra.log.port import Log
from infra.office import Office
from infra.past.directory import Directory
from infra.past.rows import Rows
from infra.past.sight import Sight, sight
from infra.questions.book import Book, Recalled
from infra.questions.past import PastBook
from infra.views.projector import Projector
from infra.views.store import Views
from projections.visibility import Reach


class Library:
    """The books of one log."""

    def __init__(
        self,
        log: Log,
        views: Views,
        shipped: Rules,
        projector: Projector | None,
        past: Callable[[Sight], Rows],
        trees: Callable[[int], Tree] | None = None,
    ) -> None:
        self._log = log
        self._views = views
        self._projector = projector
        self._office = Office(log, shipped)
        self._directory = Directory(log, shipped)
        self._checkpoints = Checkpoints(log, trees)
        self.hashed = Checkpoints(log)
        """The same from every leaf of the log: what is kept beside it vouches for nothing."""
        self._past = past
        self._lock = threading.RLock()
        self.reaches: dict[tuple[Reader, Sight], Reach] = {}
        """How far readers see, by their scope and the record that they ask about."""
        self.telling: Callable[[AnyEvent], None] | None = None
        """Told of every event that the log gained since the first question."""

    @contextmanager
    def still(self) -> Iterator[Book]:
        """The present record, staying as it is meanwhile."""
        with self._lock:
            yield self._present()

    def at(self, when: When) -> Book:
        """The record as of a recorded time, of another time; None is now."""
        if parted(when) == (None, None):
            with self._lock:
                return self._present()
        seen = sight(self._log, when)
        with self._lock:
            units, rules = self._directory.at(seen)
        return PastBook(self._log, seen, units, rules, self._views, self._checkpoints, self._past)

    def recalled(self, book: Book) -> Recalled:
        """What the record of a book holds beside items and units."""
        with self._lock:
            return book.recalled()

    def _present(self) -> Book:
        if self._projector is not None:
            self._projector.catch_up()
        live = self._views.live()
        assert live is not None
        self._office.catch_up(also=self.telling)
        behind = self._office.position - live.position
        return Book(
            self._log, self._office, self._views, live.tables, self._checkpoints, position=self._office.position,
            behind=behind,
        )  # fmt: skip
