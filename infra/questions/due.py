"""What comes due, and what is overdue already? From the rows of running deadlines."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from domain.envelope import day_of
from infra.questions.book import Book
from infra.questions.counted import Counted
from infra.questions.order import Place, cursor_of, later
from projections.cases import DueRow
from projections.due import Day, Running, due, grouped, overdue
from projections.orders import Due, split


def day_asked(as_of: datetime | None) -> date | None:
    """The local day of a time; of one so far off that it has none, the first or the last there is."""
    try:
        return day_of(as_of) if as_of is not None else None
    except OverflowError:
        return date.min if as_of is not None and as_of.year == date.min.year else date.max


def due_list(book: Book, unit: str | None, on: date | None) -> dict[str, Any]:
    """All running deadlines as they stand on a day (the newest event's where none is given), the earliest first.

    `unit` takes what is below it in.
    """
    day = Day(on or book.moment.date(), book.rules, book.units)
    rows = [due(running, day) for running in _running(book, unit)]
    head = {**book.head(), "on": day.today.isoformat(), "unit": unit, "handler": None, "warning_steps": list(day.steps)}
    return head | _counted(rows, day.steps)


def handled(told: dict[str, Any], handler: str | None) -> dict[str, Any]:
    """What of the list one person handles, with its sums."""
    if handler is None:
        return told
    rows = [row for row in told["due"] if row["handler"] == handler]
    return told | {"handler": handler} | _counted(rows, told["warning_steps"])


def _counted(rows: list[dict[str, Any]], steps: Sequence[int]) -> dict[str, Any]:
    missed = sum(row["missed"] for row in rows)
    return {"total": len(rows), "missed": missed, "groups": grouped(rows, steps), "due": rows}


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
    return day + timedelta(days=6 - day.weekday())


def within(told: dict[str, Any], span: str | None) -> dict[str, Any]:
    """What of the list ends within a span (one of SPANS), with its total."""
    if span is None:
        return told
    on = date.fromisoformat(told["on"])
    last = (on if span == "today" else _sunday(on)).isoformat()
    rows = [row for row in told["due"] if (row["missed"] if span == "missed" else not row["missed"])]
    rows = [row for row in rows if span == "missed" or row["due_on"] <= last]
    return {**told, "total": len(rows), "due": rows}


def page(told: dict[str, Any], limit: int, cursor: str | None, sort: Due = "due_on") -> dict[str, Any]:
    """A part of the list. The groups are over all of it, and are told with the first part."""
    rows = later([(_place(row, sort), row) for row in told["due"]], sort, cursor)
    shown = rows[:limit]
    groups = {"groups": told["groups"]} if not cursor else {}
    told = {name: value for name, value in told.items() if name != "groups"}
    after = cursor_of(sort, shown[-1][0]) if len(rows) > limit else None
    return {**told, **groups, "due": [row for _, row in shown], "next": after}


def _place(row: dict[str, Any], sort: Due) -> Place:
    return row[split(sort)[0]], row["due_on"], row["no"], row["clock"], row["started"]


def _running(book: Book, unit: str | None) -> list[Running]:
    table, cases = book.tables.due, book.tables.cases
    query = select(*table.c, cases.c.title, cases.c.unit, cases.c.handler).join(
        cases, table.c.subject == "petition:" + cases.c.no
    )
    if unit is not None:
        members = book.units.below(unit)
        owing = [each.unit for each in book.units if book.units.answering(each.unit) in members]
        query = query.where(table.c.owed_by.in_(sorted({*owing, *members})))
    width = len(table.c)
    found = [Running(DueRow(*row[:width]), *row[width:]) for row in book.select(query)]
    return sorted(found, key=lambda each: (each.row.due_on, each.row.subject, each.row.clock, each.row.started))
