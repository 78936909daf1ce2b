"""What do events write into the ledgers? The fold over one subject's entries; seen twice, it writes what it wrote."""

from collections.abc import Iterable, Sequence

from domain.envelope import AnySeen
from projections.ledgers import items, meetings, watching
from projections.ledgers.entry import Entry, Page, Write, page

WRITES: dict[type, Write] = meetings.WRITES | watching.WRITES | items.WRITES
"""What each fact writes or changes; acts of duty, which nothing changes, stand in `duties.ACTS`."""


def written(kept: Iterable[Entry], events: Sequence[AnySeen]) -> list[Entry]:
    """The entries of one subject that its events, in their order, open or change. Events seen before write nothing."""
    entries: Page = page(kept)
    changed: Page = {}
    seen = max((entry.version for entry in entries.values()), default=0)
    for event in events:
        if event.version > seen:
            seen = event.version
            for entry in [*WRITES[type(event.data)](entries, event.data, event)]:
                key = entry.ledger, entry.name
                entries[key] = changed[key] = entry
    return list(changed.values())
