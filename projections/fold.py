"""All read models in one pass: events in, changed rows out. Pure; the same whichever engine runs it.

`Fold` keeps the states it was given or has made; who runs it loads what it needs before and writes the rows after.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import TypeVar

import msgspec

from domain.envelope import NOTHING, AnySeen
from domain.petition.state import evolve, grow
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
from projections.findings import StandingFinding, Word, heard, standing, words_of
from projections.ledgers.duties import ACTS, ActRow
from projections.ledgers.writing import WRITES
from projections.shelf import Shelf, unpack_item
from projections.titles import terms

REMEMBERED = 200_000
"""Items whose states are kept at hand between batches."""
T = TypeVar("T")
K = TypeVar("K")


ELSE = ""
"""Instead of a subject: events of any that are no items, in the order of the log."""


def streams(events: Iterable[T], subject: Callable[[T], K], told: dict[K, list[T]] | None = None) -> dict[K, list[T]]:
    """Events by their subjects, each subject's in the order in which they came, behind those `told` before."""
    told = {} if told is None else told
    for event in events:
        name = subject(event)
        if name in told:
            told[name].append(event)
        else:
            told[name] = [event]
    return told


def older_half(told: dict[str, T]) -> dict[str, T]:
    """Takes out what was put in first."""
    return {name: told.pop(name) for name in list(islice(told, (len(told) + 1) // 2))}


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
    acts: list[ActRow]
    """Of ledgers, the entries of acts, which nothing changes."""
    ledgers: dict[str, list[AnySeen]]
    """Events that write into ledgers, by subject: to be written after what was written before."""


class Fold:
    """The states of the items that a worker owns, and what was said of findings since the rows were written.

    With `gaps` events may be left out between those that it is given, as in a past that is told by some of them.
    """

    def __init__(self, room: int = REMEMBERED, *, gaps: bool = False) -> None:
        self.items = Shelf(room)
        self._gaps = gaps
        self._new: set[str] = set()
        self._touched: dict[str, bytes] = {}
        self._words: dict[str, list[Word]] = {}
        self._acts: list[ActRow] = []
        self._writing: dict[str, list[AnySeen]] = {}

    def take(self, streams: Mapping[str, Iterable[AnySeen]]) -> list[AnySeen]:
        """Folds events in, by their subjects and in the order of the log; one taken before changes nothing.

        Subjects that are no items keep no state here: their events may come together, as those of `ELSE`. Answers those
        that are astray, whose item was not seen as far as the event before: they are left out. Events that are decoded
        only as they are asked for are warm in the processor's cache when they are folded.
        """
        astray: list[AnySeen] = []
        for subject, events in streams.items():
            if subject[:9] == "petition:":
                self._item(subject, events, astray)
            else:
                self._others(events)
        return astray

    def _item(self, subject: str, events: Iterable[AnySeen], astray: list[AnySeen]) -> None:
        item = self.items.get(subject)
        if item is None:
            self._new.add(subject)
        version = item.version if item is not None else 0
        for event in events:
            if event.version == version + 1 or (self._gaps and event.version > version):
                version = event.version
                if item is None:
                    item = evolve(None, event)
                else:
                    grow(item, event)  # nobody else holds it
            elif event.version > version:
                astray.append(event)
                continue
            decided = event.decided
            if decided is not NOTHING and (decided.findings or decided.cleared):
                self._hear(event)
            if type(event.data) in WRITES:
                self._writing.setdefault(subject, []).append(event)
        if item is not None:
            self._touched[subject] = self.items.rest(subject, item)

    def _others(self, events: Iterable[AnySeen]) -> None:
        """What events that are no item's say of findings, and what they write into ledgers."""
        for event in events:
            fact = type(event.data)
            if event.decided is not NOTHING or event.type[:8] == "finding.":
                self._hear(event)
            act = ACTS.get(fact)
            if act is not None:
                self._acts += act(event.data, event)
            elif fact in WRITES:
                self._writing.setdefault(event.subject, []).append(event)

    def _hear(self, event: AnySeen) -> None:
        for id, word in words_of(event):
            self._words.setdefault(id, []).append(word)

    def standings(self) -> dict[str, StandingFinding]:
        """The findings that were spoken of since the rows were written, as far as that alone tells."""
        told = {id: standing(heard((), words)) for id, words in self._words.items()}
        return {id: each for id, each in told.items() if each is not None}

    def changes(self) -> Changes:
        """The rows of everything touched since the last call."""
        changes = self._rows(self._touched.items(), self._words, self._writing)
        self._new, self._touched, self._words, self._writing = set(), {}, {}, {}
        self.items.lay_down()
        return changes

    @property
    def waiting(self) -> int:
        """Findings and ledgers of subjects whose rows are to be told."""
        return len(self._words) + len(self._writing)

    @property
    def acts_waiting(self) -> int:
        """Acts whose rows are to be told."""
        return len(self._acts)

    def acted(self) -> Changes:
        """The rows of acts alone, which nothing changes: they need wait for nothing."""
        return self._rows((), {}, {})

    def settled(self, count: int, *, more: bool) -> Changes:
        """The rows of so many items, those that nobody touched for longest, in order; they are at hand no more.

        With them goes what is said of findings and written into ledgers; where more is to come, what began to be told
        first: half of it.
        """
        gone = sorted(self.items.let_go(count))
        touched = [(subject, self._touched.pop(subject)) for subject in gone if subject in self._touched]
        if more:
            return self._rows(touched, older_half(self._words), older_half(self._writing))
        words, writing, self._words, self._writing = self._words, self._writing, {}, {}
        return self._rows(touched, words, writing)

    def _rows(
        self, touched: Iterable[tuple[str, bytes]], words: dict[str, list[Word]], writing: dict[str, list[AnySeen]]
    ) -> Changes:
        changes = Changes([], [], [], [], [], words, self._acts, writing)
        self._acts = []
        for subject, body in touched:
            item = unpack_item(body)
            changes.cases.append(case_row(item, body))
            changes.due += due_rows(item)
            if item.raised:
                changes.raised += raised_rows(item)
            if subject in self._new:
                self._new.remove(subject)
                changes.persons += person_rows(item)
                changes.titles.append((item.no, terms(item.title)))
        return changes

    def forget(self) -> None:
        """Lets every state go; the rows hold them."""
        self.items.clear()
