"""Which items are behind a rate? Rows are walked by their number, and only those that may count are read."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from infra.questions.book import Book
from infra.questions.figures import asked_of, repeated
from infra.questions.order import cursor_of, place_of
from projections.cases import CaseRow
from projections.kpis import SATISFIED, SIDES, Asked, on_side

WALKED = 1_000
"""Rows that are looked at together for the items behind a rate."""
DAYS = {
    "repeat_rate": "registered_on", "repeat_rate_first_items": "registered_on", "timely_acceptance_bureau": "k1_strict",
    "repeat_rate_closed_first_items": "closed_on", "on_time_answer": "handled_strict",
    "first_time_resolved": "closed_on", "satisfaction_bureau": "bureau_rated_on",
    "satisfaction_unit": "unit_rated_on",
}  # fmt: skip
"""The day by which an item counts, where it stands in its row."""
LIMITS = {"timely_acceptance_bureau": "k1", "on_time_answer": "handled"}
DONE_LATE: dict[str, tuple[bool, bool | None]] = {
    "accepted": (True, None), "accepted_late": (True, True), "overdue_not_accepted": (False, True),
    "numerator": (True, False), "on_time": (True, False), "late": (True, True), "not_due_open": (False, False),
    "overdue_open": (False, True),
}  # fmt: skip
"""Sides of what has a limit: whether it was done, and whether late; None takes either."""


def number(kpi: dict[str, Any], side: str) -> int:
    """How many items are behind one side of a rate, or a part."""
    return int(kpi[side] if side in SIDES else kpi["parts"][side]["count"])


def rate_items(
    book: Book, unit: str, from_: date, to: date, rate: str, side: str, limit: int, cursor: str | None, *,
    number: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Numbers of the items behind one side of a rate, in their order; `side` is one of SIDES, or a part.

    `number` is how many there are, where that is counted: when all are found, no more rows are read.
    """
    asked = asked_of(book, book.units.below(unit), from_, to)
    after, found = place_of(cursor, "no", [str])[0] if cursor else "", list[str]()
    few = number if number is not None and number <= limit and not cursor else limit + 1
    while len(found) < few and (rows := _walked(book, asked, rate, side, after)):
        asked = asked._replace(repeated=repeated(book, [row.no for row in rows]))
        found += [row.no for row in rows if on_side(rate, side, row, asked)]
        after = rows[-1].no
    more = cursor_of("no", (found[limit - 1],)) if len(found) > limit else None
    return {**book.head(), "unit": unit, "from": asked.start, "to": asked.end, "rate": rate, "side": side,
            "items": found[:limit], "next": more}  # fmt: skip


def _walked(book: Book, asked: Asked, rate: str, side: str, after: str) -> list[CaseRow]:
    """The next rows, by number, of units that may count in a rate, and that may be on this side of it."""
    table, members = book.tables.cases, sorted(asked.members)
    columns = [column for column in table.c if column.name != "body"]
    theirs = (table.c[name].concat("").in_(members) for name in ("registered_by", "unit", "first_unit"))
    may = [_when(book, table.c, rate, asked), *_side(book, table.c, rate, side, asked)]
    query = select(*columns).where(table.c.no > after, or_(*theirs), *may).order_by(table.c.no).limit(WALKED)
    return [CaseRow(*(*row, b"")) for row in book.select(query)]


def _when(book: Book, c: Any, rate: str, asked: Asked) -> ColumnElement[bool]:
    """The condition for rows that may count on a day asked about."""
    if rate in DAYS:
        return c[DAYS[rate]].between(asked.start, asked.end)  # type: ignore[no-any-return]
    if rate == "timely_acceptance_unit":
        return c.registered_on.between(_before(book, asked, "accept_unit_days"), asked.end)  # type: ignore[no-any-return]
    of = rate.removeprefix("participation_")
    unrated = c.answered_on.between(_before(book, asked, "rating_days"), asked.end)
    return or_(c[f"{of}_rated_on"].between(asked.start, asked.end), and_(c[f"{of}_score"].is_(None), unrated))


def _before(book: Book, asked: Asked, parameter: str) -> str:
    """The first day from which so many days, by whichever law, may lead to one that is asked about."""
    return (date.fromisoformat(asked.start) - timedelta(days=max(_told(book, parameter)))).isoformat()


def _told(book: Book, parameter: str) -> list[int]:
    """Of all sets of rules that tell it."""
    return [each.parameters[parameter] for each in book.rules.versions if parameter in each.parameters]


def _accepted_late(book: Book, c: Any, asked: Asked) -> Iterator[ColumnElement[bool]]:
    """By weeks of registration, as no two stores add days to a date alike: some that are accepted in time are read."""
    day, end = date.fromisoformat(_before(book, asked, "accept_unit_days")), date.fromisoformat(asked.end)
    least = min(_told(book, "accept_unit_days"))
    while day <= end:
        week, late = (day + timedelta(days=6)).isoformat(), (day + timedelta(days=least)).isoformat()
        yield and_(c.registered_on.concat("").between(day.isoformat(), week), c.accepted_on.concat("") > late)
        day += timedelta(days=7)


def _side(book: Book, c: Any, rate: str, side: str, asked: Asked) -> Iterator[ColumnElement[bool]]:
    """Conditions for rows that may be on one side; none where all may."""
    if rate in LIMITS and side in DONE_LATE:
        (done, late), met, missed = DONE_LATE[side], c[f"{LIMITS[rate]}_met"], c[f"{LIMITS[rate]}_missed"]
        yield met.is_not(None) if done else met.is_(None)
        if late is not None:
            yield missed > 0 if late else missed == 0
    elif rate == "timely_acceptance_unit" and side == "overdue_not_accepted":
        yield c.accepted_on.concat("").is_(None)  # not by the index of acceptances, which has them in another order
    elif rate == "timely_acceptance_unit" and side == "accepted_late":
        yield or_(*_accepted_late(book, c, asked))
    elif (rate, side) == ("repeat_rate", "numerator"):
        yield c.first.is_not(None)
    elif (rate, side) == ("first_time_resolved", "numerator"):
        yield c.resolved == 1
    elif rate.startswith("satisfaction_") and side == "numerator":
        yield c[f"{rate.removeprefix('satisfaction_')}_score"].in_(SATISFIED)
