"""What comes due, and what is overdue already? From the rows of running deadlines."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import case, func, select, tuple_

from domain.envelope import day_of
from infra.parts import parts
from infra.questions.book import Book
from infra.questions.counted import Counted
from infra.questions.order import Order, Place, cursor_of, later, place_of
from projections.cases import DueRow
from projections.due import Alike, Day, alike, due, grouped, overdue
from projections.orders import Due, split


def day_asked(as_of: datetime | None) -> date | None:
    """The local day of a time; of one so far off that it has none, the first or the last there is."""
    try:
        return day_of(as_of) if as_of is not None else None
    except OverflowError:
        return date.min if as_of is not None and as_of.year == date.min.year else date.max


class Asked(NamedTuple):
    """Which running deadlines are asked for."""

    unit: str | None = None
    """Takes what is below it in."""
    handler: str | None = None
    span: str | None = None
    """One of SPANS."""


SPANS = ("missed", "today", "week")
"""What of the list may be asked for: overdue, or not overdue and due on the day, or by the end of its week."""


def coming_now(book: Book, counted: Counted) -> dict[str, Any]:
    """The same of the whole record on the newest event's day, from what is counted."""
    today = book.moment.date()
    ends = counted.tally.coming(today.isoformat(), _sunday(today).isoformat())
    counts = dict(zip(SPANS, ends, strict=True))
    return {**book.head(), "on": today.isoformat(), "until": _sunday(today).isoformat(), **counts}


def coming(book: Book, on: date | None) -> dict[str, Any]:
    """How many limits are overdue on a day, end on it, and end by Sunday of its week; by default the newest event's."""
    due, today = book.tables.due, on or book.moment.date()
    late = overdue(due.c, today.isoformat())
    until = {"today": today, "week": _sunday(today)}
    spans = {name: ~late & (due.c.due_on <= last.isoformat()) for name, last in until.items()}
    query = select(*(func.sum(case((each, 1), else_=0)) for each in (late, *spans.values())))
    counts = dict(zip(SPANS, (int(number or 0) for number in book.select(query)[0]), strict=True))
    return {**book.head(), "on": today.isoformat(), "until": until["week"].isoformat(), **counts}


def _sunday(day: date) -> date:
    """The last day of its week; of the last week that there is, the last day that there is."""
    return day + timedelta(days=min(6 - day.weekday(), (date.max - day).days))


def due_sums(book: Book, asked: Asked, on: date | None) -> dict[str, Any]:
    """How many run as they stand on a day (the newest event's where none is given), how many are missed, by unit and
    handler; whatever span is asked for. `totals` tells how many are in each span, and under None how many run.
    """
    day = Day(on or book.moment.date(), book.rules, book.units)
    table = book.tables.due
    columns = [table.c[name] for name in Alike._fields]
    query = select(*columns, func.count()).where(*_owed(book, asked)).group_by(*columns)
    counts = {limit: row[-1] for row in book.select(query) if _his(limit := Alike._make(row[:-1]), asked, day)}
    head = {**book.head(), "on": day.today.isoformat(), "unit": asked.unit, "handler": asked.handler}
    return {
        **head, "warning_steps": list(day.steps),
        "totals": {span: sum(n for limit, n in counts.items() if _within(limit, span, day)) for span in (None, *SPANS)},
        "missed": sum(number for limit, number in counts.items() if day[limit].missed),
        "groups": grouped(counts, day),
    }  # fmt: skip


def due_page(
    book: Book, asked: Asked, on: date | None, limit: int, cursor: str | None, sort: Due = "due_on"
) -> dict[str, Any]:
    """A part of the list, the earliest first or as asked."""
    day, ask = (
        Day(on or book.moment.date(), book.rules, book.units),
        _by_day if split(sort)[0] == "due_on" else _worked_out,
    )
    rows, after = ask(book, asked, day, limit, cursor, sort)
    titles = {row.no: row.title for part in parts([row.subject[9:] for row in rows]) for row in _titled(book, part)}
    return {"due": [due(row, titles[row.subject[9:]], day) for row in rows], "next": after}


def _titled(book: Book, nos: list[str]) -> Sequence[Any]:
    cases = book.tables.cases
    return book.select(select(cases.c.no, cases.c.title).where(cases.c.no.in_(nos)))


Page = tuple[list[DueRow], str | None]


def _by_day(book: Book, asked: Asked, day: Day, limit: int, cursor: str | None, sort: Due) -> Page:
    """By the last day, as an index has them."""
    table = book.tables.due
    order = Order(sort, (table.c.due_on, table.c.subject, table.c.clock, table.c.started))
    query = select(*table.c).where(*_owed(book, asked), *_ends(table, asked.span, day)).order_by(*order.by)
    rows, after = list[DueRow](), cursor
    while True:  # who handles an item answers for what his own unit owes alone, which no column tells
        found = [DueRow._make(row) for row in book.select(query.where(*order.after(after)).limit(limit + 1))]
        rows += [row for row in found if _his(alike(row), asked, day)]
        if len(found) <= limit or len(rows) > limit:
            break
        after = order.cursor(_day_place(found[-1]))
    more = len(rows) > limit
    return rows[:limit], order.cursor(_day_place(rows[limit - 1])) if more else None


def _day_place(row: DueRow) -> Place:
    return row.due_on, row.subject, row.clock, row.started


def _worked_out(book: Book, asked: Asked, day: Day, limit: int, cursor: str | None, sort: Due) -> Page:
    """In an order that is counted on the day asked about: limits that are alike stand together, so it is counted for
    each kind, and only as many rows are read as there is room for.
    """
    conditions, down = [*_owed(book, asked), *_ends(book.tables.due, asked.span, day)], split(sort)[1]
    kinds = _kinds(book, asked, day, conditions, sort)
    made_of = [int if split(sort)[0] == "percent" else str, str, str, str, int]
    begins = place_of(cursor, sort, made_of)[0] if cursor else None
    values = [
        each for each in sorted(kinds, reverse=down) if begins is None or (each <= begins if down else each >= begins)
    ]
    placed = list[tuple[Place, DueRow]]()
    while values and len(placed) <= limit:
        some, number = set[Alike](), 0
        while values and number <= limit:
            value = values.pop(0)
            number += sum(kinds[value].values())
            some |= kinds[value].keys()
        places = [(_place(row, sort, day), row) for row in _those(book, some, conditions)]
        placed += later(places, sort, made_of, cursor)
    after = cursor_of(sort, placed[limit - 1][0]) if len(placed) > limit else None
    return [row for _, row in placed[:limit]], after


def _kinds(book: Book, asked: Asked, day: Day, conditions: list[Any], sort: Due) -> dict[Any, dict[Alike, int]]:
    """By what the list is ordered by first, which limits there are, and how many are alike."""
    kinds, columns = dict[Any, dict[Alike, int]](), [book.tables.due.c[name] for name in Alike._fields]
    for *columns_of, number in book.select(select(*columns, func.count()).where(*conditions).group_by(*columns)):
        limit = Alike._make(columns_of)
        if _his(limit, asked, day):
            kinds.setdefault(_first(limit, sort, day), {})[limit] = number
    return kinds


def _those(book: Book, limits: set[Alike], conditions: list[Any]) -> Iterator[DueRow]:
    table = book.tables.due
    keys = sorted({(limit.owed_by, limit.due_on) for limit in limits})
    for part in parts(keys):
        owed = tuple_(table.c.owed_by, table.c.due_on).in_(part)
        rows = map(DueRow._make, book.select(select(*table.c).where(owed, *conditions)))
        yield from (row for row in rows if alike(row) in limits)


def _first(limit: Alike, sort: Due, day: Day) -> int | str:
    return day[limit].percent if split(sort)[0] == "percent" else day[limit].owed_by


def _place(row: DueRow, sort: Due, day: Day) -> Place:
    return _first(alike(row), sort, day), row.due_on, row.subject[9:], row.clock, row.started


def _owed(book: Book, asked: Asked) -> list[Any]:
    table, conditions = book.tables.due, list[Any]()
    if asked.unit is not None:
        members = book.units.below(asked.unit)
        owing = [each.unit for each in book.units if book.units.answering(each.unit) in members]
        conditions.append(table.c.owed_by.in_(sorted({*owing, *members})))
    return [*conditions, table.c.handler == asked.handler] if asked.handler is not None else conditions


def _his(limit: Alike, asked: Asked, day: Day) -> bool:
    return asked.handler is None or day[limit].handler == asked.handler


def _ends(table: Any, span: str | None, day: Day) -> list[Any]:
    """The condition for what ends within a span, as `_within` has it."""
    if span is None:
        return []
    today = day.today.isoformat()
    if span == "missed":
        return [overdue(table.c, today)]
    return [table.c.missed == 0, table.c.due_on.between(today, _last(span, day))]


def _within(limit: Alike, span: str | None, day: Day) -> bool:
    if span is None or span == "missed":
        return span is None or day[limit].missed
    return not day[limit].missed and limit.due_on <= _last(span, day)


def _last(span: str, day: Day) -> str:
    return (day.today if span == "today" else _sunday(day.today)).isoformat()
