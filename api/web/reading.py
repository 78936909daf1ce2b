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
TERMS = {
    "channel": "channel",
    "purpose": "purpose",
    "level": "level",
    "ground": "ground",
    "role": "role",
    "kind": "kind",
    "state": "state",
    "clock": "clock",
    "axis": "axis",
    "responsibility": "responsibility",
    "measure": "measure",
    "body": "body",
    "why": "custody",
    "warranties": "warranty",
}


def facts(case: dict[str, Any], timeline: dict[str, Any] | None) -> dict[str, Any]:
    """What the case says itself, else what its registration said."""
    events = (timeline or {}).get("events") or [{}]
    registered: dict[str, Any] = next((e for e in events if str(e.get("type")).startswith("petition.registered")), {})
    data = registered.get("data", {})
    known = {name: case[name] if case.get(name) is not None else data.get(name) for name in FACTS}
    known["registered_on"] = known["registered_on"] or registered.get("time")
    known["sealed"] = "personal" in data
    return known


def fields(page: Page, data: dict[str, Any]) -> list[tuple[str, str]]:
    """A map of an event as labelled lines."""
    return [(page.words(f"field.{name}"), said(page, name, value)) for name, value in data.items()]


def said(page: Page, name: str, value: Any) -> str:
    """One value in words; persons are counted, not named, and what is sealed stays so."""
    words = page.words
    if name == "personal" or (isinstance(value, dict) and "sealed" in value):
        return words("site.sealed")
    if name == "petitioners" and isinstance(value, list):
        return words("event.persons_hidden", n=len(value))
    if isinstance(value, bool):
        return words("site.yes" if value else "site.no")
    if isinstance(value, list):
        return ("、" if words.language == "zh" else ", ").join(said(page, name, v) for v in value) or words("site.none")
    if isinstance(value, dict):
        return "; ".join(f"{words(f'field.{k}')} {said(page, k, v)}" for k, v in value.items())
    if isinstance(value, str) and value.startswith("unit:"):
        return page.unit(value)
    if isinstance(value, str) and value.startswith("official:"):
        return page.official(value)
    if isinstance(value, str) and MOMENT.match(value):
        return moment(value)
    if isinstance(value, str) and value.startswith("person:"):
        return words("site.sealed")
    return words.term(TERMS[name], value) if name in TERMS else "" if value is None else str(value)


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


def about(page: Page, entry: dict[str, Any]) -> list[tuple[str, str]]:
    """What an entry of a ledger keeps beside, as labelled lines; nothing where it keeps nothing."""
    kept = {name: value for name, value in entry.items() if name not in EVERY_ENTRY and value not in (None, [], "")}
    return fields(page, kept)
