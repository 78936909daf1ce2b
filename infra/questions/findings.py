"""Which findings stand, who answers, and why? Rows of the read model, with the persons of the day added on reading."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from domain.rules.answers import answers
from infra.questions.book import Book
from projections.explain import finding_sentences
from projections.findings import Standing, standing, unpack_words


def told(standing: Standing, book: Book) -> dict[str, Any]:
    """A finding as JSON (contract section 7)."""
    found = standing.finding
    rule = book.rules.catalogue[found.rule]
    row: dict[str, Any] = {
        "id": found.id,
        "rule": found.rule,
        "name": {"zh": rule.zh, "en": rule.en},
        "subject": found.subject,
        "unit": found.unit,
        "unit_name": book.units.name(found.unit),
        "axis": found.axis,
        "ground": found.ground,
        "since": found.since.isoformat(),
        "state": standing.state,
        "articles": [a for name in book.rules.on(found.since).names for a in rule.articles.get(name, [])],
        "answers": [
            {"official": each.official, "name": each.name, "role": each.role, "responsibility": each.responsibility}
            for each in answers(found, book.units)
        ],
        "evidence": list(found.evidence),
        "explained": finding_sentences(found, book.units, book.rules),
        "aggravated": found.aggravated,
        "attempt": found.attempt,
        "steps": [
            {"position": step.position, "type": step.type, "on": step.on, "actor": step.actor}
            for step in standing.steps
        ],
    }
    if found.late_by is not None:
        row["late_by_days"] = found.late_by
    if standing.cleared_at:
        row["cleared_at"] = standing.cleared_at
    return row


def _standing(body: bytes) -> Standing:
    """What the row of a finding that tripped holds."""
    found = standing(unpack_words(bytes(body)))
    assert found is not None, "a row that waits for the trip answers no question"
    return found


def of_subjects(book: Book, subjects: Iterable[str]) -> list[dict[str, Any]]:
    table = book.tables.findings
    query = (
        select(table.c.body).where(table.c.subject.in_(list(subjects)), table.c.cleared_at == 0).order_by(table.c.id)
    )
    return [told(_standing(row[0]), book) for row in book.select(query)]


def findings(
    book: Book,
    *,
    unit: str | None = None,
    rule: str | None = None,
    subject: str | None = None,
    official: str | None = None,
    axis: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Findings that stand, by id. `unit` takes what is below it in; `official` asks who answers."""
    table = book.tables.findings
    query = select(table.c.body).where(table.c.cleared_at == 0)
    if unit:
        query = query.where(table.c.unit.in_(sorted(book.units.below(unit))))
    for column, wanted in (("rule", rule), ("subject", subject), ("axis", axis), ("state", state)):
        if wanted:
            query = query.where(table.c[column] == wanted)
    if official:
        query = query.where(table.c.unit.in_(sorted({unit for unit, _ in book.units.offices(official)})))
    found = [_standing(row[0]) for row in book.select(query.order_by(table.c.id))]
    if official:
        found = [each for each in found if any(a.official == official for a in answers(each.finding, book.units))]
    total = len(found)
    later = [each for each in found if each.finding.id > cursor] if cursor else found
    rows = [told(each, book) for each in (later[:limit] if limit else later)]
    more = limit is not None and len(later) > limit
    return {**book.head(), "total": total, "findings": rows, "next": rows[-1]["id"] if more else None}


def explain(book: Book, id: str) -> dict[str, Any] | None:
    """One finding with everything that is known of it, cleared ones too."""
    table = book.tables.findings
    rows = book.select(select(table.c.body).where(table.c.id == id, table.c.raised_at > 0))
    if not rows:
        return None
    row = told(_standing(rows[0][0]), book)
    return {**book.head(), **row, "zh": row["explained"]["zh"], "en": row["explained"]["en"]}
