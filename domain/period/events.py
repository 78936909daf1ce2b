"""What can have happened to a time of special protection (contract section 3; Art 8)."""

from datetime import date
from typing import Literal

from domain.fact import Fact


class ProtectionDeclared(Fact, frozen=True, gc=False):
    """A time of special protection began, at the levels named (特别防护期启动, Art 8)."""

    levels: tuple[Literal["township", "county", "city"], ...]
    until: date
    """Its last day."""


class ProtectionEnded(Fact, frozen=True, gc=False):
    """The special protection ended early: the day before the event's is its last (特别防护期结束, Art 8)."""
