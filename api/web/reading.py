"""Answers made readable: what a page says of an item, and what an event holds. Personal fields never come through."""

from __future__ import annotations

import re
from typing import Any

from api.web.figures import instant, moment
from api.web.page import Page

FACTS = (
    "channel",
    "purpose",
    "category",
    "place",
    "persons",
    "about_unit",
    "anonymous",
    "joint_letter",
    "title",
    "registered_on",
    "registered_by",
)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T")
TERMS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in (
        "channel", "purpose", "level", "role", "kind", "state", "clock", "axis", "responsibility", "measure", "body",
        "outcome", "disposition", "solved", "view", "basis",
    )},
    "ground": ("ground", "supervision"), "why": ("custody",), "warranties": ("warranty",), "duty": ("warranty", "owed"),
    "deadline": ("clock",), "ended": ("clock",), "levels": ("level",), "detail": ("role", "body"),
}  # fmt: skip
"""Sections of the catalogue in which the codes of a field are named; all others stand in `said`."""


def facts(case: dict[str, Any], timeline: dict[str, Any] | None) -> dict[str, Any]:
    """What the case says itself, else what its registration said."""
    events = (timeline or {}).get("events") or [{}]
    registered: dict[str, Any] = next((e for e in events if str(e.get("type")).startswith("petition.registered")), {})
    data = registered.get("data", {})
    known = {name: case[name] if case.get(name) is not None else data.get(name) for name in FACTS}
    known["registered_on"] = known["registered_on"] or registered.get("time")
    known["sealed"] = "personal" in data
    return known


Lines = list[tuple[str, str | list[str]]]
"""What is told under labels: a text, or several lines."""


def fields(page: Page, data: dict[str, Any]) -> Lines:
    """A map of an event as labelled lines; a list of maps has a line for each."""
    return [(page.words(f"field.{name}"), _lines(page, name, value)) for name, value in data.items()]


def _lines(page: Page, name: str, value: Any) -> str | list[str]:
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return [said(page, name, each) for each in value]
    return said(page, name, value)


def said(page: Page, name: str, value: Any) -> str:
    """One value in words; persons are counted, not named, and what is sealed stays so."""
    words = page.words
    chinese = words.language == "zh"
    if name == "personal" or (isinstance(value, dict) and "sealed" in value):
        return words("site.sealed")
    if name == "petitioners" and isinstance(value, list):
        return words("event.persons_hidden", n=len(value))
    if isinstance(value, bool):
        return words("site.yes" if value else "site.no")
    if isinstance(value, list):
        return ("、" if chinese else ", ").join(said(page, name, v) for v in value) or words("site.none")
    if isinstance(value, dict):
        told = (f"{words(f'field.{k}')} {said(page, k, v)}" for k, v in value.items() if v not in (None, "", []))
        return ("，" if chinese else "; ").join(told)
    return _word(page, name, value) if isinstance(value, str) else "" if value is None else str(value)


def _word(page: Page, name: str, text: str) -> str:
    if text.startswith("unit:"):
        return page.unit(text)
    if text.startswith("official:"):
        return page.official(text)
    if text.startswith("person:"):
        return page.words("site.sealed")
    if text.startswith("petition:"):
        return text.removeprefix("petition:")
    if MOMENT.match(text):
        return moment(text)
    named = (page.words.term(section, text) for section in (*TERMS.get(name, ()), "said"))
    return next((word for word in named if word != text), text)


def late_entry(event: dict[str, Any], hours: int = 24) -> bool:
    """Whether an event was recorded long after it happened (F13's default of hours)."""
    happened, recorded = instant(event.get("time")), instant(event.get("recorded"))
    if not happened or not recorded:
        return False
    return (recorded - happened).total_seconds() > hours * 3600


EVERY_ENTRY = frozenset({
    "id", "subject", "state", "unit", "unit_name", "official", "official_name", "place", "opened_on", "due_on",
    "ended_on", "overdue", "petition", "evidence", "item", "title",
})  # fmt: skip
"""What entries of all ledgers say, in columns of their own."""


def about(page: Page, entry: dict[str, Any]) -> Lines:
    """What an entry of a ledger keeps beside, as labelled lines; nothing where it keeps nothing."""
    kept = {name: value for name, value in entry.items() if name not in EVERY_ENTRY and value not in (None, [], "", 0)}
    return fields(page, kept)
