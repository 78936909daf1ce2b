"""Rule sets as data, and the law of a day: what all the sets in force on that day say together."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, field

from domain.calendar import Calendar, Year, counting
from domain.periods import Cadence

Days = Annotated[int, Meta(ge=0, le=36_600)]
"""Of an adopted rule set too: a limit of a thousand million days would stop every later step of every item."""


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """One limit: how many days, of which kind, under which article."""

    zh: str
    en: str
    article: str
    days: Days
    unit: Literal["calendar", "working", "given"]
    window: bool = False


class Duty(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is owed once a period: by whom, how often, under which article. The act and its rule belong together."""

    rule: Literal["D01", "D02", "D03", "D04", "D05", "D06", "D07", "D08"]
    article: str
    every: Cadence
    times: Annotated[int, Meta(ge=0, le=31)] = 1
    """Days of the period on which it has to be done; 0 asks for nothing."""
    levels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """Levels and kinds of the units that owe it."""
    roles: tuple[str, ...] = ()
    """Holders of these roles owe it each (D03)."""
    body: str | None = None
    """The body that has to hear the report (D01)."""
    owed_by: Literal["convenors", "group_leads"] | None = None
    """Whose reports a conference hears (D07)."""
    working_days: bool = False
    """Not owed on days off (D04)."""
    within: Days = 0
    """Calendar days after the period in which it may still be done (D08)."""


Measure = Literal["beyond_to_province", "collective_to_city", "repeat_rate", "timely_acceptance_unit", "on_time_answer"]
"""What a half year can be measured by: goings up are counted, rates are those of `projections/kpis.py`."""


class Indicator(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One line of the half-year evaluation (Art 18): what is measured, and how many points it is worth."""

    zh: str
    en: str
    article: str
    measure: Measure
    points: Annotated[int, Meta(ge=0, le=100)]
    off: Annotated[int, Meta(ge=0, le=100)] = 0
    """Points taken off for each that is counted, down to none."""


class RuleSet(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One regulation, or a city's overlay on it."""

    name: str
    zh: str
    en: str
    from_: date = field(name="from")
    until: date | None = None
    overlay: bool = False
    source: str = ""
    warnings: tuple[Annotated[int, Meta(ge=1, le=100)], ...] = ()
    """Percent of a limit used, at which whoever owes it is warned."""
    switches: dict[str, bool] = {}
    parameters: dict[str, Days] = {}
    clocks: dict[str, Clock] = {}
    duties: dict[str, Duty] = {}
    indicators: dict[str, Indicator] = {}


class Shipped(Struct, frozen=True):
    """A rule set that comes with the product: adopted by its name, if the hash is that of its text."""

    law: RuleSet
    content_hash: str


class FindingRule(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule is called and says, the axis and ground it stands on, and its articles under each rule set."""

    zh: str
    en: str
    text: dict[Literal["zh", "en"], str]
    """What trips it, in a sentence for a citizen."""
    axis: Literal["A", "B"] | None = None
    ground: str | None = None
    articles: dict[str, list[str]] = {}


class Dates(Struct, frozen=True):
    """Where a limit ends: strictly, and after rolling off days that do not work."""

    strict_on: date
    due_on: date
    provisional: bool


class Law(Struct, frozen=True):
    """What holds on one day: limits, switches and parameters of all sets in force, later ones over earlier ones."""

    names: tuple[str, ...]
    switches: dict[str, bool]
    parameters: dict[str, int]
    clocks: dict[str, Clock]
    calendar: Calendar
    duties: dict[str, Duty] = {}
    warnings: tuple[int, ...] = ()
    indicators: dict[str, Indicator] = {}

    def due(
        self,
        clock: str,
        start: date,
        *,
        more: int = 0,
        given: date | None = None,
        not_counted: Iterable[tuple[date, date]] = (),
    ) -> Dates:
        """The last day of a limit that starts on `start`, with `more` days of extension.

        A given date stands as it is. Calendar-day limits roll where the switch `roll_last_day` is on.
        """
        if given is not None:
            return Dates(given, given, False)
        rule = self.clocks[clock]
        return self.ending(start, rule.days + more, rule.unit, not_counted)

    def ending(
        self, start: date, days: int, unit: str = "calendar", not_counted: Iterable[tuple[date, date]] = ()
    ) -> Dates:
        """The last of `days` days (`calendar` or `working`) after `start`; `not_counted` is for calendar days only."""
        if unit == "working":
            last = self.calendar.add_workdays(start, days)
            return Dates(last, last, self.calendar.provisional(start, last))
        strict = counting(start, days, not_counted)
        due = self.calendar.roll(strict) if self.switches["roll_last_day"] else strict
        return Dates(strict, due, self.calendar.provisional(due))


class Supposed(Struct, frozen=True):
    """What might be adopted and is not, for a what-if: whatever is adopted on record does not displace it."""

    law: RuleSet | None = None
    """In force from `since` on: a regulation in place of the one of the day, an overlay over all others."""
    since: date = date.min
    years: Mapping[int, Year] = {}


class Rules:
    """All rule sets and calendars known at a moment; `on(day)` gives the law of a day.

    A set that is adopted again under its name holds from its day on, and its former version on the days before.
    """

    def __init__(
        self,
        sets: Iterable[RuleSet],
        calendar: Calendar,
        catalogue: Mapping[str, FindingRule],
        shipped: Mapping[str, Shipped] | None = None,
        supposed: Supposed | None = None,
    ) -> None:
        self.versions = tuple(sets)
        """Every version of every set, in the order of adoption."""
        self.sets = {each.name: each for each in self.versions}
        """The newest version of each."""
        self.calendar = calendar
        self.catalogue = dict(catalogue)
        self.shipped = dict(shipped or {})
        self.supposed = supposed
        self._laws: dict[tuple[int, ...], Law] = {}
        self.on = lru_cache(maxsize=20_000)(self._on)

    def _on(self, day: date) -> Law:
        sets = self._in_force(day)
        key = tuple(map(id, sets))
        if key not in self._laws:
            self._laws[key] = self._together(sets)
        return self._laws[key]

    def _in_force(self, day: date) -> list[RuleSet]:
        held: dict[str, RuleSet] = {}
        for each in sorted(self.versions, key=lambda each: each.from_):
            if each.from_ <= day:
                held[each.name] = each
        current = [each for each in held.values() if each.until is None or day <= each.until]
        bases = [each for each in current if not each.overlay]
        first = min((each for each in self.versions if not each.overlay), key=lambda each: each.from_)
        base = max(bases, key=lambda each: each.from_, default=first)
        overlays = sorted((each for each in current if each.overlay), key=lambda each: (each.from_, each.name))
        return self._supposing([base, *overlays], day)

    def _supposing(self, sets: list[RuleSet], day: date) -> list[RuleSet]:
        law = self.supposed.law if self.supposed is not None and self.supposed.since <= day else None
        if law is None or (law.until is not None and day > law.until):
            return sets
        if not law.overlay:
            return [law, *sets[1:]]
        if any(each.name == law.name for each in sets):
            return [law if each.name == law.name else each for each in sets]
        return [*sets, law]

    def _together(self, sets: list[RuleSet]) -> Law:
        switches: dict[str, bool] = {}
        parameters: dict[str, int] = {}
        clocks: dict[str, Clock] = {}
        duties: dict[str, Duty] = {}
        warnings: tuple[int, ...] = ()
        indicators: dict[str, Indicator] = {}
        for each in sets:
            warnings = each.warnings or warnings
            switches |= each.switches
            parameters |= each.parameters
            clocks |= each.clocks
            duties |= each.duties
            indicators |= each.indicators
        names = tuple(each.name for each in sets)
        return Law(names, switches, parameters, clocks, self.calendar, duties, warnings, indicators)

    def adopting(self, adopted: RuleSet) -> "Rules":
        """The same rules with one set added or put in force anew."""
        return Rules([*self.versions, adopted], self.calendar, self.catalogue, self.shipped, self.supposed)

    def with_calendar(self, number: int, year: Year) -> "Rules":
        """The same rules with the calendar of one year adopted."""
        if self.supposed is not None and number in self.supposed.years:
            return self
        calendar = self.calendar.adopting(number, year)
        return Rules(self.versions, calendar, self.catalogue, self.shipped, self.supposed)

    def supposing(self, supposed: Supposed) -> "Rules":
        """The rules of a what-if."""
        calendar = Calendar({**self.calendar.years, **supposed.years})
        return Rules(self.versions, calendar, self.catalogue, self.shipped, supposed)


def parse_ruleset(text: str) -> RuleSet:
    """A rule set from its TOML. Raises `msgspec.DecodeError` or `ValidationError` with the field's path."""
    return msgspec.toml.decode(text, type=RuleSet)


def parse_catalogue(text: str) -> dict[str, FindingRule]:
    """The finding rules by id, from TOML. Raises as `parse_ruleset`."""
    return msgspec.toml.decode(text, type=dict[str, FindingRule])


class YearTable(Struct):
    """One year of a file of calendars."""

    version: str
    workdays: list[str]
    holidays: dict[str, list[str]]


def parse_calendars(text: str) -> Calendar:
    """Calendars from TOML: per year a version, make-up working days, and days off by the holiday's name, as MM-DD."""
    years = {}
    for number, table in msgspec.toml.decode(text, type=dict[str, YearTable]).items():
        off = {date.fromisoformat(f"{number}-{day}"): name for name, days in table.holidays.items() for day in days}
        on = frozenset(date.fromisoformat(f"{number}-{day}") for day in table.workdays)
        years[int(number)] = Year(version=table.version, holidays=off, workdays=on)
    return Calendar(years)


def content_hash(text: str) -> str:
    """What `ruleset.adopted` and `calendar.adopted` name their content by: `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
