"""What leaders and units did: heard, received, visited, stood on duty, screened, reported."""

from typing import Any

from domain.duty import events as e
from domain.envelope import AnySeen
from projections.ledgers.entry import Entry, Page, Write, opened


def _act(ledger: str, event: AnySeen, state: str = "done", name: str = "", **columns: Any) -> Entry:
    """`duty:430400-gov` is the ledger of `unit:430400-gov`, whoever enters the act."""
    return opened(ledger, event, state, name, unit="unit:" + event.subject.partition(":")[2], **columns)


def _briefing(kept: Page, fact: e.BriefingHeard, event: AnySeen) -> list[Entry]:
    return [_act("briefing", event, about={"body": fact.body})]


def _contact(kept: Page, fact: e.ContactVisited, event: AnySeen) -> list[Entry]:
    return [_act("contact", event, official=fact.leader, about={"target_unit": fact.target_unit})]


def _reception(kept: Page, fact: e.ReceptionHeld, event: AnySeen) -> list[Entry]:
    """An entry for each item received, tracked to its resolution (Art 8); one without an item where nobody came."""
    about = {"kind": fact.kind}
    if not fact.items:
        return [_act("reception", event, official=fact.leader, about=about)]
    items = dict.fromkeys(fact.items)
    return [_act("reception", event, name=f":{no}", official=fact.leader, petition=no, about=about) for no in items]


def _roster(kept: Page, fact: e.RosterSet, event: AnySeen) -> list[Entry]:
    on = fact.on or event.day
    return [_act("roster", event, "planned", official=fact.leader, place=fact.place, due_on=on)]


def _stood(kept: Page, fact: e.DutyStood, event: AnySeen) -> list[Entry]:
    return [_act("standing", event, official=fact.leader, place=fact.place)]


def _screening(kept: Page, fact: e.ScreeningHeld, event: AnySeen) -> list[Entry]:
    return [_act("screening", event, about={"disputes": list(fact.disputes)})]


def _report(kept: Page, fact: e.DutyReported, event: AnySeen) -> list[Entry]:
    return [_act("report", event, official=fact.by, about={"to_unit": fact.to_unit})]


WRITES: dict[type, Write] = {
    e.BriefingHeard: _briefing,
    e.ContactVisited: _contact,
    e.ReceptionHeld: _reception,
    e.RosterSet: _roster,
    e.DutyStood: _stood,
    e.ScreeningHeld: _screening,
    e.DutyReported: _report,
}
"""Each act is an entry, done with the day on which it was opened; none changes another."""
