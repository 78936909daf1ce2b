"""In what do two laws differ, and which rules does a difference concern? The why of every what-if."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from domain.petition.ruling import RULE_OF_CLOCK
from domain.rules.law import Law

Value = str | int | bool | list[str] | None


class Difference(Struct, frozen=True, omit_defaults=True):
    """`clocks.K5.days` was 60 and would be 45, under this article. None where a law does not know the thing at all."""

    what: str
    before: Value
    after: Value
    article: str | None = None


CONCERNS: dict[str, tuple[str, ...]] = {
    "parameters.supervise_days": ("F17",),
    "parameters.extension_max_days": ("F05", "F04"),
    "parameters.entry_hours": ("F13",),
    "parameters.passed_around_from": ("F14",),
    "parameters.collective_min_persons": ("F10",),
    "parameters.gathering_report_hours": ("F19",),
    "parameters.vacancy_days": ("D09",),
    "parameters.filing_days": ("D10",),
    "parameters.sponsor_days": ("D12",),
    "parameters.dispute_days": ("D14",),
    "parameters.interview_days": ("D15",),
    "switches.handling_limit_for_all": ("F04",),
    "switches.receipt_notice_counts": ("F02",),
    "switches.roll_last_day": tuple(RULE_OF_CLOCK.values()),
}
"""Rules that a parameter or a switch decides on. Those of a clock or a duty stand with it."""
FOLLOWS: dict[str, tuple[str, ...]] = {"F17": ("F04", "F08"), "F18": ("F04", "F02", "F01"), "F23": ("F04",)}
"""Rules that trip because another one did, or did not: what concerns that one concerns them."""


def differences(before: Law, after: Law) -> list[Difference]:
    """Everything that the two laws say differently, field by field."""
    found = [*_values("switches", before.switches, after.switches)]
    found += _values("parameters", before.parameters, after.parameters)
    found += _tables("clocks", before.clocks, after.clocks)
    found += _tables("duties", before.duties, after.duties)
    return found


def _values(part: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield Difference(f"{part}.{name}", before.get(name), after.get(name))


def _tables(part: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            was, becomes = (None if each is None else each.article for each in (old, new))
            yield Difference(f"{part}.{name}", was, becomes, becomes or was)
        elif old != new:
            told = asdict(new)
            for field, was in asdict(old).items():
                if was != told[field] and field not in ("zh", "en", "article"):
                    yield Difference(f"{part}.{name}.{field}", _plain(was), _plain(told[field]), new.article)


def _plain(value: Any) -> Value:
    return list(value) if isinstance(value, tuple) else value


def concerning(rule: str, found: Iterable[Difference], law: Law) -> list[Difference]:
    """Those of the differences that a rule rests on; all of them, where it rests on none by itself."""
    found = list(found)
    rules = {rule, *FOLLOWS.get(rule, ())}
    own = [each for each in found if rules & _rules_of(each, law)]
    return own or found


def about_clock(clock: str, found: Iterable[Difference]) -> list[Difference]:
    """Those of the differences by which a deadline of this clock ends on another day."""
    part = "parameters.supervise_days" if clock[0] == "S" else f"clocks.{clock}"
    wanted = (part, "switches.roll_last_day", "switches.handling_limit_for_all")
    return [each for each in found if each.what in wanted or each.what.startswith(part + ".")]


def _rules_of(each: Difference, law: Law) -> set[str]:
    part, name = each.what.split(".")[:2]
    if part == "clocks":
        return {RULE_OF_CLOCK[name]} if name in RULE_OF_CLOCK else set()
    if part == "duties":
        return {law.duties[name].rule} if name in law.duties else set()
    return set(CONCERNS.get(each.what, ()))
