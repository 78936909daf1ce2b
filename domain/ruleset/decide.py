"""Adopting a rule set or a year's calendar: what is taken, and the rules after it."""

from datetime import date

from msgspec.structs import replace

from domain.calendar import Year
from domain.envelope import AnyAction, AnyEvent, Recorded, Rejected
from domain.rules.law import Rules, RuleSet, content_hash, parse_ruleset
from domain.ruleset.events import CalendarAdopted, RulesetAdopted
from domain.ruleset.mistakes import ruleset_of


def decide(action: AnyAction, rules: Rules) -> Recorded | Rejected:
    """Takes content that is what its hash says; anything else is refused, so that a replay needs no file."""
    fact = action.data
    if isinstance(fact, RulesetAdopted):
        return _ruleset(fact, rules)
    return _calendar(fact)


def _ruleset(fact: RulesetAdopted, rules: Rules) -> Recorded | Rejected:
    if fact.content is None:
        return _shipped(fact, rules)
    if content_hash(fact.content) != fact.content_hash:
        return _other_hash(content_hash(fact.content))
    told = ruleset_of(fact.content, rules)
    if isinstance(told, list):
        return Rejected("bad-value", f"the content is no rule set: {told[0]}", "$.data.content")
    if told.name != fact.name:
        return Rejected("bad-value", f"the content names itself {told.name!r}", "$.data.name")
    return Recorded()


def _shipped(fact: RulesetAdopted, rules: Rules) -> Recorded | Rejected:
    """By its name alone, where the sender means the very text that ships here."""
    shipped = rules.shipped.get(fact.name)
    if shipped is None:
        message = f"no rule set {fact.name!r} ships with the product; send its TOML as content"
        return Rejected("missing-field", message, "$.data.content")
    return Recorded() if shipped.content_hash == fact.content_hash else _other_hash(shipped.content_hash)


def _other_hash(found: str) -> Rejected:
    return Rejected("bad-value", f"the content's hash is {found}", "$.data.content_hash")


def _calendar(fact: CalendarAdopted) -> Recorded | Rejected:
    if fact.holidays is None or fact.workdays is None:
        message = "a calendar travels with its days: holidays (days off) and workdays (make-up days)"
        return Rejected("missing-field", message, "$.data.holidays" if fact.holidays is None else "$.data.workdays")
    if content_hash(calendar_text(fact.holidays, fact.workdays)) != fact.content_hash:
        return _other_hash(content_hash(calendar_text(fact.holidays, fact.workdays)))
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
    return parse_ruleset(fact.content) if fact.content is not None else rules.shipped[fact.name].law
