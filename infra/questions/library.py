"""Opens books: the present one, kept up with the log, and past ones."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.envelope import AnyEvent
from domain.moments import When, parted
from domain.reader import Reader
from domain.rules.law import Rules
from infra.log.checkpoint import Checkpoints
from infra.log.port import Log
from infra.office import Office
from infra.past.afresh import folded
from infra.past.directory import Directory
from infra.past.rows import Rows
from infra.past.sight import Sight, sight
from infra.questions.book import Book, Recalled
from infra.questions.past import PastBook
from infra.views.projector import Projector
from infra.views.store import Views
from projections.visibility import Reach

PAST_KEPT = 3
"""Past times whose read models stay at hand."""


class Library:
    """The books of one log."""

    def __init__(self, log: Log, views: Views, shipped: Rules, projector: Projector | None = None) -> None:
        self._log = log
        self._views = views
        self._projector = projector
        self._office = Office(log, shipped)
        self._directory = Directory(log, shipped)
        self._checkpoints = Checkpoints(log)
        self._past: OrderedDict[Sight, Rows] = OrderedDict()
        self._lock = threading.RLock()
        self._folding = threading.Lock()
        """Held while past read models are made: who asks about the present does not wait for it."""
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
        return PastBook(self._log, seen, units, rules, self._views, self._checkpoints, self._rows)

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

    def _rows(self, seen: Sight) -> Rows:
        with self._folding:
            if seen not in self._past:
                self._past[seen] = folded(self._log, seen)
                while len(self._past) > PAST_KEPT:
                    self._past.popitem(last=False)
            self._past.move_to_end(seen)
            return self._past[seen]
