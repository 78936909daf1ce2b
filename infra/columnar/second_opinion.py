"""Do the read models say what the archive says? Two replays of one record, which share no line, held side by side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select

from domain.rules.law import Rules
from infra.columnar.replay import Archive
from infra.log.port import Log, StoreError
from infra.log.tree_heads import TreeHeads
from infra.office import Office
from infra.questions import figures
from infra.questions.book import Book
from infra.views.opened import sqlite_views
from infra.views.projector import Projector
from infra.views.store import Views
from projections.counters import KEYS
from projections.shelf import unpack_item

Row = dict[str, Any]
RATES = ("numerator_items", "denominator_items", "parts")


def book_of(log: Log, views: Views, rules: Rules, position: int) -> Book:
    """The read models as they stand, where they stand at the position; else folded again up to it, in memory."""
    if position > (head := log.head().position):
        raise StoreError(f"the archive goes on to position {position}, the store ends at {head}")
    office = Office(log, rules)
    office.catch_up(upto=position)
    live = views.live()
    if live is not None and live.position == position:
        return Book(log, office, views, live.tables, TreeHeads(log), position=position)
    memory = sqlite_views(":memory:", Views)
    tables, _ = Projector(log, memory).rebuild(upto=position)
    return Book(log, office, memory, tables, TreeHeads(log), position=position)


def differences(archive: Archive, book: Book) -> Iterator[Row]:
    """Every state, limit, counter and rate of the whole record on which the two do not agree."""
    yield from _told("state", _states(archive), _cases(book))
    yield from _told("deadline", _limits(archive), _deadlines(book))
    for by in KEYS:
        yield from _told(f"counter by {by}", _counted(archive.counters(by)), _counted(figures.counters(book, by)))
    if (top := figures.top(book)) is not None:
        span = (date.min, date.max)
        ours, theirs = (each["kpis"] for each in (archive.kpi(top, *span), figures.kpi(book, top, *span)))
        yield from _told(f"rate of {top}", _rates(ours), _rates(theirs))


def _told(question: str, archive: dict[str, Row], store: dict[str, Row]) -> Iterator[Row]:
    for key in sorted(archive.keys() | store.keys()):
        mine, other = archive.get(key, {}), store.get(key, {})
        for name in mine or other:
            if mine.get(name) != other.get(name):
                yield {
                    "question": question,
                    "of": key,
                    "what": name,
                    "archive": mine.get(name),
                    "store": other.get(name),
                }


def _states(archive: Archive) -> dict[str, Row]:
    return {row["no"]: {name: _plain(value) for name, value in row.items()} for row in archive.states()["items"]}


def _cases(book: Book) -> dict[str, Row]:
    left_out = ("title", "body", "version", "to_city", "to_province", "to_nation", "irregular")
    return {
        row.no: {name: value for name, value in row._asdict().items() if name not in left_out} for row in book.cases()
    }


def _limits(archive: Archive) -> dict[str, Row]:
    return {
        f"{row['no']} {row['clock']} {row['started']}": {name: _plain(value) for name, value in row.items()}
        for row in archive.deadlines()["deadlines"]
    }


def _deadlines(book: Book) -> dict[str, Row]:
    table = book.tables.cases
    items = (unpack_item(bytes(body)) for (body,) in book.select(select(table.c.body)))
    return {
        f"{item.no} {each.clock} {each.started}": {
            "no": item.no, "clock": each.clock, "started": each.started,
            **{name: _plain(getattr(each, name)) for name in (
                "starts_on", "strict_on", "due_on", "owed_by", "met_on", "missed", "ended", "extended", "paused_on",
                "provisional")},
            "is_right": int(each.window), "is_trigger": int(each.trigger), "set_at": each.at,
            "missed_at": each.missed_at or None,
        }
        for item in items for each in item.deadlines
    }  # fmt: skip


def _counted(answer: Row) -> dict[str, Row]:
    return {
        row["key"]: {name: value for name, value in row.items() if name not in ("key", "name")}
        for row in answer["rows"]
    }


def _rates(kpis: Row) -> dict[str, Row]:
    return {name: {said: kpi.get(said) for said in RATES} for name, kpi in kpis.items()}


def _plain(value: Any) -> Any:
    """As the rows of read models hold it: days as ISO text, flags as 0 or 1."""
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value
