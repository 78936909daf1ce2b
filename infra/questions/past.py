"""The record of the past: what was the case at one time, as it was known at another."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select

from domain.codec import decode_event
from domain.kinds import EVOLVE, kind_of
from domain.petition.item import Item
from domain.rules.law import Rules
from domain.unit.state import Units
from infra.log.port import Entry, Log
from infra.log.times import of_micros
from infra.log.tree_heads import TreeHeads
from infra.parts import parts
from infra.past.rows import Rows, SumsAtMark
from infra.past.sight import Sight, moment_of
from infra.questions.book import Book, Recalled
from infra.views.store import Views
from infra.views.tables import Tables
from projections.findings import Words, unpack_words

AT_ONCE = 20
"""Units whose acts are read together: of some there are tens of thousands."""


class PastBook(Book):
    """The record after the events that are seen. Rows of read models are made when a question first needs them."""

    def __init__(
        self, log: Log, seen: Sight, units: Units, rules: Rules, live: Views, heads: TreeHeads,
        rows: Callable[[Sight], Rows],
    ) -> None:  # fmt: skip
        self.log, self._seen, self.position, self.behind, self.places = log, seen, seen.position, 0, 0
        self.unread = ()
        self._units, self._rules, self._live, self._heads, self._make = units, rules, live, heads, rows

    @property
    def seen(self) -> Sight:
        return self._seen

    @property
    def units(self) -> Units:
        return self._units

    @property
    def rules(self) -> Rules:
        return self._rules

    @cached_property
    def moment(self) -> datetime:
        return moment_of(self.log, self.seen.upto)

    def head(self) -> dict[str, Any]:
        seen, known = self.seen, moment_of(self.log, self.position)
        at = known if seen.upto == seen.position else of_micros(seen.at)
        return {"as_of": known.isoformat(), "at": at.isoformat(), "position": self.position, "behind": 0}

    @cached_property
    def _rows(self) -> Rows:
        return self._make(self.seen)

    @property
    def views(self) -> Views:
        return self._rows.views

    @property
    def tables(self) -> Tables:
        return self._rows.tables

    @property
    def whole(self) -> Tables:
        return self._rows.tables

    def entries(self, subject: str) -> list[Entry]:
        return self.seen.among(self.log.stream(subject, upto=self.position))

    def touching(self, name: str) -> list[Entry]:
        return self.seen.among(self.log.touching(name, upto=self.position))

    def kept(self, row: Any) -> Item:
        """From its events: past rows keep no items."""
        item = self.item(row.no)
        assert item is not None, "of an item with a row the log holds events"
        return item

    def sums(self, members: Collection[str] | None, months: tuple[str, str]) -> SumsAtMark | None:
        return self._rows.sums(self.rules, members, months) if self._rows.sums else None

    def titles(self, nos: Collection[str]) -> dict[str, str]:
        """From their events: for a few of them not all rows need to be made."""
        return {no: item.title for no in nos if (item := self.item(no)) is not None}

    def recalled(self) -> Recalled:
        return Remembered(self)

    def said(self, column: str, values: Iterable[str]) -> list[Words]:
        """From the live rows, which hold all that was ever said, as far as they have read that far."""
        live = self._live.live()
        if live is None or live.position < self.position:
            return super().said(column, values)
        table = live.tables.findings
        with self._live.engine.connect() as connection:
            rows = connection.execute(select(table.c.body).where(table.c[column].in_(list(values)))).fetchall()
        return [self._heard(unpack_words(bytes(row[0]))) for row in rows]

    def _heard(self, words: Words) -> Words:
        return tuple(word for word in words if word.position <= self.position and self._sees(word.position))

    def _sees(self, position: int) -> bool:
        return position <= self.seen.upto or bool(self.seen.among(filter(None, [self.log.get(position)])))


class Remembered(Recalled):
    """What the judge of duties asks of the past: folded when he asks."""

    def __init__(self, book: PastBook) -> None:
        self.units, self.rules, self._book = book.units, book.rules, book
        self._states: dict[str, Any] = {}
        self._kinds: dict[str, list[Any]] = {}

    def expect(self, subjects: Iterable[str]) -> None:
        missing = [each for each in subjects if each not in self._states]
        self._states |= dict.fromkeys(missing)
        for some in parts(missing, AT_ONCE):
            entries = self._book.log.streams(some, upto=self._book.position)
            self._states |= self._folded(self._book.seen.among(entries))

    def state(self, subject: str) -> Any:
        if subject not in self._states:
            self.expect([subject])
        return self._states[subject]

    def states_of(self, kind: str) -> Iterable[Any]:
        if kind not in self._kinds:
            entries = self._book.log.of_kind(kind, upto=self._book.position)
            self._kinds[kind] = [*self._folded(self._book.seen.among(entries)).values()]
        return self._kinds[kind]

    def _folded(self, entries: Iterable[Entry]) -> dict[str, Any]:
        states: dict[str, Any] = {}
        for entry in entries:
            event = decode_event(entry.type, entry.body, entry.position)
            states[entry.subject] = EVOLVE[kind_of(entry.subject)](states.get(entry.subject), event)
        return {subject: state for subject, state in states.items() if state is not None}
