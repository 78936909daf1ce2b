"""What leaders and units did: heard, received, visited, stood on duty, screened, reported.

Each act is an entry, done with the day on which it was opened, and nothing changes it. Acts are most of what ledgers
hold, so they have a table of their own, in the order of the log, with no more columns than questions ask by.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from domain.duty import events as e
from domain.envelope import AnySeen
from projections.cases import iso
from projections.ledgers.entry import NOTHING, About, Entry, Step, pack


class ActRow(NamedTuple):
    """One row of the table `acts`. The day is ISO text (Asia/Shanghai)."""

    id: int
    """Place in the log: position of the event and which of its entries it is, `PER_POSITION` to a position."""
    ledger: str
    unit: str
    official: str | None
    petition: str | None
    opened_on: str
    body: bytes
    """What of the entry stands in no column: `Rest`."""


class Rest(Struct, frozen=True, array_like=True, gc=False):
    """What of an act's entry stands in no column of its row."""

    type: str
    version: int
    about: About = NOTHING
    place: str | None = None
    due_on: date | None = None


PER_POSITION = 1 << 20
"""More entries than one event can open: an action has no more bytes."""
_unpack = msgspec.msgpack.Decoder(Rest).decode


def act_entry(row: ActRow) -> Entry:
    """The entry of an act. `duty:430400-gov` is the ledger of `unit:430400-gov`, whoever enters the act."""
    rest, on = _unpack(row.body), date.fromisoformat(row.opened_on)
    return Entry(
        ledger=row.ledger, subject="duty:" + row.unit[5:], version=rest.version,
        name=f"{rest.version}:{row.petition}" if row.petition else f"{rest.version}",
        state="planned" if row.ledger == "roster" else "done", opened_on=on, due_on=rest.due_on, unit=row.unit,
        official=row.official, place=rest.place, petition=row.petition, about=rest.about,
        steps=(Step(row.id // PER_POSITION, rest.type, on),),
    )  # fmt: skip


Act = Callable[[Any, AnySeen], Sequence[ActRow]]


def _act(
    ledger: str, event: AnySeen, about: About = NOTHING, *more: Any, official: str | None = None,
    petition: str | None = None, number: int = 0,
) -> ActRow:  # fmt: skip
    body = pack((event.type, event.version, about, *more))
    unit = "unit:" + event.subject[5:]
    return ActRow(event.position * PER_POSITION + number, ledger, unit, official, petition, iso[event.day], body)


def _briefing(fact: e.BriefingHeard, event: AnySeen) -> Sequence[ActRow]:
    return (_act("briefing", event, {"body": fact.body}),)


def _contact(fact: e.ContactVisited, event: AnySeen) -> Sequence[ActRow]:
    return (_act("contact", event, {"target_unit": fact.target_unit}, official=fact.leader),)


def _reception(fact: e.ReceptionHeld, event: AnySeen) -> Sequence[ActRow]:
    """An entry for each item received, tracked to its resolution (Art 8); one without an item where nobody came."""
    items = dict.fromkeys(fact.items) or (None,)
    return [
        _act("reception", event, {"kind": fact.kind}, official=fact.leader, petition=no, number=number)
        for number, no in enumerate(items)
    ]


def _roster(fact: e.RosterSet, event: AnySeen) -> Sequence[ActRow]:
    return (_act("roster", event, NOTHING, fact.place, fact.on or event.day, official=fact.leader),)


def _stood(fact: e.DutyStood, event: AnySeen) -> Sequence[ActRow]:
    return (_act("standing", event, NOTHING, fact.place, official=fact.leader),)


def _screening(fact: e.ScreeningHeld, event: AnySeen) -> Sequence[ActRow]:
    return (_act("screening", event, {"disputes": fact.disputes}),)


def _report(fact: e.DutyReported, event: AnySeen) -> Sequence[ActRow]:
    return (_act("report", event, {"to_unit": fact.to_unit}, official=fact.by),)


ACTS: dict[type, Act] = {
    e.BriefingHeard: _briefing,
    e.ContactVisited: _contact,
    e.ReceptionHeld: _reception,
    e.RosterSet: _roster,
    e.DutyStood: _stood,
    e.ScreeningHeld: _screening,
    e.DutyReported: _report,
}
"""The rows of each act."""
KINDS = frozenset({"briefing", "contact", "reception", "roster", "standing", "screening", "report"})
"""The ledgers in which acts stand."""
