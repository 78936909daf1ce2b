"""Everything that can have happened to a unit (contract section 3)."""

from typing import Literal

from domain.fact import Fact, Level, OfficialId, Text, UnitId

UnitKind = Literal["party", "government", "department", "bureau", "township", "village", "reception_centre", "other"]
Role = Literal["principal", "deputy_in_charge", "member", "petition_lead", "petition_clerk"]


class UnitEstablished(Fact, frozen=True, gc=False):
    """A unit was set up (成立). Kind `bureau` is the petition bureau, 信访局."""

    name: Text
    level: Level
    kind: UnitKind
    division: Text
    parent: UnitId | None = None


class UnitMerged(Fact, frozen=True, gc=False):
    """A unit went into another (合并), which answers for its open items from then on (R2005 25)."""

    into: UnitId


class UnitAbolished(Fact, frozen=True, gc=False):
    """A unit was abolished (撤销); its open items pass to the unit named, else to its parent (R2005 25)."""

    into: UnitId | None = None


class RoleGiven(Fact, frozen=True, gc=False):
    """An official took a role in the unit (任职, Art 2, 20), from the local day of the event on."""

    official: OfficialId
    role: Role
    name: Text
    portfolio: Text | None = None


class RoleEnded(Fact, frozen=True, gc=False):
    """An official left a role (免职, Art 2, 20): the day before the event's is the last in it."""

    official: OfficialId
    role: Role


class ChangeFiled(Fact, frozen=True, gc=False):
    """A change of petition staff was filed (备案, Art 20). `change` is the position of the change."""

    change: int
    with_unit: UnitId


class ContactPointSet(Fact, frozen=True, gc=False):
    """A leader was given a contact point (联系点, Art 3)."""

    leader: OfficialId
    target_unit: UnitId


class OfficerExchanged(Fact, frozen=True, gc=False):
    """A petition officer was exchanged or promoted elsewhere (干部交流, Art 21)."""

    official: OfficialId | None = None
    to_unit: UnitId | None = None
    note: Text | None = None


class CareHeld(Fact, frozen=True, gc=False):
    """Care for petition officers was held (心理疏导, Art 21)."""

    note: Text | None = None
