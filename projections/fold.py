"""All read models in one pass: events in, changed rows out. Pure; the same whichever engine runs it.

`Fold` keeps the states it was given or has made; who runs it loads what it needs before and writes the rows after.
"""

from collections.abc import Iterable

import msgspec

from domain.clock.events import DutyMissed
from domain.envelope import NOTHING, AnyEvent
from domain.petition.item import Item
from domain.petition.state import evolve
from projections.cases import CaseRow, DueRow, case_row, due_rows
from projections.findings import FindingRow, Standing, cleared, finding_row, judged, raised
from projections.titles import terms

_pack = msgspec.msgpack.Encoder().encode
unpack_item = msgspec.msgpack.Decoder(Item).decode
unpack_standing = msgspec.msgpack.Decoder(Standing).decode


class Changes(msgspec.Struct):
    """What a batch changed: rows to put in place of those with the same key."""

    titles: list[tuple[str, str]]
    """(NO, terms) of items that are new; a title never changes."""
    cases: list[CaseRow]
    due: list[DueRow]
    findings: list[FindingRow]


class Fold:
    """The states of the items and findings that a worker owns."""

    def __init__(self) -> None:
        self.items: dict[str, Item | None] = {}
        self.standings: dict[str, Standing | None] = {}
        self._new: set[str] = set()
        self._touched: set[str] = set()
        self._found: set[str] = set()

    def take(self, events: Iterable[AnyEvent]) -> None:
        """Folds events in, in position order. An event taken before changes nothing."""
        items, touched = self.items, self._touched
        for event in events:
            subject = event.subject
            if subject.startswith("petition:"):
                item = items.get(subject)
                if item is None:
                    self._new.add(subject)
                items[subject] = evolve(item, event)
                touched.add(subject)
                if event.decided is not NOTHING:
                    self._findings(event)
            elif event.type.startswith("finding."):
                self.standings[subject] = judged(self.standings.get(subject), event)
                self._found.add(subject)
            elif isinstance(event.data, DutyMissed):
                self._findings(event)

    def _findings(self, event: AnyEvent) -> None:
        decided = event.decided
        for id in decided.cleared:
            self.standings[id] = cleared(self.standings.get(id), event.position)
            self._found.add(id)
        for found in decided.findings:
            self.standings[found.id] = raised(self.standings.get(found.id), found, event.position)
            self._found.add(found.id)

    def changes(self) -> Changes:
        """The rows of everything touched since the last call."""
        items = [item for subject in self._touched if (item := self.items[subject]) is not None]
        found = [standing for id in self._found if (standing := self.standings[id]) is not None]
        new = [item for subject in self._new if (item := self.items[subject]) is not None]
        self._new, self._touched, self._found = set(), set(), set()
        return Changes(
            titles=[(item.no, terms(item.title)) for item in new],
            cases=[case_row(item, _pack(item)) for item in items],
            due=[row for item in items for row in due_rows(item)],
            findings=[finding_row(standing, _pack(standing)) for standing in found],
        )

    def forget(self) -> None:
        """Lets every state go; the rows hold them."""
        self.items.clear()
        self.standings.clear()


def owners(event: AnyEvent) -> tuple[list[str], list[str]]:
    """The items and findings whose states must be at hand before the event is folded."""
    if event.subject.startswith("petition:"):
        return [event.subject], [*event.decided.cleared, *(found.id for found in event.decided.findings)]
    return [], [event.subject] if event.type.startswith("finding.") else []
