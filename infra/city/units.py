"""The simulated city's units as they stand while it runs: who sits where, and which unit went into which."""

from collections.abc import Callable
from typing import Any

Data = dict[str, Any]


class Unit:
    """A unit: its officials now, and how well it keeps its limits."""

    __slots__ = (
        "id", "code", "name", "level", "kind", "division", "area", "parent", "head", "deputy", "lead", "clerk",
        "members", "desk", "slips", "into", "merged_at", "sponsored_until", "changed", "lapses", "items", "late",
        "repeats", "waiting",
    )  # fmt: skip

    def __init__(self, code: str, name: str, level: str, kind: str, parent: "Unit | None") -> None:
        self.id = f"unit:{code}"
        self.code = code
        self.name = name
        self.level = level
        self.kind = kind
        self.division = code.partition("-")[0]
        self.area: str = parent.area if level == "township" and parent else self.division
        self.parent = parent
        stem = f"official:{code}"
        self.head: str | None = f"{stem}-head"
        self.deputy: str | None = f"{stem}-deputy"
        self.lead = f"{stem}-lead"
        self.clerk = f"{stem}-clerk"
        self.members: list[str] = []
        self.desk = [self.clerk, self.lead]
        self.slips = 0.0
        self.into: Unit | None = None
        self.merged_at = 0
        self.sponsored_until = -1
        self.changed = 0
        self.lapses = 0.0
        self.items = self.late = self.repeats = 0
        self.waiting: list[tuple[int, str]] = []

    def at(self, moment: int) -> "Unit":
        """The unit that acts for this one at a moment: itself, or what it went into (R2005 25)."""
        return self.into if self.into is not None and moment >= self.merged_at else self

    def approver(self) -> str:
        """Who signs for the unit: its principal, or in a vacancy the deputy, or the lead."""
        return self.head or self.deputy or self.lead

    def stands(self, moment: int) -> bool:
        """Whether the unit is still there."""
        return self.into is None or moment < self.merged_at

    def on_duty(self, number: int) -> str:
        """The leader whose turn it is: the leading group takes turns."""
        group = [each for each in (self.head, self.deputy, *self.members) if each is not None]
        return group[number % len(group)] if group else self.lead

    def handler(self, number: int) -> str:
        """Who at the desk has an item of this number."""
        return self.desk[number % len(self.desk)]


def held(unit: Unit) -> list[tuple[str, str]]:
    """Each official of the unit with the role held, as the unit begins."""
    seats = [(unit.head or "", "principal"), (unit.deputy or "", "deputy_in_charge")]
    return [
        *seats,
        (unit.lead, "petition_lead"),
        (unit.clerk, "petition_clerk"),
        *((m, "member") for m in unit.members),
    ]


Later = Callable[[Unit, str], Data | None]
"""Data worked out at the moment of the act, from the unit that acts and its official; None: it comes to nothing."""
