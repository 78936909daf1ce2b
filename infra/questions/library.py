"""Opens books: the present one, kept up with the log, and past ones."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import msgspec

from domain.envelope import AnyEvent
from domain.moments import When, parted
from domain.petition.events import PetitionRegistered
from domain.rules.law import Rules
from infra.log.merkle import Tree
from infra.log.port import Log
from infra.log.tree_heads import TreeHeads, read_tree
from infra.office import Office, decoded
from infra.past.directory import Directory
from infra.past.rows import Rows
from infra.past.sight import Sight, sight
from infra.questions.book import RECALLED, Accusation, Book, Recalled
from infra.questions.keeping import ledgers
from infra.questions.past import PastBook
from infra.questions.reaches import Reaches
from infra.views.projector import Projector
from infra.views.store import Views
from infra.views.sums import Sums
from projections.visibility import accuses, moves_threads


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
        self._office = Office(log, shipped, kept=self._kept)
        self._directory = Directory(log, shipped)
        self._heads = TreeHeads(log, self._tree)
        self._trees = trees
        self.hashed = TreeHeads(log)
        """The same from every leaf of the log: what is kept beside it vouches for nothing."""
        self._past = past
        self._lock = threading.RLock()
        self._remembering = threading.Lock()
        """Of several who begin together one reads all acts."""
        self._book: Book | None = None
        self._looked = 0.0
        """When a look at the store began by which the present book was opened."""
        self.reaches = Reaches()
        self._moved = 0
        self._accusations: dict[int, Accusation] = {}
        """By position, those that some worker may have yet to write into the rows."""
        self.telling: Callable[[AnyEvent], None] | None = None
        """Told of every event that the log gained since the first question."""

    def _tree(self, size: int) -> Tree:
        """The largest tree, not beyond a size, that is kept beside the sums or in the archive of the past."""
        live = self._views.live()
        kept = read_tree(Sums(self._views, live.tables.number).tree()) if live is not None else Tree()
        stored = [each for each in (kept, self._trees(size) if self._trees else Tree()) if each.size <= size]
        return max(stored, key=lambda each: each.size, default=Tree())

    def _kept(self, kind: str) -> tuple[dict[str, Any], int]:
        """What is kept beside the sums: of what units did, as of many acts no more is remembered than their days."""
        live = self._views.live()
        if kind == "duty" and live is not None:
            with suppress(msgspec.MsgspecError):  # what is unreadable is not kept: `danze verify --read-models` tells
                return ledgers(Sums(self._views, live.tables.number))
        return {}, 0

    @contextmanager
    def still(self) -> Iterator[Book]:
        """The present record, staying as it is meanwhile."""
        asked = monotonic()
        with self._lock:
            yield self._present(asked)

    def at(self, when: When) -> Book:
        """The record as of a recorded time, of another time; None is now."""
        if parted(when) == (None, None):
            asked = monotonic()
            with self._lock:
                return self._present(asked)
        seen = sight(self._log, when)
        with self._lock:
            units, rules = self._directory.at(seen)
        return PastBook(self._log, seen, units, rules, self._views, self._heads, self._past)

    def recalled(self, book: Book) -> Recalled:
        """What the record of a book holds beside items and units."""
        with self._lock:
            return book.recalled()

    def remember(self) -> None:
        """Reads what duties are judged by, while others ask: at the first judgement all would wait for it."""
        with self._remembering:
            upto = self.at(None).position
            for kind in RECALLED:
                if kind not in self._office.whole:
                    states = self._office.every(kind, upto)
                    with self._lock:
                        self._office.adopt(kind, states, upto)

    def _present(self, asked: float) -> Book:
        """The book of a look that began no earlier than the question: of many who wait together one looks for all."""
        if self._book is None or self._looked < asked:
            looked = monotonic()
            self._book = self._opened()
            self._looked = looked
        return self._book

    def _opened(self) -> Book:
        live = self._projector.caught_up() if self._projector is not None else self._views.live()
        assert live is not None
        if self._projector is None or live.partitioned or live.position != self._office.position:
            opening = self._office.position == 0
            self._office.catch_up(also=self._hear)
            if opening:  # of what the log held already nothing is heard
                self._moved = self._office.position
                self._read_on(live.position)
        behind = self._office.position - live.position
        self._accusations = {at: each for at, each in self._accusations.items() if at > live.position}
        return Book(
            self._log, self._office, self._views, live.tables, self._heads, position=self._office.position,
            behind=behind, places=live.places, moved=self._moved, unread=[*self._accusations.values()],
        )  # fmt: skip

    def _read_on(self, after: int) -> None:
        """What the rows do not know."""
        while entries := self._log.read(after, upto=self._office.position):
            for event in decoded(entries):
                self._note(event)
            after = entries[-1].position

    def _note(self, event: AnyEvent) -> None:
        fact = event.data
        if isinstance(fact, PetitionRegistered) and accuses(event):
            self._accusations[event.position] = Accusation(event.subject[9:], fact.about_unit, fact.about_official)

    def _hear(self, event: AnyEvent) -> None:
        self._note(event)
        if moves_threads(event):
            self._moved = event.position
        if self.telling is not None:
            self.telling(event)
