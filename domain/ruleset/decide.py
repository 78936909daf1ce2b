"""Adopting a rule set or a year's calendar: what is taken, and the rules after it."""

from datetime import date

import msgspec
from msgspec.structs import replace

from domain.calendar import Year
from domain.envelope import AnyAction, AnyEvent, Recorded, Rejected
from domain.rules.law import Rules, RuleSet, content_hash, parse_ruleset
from domain.ruleset.events import CalendarAdopted, RulesetAdopted


def decide(action: AnyAction, rules: Rules) -> Recorded | Rejected:
    """Takes content that is what its hash says; anything else is refused, so that a replay needs no file."""
    fact = action.data
    if isinstance(fact, RulesetAdopted):
        return _ruleset(fact, rules)
    return _calendar(fact)


def _ruleset(fact: RulesetAdopted, rules: Rules) -> Recorded | Rejected:
    if fact.content is None:
        if fact.name not in rules.shipped:
            message = f"no rule set {fact.name!r} ships with the product; send its TOML as content"
            return Rejected("missing-field", message, "$.data.content")
        return Recorded()
    if content_hash(fact.content) != fact.content_hash:
        message = f"the content's hash is {content_hash(fact.content)}"
        return Rejected("bad-value", message, "$.data.content_hash")
    try:
        parsed = parse_ruleset(fact.content)
    except msgspec.DecodeError as error:
        return Rejected("bad-value", f"the content is no rule set: {error}", "$.data.content")
    except RecursionError:
        return Rejected("bad-value", "the content is no rule set: brackets are nested too deeply", "$.data.content")
    if parsed.name != fact.name:
        return Rejected("bad-value", f"the content names itself {parsed.name!r}", "$.data.name")
    lacking = [] if parsed.overlay else sorted(_needed(rules) - _told(parsed))
    if lacking:
        message = f"a set that is no overlay holds alone, and this one lacks {', '.join(lacking)}"
        return Rejected("bad-value", message, "$.data.content")
    return Recorded()


def _needed(rules: Rules) -> set[str]:
    """What every shipped regulation tells: without it there are steps that nobody could judge."""
    return set.intersection(*(_told(each) for each in rules.shipped.values() if not each.overlay))


def _told(law: RuleSet) -> set[str]:
    return {*law.switches, *law.parameters, *law.clocks}


def _calendar(fact: CalendarAdopted) -> Recorded | Rejected:
    if fact.holidays is None or fact.workdays is None:
        message = "a calendar travels with its days: holidays (days off) and workdays (make-up days)"
        return Rejected("missing-field", message, "$.data.holidays" if fact.holidays is None else "$.data.workdays")
    if content_hash(calendar_text(fact.holidays, fact.workdays)) != fact.content_hash:
        message = f"the content's hash is {content_hash(calendar_text(fact.holidays, fact.workdays))}"
        return Rejected("bad-value", message, "$.data.content_hash")
    for path, days in (("holidays", fact.holidays), ("workdays", fact.workdays)):
        if any(day.year != fact.year for day in days):
            return Rejected("bad-value", f"a day lies outside {fact.year}", f"$.data.{path}")
    return Recorded()


def calendar_text(holidays: tuple[date, ...], workdays: tuple[date, ...]) -> str:
    """What a calendar's hash is taken over: `off` and `on` lines with sorted days."""
    off, on = (" ".join(day.isoformat() for day in sorted(days)) for days in (holidays, workdays))
    return f"off {off}\non {on}\n"


def evolve(rules: Rules, event: AnyEvent) -> Rules:
    """The rules after an adoption."""
    fact = event.data
    if isinstance(fact, CalendarAdopted) and fact.holidays is not None and fact.workdays is not None:
        off = dict.fromkeys(fact.holidays, "法定节假日")
        return rules.with_calendar(fact.year, Year(fact.version, off, frozenset(fact.workdays)))
    if isinstance(fact, RulesetAdopted):
        return rules.adopting(replace(_adopted(fact, rules), from_=fact.from_))
    return rules


def _adopted(fact: RulesetAdopted, rules: Rules) -> RuleSet:
    return parse_ruleset(fact.content) if fact.content is not None else rules.shipped[fact.name]
