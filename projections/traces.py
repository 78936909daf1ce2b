"""What happened to each item, step by step, as process mining asks it? No free text and no personal field is told."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from domain.calendar import Calendar
from domain.envelope import AnyEvent
from domain.fact import PREFIXES, Count, Fact, OfficialId, PersonId, PetitionNo, UnitId
from domain.petition.events import Days
from domain.petition.item import Item
from domain.petition.state import evolve
from domain.vocabulary import LOG_MADE, NAMES

Value = str | int | bool | date | datetime
Told = dict[str, Value]
"""Attributes by name; what is not known is left out."""
POINTING = {UnitId: "", OfficialId: "", PersonId: "", PetitionNo: "petition:"}
"""Types of fields that name objects, and what stands before such a name."""
SPEAKING = (bool, int, date, datetime, Count, Days, *PREFIXES)
"""Types of fields that hold no free text: numbers, days, times and ids."""


class Step(NamedTuple):
    """One event of an item."""

    activity: str
    """The type in the contract's words, without its version: `petition.referred`."""
    time: datetime
    actor: str
    unit: str | None
    more: Told


class Trace(NamedTuple):
    """One item and what happened to it, in the order in which it happened."""

    no: str
    item: Told
    steps: list[Step]


def trace(events: Sequence[AnyEvent], calendar: Calendar) -> Trace | None:
    """The trace of an item from all its events, in version order; None where its registration is not among them."""
    item: Item | None = None
    for event in events:
        item = evolve(item, event)
    if item is None:
        return None
    happened = sorted(events, key=lambda event: (event.time, event.version))
    before = [happened[0], *happened]
    steps = [_step(event, earlier, happened[0], calendar) for event, earlier in zip(happened, before, strict=False)]
    return Trace(item.no, told(item), steps)


def activity(type_name: str) -> str:
    """`petition.referred` for `petition.referred.v1`."""
    return type_name.rpartition(".")[0]


def _step(event: AnyEvent, earlier: AnyEvent, first: AnyEvent, calendar: Calendar) -> Step:
    more: Told = {
        "position": event.position, "recorded": event.recorded, **said(event.data),
        "workdays_since_previous": calendar.workdays(earlier.day, event.day),
        "workdays_since_registration": calendar.workdays(first.day, event.day),
    }  # fmt: skip
    return Step(activity(event.type), event.time, event.actor, event.unit, more)


def told(item: Item) -> Told:
    """What an item is and how it stands."""
    known: dict[str, Value | None] = {
        "channel": item.channel, "purpose": item.purpose, "category": item.category, "place": item.place,
        "persons": item.persons, "anonymous": item.anonymous, "joint_letter": item.joint_letter,
        "registered_by": item.registered_by, "about_unit": item.about_unit, "about_official": item.about_official,
        "matter": item.matter, "repeat_number": item.repeat_number, "collective": item.collective,
        "skip_level": item.skip_level, "state": item.state, "unit": item.unit, "handler": item.handler,
        "procedure": item.procedure, "outcome": item.outcome, "resolved": item.resolved, "desisted": item.desisted,
        "deadlines_missed": sum(each.missed and not each.trigger for each in item.deadlines),
    }  # fmt: skip
    return {name: value for name, value in known.items() if value is not None}


def said(fact: Fact) -> Told:
    """What a fact says in words of ours, ids, numbers and days. Free text stays in the log."""
    values = ((name, getattr(fact, name)) for name in speaking(type(fact)))
    return {name: value for name, value in values if value is not None}


@cache
def speaking(fact: type[Fact]) -> dict[str, Any]:
    """The fields of a fact that hold no free text, with their types; what the log writes itself has none at all."""
    ours = NAMES[fact] in LOG_MADE
    hints = ((name, _alone(hint)) for name, hint in get_type_hints(fact, include_extras=True).items())
    return {
        name: hint for name, hint in hints
        if hint in SPEAKING or get_origin(hint) is Literal or (ours and name != "origin")
    }  # fmt: skip


def _alone(hint: Any) -> Any:
    """The type of what may be None."""
    alternatives = [each for each in get_args(hint) if each is not type(None)]
    return alternatives[0] if type(None) in get_args(hint) and len(alternatives) == 1 else hint


@cache
def pointers(fact: type[Fact]) -> tuple[tuple[str, str], ...]:
    """The fields of a fact that name objects, each with what stands before such a name."""
    hints = get_type_hints(fact).items()
    return tuple((name, prefix) for name, hint in hints if (prefix := _pointing(hint)) is not None)


def _pointing(hint: Any) -> str | None:
    if hint in POINTING:
        return POINTING[hint]
    return next((prefix for part in get_args(hint) if (prefix := _pointing(part)) is not None), None)
