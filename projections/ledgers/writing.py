"""What do events write into the ledgers? The fold over one subject's entries; seen twice, it writes what it wrote."""

from collections.abc import Iterable, Sequence

from domain.envelope import AnySeen
from domain.vocabulary import NAMES
from projections.ledgers import duties, items, meetings, watching
from projections.ledgers.entry import Entry, Page, Write, page

WRITES: dict[type, Write] = duties.WRITES | meetings.WRITES | watching.WRITES | items.WRITES
"""What each fact writes; one that is absent here writes nothing."""

WRITTEN = frozenset(NAMES[fact] for fact in WRITES)
"""The types of events that write."""

CHANGING = WRITTEN - {NAMES[fact] for fact in duties.WRITES}
"""Of them, those for which the entries that are there must be at hand."""


def written(kept: Iterable[Entry], events: Sequence[AnySeen]) -> list[Entry]:
    """The entries of one subject that its events, in their order, open or change. Events seen before write nothing."""
    entries: Page = page(kept)
    changed: Page = {}
    seen = max((entry.version for entry in entries.values()), default=0)
    for event in events:
        if event.version > seen:
            seen = event.version
            new = page(WRITES[type(event.data)](entries, event.data, event))
            entries |= new
            changed |= new
    return list(changed.values())
