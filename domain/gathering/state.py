"""What must be remembered of a gathering to decide its next step."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent
from domain.fact import UnitId
from domain.gathering import events as e


class Gathering(Struct, frozen=True, gc=False):
    """A gathering as it stands."""

    subject: str
    received_by: UnitId
    arrived_at: datetime
    arrived: int
    """Position of the arrival."""
    summoned: tuple[tuple[UnitId, int], ...] = ()
    """Units that were called, each with the position of the call."""
    attended: tuple[UnitId, ...] = ()
    reported: bool = False
    ended_at: datetime | None = None
    found: tuple[str, ...] = ()
    """Ids of the findings that stand."""


def evolve(gathering: Gathering | None, event: AnyEvent) -> Gathering | None:
    """The gathering after an event."""
    fact = event.data
    if gathering is None:
        if not isinstance(fact, e.GatheringArrived):
            return None
        return Gathering(event.subject, UnitId(event.unit or ""), event.time, event.position)
    match fact:
        case e.GatheringSummoned():
            called = tuple((unit, event.position) for unit in fact.units if unit not in dict(gathering.summoned))
            gathering = replace(gathering, summoned=(*gathering.summoned, *called))
        case e.GatheringAttended():
            gathering = replace(gathering, attended=tuple(dict.fromkeys((*gathering.attended, fact.unit))))
        case e.GatheringReported():
            gathering = replace(gathering, reported=True)
        case e.GatheringEnded():
            gathering = replace(gathering, ended_at=event.time)
        case _:
            pass  # a second arrival was never taken
    kept = (id for id in gathering.found if id not in event.decided.cleared)
    return replace(gathering, found=tuple(dict.fromkeys((*kept, *(found.id for found in event.decided.findings)))))
