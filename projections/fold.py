"""All read models in one pass: events in, changed rows out. Pure; the same whichever engine runs it.

`Fold` keeps the states it was given or has made; who runs it loads what it needs before and writes the rows after.
"""

from collections.abc import Iterable

import msgspec

from domain.envelope import NOTHING, AnySeen
from domain.petition.state import evolve
from projections.cases import (
    CaseRow,
    DueRow,
    PersonRow,
    RaisedRow,
    case_row,
    due_rows,
    person_rows,
    raised_rows,
)
from projections.findings import Standing, Word, heard, standing, words_of
from projections.ledgers.writing import WRITTEN
from projections.shelf import Shelf, pack
from projections.titles import terms

REMEMBERED = 200_000
"""Items whose states are kept at hand between batches."""


class Changes(msgspec.Struct):
    """What a batch changed: rows to put in place of those with the same key."""

    titles: list[tuple[str, str]]
    """(NO, terms) of items that are new; a title never changes."""
    cases: list[CaseRow]
    due: list[DueRow]
    raised: list[RaisedRow]
    persons: list[PersonRow]
    """Of items that are new; who petitioned never changes."""
    findings: dict[str, list[Word]]
    """What was said of findings since, by id: to be heard together with what was said before."""
    ledgers: dict[str, list[AnySeen]]
    """Events that write into ledgers, by subject: to be written after what was written before."""


class Fold:
    """The states of the items that a worker owns, and what was said of findings since the rows were written."""

    def __init__(self, room: int = REMEMBERED) -> None:
        self.items = Shelf(room)
        self._new: set[str] = set()
        self._touched: set[str] = set()
        self._words: dict[str, list[Word]] = {}
        self._writing: dict[str, list[AnySeen]] = {}

    def take(self, events: Iterable[AnySeen]) -> list[AnySeen]:
        """Folds events in, in position order; one taken before changes nothing. Answers those that are astray.

        Items are folded one after the other, each with all its events of the batch, while it is warm in the processor's
        cache. Astray is an event whose item was not seen as far as the event before it: it is left out.
        """
        streams: dict[str, list[AnySeen]] = {}
        speaking: list[AnySeen] = []
        for event in events:
            subject = event.subject
            if subject[:9] == "petition:":
                if subject in streams:
                    streams[subject].append(event)
                else:
                    streams[subject] = [event]
                decided = event.decided
                if (decided is NOTHING or not (decided.findings or decided.cleared)) and event.type not in WRITTEN:
                    continue
            speaking.append(event)
        astray = [event for subject, stream in streams.items() for event in self._item(subject, stream)]
        self._touched.update(streams)
        for event in speaking:
            if event not in astray:
                for id, word in words_of(event):
                    self._words.setdefault(id, []).append(word)
                if event.type in WRITTEN:
                    self._writing.setdefault(event.subject, []).append(event)
        return astray

    def _item(self, subject: str, stream: list[AnySeen]) -> list[AnySeen]:
        item, astray = self.items.get(subject), []
        if item is None:
            self._new.add(subject)
        version = item.version if item is not None else 0
        for event in stream:
            if event.version == version + 1:
                item = evolve(item, event)
                version = event.version
            elif event.version > version:
                astray.append(event)
        self.items.put(subject, item)
        return astray

    def standings(self) -> dict[str, Standing]:
        """The findings that were spoken of since the rows were written, as far as that alone tells."""
        told = {id: standing(heard((), words)) for id, words in self._words.items()}
        return {id: each for id, each in told.items() if each is not None}

    def changes(self) -> Changes:
        """The rows of everything touched since the last call."""
        packed: dict[str, bytes] = {}
        changes = Changes([], [], [], [], [], self._words, self._writing)
        for subject in self._touched:
            item = self.items.get(subject)
            if item is None:
                continue
            body = packed[subject] = pack(item)
            changes.cases.append(case_row(item, body))
            changes.due += due_rows(item)
            if item.raised:
                changes.raised += raised_rows(item)
            if subject in self._new:
                changes.persons += person_rows(item)
                changes.titles.append((item.no, terms(item.title)))
        self._new, self._touched, self._words, self._writing = set(), set(), {}, {}
        self.items.lay_down(packed)
        return changes

    def forget(self) -> None:
        """Lets every state go; the rows hold them."""
        self.items.clear()
