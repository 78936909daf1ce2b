"""The log item by item, in the order of registration, a few hundred at a time in memory; and what is not of items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import NamedTuple

from domain.envelope import AnyEvent
from infra.log.port import Entry, Log
from infra.office import decoded
from infra.parts import parts
from projections.fold import streams

BATCH = 20_000
ITEMS = 400
REGISTERED = "petition.registered.v1"
SUBJECT = attrgetter("subject")


class Stretch(NamedTuple):
    """A stretch of the log. What is not asked for is not decoded."""

    upto: int
    items: Iterator[list[AnyEvent]]
    """Of each item that was registered in it: all its events up to the end, in version order."""
    others: Iterator[AnyEvent]
    """Events of it that are not of items."""


def stretches(log: Log, upto: int) -> Iterator[Stretch]:
    """The log up to a position."""
    after = 0
    while after < upto and (entries := log.read(after, upto=upto, limit=BATCH)):
        after = entries[-1].position
        others = [entry for entry in entries if not entry.subject.startswith("petition:")]
        yield Stretch(after, _items(log, entries, upto), iter(decoded(others)))


def _items(log: Log, entries: Sequence[Entry], upto: int) -> Iterator[list[AnyEvent]]:
    subjects = [entry.subject for entry in entries if entry.type == REGISTERED]
    for some in parts(subjects, ITEMS):
        for stream in streams(log.streams(some, upto=upto), SUBJECT).values():
            yield list(decoded(stream))
