"""Everything that can have happened to an inspection (contract section 3; Art 11, 17)."""

from typing import Literal

from domain.fact import Fact, PetitionNo, Text, UnitId


class InspectionPlanned(Fact, frozen=True, gc=False):
    """An inspection was planned (列入督查、巡察计划, Art 11, 17)."""

    kind: Literal["supervision", "patrol"]
    units: tuple[UnitId, ...]
    items: tuple[PetitionNo, ...] = ()
    """Items whose handling is to be looked at."""


class InspectionHeld(Fact, frozen=True, gc=False):
    """Inspectors were on the spot (实地督查、巡察, Art 11, 17)."""

    invited: tuple[Text, ...]
    """Delegates, experts, scholars, journalists who came along (两代表一委员等)."""


class InspectionFound(Fact, frozen=True, gc=False):
    """The inspectors found something wrong in a unit (督查、巡察发现问题, Art 11, 17)."""

    unit: UnitId
    finding: Text


class InspectionRectified(Fact, frozen=True, gc=False):
    """What was found wrong was put right (整改到位, Art 11, 17)."""

    unit: UnitId | None = None
    """The unit that put it right; without one, all of them."""
