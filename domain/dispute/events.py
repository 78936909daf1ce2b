"""Everything that can have happened to an entry of the dispute ledger (contract section 3; Art 14)."""

from domain.fact import Fact, PetitionNo, Text, UnitId


class DisputeLogged(Fact, frozen=True, gc=False):
    """A dispute was entered in the ledger (排查登记, Art 14)."""

    place: Text
    unit: UnitId
    """The unit of the entry, which has to settle it."""
    summary: Text


class DisputeAssigned(Fact, frozen=True, gc=False):
    """Somebody was made responsible for settling it (落实责任, Art 14)."""

    to_unit: UnitId | None = None


class DisputeCleared(Fact, frozen=True, gc=False):
    """The dispute is settled and struck off (化解销号, Art 14)."""

    how: Text | None = None


class DisputeBecamePetition(Fact, frozen=True, gc=False):
    """The dispute came as a petition, and goes on as that (转为信访事项, Art 14)."""

    petition: PetitionNo
