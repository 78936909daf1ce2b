"""How much of a period did a unit stand, or an official hold a role? Duties are owed for whole periods only."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from domain.periods import Period
from domain.unit.state import Unit

Part = Literal["unit", "role", "contact_point", "conference"]
"""What did not stand, or was not held, on every day of a period."""
Span = Literal["whole", "part", "none"]
"""Of a period: every day of it, some, or none."""


def stood(unit: Unit, period: Period) -> Span:
    """Known to the log by then, and not ended; a unit that an import assumed owes nothing at any time."""
    return "none" if unit.assumed else spanning(max(unit.established_on, unit.known_on), unit.ended_on, period)


def held(unit: Unit, official: str, roles: tuple[str, ...], period: Period) -> Span:
    """Whether the official held one of the roles (without any: any role), maybe one after the other."""
    at, some = period.first, False
    for each in sorted(unit.roles, key=lambda each: each.since):
        if each.official != official or (roles and each.role not in roles):
            continue
        if each.on(at):
            if each.until is None or each.until > period.last:
                return "whole"
            at = each.until
        some = some or spanning(each.since, each.until, period) != "none"
    return "part" if some else "none"


def spanning(since: date, until: date | None, period: Period) -> Span:
    """How much of the period lies between a day and another, which is not in it any more."""
    if since > period.last or (until is not None and until <= period.first):
        return "none"
    return "whole" if since <= period.first and (until is None or until > period.last) else "part"


def first_part(spans: Mapping[Part, Span]) -> Part | None:
    """The first of them that is not whole."""
    return next((part for part, span in spans.items() if span != "whole"), None)
