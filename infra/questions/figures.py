"""Numbers: rates, counters, scoreboards and the overview. Each comes from rows, so each can name its items."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, or_, select

from infra.parts import parts
from infra.questions.book import Book
from infra.questions.counted import Counted, Running
from infra.questions.days import within
from infra.questions.goings_up import KINDS
from projections import counters as count
from projections.board import Slots
from projections.cases import CaseRow
from projections.due import over
from projections.kpis import FORMULA, Asked, counts, kpis
from projections.pace import NOT_COMPUTED, pace, paces


def kpi(book: Book, unit: str, from_: date, to: date) -> dict[str, Any]:
    """The rates of a unit and all below it, both days included."""
    asked = asked_of(book, book.units.below(unit), from_, to)._replace(repeated=repeated(book))
    rows = list(_concerned(book, asked))
    return {**book.head(), "formula_version": FORMULA, "unit": unit, "from": from_.isoformat(), "to": to.isoformat(),
            "kpis": kpis(rows, asked), "averages": pace(rows, asked, book.rules.calendar),
            "not_computed": NOT_COMPUTED}  # fmt: skip


class Rated(NamedTuple):
    """The rates of a unit and all below it, and what was asked about."""

    unit: str
    asked: Asked
    kpis: dict[str, Any]


def rated(book: Book, counted: Counted, unit: str, from_: date, to: date) -> Rated:
    """From what is counted: no row is read."""
    asked = Asked(counted.owing.below(unit), counted.owing.bureaus, from_.isoformat(), to.isoformat(),
                  book.moment.date().isoformat(), book.rules.on, ())  # fmt: skip
    return Rated(unit, asked, counts(counted.tally.marks(asked.members, asked.start, asked.end), asked))


def rates(book: Book, rated: Rated) -> dict[str, Any]:
    """As `kpi`, without the items behind the rates; `rate_lists` lists them."""
    unit, asked, kpis = rated
    lasting = {
        name: _lasting(book, asked, day) for name, day in (("acceptance", "accepted_on"), ("answer", "answered_on"))
    }
    return {**book.head(), "formula_version": FORMULA, "unit": unit, "from": asked.start, "to": asked.end,
            "kpis": kpis, "averages": paces(lasting, book.rules.calendar), "not_computed": NOT_COMPUTED}  # fmt: skip


def _lasting(book: Book, asked: Asked, day: str) -> list[tuple[str, str, int]]:
    """When items that the units have were registered, when it was done, how many alike; by an index of both days."""
    table = book.tables.cases
    theirs = table.c.unit.concat("").in_(sorted(asked.members))  # not by the index of units, which has no days
    query = select(table.c.registered_on, table.c[day], func.count()).where(
        table.c[day].between(asked.start, asked.end), theirs, table.c.persons.between(1, 9999)
    )
    return [(row[0], row[1], row[2]) for row in book.select(query.group_by(table.c[day], table.c.registered_on))]


def without_items(told: dict[str, Any]) -> dict[str, Any]:
    """`kpi` as `rates` tells it."""
    kpis = {
        name: {key: value for key, value in kpi.items() if key not in ("numerator_items", "denominator_items")}
        | ({"parts": {part: {"count": one["count"]} for part, one in kpi["parts"].items()}} if "parts" in kpi else {})
        for name, kpi in told["kpis"].items()
    }
    averages = {name: {unit: each[unit] for unit in ("calendar", "working")} for name, each in told["averages"].items()}
    return {**told, "kpis": kpis, "averages": averages}


def asked_of(book: Book, members: set[Any], from_: date, to: date) -> Asked:
    """What is asked of these units; which items others repeat is not known yet (`repeated`)."""
    bureaus = {each.unit for each in book.units if each.is_bureau}
    return Asked(members, bureaus, from_.isoformat(), to.isoformat(), book.moment.date().isoformat(), book.rules.on, ())


def repeated(book: Book, nos: Collection[str] | None = None) -> set[str]:
    """Which items, of these or of all, another one repeats."""
    first = book.tables.cases.c.first
    asked = [first.is_not(None)] if nos is None else [first.in_(part) for part in parts(nos)]
    return {row[0] for among in asked for row in book.select(select(first).where(among).distinct())}


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
    registered = _registered(cases, by).where(*of_unit, *within(cases.c.registered_on, from_, to))
    gone_up = _gone_up(cases, raised, by).where(*of_unit, *within(raised.c.day, from_, to))
    alike: list[count.Registered | count.GoneUp] = [
        *(count.Registered(value, *map(int, numbers)) for value, *numbers in book.select(registered)),
        *(count.GoneUp(value, *map(int, numbers)) for value, *numbers in book.select(gone_up)),
    ]
    rows = count.counters(alike, by, book.units)
    for row in rows:
        row["name"] = book.units.name(row["key"]) if row["key"].startswith("unit:") else _key_name(book, row["key"])
    return {**book.head(), "by": by, "rows": rows}


def _registered(cases: Any, by: str) -> Select[*tuple[Any, ...]]:
    """Items by the value that their key comes from, as `Registered`."""
    value, all_, repeat = _value(cases, by, cases.c.registered_on), func.count(), func.count(cases.c.first)
    flags = (func.sum(cases.c.skip_level), func.sum(cases.c.collective))
    return select(value, all_, all_ - repeat, repeat, *flags).group_by(value)


def _gone_up(cases: Any, raised: Any, by: str) -> Select[*tuple[Any, ...]]:
    """Goings up, as `GoneUp`."""
    value = _value(cases, by, raised.c.day)
    told = [KINDS[name](raised.c) for name in count.GoneUp._fields[1:]]
    numbers = (func.sum(case((each, 1), else_=0)) for each in told)
    # Every going up has its item; an outer join begins with the few that went up, not with all items.
    return select(value, *numbers).select_from(raised.outerjoin(cases, raised.c.no == cases.c.no)).group_by(value)


def _value(cases: Any, by: str, day: Any) -> Any:
    column = count.BY[by].column
    if column == "responsible":
        return func.coalesce(cases.c.first_unit, cases.c.unit)
    return day if column is None else cases.c[column]


def _key_name(book: Book, key: str) -> str:
    return book.units.place(key) if key.isdigit() and len(key) >= 6 else key


def units(book: Book, counted: Counted) -> dict[str, Any]:
    """All units, with what is open and what is found against them."""
    tally, found = counted.tally, counted.tally.findings_by_unit()
    listed = [
        {"unit": each.unit, "name": each.name, "level": each.level, "kind": each.kind, "division": each.division,
         "parent": each.parent, "ended_on": each.ended_on.isoformat() if each.ended_on else None,
         "open": tally.open(each.unit)[0], "late": tally.open(each.unit)[1],
         "findings": found.get(each.unit, 0)}
        for each in sorted(book.governed(), key=lambda each: (each.division, -each.rank, each.unit))
    ]  # fmt: skip
    return {**book.head(), "units": listed}


def _due(book: Book, soon: Iterable[tuple[str, Running]]) -> list[dict[str, Any]]:
    """What comes due next, with titles."""
    soon = list(soon)
    titles = book.titles({subject[9:] for _, (_, subject, _) in soon})
    return [
        {"no": subject[9:], "title": titles[subject[9:]], "clock": clock, "due_on": due_on, "unit": unit,
         "unit_name": book.units.name(unit)}
        for unit, (due_on, subject, clock) in soon
    ]  # fmt: skip


def scoreboard(book: Book, counted: Counted, unit: str) -> dict[str, Any] | None:
    """One unit: its people, its work, what is late, what is found, what comes due, its rates of this year."""
    known = book.units.get(unit)
    if known is None:
        return None
    members, today = counted.owing.below(unit), book.moment.date()
    totals, found = counted.tally.totals(members), counted.tally.findings_by_unit()
    children = [each for each in book.units if each.parent == unit]
    return {
        **book.head(),
        "unit": known.unit, "name": known.name, "level": known.level, "kind": known.kind, "division": known.division,
        "parent": known.parent, "parent_name": book.units.name(known.parent) if known.parent else None,
        "ended_on": known.ended_on.isoformat() if known.ended_on else None, "into": known.into,
        "children": [
            {"unit": each.unit, "name": each.name, "kind": each.kind, "level": each.level,
             "open": sum(counted.tally.open(member)[0] for member in counted.owing.below(each.unit)),
             "findings": sum(found.get(member, 0) for member in counted.owing.below(each.unit))}
            for each in sorted(children, key=lambda each: each.unit)
        ],
        "officials": [
            {"official": held.official, "name": held.name, "role": held.role, "since": held.since.isoformat()}
            for held in known.roles if held.on(today)
        ],
        "open": totals["open"], "late": totals["late"], "registered": totals["items"], "closed": totals["closed"],
        "resolved": totals["resolved"],
        "findings_by_rule": _by_rule(book, counted.tally.findings(members)),
        "due_soon": _due(book, counted.due_soon(book, members)),
        **_this_year(counted, unit, members),
    }  # fmt: skip


def _this_year(counted: Counted, unit: str | None, members: Collection[str]) -> dict[str, Any]:
    """The rates of the twelve months up to the newest event, and the period that they are of; `kpi` of the same period
    lists the items behind them, which are the city's by the ten thousand.
    """
    tally = counted.tally
    period = {"unit": unit, "from": tally.start, "to": tally.today}
    return {"kpi_period": period, "kpis": tally.rates(members, counted.owing.bureaus)}


def _by_rule(book: Book, found: Mapping[str, int]) -> list[dict[str, Any]]:
    catalogue = book.rules.catalogue
    return [
        {"rule": rule, "name": {"zh": catalogue[rule].zh, "en": catalogue[rule].en}, "count": found[rule]}
        for rule in sorted(found, key=lambda rule: (-found[rule], rule))
    ]


def overview(book: Book, counted: Counted) -> dict[str, Any]:
    """The city at a glance."""
    tally, everyone = counted.tally, {each.unit for each in book.governed()}
    by_unit = tally.findings_by_unit()
    worst = sorted(by_unit, key=lambda unit: (-by_unit[unit], unit))[:10]
    categories = sorted((-slots["items"], key) for key, slots in tally.each("category").items())
    return {
        **book.head(),
        "totals": tally.totals(),
        "months": _months(tally.each("month")),
        "categories": [
            {"key": key, "count": -fewer} for fewer, key in categories
        ],
        "counties": _counties(book, tally.each("county"), by_unit),
        "rules": _by_rule(book, tally.findings()),
        "units": [{"unit": unit, "name": book.units.name(unit), "findings": by_unit[unit]} for unit in worst],
        "due": _due(book, counted.due_soon(book)),
        **_this_year(counted, top(book), everyone),
    }  # fmt: skip


def top(book: Book) -> str | None:
    """The unit whose rates are those of all that is seen: the highest government, else the highest unit."""
    standing = [each for each in book.governed() if each.ended_on is None]
    governments = [each for each in standing if each.kind == "government"]
    return max(governments or standing, key=lambda each: (each.rank, each.unit)).unit if standing else None


def _months(months: Mapping[str, Slots]) -> list[dict[str, Any]]:
    none = {"registered": 0, "closed": 0, "findings": 0}
    return [{"month": month, **none, **months[month]} for month in sorted(months)][-24:]


def _counties(book: Book, counties: Mapping[str, Slots], by_unit: Mapping[str, int]) -> list[dict[str, Any]]:
    found: dict[str, int] = {}
    for unit, number in by_unit.items():
        known = book.units.get(unit)
        if known is not None:
            found[known.division[:6]] = found.get(known.division[:6], 0) + number
    divisions = sorted({each.division[:6] for each in book.units if each.level == "county"} & counties.keys())
    none = {"registered": 0, "open": 0, "late": 0}
    return [
        {"division": each, "name": book.units.place(each), **none, **counties[each], "findings": found.get(each, 0)}
        for each in divisions
    ]


def unrecorded(book: Book, today: date) -> tuple[int, date | None]:
    """Deadlines whose last day lies before today and that nobody recorded as missed: how many, and the first."""
    due = book.tables.due
    query = select(func.count(), func.min(due.c.due_on)).where(due.c.missed == 0, over(due.c.due_on, today.isoformat()))
    number, first = book.select(query)[0]
    return int(number), date.fromisoformat(first) if first else None
