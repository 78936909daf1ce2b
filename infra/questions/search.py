"""Find items by words of their title and by what is known of them."""

from typing import Any

from sqlalchemy import func, or_, select

from infra.questions.book import Book
from projections.titles import phrases


def search(
    book: Book, q: str = "", *, unit: str | None = None, state: str | None = None, category: str | None = None,
    place: str | None = None, channel: str | None = None, purpose: str | None = None, late: bool | None = None,
    registered_by: str | None = None, month: str | None = None, limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Newest first. `unit` takes what is below it in; `place` is a division code or the beginning of one."""
    table = book.tables.cases
    conditions: list[Any] = []
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
    if month:
        conditions.append(table.c.registered_on.startswith(month, autoescape=True))
    if late is not None:
        conditions.append(table.c.late > 0 if late else table.c.late == 0)
    if q:
        conditions.append(_matching(book, q))
    total = book.select(select(func.count()).select_from(table).where(*conditions))[0][0]
    if cursor:
        day, bar, no = cursor.partition("|")
        if not bar:
            raise ValueError(f"{cursor!r} is no cursor of this list")
        conditions.append(or_(table.c.registered_on < day, (table.c.registered_on == day) & (table.c.no < no)))
    query = select(table).where(*conditions).order_by(table.c.registered_on.desc(), table.c.no.desc()).limit(limit + 1)
    rows = book.select(query)
    found = [_told(book, row) for row in rows[:limit]]
    after = f"{found[-1]['registered_on']}|{found[-1]['no']}" if len(rows) > limit else None
    return {**book.head(), "total": total, "petitions": found, "next": after}


def _matching(book: Book, q: str) -> Any:
    table = book.tables.cases
    wanted = phrases(q)
    by_no = table.c.no.startswith(q.strip().removeprefix("petition:"), autoescape=True)
    if not wanted:
        return by_no
    return or_(table.c.no.in_(book.titled(wanted)), by_no)


def _told(book: Book, row: Any) -> dict[str, Any]:
    return {
        "no": row.no, "title": row.title, "state": row.state, "unit": row.unit, "unit_name": book.units.name(row.unit),
        "registered_on": row.registered_on, "channel": row.channel, "purpose": row.purpose, "category": row.category,
        "place": row.place, "persons": row.persons, "repeat_number": row.repeat_number,
        "collective": bool(row.collective), "due_on": row.due_on, "late": row.late > 0, "resolved": bool(row.resolved),
    }  # fmt: skip
