"""What decide must remember of a gathering, and how each event changes it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent
from domain.fact import UnitId
from domain.gathering import events as e


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


def evolve(gathering: Gathering | None, event: AnyEvent) -> Gathering | None:
    """The gathering after the event. An event seen before changes nothing."""
    fact = event.data
    if gathering is None:
        return _arrived(event) if isinstance(fact, e.GatheringArrived) else None
    if event.version <= gathering.version:
        return gathering
    gathering = replace(gathering, version=event.version)
    match fact:
        case e.GatheringSummoned():
            named = dict(gathering.summoned)
            new = tuple((unit, event.position) for unit in dict.fromkeys(fact.units) if unit not in named)
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


def _arrived(event: AnyEvent) -> Gathering:
    return Gathering(
        version=event.version, unit=UnitId(event.unit or ""), arrived_at=event.time, arrived=event.position,
        last_at=event.time,
    )  # fmt: skip
