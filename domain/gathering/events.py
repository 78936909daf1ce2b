"""Everything that can have happened to a gathering (contract section 3; Art 7)."""

from domain.fact import Count, Fact, OfficialId, PetitionNo, Text, UnitId


class GatheringArrived(Fact, frozen=True, gc=False):
    """Many people came together with one concern (集体访到场, Art 7). Its unit is the one that received them."""

    persons: Count
    place: Text
    units: tuple[UnitId, ...] = ()
    """The units concerned (涉事单位)."""
    petition: PetitionNo | None = None


class GatheringSummoned(Fact, frozen=True, gc=False):
    """The bureau told units to come and receive them (通知到场, Art 7)."""

    units: tuple[UnitId, ...]


class GatheringAttended(Fact, frozen=True, gc=False):
    """A leader of a unit came and received them (到场接访, Art 7)."""

    unit: UnitId
    leader: OfficialId


class GatheringReported(Fact, frozen=True, gc=False):
    """The gathering was reported to the leader of the special group concerned (即时报告, Art 7)."""

    to: OfficialId


class GatheringEnded(Fact, frozen=True, gc=False):
    """The people left; the joint reception is over (接访结束, Art 7)."""
