"""Do the read models, and the sums kept beside them, say what the log says? If not, from which position on?

They are held against read models rebuilt beside the live ones. The position of what differs is that of the newest event
that it rests on: of a row the last of its subject (of a finding the last that speaks of it, of an act its own), of a
sum the newest under the rows counted in it, of a head of the tree its last leaf. What no event makes, such as a row too
many, rests on all of them.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from domain.rules.law import Rules
from infra.log.merkle import HASH, Tree
from infra.log.port import Log
from infra.log.tree_heads import TreeHeads
from infra.office import Office
from infra.parts import parts
from infra.questions.book import Book
from infra.questions.keeping import DUTY_LEDGERS, ledgers
from infra.questions.owing import Owing
from infra.questions.whole import Whole
from infra.views.projector import Beside, Rebuilt
from infra.views.store import Key, Views
from infra.views.sums import Copied, Row
from projections.findings import unpack_words
from projections.ledgers.duties import PER_POSITION

OF_ITEMS = {"cases": 0, "raised": 0, "titles": 0, "persons": 1}
"""Tables of rows of items, and where in the key the NO stands."""
UNREADABLE = (zlib.error, msgspec.MsgspecError, IndexError, KeyError, ValueError)


class Odd(NamedTuple):
    """Something that is not as the log has it."""

    why: str
    rests: tuple[Key, ...] | int
    """The rows that it rests on, or the position."""


class Agreement:
    """Of one store. Made before the rebuild: sums that are kept meanwhile would be of a later position."""

    def __init__(self, log: Log, views: Views, rules: Rules) -> None:
        self._log, self._views, self._rules = log, views, rules
        live = views.live()
        assert live is not None, "opening the views makes a live generation"
        self._kept = Copied(views, live.tables.number)
        self._titles_whole = views.titles_whole(live.tables)
        self.sums: list[Odd] = []
        """What is odd about the kept sums."""
        self.first_bad: dict[str, Any] | None = None
        """Where the read models, or the sums, first differ from the log, and in what."""

    def look(self, beside: Beside) -> None:
        """Compares while the rebuilt read models are there."""
        self.sums = [*self._sums(beside), *self._heads()]
        odd = [Odd(f"table {table}, row {' '.join(map(str, key))!r}", ((table, key),)) for table, key in beside.rows]
        if not self._titles_whole:
            odd.append(Odd("the index of titles", beside.position))
        if odd := [*odd, *self.sums]:
            self.first_bad = self._first(odd, beside)

    def differences(self, rebuilt: Rebuilt) -> dict[str, int]:
        """How many rows differ, by table (of titles their index counts as one), and what of the kept sums."""
        rows = rebuilt.differences
        return {**rows, "titles": rows["titles"] + (not self._titles_whole), "sums": len(self.sums)}

    def _sums(self, beside: Beside) -> Iterator[Odd]:
        office = Office(self._log, self._rules)
        office.catch_up(upto=beside.position)
        where = beside.tables, TreeHeads(self._log)
        book = Book(self._log, office, self._views, *where, position=beside.position)
        try:
            owing = Owing(book, Book.recalled)
            kept = Whole(book, owing, self._kept)
            if not kept.went_on:
                return
            kept.catch_up(book)
            kept.fetch()
            unlike = [*Whole(book, owing).unlike(kept), *self._ledgers()]
        except UNREADABLE as error:
            yield Odd(f"the kept sums, which cannot be read ({error})", beside.position)
            return
        yield from (Odd(f"the kept sums: {what}", tuple(map(_key, rows)) or beside.position) for what, rows in unlike)

    def _ledgers(self) -> Iterator[tuple[str, list[Row]]]:
        """Ledgers of duties that are not those of the log. They, too, may know more of it than the rows do."""
        upto = self._log.head().position
        kept = Office(self._log, self._rules, kept=lambda _: ledgers(self._kept)).every("duty", upto)
        told = Office(self._log, self._rules).every("duty", upto)
        for subject in sorted(kept.keys() | told.keys()):
            if kept.get(subject) != told.get(subject):
                yield f"on which days {subject!r} has what as done", [(DUTY_LEDGERS, subject)]

    def _heads(self) -> Iterator[Odd]:
        """Heads of the kept tree that are not those of the log's leaves. It may know more of them than the rows do."""
        told = self._kept.kept.tree if self._kept.kept is not None else b""
        size, heads, tree, end = int.from_bytes(told[:8]), told[8:], Tree(), 0
        if size > (last := self._log.head().position):
            yield Odd(f"the kept tree of {size} leaves", last)
            return
        while tree.size < size:
            tree.extend([leaf for _, leaf in self._log.leaves(tree.size, min(size - tree.size, 100_000))])
        for at in range(0, max(len(heads), len(tree.heads)), HASH):
            start, end = end, end | 1 << ((size - end).bit_length() - 1) if size > end else end
            if heads[at : at + HASH] != tree.heads[at : at + HASH]:
                yield Odd(f"the kept tree's head of leaves {start + 1} to {end}", end)

    def _first(self, odd: list[Odd], beside: Beside) -> dict[str, Any]:
        keys = {key for each in odd if not isinstance(each.rests, int) for key in each.rests}
        newest = self._newest(keys, beside)
        at = [
            e.rests if isinstance(e.rests, int) else max(newest.get(key, beside.position) for key in e.rests)
            for e in odd
        ]
        position, why = min(zip(at, (each.why for each in odd), strict=True), key=lambda each: each[0])
        return {"position": position, "why": f"the read models are not what the log makes of them: {why}"}

    def _newest(self, keys: Iterable[Key], beside: Beside) -> dict[Key, int]:
        """The position of the newest event that each row rests on; nothing of rows that no event makes."""
        subjects: dict[str, list[Key]] = {}
        found: dict[Key, int] = {}
        said = {key[1][0]: key for key in keys if key[0] == "findings"}
        with self._views.reading() as rows:
            for id, body in self._views.bodies(rows, beside.tables.findings, "id", said).items():
                found[said[id]] = unpack_words(body)[-1].position
        for key in keys:
            table, of = key
            if table == "acts":
                if 0 < (position := int(of[0]) // PER_POSITION) <= beside.position:
                    found[key] = position
            elif table != "findings":
                subject = f"petition:{of[OF_ITEMS[table]]}" if table in OF_ITEMS else of[0]
                subjects.setdefault(subject, []).append(key)
        for some in parts(subjects):
            for entry in self._log.streams(some, upto=beside.position):
                found |= dict.fromkeys(subjects[entry.subject], entry.position)
        return found


def _key(row: Row) -> Key:
    """The key of a row that was counted; of limits the subject is enough."""
    table, key = row
    return table, tuple(key.split("\t")) if table == "ledgers" else (key,)
