"""What decide must remember of an item (信访件)."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from domain.deadlines import KeptDeadline
from domain.fact import OfficialId, PersonId, UnitId

State = Literal[
    "registered", "routed", "accepted", "answered", "under_review", "under_rereview",
    "closed", "refused", "channelled", "withdrawn", "determined",
]  # fmt: skip
Handler = tuple[UnitId, OfficialId]


class Cause(Struct, frozen=True, array_like=True, gc=False):
    """A cause that a human found, as it stands after revisions."""

    unit: UnitId
    ground: str
    decided_on: date
    officials: tuple[OfficialId, ...]
    collective: bool
    dissent: tuple[OfficialId, ...]
    evidence: tuple[int, ...]
    """Positions that the finding of cause names."""
    at: int
    """Position of the event that found it, or that revised it last."""

    def alleges_as(self, other: "Cause") -> bool:
        """Whether it says the same of the same: other evidence for it is no other allegation."""
        return replace(self, evidence=other.evidence, at=other.at) == other


class Item(Struct, kw_only=True, array_like=True, gc=False):
    """One item (信访件) as it stands after its events. Only `evolve` changes one, and one that nobody else holds."""

    no: str
    version: int
    state: State
    channel: str
    purpose: str
    category: str
    place: str
    title: str
    persons: int
    petitioners: tuple[PersonId, ...]
    registered_by: UnitId
    registered_at: datetime
    received_on: date
    unit: UnitId
    since: datetime
    """When the present holder got it, or the present state was entered: what a later step may not precede."""
    about_unit: UnitId | None = None
    about_official: OfficialId | None = None
    joint_letter: bool = False
    anonymous: bool = False
    handed_down_by: UnitId | None = None
    assigned_by: tuple[UnitId, ...] = ()
    """Units that assigned it (交办); one of a higher level excludes the simple procedure."""
    collective: bool = False
    skip_level: bool = False
    handler: OfficialId | None = None
    handler_before: tuple[OfficialId, date] | None = None
    """The handler whom the present one followed, and the day of the change."""
    procedure: str | None = None
    accepted_by: UnitId | None = None
    accepted_at: datetime | None = None
    first_handler: Handler | None = None
    """Of the matter, as known when the item was accepted or judged to repeat (首办)."""
    first: str | None = None
    """NO of the matter's first item, where this one repeats it."""
    repeat_number: int = 0
    routings: int = 0
    routers: tuple[UnitId, ...] = ()
    """Units that routed it, in order."""
    passed_by: tuple[UnitId, ...] = ()
    """Units that passed the item on instead of accepting it, or whose objection was turned down (推诿)."""
    objected: bool = False
    objection_granted: bool = False
    deadlines: tuple[KeptDeadline, ...] = ()
    extended: int = 0
    outcome: str | None = None
    answered_by: UnitId | None = None
    answered_at: datetime | None = None
    delivered: tuple[str, ...] = ()
    reviewing: UnitId | None = None
    reviews: tuple[tuple[str, str], ...] = ()
    """(stage, outcome) of the reviews answered so far."""
    hearings: tuple[tuple[str, date], ...] = ()
    supervised: int = 0
    """Supervisions still open."""
    sponsor: OfficialId | None = None
    warranties: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    ratings: tuple[tuple[str, str, date], ...] = ()
    raised: tuple[tuple[str, str, int, bool, date], ...] = ()
    """(level, kind, position, beyond the proper level, day)"""
    executed: bool = False
    resolved: bool = False
    desisted: bool = False
    closed_at: datetime | None = None
    closed_by: int = 0
    """Position of the event that closed it."""
    faults: tuple[tuple[str, UnitId], ...] = ()
    """(id, unit) of B-findings that stand on the item; F18 asks for them."""
    found: tuple[str, ...] = ()
    """Ids of all findings that stand, raised by an event of this item."""
    sponsored_on: date | None = None
    """The day of the first sponsorship."""
    sponsor_due: date | None = None
    """By when a conference's prominent item should have had a sponsor, where the clock found that it had none."""
    unsponsored_at: datetime | None = None
    """When the last sponsorship ended with a warranty undone; one entered later may have been kept before."""
    taken: tuple[UnitId, OfficialId, datetime] | None = None
    """Who accepted it first, or answered it at once, and when."""
    received_at: datetime | None = None
    """When it was received, where that was before it was registered."""
    begun: tuple[tuple[str, datetime], ...] = ()
    """When the objection, supervision, sponsorship and cause that later steps speak of began."""
    decided_on: date | None = None
    """The first day on which acceptance was decided on: accepted, answered at once, refused, or channelled."""

    @property
    def subject(self) -> str:
        """`petition:NO`."""
        return f"petition:{self.no}"

    @property
    def matter(self) -> str:
        """NO of the matter: that of its first item."""
        return self.first or self.no

    def handler_on(self, day: date) -> OfficialId | None:
        """Who was named as the handler on a day."""
        before = self.handler_before
        return before[0] if before is not None and day < before[1] else self.handler

    @property
    def responsible(self) -> UnitId:
        """The unit that answers for the handling: the first handler, else who accepted, else who holds the item."""
        return self.first_handler[0] if self.first_handler else self.accepted_by or self.unit

    @property
    def reviewers(self) -> set[str]:
        """The organs that were asked to review it (复查、复核)."""
        asked = {each.owed_by for each in self.deadlines if each.clock in ("K7", "K9")}
        return asked | {self.reviewing} if self.reviewing is not None else asked

    @property
    def over(self) -> bool:
        """Nothing more is owed on it; a closed, refused, channelled or withdrawn item can be reopened."""
        return self.state in ("closed", "determined", "withdrawn", "channelled", "refused")

    def running(self, *clocks: str) -> tuple[KeptDeadline, ...]:
        """The open deadlines of these clocks."""
        return tuple(each for each in self.deadlines if each.clock in clocks and each.open)

    def deadline(self, clock: str, started: int) -> KeptDeadline | None:
        """The deadline of this name that the event of this version started."""
        for each in self.deadlines:
            if each.clock == clock and each.started == started:
                return each
        return None
