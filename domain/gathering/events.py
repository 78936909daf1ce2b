"""Everything that can have happened to a gathering (contract section 3)."""

from domain.fact import Count, Fact, OfficialId, PetitionNo, Text, UnitId


class GatheringArrived(Fact, frozen=True, gc=False):
    """People came in numbers (集体上访到场). The unit that records it receives them; `units` are those concerned."""

    persons: Count
    place: Text
    units: tuple[UnitId, ...] = ()
    petition: PetitionNo | None = None


class GatheringSummoned(Fact, frozen=True, gc=False):
    """Units were called to the joint reception (通知到场)."""

    units: tuple[UnitId, ...]


class GatheringAttended(Fact, frozen=True, gc=False):
    """A unit's leader came to receive (到场接访)."""

    unit: UnitId
    leader: OfficialId


class GatheringReported(Fact, frozen=True, gc=False):
    """It was reported to the leader in charge (第一时间报告)."""

    to: OfficialId


class GatheringEnded(Fact, frozen=True, gc=False):
    """The people left (处置结束)."""
