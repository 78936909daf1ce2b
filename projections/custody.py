"""Where was the item on each day, in whose hands, and why did it move? A fold over one item's events."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent
from domain.fact import unversioned
from domain.petition import events as e
from domain.unit.state import Units


class Span(Struct, frozen=True):
    """A stretch of custody, in local days. `until` is the day it moved on, None while it is there."""

    unit: str
    official: str | None
    since: str
    why: str
    until: str | None = None
    position: int = 0


def fold(spans: tuple[Span, ...], event: AnyEvent) -> tuple[Span, ...]:
    """The chain after the event; one that is in it already changes nothing."""
    if spans and event.position <= spans[-1].position:
        return spans
    fact, why = event.data, unversioned(event.type).removeprefix("petition.")
    match fact:
        case e.PetitionRegistered():
            return _moved(spans, event, event.unit or "", event.actor, why)
        case e.PetitionReferred() | e.PetitionAssigned() | e.ReviewRequested() | e.RereviewRequested():
            return _moved(spans, event, fact.to_unit, None, why)
        case e.AssignmentWithdrawn() | e.ReviewAnswered() | e.RereviewAnswered():
            back = spans[-2] if len(spans) > 1 else spans[-1]
            return _moved(spans, event, back.unit, back.official, why)
        case e.PetitionAccepted() | e.HandlerChanged():
            return _moved(spans, event, event.unit or spans[-1].unit, fact.handler, why)
        case e.PetitionAnswered() if spans[-1].official is None:
            return _moved(spans, event, event.unit or spans[-1].unit, event.actor, why)
        case (
            e.PetitionClosed() | e.PetitionWithdrawn() | e.PetitionDetermined() | e.PetitionChannelled()
            | e.PetitionNotAccepted() | e.PetitionNoLongerAccepted()
        ):  # fmt: skip
            return (*spans[:-1], replace(spans[-1], until=spans[-1].until or event.day.isoformat()))
        case e.PetitionReopened():
            return _moved(spans, event, spans[-1].unit, spans[-1].official, why)
        case _:
            return spans


def _moved(spans: tuple[Span, ...], event: AnyEvent, unit: str, official: str | None, why: str) -> tuple[Span, ...]:
    day = event.day.isoformat()
    if spans and spans[-1].until is None:
        spans = (*spans[:-1], replace(spans[-1], until=day))
    return (*spans, Span(unit, official, day, why, None, event.position))


def passed_on(span: Span, units: Units) -> Iterator[Span]:
    """The stretch in the hands of its unit, and of what that went into from then on (R2005 25)."""
    unit = units.get(span.unit)
    ended = unit.ended_on.isoformat() if unit is not None and unit.ended_on is not None else None
    if unit is None or unit.into is None or ended is None or (span.until is not None and span.until <= ended):
        yield span
        return
    if span.since < ended:
        yield replace(span, until=ended)
    yield from passed_on(replace(span, unit=unit.into, since=max(span.since, ended), why="merged"), units)


def custody(events: Iterable[AnyEvent], units: Units) -> list[dict[str, Any]]:
    """The chain of custody as JSON: {unit, official, from, until, why}."""
    spans: tuple[Span, ...] = ()
    for event in events:
        spans = fold(spans, event)
    return [
        {"unit": each.unit, "official": each.official, "from": each.since, "until": each.until, "why": each.why}
        for span in spans
        for each in passed_on(span, units)
    ]
