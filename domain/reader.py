"""Who asks or reports, and in which role (contract section 7, Roles)."""

from collections.abc import Collection
from typing import Literal, get_args

from msgspec import Struct

from domain.fact import OfficialId, UnitId

Role = Literal["operator", "auditor", "inspector", "supervisor", "clerk", "producer", "public"]

GIVEN: frozenset[str] = frozenset(get_args(Role)) - {"public"}
"""Roles that a token can name."""
OF_A_UNIT = ("supervisor", "clerk", "producer")
"""Roles that are nobody's without a unit."""


class NotYours(Exception):
    """Not for who asks. The message is for him, and names nothing but what was asked for."""


class Reader(Struct, frozen=True):
    """A person or program at the door, as the token says."""

    role: Role
    units: tuple[UnitId, ...] = ()
    """The unit he serves in; a producer may report for several."""
    official: OfficialId | None = None
    name: str = ""
    """A pseudonym for the access log: the subject of the token, never a person's name."""

    @property
    def scope(self) -> "Reader":
        """The same without who it is: readers of one scope get the same answers."""
        return Reader(self.role, self.units, self.official)


OPERATOR = Reader("operator", name="operator")
"""Who sits at the machine: the command line trusts its operator, and so does a door that is open on loopback only."""
PUBLIC = Reader("public", name="public")
"""Anybody, without a token."""


def mistake(role: str, units: Collection[str], official: str | None) -> str | None:
    """Why a role with these units is none, in a sentence; None where it is one."""
    if role not in GIVEN:
        return f"there is no role {role}; there are {', '.join(sorted(GIVEN))}"
    if role in OF_A_UNIT and not units:
        return f"the role {role} is of a unit: name it"
    if role != "producer" and len(units) > 1:
        return f"the role {role} is of one unit"
    if wrong := next((each for each in units if not each.startswith("unit:")), None):
        return f"{wrong} is no unit; write unit:430408-zjj"
    if official is not None and not official.startswith("official:"):
        return f"{official} is no official; write official:430408-zjj-head"
    return None
