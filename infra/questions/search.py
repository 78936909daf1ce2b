"""Find items by words of their title and by what is known of them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import false, func, or_, select

from infra.parts import parts
from infra.questions import territory
from infra.questions.book import Book
from infra.questions.days import within
from infra.questions.goings_up import KINDS
from infra.questions.order import Order, day
from projections.cases import CaseRow
from projections.orders import Items, split
from projections.titles import phrases

ONLY: dict[str, Callable[[Any], Any]] = {
    "first_time": lambda c: c.first.is_(None), "repeat": lambda c: c.first.is_not(None),
    "skip_level": lambda c: c.skip_level == 1, "collective": lambda c: c.collective == 1,
    "closed": lambda c: c.closed_on.is_not(None), "dissatisfied": lambda c: c.unit_score == "dissatisfied",
}  # fmt: skip
"""Kinds of items that are counted: what is counted can be listed."""


def search(
    book: Book, q: str = "", *, unit: str | None = None, state: str | None = None, category: str | None = None,
    place: str | None = None, channel: str | None = None, purpose: str | None = None, late: bool | None = None,
    registered_by: str | None = None, month: str | None = None, of: str | None = None, from_: date | None = None,
    to: date | None = None, closed: str | None = None, only: str | None = None, limit: int = 50,
    cursor: str | None = None, sort: Items = "-registered_on",
) -> dict[str, Any]:  # fmt: skip
    """Newest first, or as asked. `unit` takes what is below it in; `place` is the beginning of a code, `month` that of
    the day of registration, `closed` that of closing; `of` asks for what occurs in a unit (属地、属事). Where `only`
    names goings up, the days and the month are those on which the items went up.
    """
    table = book.tables.cases
    conditions: list[Any] = _occurring(book, of)
    if only in KINDS:
        conditions.append(table.c.no.in_(_gone_up(book, only, _days(book.tables.raised.c.day, from_, to, month))))
    else:
        conditions += _days(table.c.registered_on, from_, to, month)
        conditions += [ONLY[only](table.c)] if only else []
    if closed:
        conditions.append(table.c.closed_on.startswith(closed, autoescape=True))
    if unit:
        conditions.append(table.c.unit.in_(sorted(book.units.below(unit))))
    if registered_by:
        conditions.append(table.c.registered_by.in_(sorted(book.units.below(registered_by))))
    if state in ("open", "resolved"):
        conditions.append(table.c.over == 0 if state == "open" else table.c.resolved == 1)
        state = None
    for column, value in (("state", state), ("category", category), ("channel", channel), ("purpose", purpose)):
        if value:
            conditions.append(table.c[column] == value)
    if place:
        conditions.append(table.c.place.startswith(place, autoescape=True))
    if late is not None:
        conditions.append(table.c.late > 0 if late else table.c.late == 0)
    if q:
        conditions.append(_matching(book, q))
    total = book.select(select(func.count()).select_from(table).where(*conditions))[0][0]
    order = _order(table, sort)
    places = book.select(
        select(*order.columns).where(*conditions, *order.after(cursor)).order_by(*order.by).limit(limit + 1)
    )
    after = order.cursor(tuple(places[limit - 1])) if len(places) > limit else None
    return {
        **book.head(),
        "total": total,
        "petitions": _rows(book, [place[-1] for place in places[:limit]]),
        "next": after,
    }


def items(book: Book, nos: Sequence[str]) -> dict[str, Any]:
    """Items by their numbers, in that order, as a list tells them; what is not his to see, a reader is not told."""
    rows = _rows(book, nos)
    return {**book.head(), "total": len(rows), "petitions": rows, "next": None}


def _rows(book: Book, nos: Sequence[str]) -> list[dict[str, Any]]:
    """Items in the order of their numbers as given. Which they are an index alone tells; only these rows are read."""
    told = {row.no: row for part in parts(nos) for row in book.cases(book.tables.cases.c.no.in_(part))}
    return [_told(book, told[no]) for no in nos if no in told]


def _days(day: Any, from_: date | None, to: date | None, month: str | None) -> list[Any]:
    return [*within(day, from_, to), *([day.startswith(month, autoescape=True)] if month else [])]


def _gone_up(book: Book, kind: str, days: list[Any]) -> Any:
    """NOs of the items that went up so on these days."""
    raised = book.tables.raised
    return select(raised.c.no).where(KINDS[kind](raised.c), *days)


def _occurring(book: Book, unit: str | None) -> list[Any]:
    known = book.units.get(unit) if unit else None
    return [] if unit is None else [false() if known is None else territory.occurring(book, known)]


def _order(table: Any, sort: Items) -> Order:
    name, _ = split(sort)
    return Order(sort, (day(table.c.due_on, sort) if name == "due_on" else table.c[name], table.c.no))


def _matching(book: Book, q: str) -> Any:
    table = book.tables.cases
    wanted = phrases(q)
    by_no = table.c.no.startswith(q.strip().removeprefix("petition:"), autoescape=True)
    if not wanted:
        return by_no
    return or_(table.c.no.in_(book.among(book.titled(wanted))), by_no)


def _told(book: Book, row: CaseRow) -> dict[str, Any]:
    return {
        "no": row.no, "title": row.title, "state": row.state, "unit": row.unit, "unit_name": book.units.name(row.unit),
        "registered_on": row.registered_on, "channel": row.channel, "purpose": row.purpose, "category": row.category,
        "place": row.place, "persons": row.persons, "repeat_number": row.repeat_number,
        "collective": bool(row.collective), "due_on": row.due_on, "late": row.late > 0, "resolved": bool(row.resolved),
    }  # fmt: skip
