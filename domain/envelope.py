"""The envelope: what is sent (`Action`), what the log took (`Event`), and what was decided about it (`Decided`).

CloudEvents 1.0. Times are aware datetimes; days are local days of Asia/Shanghai.
"""

from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from domain.deadlines import Deadline, Met, Moved
from domain.fact import Moment, OfficialId, UnitId

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Asia/Shanghai has had no daylight saving since 1991; a fixed offset is exact for every petition on record."""

D = TypeVar("D")
Id = Annotated[str, Meta(min_length=1, max_length=512)]


def day_of(moment: datetime) -> date:
    """The local day (Asia/Shanghai) of an aware moment."""
    if moment.utcoffset() == _EIGHT_HOURS:
        return moment.date()
    return moment.astimezone(SHANGHAI).date()


def local(moment: datetime) -> datetime:
    """The same moment with the offset of Asia/Shanghai."""
    return moment if moment.utcoffset() == _EIGHT_HOURS else moment.astimezone(SHANGHAI)


_EIGHT_HOURS = timedelta(hours=8)


class Action(Struct, Generic[D], frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What a producer says happened."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Id
    subject: Id
    time: Moment
    data: D
    actor: Id
    unit: UnitId | None = None
    causationid: str | None = None
    correlationid: str | None = None
    traceparent: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    recordedat: Moment | None = None
    """History mode only: when the old system took it."""


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A rule that tripped: which unit answers, on what ground, from which day. A proposal, never a judgement."""

    id: str
    rule: str
    subject: str
    unit: UnitId
    since: date
    axis: Literal["A", "B"] | None = None
    ground: str | None = None
    on: date | None = None
    """The day whose role holders answer, where it is not `since` (a cause: the day it was decided)."""
    handler: OfficialId | None = None
    collective: bool = False
    officials: tuple[OfficialId, ...] = ()
    dissent: tuple[OfficialId, ...] = ()
    evidence: tuple[int, ...] = ()
    """Positions of earlier events; the event that carries the finding is evidence by itself."""
    late_by: int | None = None
    attempt: bool = False
    why: str | None = None
    """What tripped it, where a rule has several ways: a word of `projections/explain.py`."""
    period: str | None = None
    """Of a duty that was not done: `2020Q4`, or the day by which it was due."""
    aggravated: bool = False


class Decided(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What the domain worked out when the event was taken. Recorded once, never computed again on replay."""

    set: tuple[Deadline, ...] = ()
    met: tuple[Met, ...] = ()
    moved: tuple[Moved, ...] = ()
    ended: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    cleared: tuple[str, ...] = ()
    matter: str | None = None
    """NO of the matter's first item."""
    repeat_number: int | None = None
    collective: bool | None = None
    skip_level: bool | None = None
    beyond: bool | None = None
    """raised_above: beyond the proper level."""
    first_handler: tuple[UnitId, OfficialId] | None = None
    passed_on: bool = False
    """The unit passed the item on instead of accepting it (推诿)."""
    late: bool = False
    """Entered more than `entry_hours` after it happened."""
    out_of_time: bool = False
    """Done after the window for it had passed (an objection, a request for review, an extension)."""


NOTHING = Decided()


class Seen(Struct, Generic[D], kw_only=True, omit_defaults=True, gc=False):
    """What a fold sees of an event: all but who sent it under which id, and under which rules it was decided."""

    type: str
    subject: str
    time: datetime
    data: D
    actor: str
    unit: UnitId | None = None
    version: int
    decided: Decided = NOTHING
    position: int = 0
    """Place in the log; it stands beside the stored bytes."""

    @property
    def day(self) -> date:
        """The local day on which it happened."""
        return day_of(self.time)


class Event(Seen[D], Generic[D], kw_only=True, omit_defaults=True, gc=False):
    """An action that the log took."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    causationid: str | None = None
    correlationid: str | None = None
    traceparent: str | None = None
    recorded: datetime
    ruleset: tuple[str, ...]
    origin: str | None = None
    """`history` for an event that was taken in history mode."""


AnyAction = Action[Any]
AnyEvent = Event[Any]
AnySeen = Seen[Any]


class Recorded(Struct, frozen=True, gc=False):
    """Taken, with what was decided about it. `touches` names matters whose membership the event changes."""

    decided: Decided = NOTHING
    touches: tuple[str, ...] = ()


class Rejected(Struct, frozen=True, gc=False):
    """Refused, with a reason that a citizen could read. `path` names the field."""

    code: str
    message: str
    path: str = "$"


CODES = (
    "malformed",
    "unknown-type",
    "unknown-field",
    "missing-field",
    "bad-value",
    "id-reused",
    "unknown-subject",
    "already-exists",
    "not-in-this-state",
    "not-allowed",
    "accused-organ",
    "conflicted-official",
    "ground-missing",
    "time-in-future",
    "before-previous",
)
