"""Rows of PostgreSQL in place of those before: few are sent one by one, many are copied."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table

from infra.views.tables import KEYS

FEW = 500
"""Rows that are sent one by one; for more, a copy into a table of the transaction costs less."""


def put(cursor: Any, target: str, name: str, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Puts rows in place of those with the same key; `target` is the table as SQL names it."""
    columns = [f'"{c.name}"' for c in table.columns]
    keys = ", ".join(f'"{key}"' for key in KEYS[name])
    told = ", ".join(f"{c} = EXCLUDED.{c}" for c in columns)
    otherwise = f"ON CONFLICT ({keys}) DO UPDATE SET {told}"
    if len(rows) <= FEW:
        cursor.executemany(f"INSERT INTO {target} VALUES ({','.join(['%s'] * len(columns))}) {otherwise}", rows)
        return
    cursor.execute(f"CREATE TEMP TABLE new_{name} (LIKE {target}) ON COMMIT DROP")
    copied(cursor, f"new_{name}", rows)
    cursor.execute(f"INSERT INTO {target} SELECT * FROM new_{name} {otherwise}")


def add_titles(cursor: Any, target: str, titles: Sequence[tuple[str, str]]) -> None:
    """Adds titles of new items, (NO, words with spaces between)."""
    if len(titles) <= FEW:
        cursor.executemany(f"INSERT INTO {target} VALUES (%s, to_tsvector('simple', %s))", titles)
        return
    cursor.execute("CREATE TEMP TABLE new_titles (no TEXT, terms TEXT) ON COMMIT DROP")
    copied(cursor, "new_titles", titles)
    cursor.execute(f"INSERT INTO {target} SELECT no, to_tsvector('simple', terms) FROM new_titles")


def copied(cursor: Any, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Sends rows to a table, all in one go."""
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
