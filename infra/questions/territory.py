"""Whose items are whose: of a government those of its place (属地), of a department those about or with it (属事)."""

from typing import Any, Literal

from sqlalchemy import func

from domain.unit.state import DIGITS, Unit
from infra.questions.book import Book

ABOVE = {"village": "township", "township": "county", "county": "city", "city": "province", "province": "national"}
GOVERNING = ("party", "government", "township")


def by(unit: Unit) -> Literal["place", "unit"]:
    """What makes an item one of this unit's."""
    return "place" if unit.kind in GOVERNING else "unit"


def within(unit: Unit) -> str:
    """What all places of the unit's division begin with."""
    return unit.territory


def around(unit: Unit) -> str:
    """The same of the division whose items a unit's are a share of: the one above a government, a department's own."""
    above = ABOVE.get(unit.level, unit.level) if by(unit) == "place" else unit.level
    return unit.division[: DIGITS[above]]


def occurring(book: Book, unit: Unit) -> Any:
    """The condition for items of a unit: by place, or else the unit that it is about, first handled, or holds it."""
    table = book.tables.cases
    if by(unit) == "place":
        return at(book, within(unit))
    whose = func.coalesce(table.c.about_unit, table.c.first_unit, table.c.unit)
    return whose.in_(sorted(book.units.below(unit.unit)))


def at(book: Book, beginning: str) -> Any:
    """The condition for items of all places whose code begins so."""
    return book.tables.cases.c.place.startswith(beginning, autoescape=True)
