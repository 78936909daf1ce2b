"""What decide must remember of a gathering, and how each event changes it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent
from domain.fact import PetitionNo, UnitId
from domain.gathering import events as e
from domain.unit.parties import parties


class Gathering(Struct, frozen=True, kw_only=True):
    """One gathering (集体访) as it stands after its events."""

    version: int
    unit: UnitId
    """The unit that received the people: its bureau summons and reports."""
    arrived_at: datetime
    arrived: int
    """Position of the arrival."""
    summoned: tuple[tuple[UnitId, int], ...] = ()
    """(unit, position of its first summons)"""
    attended: tuple[UnitId, ...] = ()
    reported_at: datetime | None = None
    """When it was first reported."""
    last_at: datetime
    """The newest summons or attendance: the end cannot lie before it."""
    ended_at: datetime | None = None
    petition: PetitionNo | None = None
    parties: tuple[UnitId, ...] = ()
    """Units that received the people, are concerned, were summoned, or reported something of it."""


def evolve(gathering: Gathering | None, event: AnyEvent) -> Gathering | None:
    """The gathering after the event. An event seen before changes nothing."""
    fact = event.data
    if gathering is None:
        return _arrived(fact, event) if isinstance(fact, e.GatheringArrived) else None
    if event.version <= gathering.version:
        return gathering
    named = fact.units if isinstance(fact, e.GatheringSummoned) else ()
    gathering = replace(gathering, version=event.version, parties=parties(gathering.parties, event.unit, *named))
    match fact:
        case e.GatheringSummoned():
            before = dict(gathering.summoned)
            new = tuple((unit, event.position) for unit in dict.fromkeys(fact.units) if unit not in before)
            return replace(gathering, summoned=(*gathering.summoned, *new), last_at=max(gathering.last_at, event.time))
        case e.GatheringAttended():
            attended = dict.fromkeys((*gathering.attended, fact.unit))
            return replace(gathering, attended=tuple(attended), last_at=max(gathering.last_at, event.time))
        case e.GatheringReported():
            return replace(gathering, reported_at=min(event.time, gathering.reported_at or event.time))
        case e.GatheringEnded():
            return replace(gathering, ended_at=event.time)
        case _:
            return gathering


def _arrived(fact: e.GatheringArrived, event: AnyEvent) -> Gathering:
    return Gathering(
        version=event.version, unit=UnitId(event.unit or ""), arrived_at=event.time, arrived=event.position,
        last_at=event.time, petition=fact.petition, parties=parties((), event.unit, *fact.units),
    )  # fmt: skip
