"""Read models folded from the first event on: each item is written once, when nobody touched it for long.

Memory holds as many items as are at hand (about 1 kB each), fewer other rows that wait to be written, and the events
that wait to be folded, however long the log.
"""

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice

from domain.codec import decode_each
from infra.log.port import Entry
from infra.views.store import Views
from projections.fold import ELSE, Changes, Fold

PIECE = 300_000
"""Events of items that wait to be folded (0.9 kB each): the more, the fewer times each item is taken in hand."""
LEAST = 40_000
"""Of a small city hardly more: what is folded soon is warm yet."""
SHARE = 8
"""One in so many of the items that wait is folded at a time: the others gather more."""
AT_HAND = 400_000
"""Items at hand (one that is let go is read again where an event of it comes all the same)."""
PART = 50_000
"""Items that are let go at a time: the more, the closer together are the rows that are written one after the other."""
BESIDE = 100_000
"""Findings and subjects with ledgers whose rows wait to be written, each with all that was said."""
ACTS = 50_000
"""Rows of acts that wait: they come in the order of their keys, so few at a time cost no more."""


def take(fold: Fold, entries: Iterable[Entry]) -> None:
    """Folds events of the log, each decoded when its turn comes."""
    pile = Pile(fold)
    pile.take(entries)
    pile.fold_items(pile.longest())


class Pile:
    """Events of items that wait to be folded: the more of an item come together, the fewer times it is taken in hand.

    All others are folded as they come, while they are warm in the processor's cache.
    """

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._items: dict[str, list[Entry]] = {}
        self.waiting = 0

    def take(self, entries: Iterable[Entry]) -> None:
        items, others = self._items, []
        for entry in entries:
            subject = entry[1]
            if subject[:9] != "petition:":
                others.append(entry)
            elif subject in items:
                items[subject].append(entry)
                self.waiting += 1
            else:
                items[subject] = [entry]
                self.waiting += 1
        self._fold.take({ELSE: decode_each(others)})

    def longest(self, share: int = 1) -> dict[str, list[Entry]]:
        """Takes out one in so many of the items: those that wait for longest."""
        return self.of([*islice(self._items, -(-len(self._items) // share))])

    def of(self, subjects: Iterable[str]) -> dict[str, list[Entry]]:
        """Takes out those of the items that wait."""
        gone = {name: self._items.pop(name) for name in subjects if name in self._items}
        self.waiting -= sum(map(len, gone.values()))
        return gone

    def let_go(self, items: Mapping[str, list[Entry]]) -> set[str]:
        """Those of the items that were at hand before and are no more."""
        shelf = self._fold.items
        return {subject for subject, (first, *_) in items.items() if first.version > 1 and subject not in shelf}

    def fold_items(self, items: dict[str, list[Entry]]) -> None:
        """Folds items that were taken out, and empties the dictionary: an item's events are freed while warm."""
        streams = {subject: decode_each(stream) for subject, stream in items.items()}
        items.clear()
        self._fold.take(streams)


@contextmanager
def no_looking_for_garbage() -> Iterator[None]:
    """Rows and items by the million hold no cycles: looking through them again and again is in vain."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Anew:
    """A new generation, beside the live one, that is given all events in the order of the log, each once.

    `upgrading` leaves the generation of an earlier release, which a process of that may still read and write.
    """

    def __init__(self, views: Views, *, upgrading: bool = False) -> None:
        self._views = views
        self.tables = views.build(upgrading=upgrading)
        self._fold = Fold()
        self._pile = Pile(self._fold)
        self._fresh = True
        """While nothing is written but acts, nothing need be looked for."""

    def take(self, entries: Iterable[Entry]) -> None:
        self._pile.take(entries)
        while self._pile.waiting >= min(max(len(self._fold.items), LEAST), PIECE):
            self._fold_items(self._pile.longest(SHARE))
        while len(self._fold.items) > AT_HAND:
            self._fold_items(self._pile.of(self._fold.items.quietest(PART)))  # these are not quiet: they stay
            self._write(self._fold.settled(PART, more=True))
        if self._fold.acts_waiting >= ACTS:
            self._put(self._fold.acted())
        if self._fold.waiting > BESIDE:
            self._write(self._fold.settled(0, more=True))

    def end(self, position: int) -> None:
        """Writes what is left; only then the generation stands anywhere."""
        self._fold_items(self._pile.longest())
        while len(self._fold.items):
            self._write(self._fold.settled(PART, more=False))
        self._write(self._fold.changes())
        self._views.write(self.tables, self._fold.changes(), position=position, after=0)

    def _fold_items(self, items: dict[str, list[Entry]]) -> None:
        if not self._fresh:
            for subject, item in self._views.items(self.tables, self._pile.let_go(items)).items():
                if item is not None:  # else what came before is lost: its events are left out
                    self._fold.items.put(subject, item)
        self._pile.fold_items(items)

    def _write(self, changes: Changes) -> None:
        self._put(changes)
        self._fresh = False

    def _put(self, changes: Changes) -> None:
        with self._views.writing() as connection:
            self._views.put(connection, self.tables, changes, fresh=self._fresh)
