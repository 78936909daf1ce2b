"""Which events of a log tell of a time, as far as they were known by another.

Nothing is recorded before it happened (`infra.batch`). So what was recorded by a time had happened by then, and of what
was recorded later only late entries had.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from domain.codec import decode_event
from domain.envelope import AnyEvent
from domain.moments import When, parted
from infra.log.port import Entry, Log
from infra.log.times import micros, of_micros

FOREVER = 2**62
READ = 20_000


class _Happened(msgspec.Struct, gc=False):
    time: datetime


_happened = msgspec.json.Decoder(_Happened).decode


def happened(entry: Entry) -> int:
    """When it happened, in microseconds since 1970."""
    return micros(_happened(entry.body).time)


class Sight(NamedTuple):
    """All events up to `upto`, and of those after it, up to `position`, what had happened by `at`, in microseconds.

    Where nothing is left out the two positions are one.
    """

    upto: int
    position: int
    at: int = FOREVER

    def sees(self, position: int, time: datetime) -> bool:
        """Whether an event of the log, not beyond `position`, is among them."""
        return position <= self.upto or micros(time) <= self.at

    def among(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those of these entries, in their order."""
        if self.upto == self.position:
            return [each for each in entries if each.position <= self.position]
        return [
            each for each in entries
            if each.position <= self.upto or (each.position <= self.position and happened(each) <= self.at)
        ]  # fmt: skip

    def events(self, entries: Iterable[Entry]) -> list[AnyEvent]:
        """The same, decoded."""
        return [decode_event(each.type, each.body, each.position) for each in self.among(entries)]


def sight(log: Log, when: When) -> Sight:
    """What is seen of the log by the two times of a question."""
    as_of, at = parted(when)
    position = log.head().position if as_of is None else log.at(micros(as_of))
    if at is None:
        return Sight(position, position)
    upto = min(log.at(micros(at)), position)
    return Sight(upto, position, micros(at)) if upto < position else Sight(position, position)


def late(log: Log, seen: Sight) -> list[Entry]:
    """Late entries among what is seen: recorded after `upto`, of what had happened by then. Reads all in between."""
    found: list[Entry] = []
    after = seen.upto
    while after < seen.position:
        entries = log.read(after, upto=seen.position, limit=READ)
        found += seen.among(entries)
        after = entries[-1].position
    return found


def moment_of(log: Log, position: int) -> datetime:
    """When the event at a position was recorded; 1970 where there is none."""
    entry = log.get(position)
    return of_micros(entry.recorded if entry else 0)
