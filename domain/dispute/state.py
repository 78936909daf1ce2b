"""What decide and the clock must remember of a dispute."""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.deadlines import Deadline
from domain.dispute import events as e
from domain.envelope import AnyEvent
from domain.fact import PetitionNo, UnitId
from domain.unit.parties import parties


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
    petition: PetitionNo | None = None
    """The item that it became."""
    parties: tuple[UnitId, ...] = ()
    """Units that entered it, have to settle it, or were made responsible."""


def evolve(dispute: Dispute | None, event: AnyEvent) -> Dispute | None:
    """The entry after the event. An event seen before changes nothing."""
    fact = event.data
    if dispute is None:
        if not isinstance(fact, e.DisputeLogged):
            return None
        return Dispute(
            version=event.version, unit=fact.unit, logged_at=event.time, at=event.position, due=event.decided.set,
            parties=parties((), fact.unit, event.unit),
        )  # fmt: skip
    if event.version <= dispute.version:
        return dispute
    over = isinstance(fact, e.DisputeCleared | e.DisputeBecamePetition)
    became = fact.petition if isinstance(fact, e.DisputeBecamePetition) else dispute.petition
    to_unit = fact.to_unit if isinstance(fact, e.DisputeAssigned) else None
    return replace(
        dispute, version=event.version, over_on=event.day if over else dispute.over_on, petition=became,
        parties=parties(dispute.parties, to_unit, event.unit),
    )  # fmt: skip
