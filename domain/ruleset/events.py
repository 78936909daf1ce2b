"""Rule sets and calendars that were adopted. The content travels with the event, so a replay needs no file."""

from datetime import date
from typing import Annotated

from msgspec import Meta, field

from domain.fact import Fact, Text

Year = Annotated[int, Meta(ge=1979, le=2999)]


class RulesetAdopted(Fact, frozen=True, gc=False):
    """A rule set is in force from a day on (规则施行). `content` is its TOML; without it, the shipped one is."""

    name: Text
    from_: date = field(name="from")
    content_hash: Text
    content: Text | None = None


class CalendarAdopted(Fact, frozen=True, gc=False):
    """A year's calendar of the State Council was adopted (工作日安排): days off it names, make-up working days."""

    year: Year
    version: Text
    content_hash: Text
    holidays: tuple[date, ...] | None = None
    workdays: tuple[date, ...] | None = None
