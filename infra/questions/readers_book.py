"""A book of which a reader sees a part (`projections.visibility`): rows, single items, findings and events."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from domain.codec import decode_event, encode
from domain.envelope import AnyEvent, Finding
from domain.petition.item import Item
from domain.petition.state import evolve
from domain.rules.law import Rules
from domain.unit.state import Unit, Units
from infra.log.port import Entry
from infra.office import decoded
from infra.past.sight import Sight, moment_of
from infra.questions.book import Book, Recalled
from infra.questions.reaches import seen_tables
from infra.questions.seen import SeenTables
from infra.views.store import Views
from infra.views.tables import Tables
from projections.findings import StandingFinding
from projections.visibility import Reach, found_on, secret, without


class ReadersBook(Book):
    """What one reader sees of a book, of the present or of the past."""

    def __init__(self, whole: Book, reach: Reach) -> None:
        self.log, self.behind, self.places, self._reach = whole.log, whole.behind, whole.places, reach
        self._whole, self._heads = whole, whole.heads
        self.position = self._newest(whole.position)

    @property
    def views(self) -> Views:
        return self._whole.views

    @cached_property
    def tables(self) -> SeenTables:
        return seen_tables(self._whole, self.reach)

    @property
    def whole(self) -> Tables:
        return self._whole.whole

    @property
    def reach(self) -> Reach:
        return self._reach

    @property
    def units(self) -> Units:
        return self._whole.units

    @property
    def rules(self) -> Rules:
        return self._whole.rules

    @property
    def seen(self) -> Sight:
        return self._whole.seen

    @property
    def read(self) -> int:
        return min(self.position, self._whole.read)

    def kept(self, row: Any) -> Item:
        return self._whole.kept(row)

    def recalled(self) -> Recalled:
        return self._whole.recalled()

    def titles(self, nos: Collection[str]) -> dict[str, str]:
        """By their numbers alone: that he sees them was found out with the rows that name them."""
        return self._whole.titles(nos)

    def governed(self) -> list[Unit]:
        return [each for each in self.units if self.reach.governs(each.unit)]

    # when

    @cached_property
    def moment(self) -> datetime:
        return moment_of(self.log, self._newest(self.seen.upto))

    def head(self) -> dict[str, Any]:
        told, as_of = self._whole.head(), moment_of(self.log, self.position).isoformat()
        at = as_of if told["at"] == told["as_of"] else told["at"]
        return {**told, "as_of": as_of, "at": at, "position": self.position}

    def _newest(self, position: int) -> int:
        """The newest event up to a position that is not hidden: of those after it, today's date would tell."""
        while (entry := self.log.get(position)) is not None and self._told(entry) is None:
            position -= 1
        return position

    # events and items

    def entries(self, subject: str) -> list[Entry]:
        entries = self._whole.entries(subject)
        told = [*filter(None, map(self._told, entries))]
        return told if self._shown(subject, entries, told) else []

    def touching(self, name: str) -> list[Entry]:
        return [*filter(None, map(self._told, self._whole.touching(name)))]

    def entry(self, position: int) -> AnyEvent | None:
        entry = self.log.get(position)
        told = self.told(entry) if entry is not None else None
        return _event(told) if told is not None else None

    def told(self, entry: Entry) -> Entry | None:
        """An event that was met by its position, as he may read it; None where its subject is not for him."""
        event = _event(entry)
        if event.subject.startswith("petition:"):
            return self._told(entry) if self.item(event.subject[9:]) is not None else None
        return self._told(entry) if self._governs(event.subject, [event]) else None

    def _told(self, entry: Entry) -> Entry | None:
        """An event without items that are hidden; None where it is about such a one alone."""
        if not self.reach.secret:
            return entry
        event = _event(entry)
        left = without(event, self.secret, self.reach.threads)
        return entry if left is event else None if left is None else entry._replace(body=encode(left))

    def linked(self, no: str) -> Item | None:
        return None if self.secret(no) else self._whole.item(no)

    def secret(self, no: str) -> bool:
        return secret(self.reach, no, self._whole.item)

    def _shown(self, subject: str, entries: list[Entry], told: list[Entry]) -> bool:
        if not subject.startswith("petition:"):
            return self._governs(subject, decoded(told))
        item: Item | None = None
        for event in decoded(entries):
            item = evolve(item, event)
        return item is not None and self.reach.reads(item) and not self.secret(item.no)

    def _governs(self, subject: str, events: Iterable[AnyEvent]) -> bool:
        """Another subject than an item is of the unit that it names, or of those that acted on it."""
        named = [f"unit:{part}" for part in subject.split(":")[1:]]
        by = [event.unit for event in events if event.unit is not None]
        return self.reach.within is None or any(map(self.reach.governs, [*named, *by]))

    # findings

    def standings(self, column: str, values: Iterable[str]) -> list[StandingFinding]:
        return [each for each in self._whole.standings(column, values) if self._known(each.finding)]

    def _known(self, found: Finding) -> bool:
        """As `SeenTables.findings` has it."""
        kind, _, no = found.subject.partition(":")
        if kind != "petition":
            return self.reach.governs(found.unit) and found_on(found.id) not in self.reach.threads
        if self.secret(no) or not (self.reach.governs(found.unit) or self.item(no) is not None):
            return False
        return found.rule != "F23" or not self.reach.secret or bool(self.repeats(no)) or not self._whole.repeats(no)


def _event(entry: Entry) -> AnyEvent:
    return decode_event(entry.type, entry.body, entry.position)
