"""Everything that can have happened in a joint conference; the subject is `conference:UNIT` (contract section 3)."""

from datetime import date

from domain.fact import Fact, PetitionNo, Text, UnitId


class ConferenceHeld(Fact, frozen=True, gc=False):
    """The joint conference met (召开联席会议, Art 5)."""

    attended: tuple[UnitId, ...] = ()
    topics: tuple[Text, ...] = ()


class ItemAgreed(Fact, frozen=True, gc=False):
    """The conference agreed that a unit does something (议定事项, Art 6)."""

    item: Text
    """What names it within the conference."""
    owner_unit: UnitId
    due: date | None = None
    petition: PetitionNo | None = None
    """The item it is about, which is prominent by that: it gets a sponsor (D12)."""


class ItemDone(Fact, frozen=True, gc=False):
    """What was agreed is done (议定事项办结, Art 6)."""

    item: Text


class GroupFormed(Fact, frozen=True, gc=False):
    """A special working group was formed (成立专项工作小组, Art 6)."""

    name: Text
    lead_unit: UnitId
    members: tuple[UnitId, ...]


class GroupDissolved(Fact, frozen=True, gc=False):
    """A special working group was dissolved (撤销专项工作小组, Art 6). The name is enough."""

    name: Text
    lead_unit: UnitId | None = None
    members: tuple[UnitId, ...] = ()


class MembersChanged(Fact, frozen=True, gc=False):
    """The member units of the conference were settled anew (调整成员单位, Art 6)."""

    members: tuple[UnitId, ...] | None = None
    """All member units after the change; or else those that joined and left."""
    joined: tuple[UnitId, ...] = ()
    left: tuple[UnitId, ...] = ()
