"""In which order a list is told, and where a page of it ended. A cursor goes on under the order that it was made in."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Integer, and_, func, or_

from projections.orders import split

Place = tuple[Any, ...]
"""What a row is ordered by: texts and whole numbers, of which the last tells any two rows apart."""
LAST = {False: "~", True: ""}
"""What stands for a day that is none: after all days, whichever way they go."""


class Order(NamedTuple):
    """The columns by which rows are told in the order `sort`."""

    sort: str
    columns: tuple[ColumnElement[Any], ...]

    @property
    def by(self) -> list[ColumnElement[Any]]:
        return [column.desc() if split(self.sort)[1] else column.asc() for column in self.columns]

    def after(self, cursor: str | None) -> list[ColumnElement[bool]]:
        """The condition for what comes after a cursor; none without one. Raises ValueError."""
        if not cursor:
            return []
        return [_beyond(self.columns, place_of(cursor, self.sort, self.kinds), down=split(self.sort)[1])]

    @property
    def kinds(self) -> list[type]:
        """What a place in this order is made of."""
        return [int if isinstance(column.type, Integer) else str for column in self.columns]

    def cursor(self, place: Place) -> str:
        return cursor_of(self.sort, place)


def day(column: ColumnElement[Any], sort: str) -> ColumnElement[Any]:
    """A column of days; rows without one come last."""
    return func.coalesce(column, LAST[split(sort)[1]])


def cursor_of(sort: str, place: Place) -> str:
    """What a client hands back to go on after a row."""
    return urlsafe_b64encode(orjson.dumps([sort, *place])).decode().rstrip("=")


def place_of(cursor: str, sort: str, kinds: Sequence[type]) -> Place:
    """The row after which it goes on. Raises ValueError where the text is no cursor of this list in this order."""
    try:
        told = orjson.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=="))
    except ValueError:
        told = None
    if not isinstance(told, list) or told[:1] != [sort] or [type(each) for each in told[1:]] != [*kinds]:
        raise ValueError(f"{cursor!r} is no cursor of this list in this order")
    if any("\0" in each if isinstance(each, str) else not 0 <= each < 2**63 for each in told[1:]):
        raise ValueError(f"{cursor!r} names no row")
    return tuple(told[1:])


def later(
    rows: Sequence[tuple[Place, Any]], sort: str, kinds: Sequence[type], cursor: str | None
) -> list[tuple[Place, Any]]:
    """Rows with their places in order, from the one after a cursor on; `kinds` are what a place is made of.

    Raises ValueError where the cursor is none of this list, also of an empty one.
    """
    down = split(sort)[1]
    place = place_of(cursor, sort, kinds) if cursor else None
    ordered = sorted(rows, key=lambda each: each[0], reverse=down)
    if place is None:
        return ordered
    return [each for each in ordered if (each[0] < place if down else each[0] > place)]


def _beyond(columns: tuple[ColumnElement[Any], ...], place: Place, *, down: bool) -> ColumnElement[bool]:
    (column, *others), (value, *rest) = columns, place
    further = column < value if down else column > value
    return or_(further, and_(column == value, _beyond(tuple(others), tuple(rest), down=down))) if others else further
