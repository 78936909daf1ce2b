"""Which findings stand, who answers, and why? Rows of the read model, with the persons of the day added on reading."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Protocol

import msgspec
from sqlalchemy import func, select

from domain.envelope import AnyEvent, Finding
from domain.rules.answers import answers
from domain.rules.law import Rules
from domain.unit.state import Units
from infra.questions.book import Book
from infra.questions.days import within
from infra.questions.order import Order, Place, later
from infra.shipped import quoted
from projections.explain import finding_sentences
from projections.findings import StandingFinding, Step, standing, unpack_words
from projections.orders import Findings, split
from projections.sentences import sentence


class Knows(Protocol):
    """Whom a finding names, and the rules that it stands on: a book, or a judgement that is on no record."""

    @property
    def units(self) -> Units: ...
    @property
    def rules(self) -> Rules: ...


def told(standing: StandingFinding, book: Knows) -> dict[str, Any]:
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
        "state": standing.told_state,
        "appealed": standing.state == "appealed",
        "articles": [article for _, article in _articles(found, book)],
        "answers": [
            {"official": each.official, "name": each.name, "role": each.role, "responsibility": each.responsibility}
            for each in answers(found, book.units)
        ],
        "evidence": list(found.evidence),
        "explained": finding_sentences(standing, book.units, book.rules),
        "aggravated": found.aggravated,
        "attempt": found.attempt,
        "steps": [_step(step, book) for step in standing.steps],
        "decisions": [_step(step, book) for step in standing.decisions],
    }
    if found.late_by is not None:
        row["late_by_days"] = found.late_by
    if found.late_by:
        row["until"] = (found.since + timedelta(days=found.late_by - 1)).isoformat()
    if standing.cleared_at:
        row["cleared_at"] = standing.cleared_at
    return row


def facts(standing: StandingFinding, units: Units) -> dict[str, Any]:
    """What of a finding matters to somebody if it is otherwise."""
    found = standing.finding
    persons = [(each.official, each.role, each.responsibility) for each in answers(found, units)]
    return {
        "since": found.since.isoformat(), "late_by_days": found.late_by, "unit": found.unit, "ground": found.ground,
        "state": standing.told_state, "aggravated": found.aggravated, "reason": found.why,
        "answers": [dict(zip(("official", "role", "responsibility"), each, strict=True)) for each in persons],
    }  # fmt: skip


def _articles(found: Finding, book: Knows) -> list[tuple[str, str]]:
    """(rule set, article) of the rule under the sets in force on the day of the breach."""
    articles = book.rules.catalogue[found.rule].articles
    return [(name, article) for name in book.rules.on(found.since).names for article in articles.get(name, [])]


def _step(step: Step, book: Knows) -> dict[str, Any]:
    """What a human did: by whom, when, about whom, and what was said."""
    names = {f"{who}_name": book.units.official(id) for who in ("actor", "official") if (id := getattr(step, who))}
    return {**msgspec.to_builtins(step), **names}


def _standing(body: bytes) -> StandingFinding:
    """What the row of a finding that tripped holds."""
    found = standing(unpack_words(bytes(body)))
    assert found is not None, "a row that waits for the trip answers no question"
    return found


def of_subjects(book: Book, subjects: Iterable[str]) -> list[dict[str, Any]]:
    """Findings that stand on these subjects, by id."""
    return [told(each, book) for each in book.standings("subject", subjects) if not each.cleared_at]


def findings(
    book: Book,
    *,
    unit: str | None = None,
    rule: str | None = None,
    subject: str | None = None,
    official: str | None = None,
    axis: str | None = None,
    state: str | None = None,
    from_: date | None = None,
    to: date | None = None,
    place: str | None = None,
    division: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
    sort: Findings = "id",
) -> dict[str, Any]:
    """Findings that stand, by id or as asked. `unit` takes what is below it in; `official` asks who answers; `place` is
    the beginning of the code of the item's place, `division` that of the unit's.
    """
    table, cases = book.tables.findings, book.tables.cases
    conditions: list[Any] = [table.c.cleared_at == 0, *within(table.c.since, from_, to)]
    if place:
        items = select("petition:" + cases.c.no).where(cases.c.place.startswith(place, autoescape=True))
        conditions.append(table.c.subject.in_(items))
    if unit:
        conditions.append(table.c.unit.in_(sorted(book.units.below(unit))))
    if division:
        there = sorted(each.unit for each in book.units if each.division.startswith(division))
        conditions.append(table.c.unit.in_(there))
    for column, wanted in (("rule", rule), ("subject", subject), ("axis", axis), ("state", state)):
        if wanted:
            conditions.append(table.c[column] == wanted)
    name, _ = split(sort)
    order = Order(sort, (table.c.id,) if name == "id" else (table.c[name], table.c.id))
    if official:
        conditions.append(table.c.unit.in_(sorted({unit for unit, _ in book.units.offices(official)})))
        found = _answered_by(book, official, order, conditions)
        total, rest = len(found), later(found, sort, order.kinds, cursor)
    else:
        total = int(book.select(select(func.count()).select_from(table).where(*conditions))[0][0])
        rest = _in_order(book, order, [*conditions, *order.after(cursor)], limit and limit + 1)
    shown = rest[:limit] if limit else rest
    after = order.cursor(shown[-1][0]) if limit is not None and len(rest) > limit else None
    return {**book.head(), "total": total, "findings": [told(each, book) for _, each in shown], "next": after}


def _in_order(
    book: Book, order: Order, conditions: Iterable[Any], limit: int | None = None
) -> list[tuple[Place, StandingFinding]]:
    """Findings with their places in the order."""
    query = select(book.tables.findings.c.body, *order.columns).where(*conditions).order_by(*order.by).limit(limit)
    return [(tuple(place), _standing(body)) for body, *place in book.select(query)]


def _answered_by(
    book: Book, official: str, order: Order, conditions: Iterable[Any]
) -> list[tuple[Place, StandingFinding]]:
    """Those for which this official answers in person, which is known from the roles of the day."""
    found = _in_order(book, order, conditions)
    return [each for each in found if any(a.official == official for a in answers(each[1].finding, book.units))]


def explain(book: Book, id: str) -> dict[str, Any] | None:
    """One finding with everything that is known of it, cleared ones too."""
    standing = _of_id(book, id)
    if standing is None:
        return None
    row = told(standing, book)
    return {**book.head(), **row, "zh": row["explained"]["zh"], "en": row["explained"]["en"]}


def finding(book: Book, id: str) -> dict[str, Any] | None:
    """One finding on one page: the rule and its articles, the evidence, the officials of that day, who decided what."""
    standing = _of_id(book, id)
    if standing is None:
        return None
    found = standing.finding
    return {
        **book.head(),
        **told(standing, book),
        "text": book.rules.catalogue[found.rule].text,
        "law": [_quoted(name, article) for name, article in _articles(found, book)],
        "events": [_event(book, event) for at in found.evidence if (event := book.entry(at)) is not None],
        "officials": _officials(found, book),
        "history": [{**_once(each, book), "cleared_at": each.cleared_at} for each in standing.former],
    }


def _of_id(book: Book, id: str) -> StandingFinding | None:
    return next(iter(book.standings("id", [id])), None)


def _quoted(ruleset: str, article: str) -> dict[str, str]:
    return {"article": article, "ruleset": ruleset, **quoted(article)}


def _event(book: Book, event: AnyEvent) -> dict[str, Any]:
    """What the evidence says, in a sentence."""
    return {
        "position": event.position, "type": event.type, "subject": event.subject, "time": event.time.isoformat(),
        "actor": event.actor, "actor_name": book.units.official(event.actor), "unit": event.unit,
        "unit_name": book.units.name(event.unit) if event.unit else None, "sentence": sentence(event, book.units),
    }  # fmt: skip


def _officials(found: Finding, book: Book) -> dict[str, Any]:
    """Who held which role in the unit on the day that counts."""
    day, unit = found.on or found.since, book.units.get(found.unit)
    held = [role for role in unit.roles if role.on(day)] if unit else []
    return {
        "on": day.isoformat(),
        "roles": [
            {"official": each.official, "name": each.name, "role": each.role, "since": each.since.isoformat()}
            for each in held
        ],
    }


def _once(standing: StandingFinding, book: Book) -> dict[str, Any]:
    """How a finding stood before it was cleared: its evidence is kept, and what humans had made of it."""
    found = standing.finding
    return {
        "raised_at": standing.raised_at, "since": found.since.isoformat(), "state": standing.told_state,
        "evidence": list(found.evidence), "steps": [_step(step, book) for step in standing.steps],
    }  # fmt: skip
