"""Numbers: rates, counters, scoreboards and the overview. Each comes from rows, so each can name its items."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select

from infra.questions.book import Book
from projections import counters as count
from projections.cases import CaseRow
from projections.kpis import FORMULA, Asked, kpis
from projections.pace import NOT_COMPUTED, pace

DUE_SHOWN = 20


def kpi(book: Book, unit: str, from_: date, to: date) -> dict[str, Any]:
    """The rates of a unit and all below it, both days included."""
    asked = _asked(book, book.units.below(unit), from_, to)
    rows = list(_concerned(book, asked))
    return {**book.head(), "formula_version": FORMULA, "unit": unit, "from": from_.isoformat(), "to": to.isoformat(),
            "kpis": kpis(rows, asked), "averages": pace(rows, asked, book.rules.calendar),
            "not_computed": NOT_COMPUTED}  # fmt: skip


def _rates(book: Book, members: set[Any], from_: date, to: date) -> dict[str, Any]:
    """The rates without their items, which are the city's by the ten thousand; `kpi` of the same period lists them."""
    asked = _asked(book, members, from_, to)
    all_of_it = kpis(_concerned(book, asked), asked)
    return {name: {said: kpi[said] for said in ("numerator", "denominator", "rate")} for name, kpi in all_of_it.items()}


def _asked(book: Book, members: set[Any], from_: date, to: date) -> Asked:
    table = book.tables.cases
    repeated = {row[0] for row in book.select(select(table.c.first).where(table.c.first.is_not(None)).distinct())}
    bureaus = {each.unit for each in book.units if each.is_bureau}
    return Asked(members, bureaus, from_.isoformat(), to.isoformat(), book.moment.date(), book.rules.on, repeated)


def _concerned(book: Book, asked: Asked) -> Iterator[CaseRow]:
    """The items that one of the units registered, has, or handled first."""
    table, members = book.tables.cases, sorted(asked.members)
    columns = (table.c.registered_by, table.c.unit, table.c.first_unit)
    return book.cases(or_(*(column.in_(members) for column in columns)))


def counters(
    book: Book, by: str, *, unit: str | None = None, from_: date | None = None, to: date | None = None
) -> dict[str, Any]:
    """Registrations and goings up of these days, by `by` (one of projections.counters.KEYS)."""
    cases, raised = book.tables.cases, book.tables.raised
    of_unit = [cases.c.registered_by.in_(sorted(book.units.below(unit)))] if unit else []
    registered = book.cases(*of_unit, *_within(cases.c.registered_on, from_, to))
    rows = count.counters(registered, book.raised(*of_unit, *_within(raised.c.day, from_, to)), by, book.units)
    for row in rows:
        row["name"] = book.units.name(row["key"]) if row["key"].startswith("unit:") else _key_name(book, row["key"])
    return {**book.head(), "by": by, "rows": rows}


def _within(day: Any, from_: date | None, to: date | None) -> list[Any]:
    """That a column of days lies between two, both included, where they are given."""
    return [*([day >= from_.isoformat()] if from_ else []), *([day <= to.isoformat()] if to else [])]


def _key_name(book: Book, key: str) -> str:
    return book.units.place(key) if key.isdigit() and len(key) >= 6 else key


def _open_by_unit(book: Book) -> dict[str, tuple[int, int]]:
    table = book.tables.cases
    late = func.sum(case((table.c.late > 0, 1), else_=0))
    query = select(table.c.unit, func.count(), late).where(table.c.over == 0).group_by(table.c.unit)
    return {row[0]: (row[1], int(row[2] or 0)) for row in book.select(query)}


def _findings_by(book: Book, column: str, members: set[Any] | None = None) -> dict[str, int]:
    table = book.tables.findings
    query = select(table.c[column], func.count()).where(table.c.cleared_at == 0)
    if members is not None:
        query = query.where(table.c.unit.in_(sorted(members)))
    return {row[0]: row[1] for row in book.select(query.group_by(table.c[column]))}


def units(book: Book) -> dict[str, Any]:
    """All units, with what is open and what is found against them."""
    open_, found = _open_by_unit(book), _findings_by(book, "unit")
    listed = [
        {"unit": each.unit, "name": each.name, "level": each.level, "kind": each.kind, "division": each.division,
         "parent": each.parent, "ended_on": each.ended_on.isoformat() if each.ended_on else None,
         "open": open_.get(each.unit, (0, 0))[0], "late": open_.get(each.unit, (0, 0))[1],
         "findings": found.get(each.unit, 0)}
        for each in sorted(book.units, key=lambda each: (each.division, -each.rank, each.unit))
    ]  # fmt: skip
    return {**book.head(), "units": listed}


def _due(book: Book, members: set[Any] | None = None) -> list[dict[str, Any]]:
    """What comes due next: the earliest first, nothing that is missed already."""
    due, cases = book.tables.due, book.tables.cases
    query = (
        select(due.c.subject, due.c.clock, due.c.due_on, due.c.owed_by, cases.c.title)
        .join(cases, due.c.subject == "petition:" + cases.c.no)
        .where(due.c.missed == 0, due.c.due_on >= book.moment.date().isoformat())
    )
    if members is not None:
        query = query.where(due.c.owed_by.in_(sorted(members)))
    rows = book.select(query.order_by(due.c.due_on, due.c.subject, due.c.clock).limit(DUE_SHOWN))
    return [
        {"no": row.subject[9:], "title": row.title, "clock": row.clock, "due_on": row.due_on, "unit": row.owed_by,
         "unit_name": book.units.name(row.owed_by)}
        for row in rows
    ]  # fmt: skip


def _totals(book: Book, members: set[Any] | None = None) -> dict[str, int]:
    table = book.tables.cases
    query = select(
        func.count(), func.sum(1 - table.c.over),
        func.sum(case(((table.c.late > 0) & (table.c.over == 0), 1), else_=0)),
        func.sum(table.c.resolved), func.sum(case((table.c.closed_on.is_not(None), 1), else_=0)),
    )  # fmt: skip
    if members is not None:
        query = query.where(table.c.unit.in_(sorted(members)))
    row = book.select(query)[0]
    names = ("items", "open", "late", "resolved", "closed")
    totals = dict(zip(names, (int(value or 0) for value in row), strict=True))
    return {**totals, "findings": sum(_findings_by(book, "rule", members).values())}


def scoreboard(book: Book, unit: str) -> dict[str, Any] | None:
    """One unit: its people, its work, what is late, what is found, what comes due, its rates of this year."""
    known = book.units.get(unit)
    if known is None:
        return None
    members, today = book.units.below(unit), book.moment.date()
    totals, open_ = _totals(book, members), _open_by_unit(book)
    children = [each for each in book.units if each.parent == unit]
    by_unit = _findings_by(book, "unit", members)
    return {
        **book.head(),
        "unit": known.unit, "name": known.name, "level": known.level, "kind": known.kind, "division": known.division,
        "parent": known.parent, "parent_name": book.units.name(known.parent) if known.parent else None,
        "ended_on": known.ended_on.isoformat() if known.ended_on else None, "into": known.into,
        "children": [
            {"unit": each.unit, "name": each.name, "kind": each.kind, "level": each.level,
             "open": sum(open_.get(member, (0, 0))[0] for member in book.units.below(each.unit)),
             "findings": sum(by_unit.get(member, 0) for member in book.units.below(each.unit))}
            for each in sorted(children, key=lambda each: each.unit)
        ],
        "officials": [
            {"official": held.official, "name": held.name, "role": held.role, "since": held.since.isoformat()}
            for held in known.roles if held.on(today)
        ],
        "open": totals["open"], "late": totals["late"], "registered": totals["items"], "closed": totals["closed"],
        "resolved": totals["resolved"],
        "findings_by_rule": _by_rule(book, members),
        "due_soon": _due(book, members),
        **_this_year(book, unit, members),
    }  # fmt: skip


def _this_year(book: Book, unit: str | None, members: set[Any]) -> dict[str, Any]:
    """The rates of the twelve months up to the newest event, and the period that they are of."""
    until = book.moment.date()
    first = date(until.year - 1, until.month, 1)
    period = {"unit": unit, "from": first.isoformat(), "to": until.isoformat()}
    return {"kpi_period": period, "kpis": _rates(book, members, first, until)}


def _by_rule(book: Book, members: set[Any] | None = None) -> list[dict[str, Any]]:
    found = _findings_by(book, "rule", members)
    catalogue = book.rules.catalogue
    return [
        {"rule": rule, "name": {"zh": catalogue[rule].zh, "en": catalogue[rule].en}, "count": found[rule]}
        for rule in sorted(found, key=lambda rule: (-found[rule], rule))
    ]


def overview(book: Book) -> dict[str, Any]:
    """The city at a glance."""
    everyone = {each.unit for each in book.units}
    by_unit = _findings_by(book, "unit")
    worst = sorted(by_unit, key=lambda unit: (-by_unit[unit], unit))[:10]
    return {
        **book.head(),
        "totals": _totals(book),
        "months": _months(book),
        "categories": _categories(book),
        "counties": _counties(book),
        "rules": _by_rule(book),
        "units": [{"unit": unit, "name": book.units.name(unit), "findings": by_unit[unit]} for unit in worst],
        "due": _due(book),
        **_this_year(book, top(book), everyone),
    }


def top(book: Book) -> str | None:
    """The unit whose rates are those of the whole record: the highest government."""
    governments = [each for each in book.units if each.kind == "government" and each.ended_on is None]
    return max(governments, key=lambda each: (each.rank, each.unit)).unit if governments else None


def _months(book: Book) -> list[dict[str, Any]]:
    cases, found = book.tables.cases, book.tables.findings
    months: dict[str, dict[str, int]] = {}
    for column, name, extra in (
        (cases.c.registered_on, "registered", ()), (cases.c.closed_on, "closed", ()),
        (found.c.since, "findings", (found.c.cleared_at == 0,)),
    ):  # fmt: skip
        month = func.substr(column, 1, 7)
        for row in book.select(select(month, func.count()).where(column.is_not(None), *extra).group_by(month)):
            months.setdefault(row[0], {"registered": 0, "closed": 0, "findings": 0})[name] = row[1]
    return [{"month": month, **months[month]} for month in sorted(months)][-24:]


def _categories(book: Book) -> list[dict[str, Any]]:
    table = book.tables.cases
    rows = book.select(select(table.c.category, func.count()).group_by(table.c.category))
    return [{"key": row[0], "count": row[1]} for row in sorted(rows, key=lambda row: (-row[1], row[0]))]


def _counties(book: Book) -> list[dict[str, Any]]:
    table = book.tables.cases
    county = func.substr(table.c.place, 1, 6)
    late = func.sum(case(((table.c.late > 0) & (table.c.over == 0), 1), else_=0))
    query = select(county, func.count(), func.sum(1 - table.c.over), late).group_by(county)
    rows = {row[0]: row for row in book.select(query)}
    found: dict[str, int] = {}
    for unit, number in _findings_by(book, "unit").items():
        known = book.units.get(unit)
        if known is not None:
            found[known.division[:6]] = found.get(known.division[:6], 0) + number
    divisions = sorted({each.division[:6] for each in book.units if each.level == "county"} & set(rows))
    return [
        {"division": each, "name": book.units.place(each), "registered": rows[each][1], "open": int(rows[each][2] or 0),
         "late": int(rows[each][3] or 0), "findings": found.get(each, 0)}
        for each in divisions
    ]  # fmt: skip


def overdue(book: Book) -> int:
    """Deadlines whose last day lies before the newest event's day and that nobody recorded as missed."""
    due = book.tables.due
    query = select(func.count()).where(due.c.missed == 0, due.c.due_on < book.moment.date().isoformat())
    return int(book.select(query)[0][0])
