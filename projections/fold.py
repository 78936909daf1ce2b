"""All read models in one pass: events in, changed rows out. Pure; the same whichever engine runs it.

`Fold` keeps the states it was given or has made; who runs it loads what it needs before and writes the rows after.
"""

from collections.abc import Iterable

import msgspec

from domain.envelope import AnyEvent
from domain.petition.state import evolve
from projections.cases import CaseRow, DueRow, case_row, due_rows
from projections.findings import FindingRow, Standing, cleared, finding_row, judged, raised
from projections.shelf import Shelf, pack
from projections.titles import terms

REMEMBERED = 200_000
"""Items whose states are kept at hand between batches."""
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
        self.items = Shelf(REMEMBERED)
        self.standings: dict[str, Standing | None] = {}
        self._new: set[str] = set()
        self._touched: set[str] = set()
        self._found: set[str] = set()

    def take(self, events: Iterable[AnyEvent]) -> None:
        """Folds events in, in position order. An event taken before changes nothing.

        Items are folded one after the other, each with all its events of the batch, while it is warm in the processor's
        cache; findings, which events of several items may speak of, follow in position order.
        """
        streams: dict[str, list[AnyEvent]] = {}
        finding: list[AnyEvent] = []
        for event in events:
            subject = event.subject
            if subject[:9] == "petition:":
                if subject in streams:
                    streams[subject].append(event)
                else:
                    streams[subject] = [event]
                decided = event.decided
                if decided.findings or decided.cleared:
                    finding.append(event)
            elif event.type[:8] == "finding." or event.decided.findings or event.decided.cleared:
                finding.append(event)
        get, put = self.items.get, self.items.put
        for subject, stream in streams.items():
            item = get(subject)
            if item is None:
                self._new.add(subject)
            for event in stream:
                item = evolve(item, event)
            put(subject, item)
        self._touched.update(streams)
        for event in finding:
            self._findings(event)

    def _findings(self, event: AnyEvent) -> None:
        if event.type[:8] == "finding.":
            self.standings[event.subject] = judged(self.standings.get(event.subject), event)
            self._found.add(event.subject)
            return
        decided = event.decided
        for id in decided.cleared:
            self.standings[id] = cleared(self.standings.get(id), event.position)
            self._found.add(id)
        for found in decided.findings:
            self.standings[found.id] = raised(self.standings.get(found.id), found, event.position)
            self._found.add(found.id)

    def changes(self) -> Changes:
        """The rows of everything touched since the last call."""
        items = {subject: item for subject in self._touched if (item := self.items.get(subject)) is not None}
        found = [standing for id in self._found if (standing := self.standings[id]) is not None]
        packed = {subject: pack(item) for subject, item in items.items()}
        changes = Changes(
            titles=[(item.no, terms(item.title)) for subject in self._new if (item := items.get(subject)) is not None],
            cases=[case_row(item, packed[subject]) for subject, item in items.items()],
            due=[row for item in items.values() for row in due_rows(item)],
            findings=[finding_row(standing, pack(standing)) for standing in found],
        )
        self._new, self._touched, self._found = set(), set(), set()
        self.items.lay_down(packed)
        return changes

    def forget(self) -> None:
        """Lets every state go; the rows hold them."""
        self.items.clear()
        self.standings.clear()


def owners(event: AnyEvent) -> tuple[list[str], list[str]]:
    """The items and findings whose states must be at hand before the event is folded."""
    found = [*event.decided.cleared, *(found.id for found in event.decided.findings)]
    if event.subject.startswith("petition:"):
        return [event.subject], found
    return [], [event.subject] if event.type.startswith("finding.") else found
