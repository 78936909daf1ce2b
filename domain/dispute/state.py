"""What decide and the clock must remember of a dispute."""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.deadlines import Deadline
from domain.dispute import events as e
from domain.envelope import AnyEvent
from domain.fact import UnitId


class Dispute(Struct, frozen=True, kw_only=True):
    """One entry of the ledger as it stands after its events."""

    version: int
    unit: UnitId
    logged_at: datetime
    at: int
    """Position of the event that entered it."""
    due: tuple[Deadline, ...]
    """By when it has to be struck off, where the law of the day says so (D14)."""
    over_on: date | None = None
    """The day on which it was struck off, or became a petition."""


def evolve(dispute: Dispute | None, event: AnyEvent) -> Dispute | None:
    """The entry after the event. An event seen before changes nothing."""
    fact = event.data
    if dispute is None:
        if not isinstance(fact, e.DisputeLogged):
            return None
        return Dispute(
            version=event.version, unit=fact.unit, logged_at=event.time, at=event.position, due=event.decided.set
        )
    if event.version <= dispute.version:
        return dispute
    over = isinstance(fact, e.DisputeCleared | e.DisputeBecamePetition)
    return replace(dispute, version=event.version, over_on=event.day if over else dispute.over_on)
