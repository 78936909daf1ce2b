"""Every item of the log with all its events, in the order of registration, a few hundred items at a time in memory."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from domain.envelope import AnyEvent
from infra.log.port import Log
from infra.office import decoded
from projections.fold import streams

BATCH = 20_000
ITEMS = 400
REGISTERED = "petition.registered.v1"
SUBJECT = attrgetter("subject")


def items(log: Log, upto: int) -> Iterator[tuple[int, list[list[AnyEvent]]]]:
    """How far the log was read, and the events of the next items, each in version order, up to a position."""
    after = 0
    while after < upto and (entries := log.read(after, upto=upto, limit=BATCH)):
        after = entries[-1].position
        subjects = [entry.subject for entry in entries if entry.type == REGISTERED]
        for at in range(0, len(subjects), ITEMS):
            stretch = log.streams(subjects[at : at + ITEMS], upto=upto)
            yield after, [list(decoded(each)) for each in streams(stretch, SUBJECT).values()]
