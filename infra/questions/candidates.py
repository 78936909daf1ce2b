"""Which earlier items may an item repeat? Looked up from that item; its petitioners never leave this module."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, or_, select

from domain.envelope import day_of
from domain.petition.item import Item
from domain.petition.matter import first_item
from infra.questions.book import Book
from projections import candidates as screening
from projections.cases import CaseRow


def candidates(book: Book, no: str) -> dict[str, Any] | None:
    """Each with what speaks for it, and with the judgement that a human would emit."""
    item = book.item(no)
    if item is None:
        return None
    row = next(book.cases(book.tables.cases.c.no == no), None)
    same = _shared(book, item)
    law = book.rules.on(item.received_on)
    found = [] if row is None else screening.candidates(row, _earlier(book, item, same), same, law.parameters["alike"])
    return {
        **book.head(), "no": no, "title": item.title, "judged": item.first, "alike": law.parameters["alike"],
        "candidates": [_offered(book, no, each) for each in found],
    }  # fmt: skip


def _shared(book: Book, item: Item) -> dict[str, int]:
    """How many of the item's petitioners each other item has."""
    table = book.tables.persons
    query = select(table.c.no, func.count()).where(table.c.person.in_(item.petitioners), table.c.no != item.no)
    return {row[0]: row[1] for row in book.select(query.group_by(table.c.no))}


def _earlier(book: Book, item: Item, same: dict[str, int]) -> Iterator[CaseRow]:
    """Earlier items that are not of its matter: of the same person, of the same accused, or near in content."""
    table, day = book.tables.cases, day_of(item.registered_at).isoformat()
    before = or_(table.c.registered_on < day, and_(table.c.registered_on == day, table.c.no < item.no))
    alike = [table.c.category == item.category, *_equal(table.c.about_unit, item.about_unit)]
    near = and_(table.c.place.startswith(item.place[:6], autoescape=True), or_(*alike))
    accused = _equal(table.c.about_official, item.about_official) or _equal(table.c.about_unit, item.about_unit)
    root = first_item(item.no, book.linked) or item
    of_person = book.cases(before, table.c.no.in_(book.among(sorted(same))))
    nos = [row.no for row in book.select(select(table.c.no).where(before, or_(near, *accused)))]
    near_it = book.cases(table.c.no.in_(book.among([no for no in nos if no not in same])))
    return (row for row in (*of_person, *near_it) if root.no not in (row.no, row.first))


def _equal(column: Any, value: str | None) -> list[Any]:
    """A condition, where there is something to compare."""
    return [] if value is None else [column == value]


def _offered(book: Book, no: str, found: dict[str, Any]) -> dict[str, Any]:
    """The candidate with the matter it belongs to, and the judgement on it (判重), for a human to sign and send."""
    root = first_item(found["no"], book.linked)
    first = root.no if root is not None else found["no"]
    judged = {"type": "petition.repeat_judged.v1", "subject": f"petition:{no}"}
    return {
        **found, "unit_name": book.units.name(found["unit"]), "matter": first,
        "emit": {**judged, "data": {"first": first, "basis": found["basis"]}},
    }  # fmt: skip
