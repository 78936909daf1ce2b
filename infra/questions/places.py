"""The three-none board (三无, Art 12) by township and village, beside findings and outcomes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from infra.questions import territory
from infra.questions.book import Book
from projections.ledgers.entry import unpack_entry
from projections.three_none import CAUTION, INDICATORS, Went, three_none

LEVELS = {"township": 9, "village": 12}
"""Digits of a place's code."""


def board(book: Book, unit: str | None, from_: date, to: date) -> dict[str, Any] | None:
    """All townships of a unit's division, and the villages that items name. None where nobody knows the unit."""
    asked = book.units.get(unit)
    if unit is not None and asked is None:
        return None
    within = territory.within(asked) if asked else ""
    went = _went(book, within, from_, to)
    return {
        **book.head(), "unit": unit, "from": from_.isoformat(), "to": to.isoformat(),
        "indicators": {name: {"zh": zh, "en": en} for name, (zh, en) in INDICATORS.items()}, "caution": CAUTION,
        "places": [row for level in LEVELS for row in _places(book, level, within, went, from_, to)],
    }  # fmt: skip


def _places(
    book: Book, level: str, within: str, went: Iterable[Went], from_: date, to: date
) -> list[dict[str, Any]]:  # fmt: skip
    """By code, never by number: a board is no rank."""
    digits = LEVELS[level]
    told = three_none(went, digits)
    outcomes, faults = _outcomes(book, digits, within, from_, to), _faults(book, digits, within, from_, to)
    seats = {each.division for each in book.units if each.level == level and each.division.startswith(within)}
    none: dict[str, list[str]] = {name: [] for name in INDICATORS}
    rows = []
    for place in sorted(seats | set(told) | set(outcomes)):
        if level == "village" and len(place) < digits:
            continue  # told among the townships
        indicators = told.get(place, none)
        rows.append({
            "place": place, "name": book.units.place(place), "level": level if len(place) >= digits else "above",
            "indicators": {name: {"count": len(nos), "items": nos} for name, nos in indicators.items()},
            "three_none": not any(indicators.values()),
            "findings": faults.get(place, {"A": 0, "B": 0}),
            "outcomes": outcomes.get(place, dict.fromkeys(OUTCOMES, 0)),
        })  # fmt: skip
    return rows


def _went(book: Book, within: str, from_: date, to: date) -> list[Went]:
    table, cases = book.tables.ledgers, book.tables.cases
    query = (
        select(table.c.body, func.coalesce(cases.c.first, cases.c.no), cases.c.place)
        .join(cases, cases.c.no == table.c.petition)
        .where(table.c.ledger.in_(("raised", "incident")), territory.at(book, within),
               table.c.opened_on.between(from_.isoformat(), to.isoformat()))
        .order_by(table.c.opened_on, table.c.position)
    )  # fmt: skip
    told = ((unpack_entry(bytes(body)), matter, place) for body, matter, place in book.select(query))
    return [
        Went(entry.petition or "", matter, place, entry.about["kind"], entry.about.get("level"),
             entry.about.get("beyond", False))
        for entry, matter, place in told
    ]  # fmt: skip


OUTCOMES = ("items", "resolved", "dissatisfied", "late")


def _outcomes(book: Book, digits: int, within: str, from_: date, to: date) -> dict[str, dict[str, int]]:
    """What became of the items registered in the time, by place."""
    table = book.tables.cases
    place = func.substr(table.c.place, 1, digits)
    flags = (table.c.resolved == 1, table.c.unit_score == "dissatisfied", table.c.late > 0)
    query = (
        select(place, func.count(), *(func.sum(case((flag, 1), else_=0)) for flag in flags))
        .where(territory.at(book, within), table.c.registered_on.between(from_.isoformat(), to.isoformat()))
        .group_by(place)
    )
    return {row[0]: dict(zip(OUTCOMES, map(int, row[1:]), strict=True)) for row in book.select(query)}


def _faults(book: Book, digits: int, within: str, from_: date, to: date) -> dict[str, dict[str, int]]:
    """Findings on items of each place that began in the time: who caused it (A), who handled it badly (B)."""
    table, cases = book.tables.findings, book.tables.cases
    place = func.substr(cases.c.place, 1, digits)
    query = (
        select(place, table.c.axis, func.count())
        .select_from(table.join(cases, cases.c.no == func.substr(table.c.subject, 10)))
        .where(table.c.subject.startswith("petition:"), table.c.cleared_at == 0, table.c.axis.is_not(None),
               table.c.since.between(from_.isoformat(), to.isoformat()), territory.at(book, within))
        .group_by(place, table.c.axis)
    )  # fmt: skip
    told: dict[str, dict[str, int]] = {}
    for found_at, axis, number in book.select(query):
        told.setdefault(found_at, {"A": 0, "B": 0})[axis] = number
    return told
