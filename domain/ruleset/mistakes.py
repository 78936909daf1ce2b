"""Is this text a rule set, or a calendar, that can be adopted? If not, every mistake in it, each at its place."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, get_args

import msgspec

from domain.calendar import Year
from domain.digits import digits
from domain.fact import Level
from domain.rules.law import Clock, Days, Duty, Indicator, Rules, RuleSet, YearTable
from domain.unit.events import Role, UnitKind

PARTS: dict[str, Any] = {"switches": bool, "parameters": Days, "clocks": Clock, "duties": Duty, "indicators": Indicator}
WORDS = {"levels": get_args(Level), "kinds": get_args(UnitKind), "roles": get_args(Role)}
BODIES = {"party_committee", "government", "joint_meeting"}
_AT = re.compile(r" - at `\$\.?(.*)`$")


class Mistake(NamedTuple):
    """`clocks.K5.days`: Expected `int` >= 0. The path is empty for a text that cannot be read at all."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}" if self.path else self.sentence


def read(text: str) -> dict[str, Any] | Mistake:
    """The tables of a text in TOML, or why it is none: the sentence names the line."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Mistake("", f"this is no TOML: {error}")
    except RecursionError:
        return Mistake("", "this is no TOML: brackets are nested too deeply")


def ruleset_of(text: str | Mapping[str, Any], rules: Rules) -> RuleSet | list[Mistake]:
    """The rule set that a text in TOML holds, or tables that were read already; or its mistakes."""
    told = read(text) if isinstance(text, str) else text
    if isinstance(told, Mistake):
        return [told]
    found = [*_shape(told)]
    if found:
        return found
    law = msgspec.convert(told, RuleSet)
    return [*_sense(law, rules)] or law


def _shape(told: Mapping[str, Any]) -> Iterator[Mistake]:
    """Types, units, words: each part for itself, so that its mistake is named with its place."""
    whole = {name: value for name, value in told.items() if name not in PARTS}
    yield from _converted(whole, RuleSet, "")
    for part, kind in PARTS.items():
        table = told.get(part, {})
        if not isinstance(table, Mapping):
            yield Mistake(part, "Expected a table")
            continue
        for name, value in table.items():
            yield from _converted(value, kind, f"{part}.{name}")


def _converted(value: Any, kind: Any, path: str) -> Iterator[Mistake]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        at = _AT.search(str(error))
        yield Mistake(".".join(filter(None, (path, at and at.group(1)))), _AT.sub("", str(error)))


def _sense(law: RuleSet, rules: Rules) -> Iterator[Mistake]:
    """What is well formed and means nothing: names that no step asks for, days that do not follow each other."""
    if law.until is not None and law.until < law.from_:
        yield Mistake("until", f"{law.until} lies before from, {law.from_}")
    for part in ("switches", "parameters", "clocks"):
        known = {name for each in rules.shipped.values() for name in getattr(each.law, part)}
        for name in getattr(law, part):
            if name not in known:
                yield Mistake(f"{part}.{name}", f"no step asks for it; known are {', '.join(sorted(known))}")
    for name, duty in law.duties.items():
        yield from _duty(f"duties.{name}", duty)
    if not law.overlay and (lacking := sorted(_needed(rules) - _told(law))):
        yield Mistake("overlay", f"a set that is no overlay holds alone, and this one lacks {', '.join(lacking)}")


def _duty(path: str, duty: Duty) -> Iterator[Mistake]:
    for field, known in WORDS.items():
        for word in getattr(duty, field):
            if word not in known:
                yield Mistake(f"{path}.{field}", f"{word!r} is none of {', '.join(known)}")
    if duty.rule == "D01" and duty.body not in BODIES:
        yield Mistake(f"{path}.body", f"D01 names the body that hears the report: {', '.join(sorted(BODIES))}")
    if duty.rule == "D07" and duty.owed_by is None:
        yield Mistake(f"{path}.owed_by", "D07 says whose reports are heard: convenors, group_leads")


def _needed(rules: Rules) -> set[str]:
    """What every shipped regulation tells: without it there are steps that nobody could judge."""
    return set.intersection(*(_told(each.law) for each in rules.shipped.values() if not each.law.overlay))


def _told(law: RuleSet) -> set[str]:
    return {*law.switches, *law.parameters, *law.clocks}


def calendars_of(text: str) -> dict[int, Year] | list[Mistake]:
    """The calendars that a text holds, by year: a version, make-up working days and days off by name, as MM-DD."""
    told = read(text)
    if isinstance(told, Mistake):
        return [told]
    found, years = [], {}
    for number, table in told.items():
        mistakes = [*_year(number, table)]
        found += mistakes
        if not mistakes:
            off = {_day(number, day): name for name, days in table["holidays"].items() for day in days}
            on = frozenset(_day(number, day) for day in table["workdays"])
            years[int(number)] = Year(version=table["version"], holidays=off, workdays=on)
    return found or years or [Mistake("", "it holds no year")]


def _year(number: str, table: Any) -> Iterator[Mistake]:
    if (digits(number, 2999) or 0) < 1979:
        yield Mistake(number, "is no year from 1979 to 2999")
        return
    wrong = [*_converted(table, YearTable, number)]
    if wrong:
        yield from wrong
        return
    named = [(f"{number}.holidays.{name}", day) for name, days in table["holidays"].items() for day in days]
    for path, day in [(f"{number}.workdays", day) for day in table["workdays"]] + named:
        if _day(number, day) is None:
            yield Mistake(path, f"{day!r} is no day of {number}; write MM-DD")
    for day in sorted({day for _, day in named} & {*table["workdays"]}):
        yield Mistake(f"{number}.workdays", f"{day} is a day off as well")


def _day(year: str, day: str) -> Any:
    try:
        return date.fromisoformat(f"{year}-{day}")
    except ValueError:
        return None
