"""Which rules are in force on a day: sets, limits, duties, indicators, what trips a finding, and what the law says."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from domain.codec import decode_event
from domain.rules.law import Law, Rules, RuleSet
from infra.questions.book import Book
from infra.shipped import quoted

KINDS = ("clocks", "duties", "indicators", "parameters", "switches")


def rules(book: Book, on: date | None = None) -> dict[str, Any]:
    """The law of a day, today by default: each limit with the set it is of, each finding rule with its articles."""
    day = on or book.moment.date()
    law, known = book.rules.on(day), book.rules
    sets = [_set(each, law) for each in known.versions]
    rows: dict[str, list[dict[str, Any]]] = {kind: _rows(kind, law, known, day) for kind in KINDS}
    findings = [
        {"rule": name, "name": {"zh": each.zh, "en": each.en}, "text": each.text, "axis": each.axis,
         "ground": each.ground,
         "articles": [article for ruleset in law.names for article in each.articles.get(ruleset, [])]}
        for name, each in known.catalogue.items()
    ]  # fmt: skip
    named = [row["article"] for kind in ("clocks", "duties", "indicators") for row in rows[kind]]
    for each in known.catalogue.values():
        named += [article for ruleset in law.names for article in each.articles.get(ruleset, [])]
    texts = {article: said for article in sorted(set(named)) if (said := quoted(article))}
    return {**book.head(), "on": day.isoformat(), "sets": sets, **rows, "warnings": list(law.warnings),
            "findings": findings, "articles": texts, "adopted": _adopted(book)}  # fmt: skip


def _set(each: RuleSet, law: Law) -> dict[str, Any]:
    return {
        "name": each.name, "title": {"zh": each.zh, "en": each.en}, "from": each.from_.isoformat(),
        "until": each.until.isoformat() if each.until else None, "overlay": each.overlay,
        "in_force": each.name in law.names,
    }  # fmt: skip


def _rows(kind: str, law: Law, known: Rules, day: date) -> list[dict[str, Any]]:
    """Each entry of the law with its name and the last set in force that says so."""
    entries: Mapping[str, Any] = getattr(law, kind)
    rows = []
    for name, value in entries.items():
        said = msgspec.to_builtins(value) if isinstance(value, msgspec.Struct) else {"value": value}
        rows.append({"id": name, "ruleset": _of(kind, name, law, known, day), **said})
    return rows


def _of(kind: str, name: str, law: Law, known: Rules, day: date) -> str | None:
    """The version in force is the last that began by the day."""
    saying = (
        each.name for ruleset in reversed(law.names)
        for each in sorted(known.versions, key=lambda each: each.from_, reverse=True)
        if each.name == ruleset and each.from_ <= day and name in getattr(each, kind)
    )  # fmt: skip
    return next(saying, None)


def _adopted(book: Book) -> list[dict[str, Any]]:
    """Which sets a human put in force, by which event."""
    events = [decode_event(e.type, e.body, e.position) for e in book.log.of_kind("ruleset", upto=book.position)]
    return [
        {"position": each.position, "name": each.data.name, "from": each.data.from_.isoformat(),
         "recorded": each.recorded.isoformat(), "actor": each.actor}
        for each in events if hasattr(each.data, "name")
    ]  # fmt: skip
