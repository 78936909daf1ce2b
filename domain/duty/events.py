"""Everything that can have been done as a duty; the subject is `duty:UNIT` (contract section 3)."""

from datetime import date
from typing import Literal

from domain.fact import Fact, OfficialId, PetitionNo, Text, UnitId

Body = Literal["party_committee", "government", "joint_meeting"]


class BriefingHeard(Fact, frozen=True, gc=False):
    """A leading body heard a report on petition work (听取汇报, Art 1)."""

    body: Body


class ContactVisited(Fact, frozen=True, gc=False):
    """A leader visited his contact point (联点调研督导, Art 3)."""

    leader: OfficialId
    target_unit: UnitId


class ReceptionHeld(Fact, frozen=True, gc=False):
    """A leader received petitioners for a day, at the centre or where they live (接访、下访, Art 8)."""

    leader: OfficialId
    kind: Literal["reception", "visit_down"]
    items: tuple[PetitionNo, ...]
    """NOs of the items that were received."""


class RosterSet(Fact, frozen=True, gc=False):
    """It was settled which leader is on duty (值班排班, Art 7)."""

    leader: OfficialId
    place: Text
    on: date | None = None
    """The day of the duty, where it is not the event's."""


class DutyStood(Fact, frozen=True, gc=False):
    """A leader was on duty that day (值班, Art 7, 8)."""

    leader: OfficialId
    place: Text


class ScreeningHeld(Fact, frozen=True, gc=False):
    """Disputes were screened for (矛盾纠纷排查, Art 14)."""

    disputes: tuple[Text, ...]
    """Ids of the disputes it found, as in `dispute:ID`."""


class DutyReported(Fact, frozen=True, gc=False):
    """A leader reported on his duties to the joint conference (述职, Art 5)."""

    by: OfficialId
    to_unit: UnitId
