"""What stands in the ledgers (台账), whose is each entry, since when, by when, how far has it come? One row an entry.

Ledgers are kept of everything that is no item: receptions, briefings, screenings, disputes, what a conference agreed,
gatherings, inspections, evaluations, and of what watches over items: supervision, sponsorship, visits to higher levels.
What each fact writes is told beside, ledger by ledger.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnySeen
from projections.cases import iso


class Step(Struct, frozen=True, array_like=True, gc=False):
    """One event of an entry: the evidence for how it stands."""

    position: int
    type: str
    on: date


About = dict[str, Any]
NOTHING: About = {}


class Entry(Struct, frozen=True, kw_only=True, array_like=True, omit_defaults=True, gc=False):
    """One entry of a ledger as it stands after its events."""

    ledger: str
    subject: str
    name: str
    """What names it within its subject: the version of the event that opened it, with the item's NO where one event
    opens several."""
    version: int
    state: str
    opened_on: date
    due_on: date | None = None
    ended_on: date | None = None
    unit: str | None = None
    """The unit whose entry it is: that has to settle, agreed to do, is supervised, held it."""
    official: str | None = None
    place: str | None = None
    petition: str | None = None
    """NO of the item that it is about."""
    about: About = NOTHING
    """What this ledger keeps beside."""
    steps: tuple[Step, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What names it within its subject."""
        return self.ledger, self.name


Page = dict[tuple[str, str], Entry]
"""All entries of one subject."""


class LedgerRow(NamedTuple):
    """One row of the table `ledgers`. Dates are ISO text (Asia/Shanghai)."""

    subject: str
    ledger: str
    name: str
    state: str
    unit: str | None
    official: str | None
    place: str | None
    petition: str | None
    opened_on: str
    due_on: str | None
    ended_on: str | None
    position: int
    """Of the event that opened it."""
    version: int
    body: bytes
    """The entry itself, from which the fold goes on."""


pack = msgspec.msgpack.Encoder().encode
unpack_entry = msgspec.msgpack.Decoder(Entry).decode


def ledger_row(entry: Entry) -> LedgerRow:
    """The row of an entry as it stands."""
    return LedgerRow._make((
        entry.subject, entry.ledger, entry.name, entry.state, entry.unit, entry.official, entry.place, entry.petition,
        iso[entry.opened_on], iso[entry.due_on] if entry.due_on else None,
        iso[entry.ended_on] if entry.ended_on else None, entry.steps[0].position, entry.version, pack(entry),
    ))  # fmt: skip


def page(entries: Iterable[Entry]) -> Page:
    """The entries of one subject by their keys."""
    return {entry.key: entry for entry in entries}


# how facts write

Write = Callable[[Page, Any, AnySeen], Iterable[Entry]]
"""What a fact opens or changes among the entries of its subject. `about` holds what JSON holds, so that an entry read
again is the entry that was written."""


def opened(
    ledger: str, event: AnySeen, state: str, name: str = "", *, unit: str | None = None, **columns: Any
) -> Entry:
    """A new entry; its unit is the event's where none is given."""
    version, day = event.version, event.day
    return Entry(
        ledger=ledger, subject=event.subject, name=f"{version}{name}", version=version, state=state, opened_on=day,
        steps=(Step(event.position, event.type, day),), unit=unit or event.unit, **columns,
    )  # fmt: skip


def after(entry: Entry, event: AnySeen, /, about: dict[str, Any] | None = None, **columns: Any) -> Entry:
    """The entry after one more event of it."""
    told = {**entry.about, **about} if about else entry.about
    return replace(entry, version=event.version, steps=(*entry.steps, _step(event)), about=told, **columns)


def kept_in(ledger: str, kept: Page, *states: str) -> Iterator[Entry]:
    """The entries of one ledger in these states, or in any, in the order in which they were opened."""
    found = (each for each in kept.values() if each.ledger == ledger and (not states or each.state in states))
    yield from sorted(found, key=lambda each: each.steps[0].position)


def _step(event: AnySeen) -> Step:
    return Step(event.position, event.type, event.day)
