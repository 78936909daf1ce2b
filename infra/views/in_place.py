"""Rows of SQLite in place of those before, written only where they changed.

A row that is replaced is taken out of each index of its table and put into each again, on pages that lie all over the
store; a column that is set costs the indexes that hold it, changed or not. So a row is compared with the one before,
and set are the columns of those indexes alone that it moves in, and what no index holds.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Table

from infra.parts import parts
from infra.views.tables import KEYS, ROWS, indexed

Row = tuple[Any, ...]
LASTING = frozenset({"acts", "persons"})
"""Tables whose rows never change: no former one is looked for."""


def put(cursor: Any, name: str, table: Table, rows: Sequence[Row]) -> None:
    """Puts rows in place of those with the same key; of several with one key the last stays."""
    new = rows
    if name not in LASTING:
        key = _picked(name, KEYS[name])
        latest = {key(row): row for row in rows}
        before = {key(row): row for row in standing(cursor, table, name, {row[_first(name)] for row in rows})}
        new = [row for of, row in latest.items() if of not in before]
        _set(cursor, name, table, [(old, row) for of, old in before.items() if (row := latest.get(of, old)) != old])
    cursor.executemany(f"INSERT OR REPLACE INTO {table.name} VALUES ({','.join('?' * len(table.c))})", new)


def standing(cursor: Any, table: Table, name: str, firsts: Iterable[Any]) -> Iterator[Row]:
    """Rows as they are, by the first column of their key."""
    for part in parts(firsts):
        among = ",".join("?" * len(part))
        yield from cursor.execute(f"SELECT * FROM {table.name} WHERE {KEYS[name][0]} IN ({among})", part).fetchall()


def clear(cursor: Any, name: str, table: Table, firsts: Iterable[Any], rows: Sequence[Row]) -> None:
    """Takes out the rows whose keys begin so, but for those in whose place rows are put next."""
    key = _picked(name, KEYS[name])
    told = {key(row) for row in rows}
    gone = [key(row) for row in standing(cursor, table, name, firsts) if key(row) not in told]
    cursor.executemany(f"DELETE FROM {table.name} WHERE {' AND '.join(f'{each} = ?' for each in KEYS[name])}", gone)


def _set(cursor: Any, name: str, table: Table, changed: Iterable[tuple[Row, Row]]) -> None:
    alike: dict[tuple[bool, ...], list[Row]] = {}
    compared = [_picked(name, columns) for columns in indexed(name)]
    for old, row in changed:
        alike.setdefault(tuple([of(old) != of(row) for of in compared]), []).append(row)
    same = " AND ".join(f"{key} = ?" for key in KEYS[name])
    for moves, rows in alike.items():
        columns = _to_set(name, moves)
        update = f"UPDATE {table.name} SET {', '.join(f'{column} = ?' for column in columns)} WHERE {same}"
        cursor.executemany(update, list(map(_picked(name, columns + KEYS[name]), rows)))


@cache
def _to_set(name: str, moves: tuple[bool, ...]) -> tuple[str, ...]:
    """Columns that no index holds in which the row stays where it is."""
    left = {*KEYS[name]}.union(*(columns for columns, moved in zip(indexed(name), moves, strict=True) if not moved))
    return tuple(column for column in ROWS[name]._fields if column not in left)


@cache
def _picked(name: str, columns: tuple[str, ...]) -> Any:
    """What takes these columns out of a row; together, however few they are."""
    places = [ROWS[name]._fields.index(column) for column in columns]
    return itemgetter(*places) if len(places) > 1 else itemgetter(slice(places[0], places[0] + 1))


def _first(name: str) -> int:
    place: int = ROWS[name]._fields.index(KEYS[name][0])
    return place
