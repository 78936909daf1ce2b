"""All of one key store in another: wrapped keys, who was forgotten, proof and secrets, as of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from infra.vault.store import KEYS, TABLES, KeyStore

ROWS = 5_000


def copy_keys(source: KeyStore, target: KeyStore) -> int:
    """Replaces what the target holds, in one transaction; answers how many persons have a key."""
    with _at_one_moment(source.engine) as reading, target.engine.begin() as writing:
        for table in TABLES.sorted_tables:
            writing.execute(table.delete())
            for rows in reading.execute(sa.select(table)).mappings().partitions(ROWS):
                writing.execute(table.insert(), [dict(row) for row in rows])
        return writing.execute(sa.select(sa.func.count()).select_from(KEYS)).scalar_one()


@contextmanager
def _at_one_moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A snapshot: a rotation between two tables would leave a proof that does not fit the keys."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            yield connection
        return
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")  # the driver begins none for a SELECT
        yield connection
