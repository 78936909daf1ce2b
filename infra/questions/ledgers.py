"""What stands in a ledger (台账)? Entries with the items that they are about, newest first or as asked."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, false, func, literal, select, text

from domain.deadlines import WINDOWS, KeptDeadline
from domain.petition.item import Item
from infra.questions.book import Book
from infra.questions.order import Order, day
from projections.due import over
from projections.ledgers.duties import KINDS, ActRow, act_entry
from projections.ledgers.entry import Entry, unpack_entry
from projections.ledgers.kinds import LEDGERS, STATES
from projections.orders import Entries, split


class Wanted(NamedTuple):
    """Which entries are asked for: opened from one day to another, both included."""

    unit: str | None = None
    """Takes what is below it in."""
    leader: str | None = None
    from_: date | None = None
    to: date | None = None
    state: str | None = None
    """A state of the ledger, or `overdue`; of items also `open` and `resolved`."""
    limit: int | None = 100
    cursor: str | None = None
    sort: Entries = "-opened_on"


def ledger(book: Book, kind: str, wanted: Wanted) -> dict[str, Any] | None:
    """A page of the ledger; None where nobody knows the unit or the leader."""
    unit, leader = wanted.unit, wanted.leader
    if (unit and book.units.get(unit) is None) or (leader and book.units.official(leader) is None):
        return None
    told = _items(book, wanted) if kind == "unit" else _entries(book, kind, wanted)
    zh, en = LEDGERS[kind]
    return {**book.head(), "ledger": kind, "name": {"zh": zh, "en": en}, **told,
            "names": _names(book, told["entries"])}  # fmt: skip


def ledgers(book: Book, unit: str | None) -> dict[str, Any] | None:
    """How many entries each ledger has, and how many are overdue, of a unit and all below it, or of all; None where
    nobody knows the unit. An overdue one is told only of ledgers whose entries are open until they are ended.
    """
    if unit and book.units.get(unit) is None:
        return None
    cases, table, acts = book.tables.cases, book.tables.ledgers, book.tables.acts
    items = _counted(book, unit, cases, literal("unit"), and_(cases.c.late > 0, cases.c.over == 0))
    entries = _counted(book, unit, table, table.c.ledger, _overdue(book, ""))
    counts = {**items, **entries, **_counted(book, unit, acts, acts.c.ledger, false())}
    told = [
        {"ledger": kind, "name": {"zh": zh, "en": en}, "total": counts.get(kind, (0, 0))[0],
         "overdue": counts.get(kind, (0, 0))[1] if "open" in STATES[kind] else None}
        for kind, (zh, en) in LEDGERS.items()
    ]  # fmt: skip
    return {**book.head(), "unit": unit, "ledgers": told}


def _names(book: Book, told: Any) -> dict[str, str]:
    """What every unit and official is called that the entries name by id alone."""
    if isinstance(told, str):
        called = {"unit": book.units.name, "official": book.units.official}.get(told.partition(":")[0])
        name = called(told) if called else None
        return {told: name} if name else {}
    parts = told.values() if isinstance(told, dict) else told if isinstance(told, (list, tuple)) else ()
    return {id: name for part in parts for id, name in _names(book, part).items()}


Page = dict[str, Any]
"""How many there are (`total`, and `totals` in each state), those of this page, and the cursor of the next."""


def _counted(book: Book, unit: str | None, table: Any, by: Any, overdue: Any) -> dict[str, tuple[int, int]]:
    """How many rows of a unit and those below it there are, and how many of them are overdue, by what `by` tells."""
    query = select(by.label("told"), func.count(), func.sum(case((overdue, 1), else_=0))).group_by(text("told"))
    rows = book.select(query.where(table.c.unit.in_(sorted(book.units.below(unit)))) if unit else query)
    return {told: (int(number), int(late)) for told, number, late in rows}


def _entries(book: Book, kind: str, wanted: Wanted) -> Page:
    cases, acts = book.tables.cases, kind in KINDS
    table = book.tables.acts if acts else book.tables.ledgers
    stands, late = _stands(book, kind), _overdue(book, kind)
    last = (table.c.id,) if acts else (table.c.position, table.c.name)
    order = _order(table.c.opened_on, None if acts else table.c.due_on, last, wanted.sort)
    kept = tuple(table.c) if acts else (table.c.body,)
    query = (
        select(
            stands, late, cases.c.title, cases.c.state, cases.c.resolved, cases.c.closed_on, cases.c.unit, *kept,
            *order.columns,
        )
        .select_from(table.outerjoin(cases, table.c.petition == cases.c.no))
        .where(table.c.ledger == kind)
    )  # fmt: skip
    query = _filtered(book, query, wanted, table.c.opened_on, table.c.unit, table.c.official)
    totals = _totals(book, kind, query, stands)
    if wanted.state:
        query = query.where(late if wanted.state == "overdue" else stands == wanted.state)
    rows, more = _page(book, query, order, wanted)
    entries = [act_entry(ActRow._make(row[7:14])) if acts else unpack_entry(row[7]) for row in rows]
    told = [_told(book, entry, row) for entry, row in zip(entries, rows, strict=True)]
    after = order.cursor(tuple(rows[-1][-len(order.columns) :])) if more else None
    total = totals.get(wanted.state, 0) if wanted.state else sum(n for state, n in totals.items() if state != "overdue")
    return {"total": total, "totals": totals, "entries": told, "next": after}


def _totals(book: Book, kind: str, query: Any, stands: Any) -> dict[str, int]:
    """How many stand in each state, and how many are overdue."""
    late = func.sum(case((_overdue(book, kind), 1), else_=0))
    counted = query.with_only_columns(stands.label("told"), func.count(), late, maintain_column_froms=True)
    rows = book.select(counted.group_by(text("told")))
    totals = dict.fromkeys(STATES[kind], 0) | {state: int(number) for state, number, _ in rows}
    return {**totals, "overdue": sum(int(number) for *_, number in rows)}


def _stands(book: Book, kind: str) -> ColumnElement[str]:
    """What was received is tracked to its resolution (Art 8): the entry stands as its item does."""
    if kind != "reception":
        return literal(STATES[kind][0]) if kind in KINDS else book.tables.ledgers.c.state
    cases, table = book.tables.cases, book.tables.acts
    return case(
        (table.c.petition.is_(None), "done"), (cases.c.resolved == 1, "resolved"),
        (cases.c.over == 1, "closed"), else_="open",
    )  # fmt: skip


def _overdue(book: Book, kind: str) -> ColumnElement[bool]:
    """Nothing that was done, or is planned, is overdue; a duty that was not done is a finding."""
    table = book.tables.ledgers
    late = over(table.c.due_on, book.moment.date().isoformat())
    return false() if kind in KINDS else late & table.c.ended_on.is_(None)


def _told(book: Book, entry: Entry, row: Any) -> dict[str, Any]:
    state, late, title, item_state, resolved, closed_on, holder, *_ = row
    told: dict[str, Any] = {
        "id": f"{entry.subject}#{entry.name}", "subject": entry.subject, "state": state, "unit": entry.unit,
        "unit_name": book.units.name(entry.unit) if entry.unit else None, "official": entry.official,
        "official_name": book.units.official(entry.official) if entry.official else None, "place": entry.place,
        "opened_on": entry.opened_on.isoformat(), "due_on": entry.due_on.isoformat() if entry.due_on else None,
        "ended_on": entry.ended_on.isoformat() if entry.ended_on else None,
        "overdue": bool(late),
        **{name: _shown(book, name, value) for name, value in entry.about.items()},
        "petition": entry.petition, "evidence": [step.position for step in entry.steps],
    }  # fmt: skip
    if title is not None:
        told["item"] = {
            "title": title, "state": item_state, "resolved": bool(resolved), "closed_on": closed_on, "unit": holder,
            "unit_name": book.units.name(holder),
        }  # fmt: skip
    return told


def _shown(book: Book, name: str, value: Any) -> Any:
    """Items and disputes that an entry lists, without those that are hidden to who asks; all else as it is."""
    if name == "items" and value:
        return [no for no in value if not book.secret(no)]
    if name == "disputes" and value and book.reach.threads:
        return [id for id in value if f"dispute:{id}" not in book.reach.threads]
    return value


# the ledger of a unit: its items


def _items(book: Book, wanted: Wanted) -> Page:
    table, state = book.tables.cases, wanted.state
    order = _order(table.c.registered_on, table.c.due_on, (table.c.no,), wanted.sort)
    query: Any = select(table.c.body, *order.columns)
    query = _filtered(book, query, wanted, table.c.registered_on, table.c.unit, table.c.handler)
    if state == "overdue":
        query = query.where(table.c.late > 0, table.c.over == 0)
    elif state in ("open", "resolved"):
        query = query.where(table.c.over == 0 if state == "open" else table.c.resolved == 1)
    elif state:
        query = query.where(table.c.state == state)
    total = int(book.select(query.with_only_columns(func.count(), maintain_column_froms=True))[0][0])
    rows, more = _page(book, query, order, wanted)
    after = order.cursor(tuple(rows[-1][1:])) if more else None
    return {"total": total, "entries": [_item(book, book.kept(row)) for row in rows], "next": after}


def _item(book: Book, item: Item) -> dict[str, Any]:
    return {
        "id": item.subject, "petition": item.no, "title": item.title, "state": item.state, "unit": item.unit,
        "unit_name": book.units.name(item.unit), "official": item.handler,
        "official_name": book.units.official(item.handler) if item.handler else None,
        "opened_on": item.received_on.isoformat(), "repeat_number": item.repeat_number, "resolved": item.resolved,
        "desisted": item.desisted,
        "steps": [
            {"clock": each.clock, "owed_by": each.owed_by, "due_on": each.due_on.isoformat(),
             "met_on": each.met_on.isoformat() if each.met_on else None, "state": _step(each)}
            for each in item.deadlines if each.clock not in WINDOWS
        ],
    }  # fmt: skip


def _step(limit: KeptDeadline) -> str:
    """How far a step has come: in time, late, ended without being owed any more, missed, or still running."""
    if limit.met_on is not None:
        return "late" if limit.met_on > limit.due_on else "in_time"
    if limit.ended:
        return "ended"
    return "missed" if limit.missed_at else "running"


# pages


def _filtered(book: Book, query: Any, wanted: Wanted, day: Any, unit: Any, person: Any) -> Any:
    if wanted.from_:
        query = query.where(day >= wanted.from_.isoformat())
    if wanted.to:
        query = query.where(day <= wanted.to.isoformat())
    if wanted.unit:
        query = query.where(unit.in_(sorted(book.units.below(wanted.unit))))
    return query.where(person == wanted.leader) if wanted.leader else query


def _order(opened: Any, due: Any, last: tuple[Any, ...], sort: Entries) -> Order:
    """Of acts of duty, which were done, none is due."""
    by_due = split(sort)[0] == "due_on" and due is not None
    return Order(sort, (day(due, sort), *last) if by_due else (opened, *last))


def _page(book: Book, query: Any, order: Order, wanted: Wanted) -> tuple[list[Any], bool]:
    """Rows after the cursor in order, and whether more follow."""
    query = query.where(*order.after(wanted.cursor)).order_by(*order.by)
    limit = wanted.limit
    rows = list(book.select(query.limit(limit + 1) if limit else query))
    return rows[:limit] if limit else rows, limit is not None and len(rows) > limit
