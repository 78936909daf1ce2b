"""Which duties were owed for which period, which were done, by which acts, which missed? The judge is `owed`."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from domain.duty.owed import Owed, due_on
from domain.rules.law import FindingRule, Rules

STATES = ("done", "missed", "running", "not_owed")
"""`running` is owed, not done, and may still be done in time."""

LONGEST = 400
"""Days that one question may ask about: a year, from the beginning of its first month."""

NOT_OWED = {
    "unit": ("单位未存续整个周期", "the unit did not stand for the whole period"),
    "role": ("任职未满整个周期", "the role was not held for the whole period"),
    "contact_point": ("联系点在周期内才确定", "the contact point was set during the period"),
    "conference": (
        "联席会议、成员单位或专项小组未存续整个周期",
        "the conference, its member or its group was new or gone",
    ),
}
"""Why nothing was owed."""

Acts = Callable[[Owed], list[int]]
"""Positions of the events that show a duty to have been done."""


def state_of(owed: Owed, today: date, rules: Rules) -> str:
    """One of STATES, as of a day."""
    if owed.in_part is not None:
        return "not_owed"
    if owed.done:
        return "done"
    return "missed" if due_on(owed.duty, owed.period, rules) < today else "running"


def counted(states: Iterable[str]) -> dict[str, int]:
    """How many of each state, and how many were owed."""
    return summed(Counter(states))


def summed(numbers: Mapping[str, int]) -> dict[str, int]:
    """The same, of numbers by state."""
    told = {state: numbers.get(state, 0) for state in STATES}
    return {"owed": sum(told.values()) - told["not_owed"], **told}


def period_told(owed: Owed, state: str, acts: Acts, standing: frozenset[str]) -> dict[str, Any]:
    """One period of a duty: how it stands, on which days and by which events it was done, or what found it missing."""
    told: dict[str, Any] = {
        "period": owed.period.name, "first": owed.period.first.isoformat(), "last": owed.period.last.isoformat(),
        "state": state, "days": [day.isoformat() for day in owed.days], "evidence": acts(owed),
        "finding": owed.finding if owed.finding in standing else None,
    }  # fmt: skip
    if owed.in_part is not None:
        zh, en = NOT_OWED[owed.in_part]
        told["why"] = {"zh": zh, "en": en}
    return told


def duty_told(name: str, owed: Owed, rule: FindingRule) -> dict[str, Any]:
    """A duty of a unit or a leader, without its periods."""
    return {
        "duty": name, "rule": owed.duty.rule, "name": {"zh": rule.zh, "en": rule.en}, "article": owed.duty.article,
        "every": owed.duty.every, "times": owed.duty.times, "official": owed.official, "body": owed.body,
        "owed_by": owed.owed_by or owed.unit,
    }  # fmt: skip
