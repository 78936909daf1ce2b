"""A unit's half year, evaluated from rows and proposed, beside what humans recorded and what was found (Art 18)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case, func, select

from domain.periods import Period
from domain.unit.state import Unit
from infra.questions import territory
from infra.questions.book import Book
from infra.questions.ledgers import Wanted, ledger
from projections import evaluation
from projections.cases import RaisedRow
from projections.evaluation import Measured
from projections.three_none import CAUTION, HIGH

Rates = Mapping[str, Mapping[str, Any]]
"""The rates of the unit and the period, with the items behind them or without."""
RATES = ("repeat_rate", "timely_acceptance_unit", "on_time_answer")


def evaluate(book: Book, unit: str, period: Period, rates: Rates) -> dict[str, Any] | None:
    """Metrics, points and their sum by the law of the period's last day. None where nobody knows the unit."""
    known = book.units.get(unit)
    if known is None:
        return None
    law = book.rules.on(period.last)
    lines = evaluation.lines(law.indicators, _measured(book, known, period, rates)) if law.indicators else []
    score, below = evaluation.score(lines), law.parameters.get("list_below")
    subject = f"evaluation:{unit.partition(':')[2]}:{period.name}"
    entries = ledger(book, "evaluation", Wanted(unit=unit, limit=None))
    return {
        **book.head(), "unit": unit, "unit_name": known.name, "period": period.name,
        "from": period.first.isoformat(), "to": period.last.isoformat(),
        "over": book.moment.date() > period.last, "ruleset": list(law.names), "lines": lines, "score": score,
        "of": sum(line["of"] for line in lines), "list_below": below,
        "listing_proposed": score is not None and below is not None and score < below,
        "proposal": {"type": "evaluation.scored.v1", "subject": subject, "data": evaluation.proposal(lines)}
        if lines else None,
        "recorded": next((each for each in (entries or {})["entries"] if each["subject"] == subject), None),
        "caution": CAUTION, "findings": _faults(book, unit, period), "outcomes": _outcomes(book, known, period),
    }  # fmt: skip


def _measured(book: Book, unit: Unit, period: Period, rates: Rates) -> dict[str, Measured]:
    """What can be measured: goings up by what occurs in the unit, rates by what it answers for."""
    told = {
        name: Measured(rates[name]["numerator"], rates[name]["denominator"], rates[name].get("denominator_items"))
        for name in RATES
    }
    beyond, collective = _beyond(book, unit, period), _collective(book, unit, period)
    return {
        **told, "beyond_to_province": Measured(len(beyond), None, beyond),
        "collective_to_city": Measured(len(collective), None, collective),
    }  # fmt: skip


def _beyond(book: Book, unit: Unit, period: Period) -> list[str]:
    """Visits to the province or Beijing past the proper level, and items registered there past it."""
    cases = book.tables.cases
    return sorted(
        [row.no for row in _raised(book, unit, period) if row.level in HIGH and row.beyond]
        + _registered_at(book, unit, period, HIGH, cases.c.skip_level == 1)
    )


def _collective(book: Book, unit: Unit, period: Period) -> list[str]:
    """Collective visits to the city, and those that its own units registered."""
    cases = book.tables.cases
    return sorted(
        [row.no for row in _raised(book, unit, period) if row.level == "city" and row.kind == "collective"]
        + _registered_at(book, unit, period, ("city",), cases.c.collective == 1, cases.c.channel == "visit")
    )


def _raised(book: Book, unit: Unit, period: Period) -> list[RaisedRow]:
    raised = book.tables.raised
    within = raised.c.day.between(period.first.isoformat(), period.last.isoformat())
    return [row for _, row in book.raised(territory.occurring(book, unit), within)]


def _registered_at(book: Book, unit: Unit, period: Period, levels: tuple[str, ...], *conditions: Any) -> list[str]:
    """Items of the unit that units of these levels registered in the period."""
    table = book.tables.cases
    there = [each.unit for each in book.units if each.level in levels]
    query = select(table.c.no).where(
        territory.occurring(book, unit), table.c.registered_by.in_(sorted(there)), *conditions,
        table.c.registered_on.between(period.first.isoformat(), period.last.isoformat()),
    )  # fmt: skip
    return [row[0] for row in book.select(query)]


def _faults(book: Book, unit: str, period: Period) -> dict[str, int]:
    """Findings against the unit and those below it that began in the period, by axis; duties stand on none."""
    table = book.tables.findings
    axis = func.coalesce(table.c.axis, "duties")
    query = (
        select(axis, func.count())
        .where(table.c.cleared_at == 0, table.c.unit.in_(sorted(book.units.below(unit))),
               table.c.since.between(period.first.isoformat(), period.last.isoformat()))
        .group_by(axis)
    )  # fmt: skip
    return {"A": 0, "B": 0, "duties": 0, **{row[0]: row[1] for row in book.select(query)}}


def _outcomes(book: Book, unit: Unit, period: Period) -> dict[str, int]:
    """What became of the items of the unit that were registered in the period."""
    table = book.tables.cases
    flags = (table.c.closed_on.is_not(None), table.c.resolved == 1, table.c.unit_score == "dissatisfied")
    query = select(func.count(), *(func.sum(case((flag, 1), else_=0)) for flag in flags)).where(
        territory.occurring(book, unit),
        table.c.registered_on.between(period.first.isoformat(), period.last.isoformat()),
    )
    row = book.select(query)[0]
    names = ("items", "closed", "resolved", "dissatisfied")
    return dict(zip(names, (int(number or 0) for number in row), strict=True))
