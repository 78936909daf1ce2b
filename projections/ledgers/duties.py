"""What leaders and units did: heard, received, visited, stood on duty, screened, reported.

Each act is an entry, done with the day on which it was opened, and nothing changes it: it is written as the row that
it is. Acts are most of what ledgers hold.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.duty import events as e
from domain.envelope import AnySeen
from projections.cases import iso
from projections.ledgers.entry import NOTHING, About, LedgerRow, pack

Act = Callable[[Any, AnySeen], list[LedgerRow]]


def _act(
    ledger: str, event: AnySeen, state: str = "done", name: str = "", *, official: str | None = None,
    place: str | None = None, petition: str | None = None, due_on: date | None = None, about: About = NOTHING,
) -> LedgerRow:  # fmt: skip
    """`duty:430400-gov` is the ledger of `unit:430400-gov`, whoever enters the act. The body is that of an `Entry`."""
    subject, version, position, day = event.subject, event.version, event.position, event.day
    unit, name = "unit:" + subject[5:], f"{version}{name}"
    body = pack((
        ledger, subject, name, version, state, day, due_on, None, unit, official, place, petition, about,
        ((position, event.type, day),),
    ))  # fmt: skip
    return LedgerRow._make((
        subject, ledger, name, state, unit, official, place, petition, iso[day], due_on and iso[due_on], None,
        position, version, body,
    ))  # fmt: skip


def _briefing(fact: e.BriefingHeard, event: AnySeen) -> list[LedgerRow]:
    return [_act("briefing", event, about={"body": fact.body})]


def _contact(fact: e.ContactVisited, event: AnySeen) -> list[LedgerRow]:
    return [_act("contact", event, official=fact.leader, about={"target_unit": fact.target_unit})]


def _reception(fact: e.ReceptionHeld, event: AnySeen) -> list[LedgerRow]:
    """An entry for each item received, tracked to its resolution (Art 8); one without an item where nobody came."""
    about = {"kind": fact.kind}
    if not fact.items:
        return [_act("reception", event, official=fact.leader, about=about)]
    items = dict.fromkeys(fact.items)
    return [_act("reception", event, name=f":{no}", official=fact.leader, petition=no, about=about) for no in items]


def _roster(fact: e.RosterSet, event: AnySeen) -> list[LedgerRow]:
    on = fact.on or event.day
    return [_act("roster", event, "planned", official=fact.leader, place=fact.place, due_on=on)]


def _stood(fact: e.DutyStood, event: AnySeen) -> list[LedgerRow]:
    return [_act("standing", event, official=fact.leader, place=fact.place)]


def _screening(fact: e.ScreeningHeld, event: AnySeen) -> list[LedgerRow]:
    return [_act("screening", event, about={"disputes": fact.disputes})]


def _report(fact: e.DutyReported, event: AnySeen) -> list[LedgerRow]:
    return [_act("report", event, official=fact.by, about={"to_unit": fact.to_unit})]


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
