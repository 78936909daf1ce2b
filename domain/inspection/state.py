"""What decide must remember of an inspection."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import AnyEvent
from domain.fact import UnitId
from domain.inspection import events as e
from domain.unit.parties import parties


class Inspection(Struct, frozen=True, kw_only=True):
    """One inspection as it stands after its events."""

    version: int
    planned_at: datetime
    held_at: datetime | None = None
    to_rectify: tuple[UnitId, ...] = ()
    """Units in which something was found that is not put right yet."""
    unit: UnitId | None = None
    """The unit that planned it."""
    parties: tuple[UnitId, ...] = ()
    """Units that planned it, are inspected, or reported something of it."""


def evolve(inspection: Inspection | None, event: AnyEvent) -> Inspection | None:
    """The inspection after the event. An event seen before changes nothing."""
    fact = event.data
    if inspection is None:
        return _planned(fact, event) if isinstance(fact, e.InspectionPlanned) else None
    if event.version <= inspection.version:
        return inspection
    found = fact.unit if isinstance(fact, e.InspectionFound) else None
    known, left = parties(inspection.parties, event.unit, found), inspection.to_rectify
    inspection = replace(inspection, version=event.version, parties=known)
    match fact:
        case e.InspectionHeld():
            return replace(inspection, held_at=min(event.time, inspection.held_at or event.time))
        case e.InspectionFound():
            return replace(inspection, to_rectify=(*(unit for unit in left if unit != fact.unit), fact.unit))
        case e.InspectionRectified():
            gone = left if fact.unit is None else (fact.unit,)
            return replace(inspection, to_rectify=tuple(unit for unit in left if unit not in gone))
        case _:
            return inspection


def _planned(fact: e.InspectionPlanned, event: AnyEvent) -> Inspection:
    by = UnitId(event.unit) if event.unit is not None else None
    return Inspection(
        version=event.version, planned_at=event.time, unit=by, parties=parties((), by, *fact.units)
    )  # fmt: skip
