"""Deadlines as they stand in the record: set, met, moved, ended. Dates are local days of Asia/Shanghai."""

from datetime import date
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from domain.fact import UnitId

PETITIONER = "petitioner"
"""Who owes K6 and K8: a window for the petitioner, never a duty."""


HANDLING_CLOCKS = ("K5", "K12")
"""Limits of handling: ordinary and simple procedure."""
WINDOWS = frozenset({"K4", "K6", "K8"})
"""Clocks of a right: to object, to ask for review, to ask for re-review."""


class Deadline(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One clock that runs on one item."""

    clock: str
    started: int
    """Version of the event that started it: (clock, started) names the deadline within its item."""
    starts_on: date
    strict_on: date
    due_on: date
    owed_by: UnitId | str
    provisional: bool = False
    """Touches a year whose calendar is not adopted."""
    at: int = 0
    """Position of the event that started it: evidence."""
    met_on: date | None = None
    missed_at: int = 0
    """Position of the event that recorded the breach; 0 while there is none."""
    paused_on: date | None = None
    """First day of an open hearing at re-review (K9)."""
    not_counted: tuple[tuple[date, date], ...] = ()
    """Spans of hearing days, both ends included (K9)."""
    extended: int = 0
    ended: bool = False

    @property
    def window(self) -> bool:
        """A right or a possibility that ends; nobody is at fault when it passes."""
        return self.clock in WINDOWS

    @property
    def trigger(self) -> bool:
        """A supervision that must be opened (S1–S10), shown apart from the clocks."""
        return self.clock[0] == "S"

    @property
    def key(self) -> tuple[str, int]:
        """What names the deadline within its item."""
        return self.clock, self.started

    @property
    def open(self) -> bool:
        """Neither met nor ended; it may be past its last day all the same."""
        return self.met_on is None and not self.ended

    @property
    def missed(self) -> bool:
        """Met after its last day, or not met and on record as missed. A right is nobody's to miss."""
        if self.window:
            return False
        return self.met_on > self.due_on if self.met_on is not None else self.missed_at > 0

    def after(self, moved: "Moved") -> Self:
        """The deadline as moved. A breach recorded before is none if the limit was moved while it still ran."""
        paused_in_time = moved.paused_on is not None and moved.paused_on <= self.due_on
        undone = moved.due_on > self.due_on or paused_in_time
        return replace(
            self, strict_on=moved.strict_on, due_on=moved.due_on, extended=moved.extended, paused_on=moved.paused_on,
            not_counted=moved.not_counted, provisional=moved.provisional, missed_at=0 if undone else self.missed_at,
        )  # fmt: skip


class KeptDeadline(Deadline, frozen=True, kw_only=True, array_like=True, gc=False):
    """A deadline as the item keeps it: packed without the names of its fields, for there are several on each item."""


class Met(Struct, frozen=True, omit_defaults=True, gc=False):
    """A deadline was met, in time or late."""

    clock: str
    started: int
    on: date
    late_by: int = 0
    """Days after `due_on`; 0 in time."""


class Moved(Struct, frozen=True, omit_defaults=True, gc=False):
    """A deadline was moved by an extension or a hearing."""

    clock: str
    started: int
    strict_on: date
    due_on: date
    extended: int = 0
    paused_on: date | None = None
    not_counted: tuple[tuple[date, date], ...] = ()
    provisional: bool = False
