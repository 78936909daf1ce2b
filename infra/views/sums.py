"""Where the sums over a generation's rows are kept, so that who opens the store next need not count every row again.

One row holds the sums and the position that they are of; beside it stands, for each row that was counted, in which
cells (`projections.tally`). Whoever counts keeps them now and then, what changed since at a time; one process does, and
`version` tells every other that what it knows is no longer what is kept. By their kind stand there, too, the ledgers of
duties as they were by then.
"""

import sys
import zlib
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy.engine import Connection

from infra.parts import parts
from infra.views.copying import copied
from infra.views.store import Views

FORMAT = f"3 {sys.byteorder}"
"""Of the sums; others are counted anew."""
AT_ONCE = 20_000
"""Rows of one transaction when everything is kept for the first time: others write in between."""
Row = tuple[str, str]
"""Table and key of a row that was counted."""


class Stale(Exception):
    """Somebody else kept newer sums meanwhile."""


class KeptSums(NamedTuple):
    """Sums as they are kept."""

    version: int
    position: int
    law: str
    body: bytes
    tree: bytes
    """Of the log's leaves (`infra.log.tree_heads`), as far as they were hashed by then."""


class Sums:
    """The sums of one generation, as one process knows them."""

    def __init__(self, views: Views, number: int) -> None:
        self._views = views
        self._sums, self._counted = views.q(f"tally_{number}"), views.q(f"counted_{number}")
        self._mark = "%s" if views.postgres else "?"
        self.version = self._coming = 0
        """Of what this process read or kept last; 0 for nothing. And of what it is keeping."""
        self._passed_over: int | None = None

    def read(self, law: str) -> KeptSums | None:
        """What is kept; None where nothing is, or under another law."""
        with self._views.reading() as connection:
            kept = self._kept(connection)
        if kept is None or kept.law != f"{FORMAT} {law}" or kept.version == self._passed_over:
            return None
        self.version = kept.version
        return kept._replace(body=zlib.decompress(kept.body))

    def pass_over(self) -> None:
        """What was read last is of no use: it is as if nothing were kept, until something newer is."""
        self._passed_over, self.version = self.version, 0

    def _kept(self, connection: Connection) -> KeptSums | None:
        query = f"SELECT version, position, law, body, tree FROM {self._sums}"  # noqa: S608 -- names of this module
        row = connection.exec_driver_sql(query).fetchone()
        return KeptSums(row[0], row[1], row[2], bytes(row[3]), bytes(row[4])) if row else None

    def cells(self, table: str, keys: Collection[str]) -> dict[str, bytes]:
        """In which cells rows were counted when the sums were kept. Raises `Stale` where others are kept by now."""
        found: dict[str, bytes] = {}
        with self._views.reading() as connection:
            for part in parts(keys):
                among = ",".join([self._mark] * len(part))
                query = f"SELECT key, cells FROM {self._counted} WHERE tab = {self._mark} AND key IN ({among})"  # noqa: S608
                rows = connection.exec_driver_sql(query, (table, *part)).fetchall()
                found.update((row[0], bytes(row[1])) for row in rows)
            version = connection.exec_driver_sql(f"SELECT version FROM {self._sums}").scalar()  # noqa: S608
        if version not in (self.version, self._coming):  # asked last: what was read may be newer, never older
            raise Stale
        return found

    def all_cells(self, table: str) -> dict[str, bytes]:
        """The same of every row of a table."""
        with self._views.reading() as connection:
            query = f"SELECT key, cells FROM {self._counted} WHERE tab = {self._mark}"  # noqa: S608 -- as above
            found = {row[0]: bytes(row[1]) for row in connection.exec_driver_sql(query, (table,))}
            version = connection.exec_driver_sql(f"SELECT version FROM {self._sums}").scalar()  # noqa: S608
        if version not in (self.version, self._coming):
            raise Stale
        return found

    def rows(self, table: str) -> tuple[dict[str, bytes], int]:
        """What is kept of every row of a table, whoever kept it and by whatever law, and the position that it is of;
        nothing, of 0, where that is not whole.
        """
        with self._views.snapshot() as connection:
            kept = self._kept(connection)
            if kept is None or not kept.law.startswith(FORMAT):
                return {}, 0
            query = f"SELECT key, cells FROM {self._counted} WHERE tab = {self._mark}"  # noqa: S608 -- as above
            rows = connection.exec_driver_sql(query, (table,)).fetchall()
        return {row[0]: bytes(row[1]) for row in rows}, kept.position

    def tree(self) -> bytes:
        """The tree that is kept beside the sums; nothing where none is."""
        with self._views.reading() as connection:
            query = f"SELECT tree FROM {self._sums}"  # noqa: S608 -- as above
            return bytes(connection.exec_driver_sql(query).scalar() or b"")

    def keep(self, position: int, law: str, body: bytes, changed: Mapping[Row, bytes], tree: bytes = b"") -> None:
        """Keeps sums, and of the rows those that changed since; of the first that are kept, all rows.

        Raises `Stale` where somebody else keeps them.
        """
        if self.version:
            self._put(KeptSums(self.version + 1, position, law, body, tree), changed)
            return
        with self._views.alone():
            self._first(law, changed)
            self._put(KeptSums(self.version + 1, position, law, body, tree), {})

    def _first(self, law: str, every: Mapping[Row, bytes]) -> None:
        """All rows, part by part; until the sums stand beside them they are of no law, and nobody reads them."""
        with self._views.writing() as connection:
            kept = self._kept(connection)
            if kept is not None and kept.law == f"{FORMAT} {law}" and kept.version != self._passed_over:
                raise Stale
            version = kept.version + 1 if kept is not None else 1
            connection.exec_driver_sql(f"DELETE FROM {self._sums}")  # noqa: S608 -- names of this module
            connection.exec_driver_sql(f"DELETE FROM {self._counted}")  # noqa: S608
            self._insert(connection, KeptSums(version, 0, "", b"", b""))
        self.version = version
        for rows in parts(every.items(), AT_ONCE):
            part = dict(rows)
            with self._views.writing() as connection:
                if self._views.postgres:
                    copied(connection.connection.cursor(), self._counted, _values(part))
                else:
                    self._rows(connection, part)

    def _put(self, kept: KeptSums, changed: Mapping[Row, bytes]) -> None:
        try:
            self._put_in_place(kept, changed)
        except BaseException:
            self._coming = self.version  # the next version may be another process's
            raise
        self.version = kept.version

    def _put_in_place(self, kept: KeptSums, changed: Mapping[Row, bytes]) -> None:
        with self._views.writing() as connection:
            delete = f"DELETE FROM {self._sums} WHERE version = {self._mark}"  # noqa: S608 -- names of this module
            if connection.exec_driver_sql(delete, (self.version,)).rowcount != 1:
                raise Stale
            self._coming = kept.version
            self._insert(connection, kept._replace(law=f"{FORMAT} {kept.law}", body=zlib.compress(kept.body, 1)))
            self._rows(connection, changed)

    def _insert(self, connection: Connection, kept: KeptSums) -> None:
        marks = ",".join([self._mark] * len(kept))
        connection.exec_driver_sql(f"INSERT INTO {self._sums} VALUES ({marks})", tuple(kept))  # noqa: S608 -- as above

    def _rows(self, connection: Connection, changed: Mapping[Row, bytes]) -> None:
        cursor = connection.connection.cursor()
        marks = ",".join([self._mark] * 3)
        insert = f"INSERT INTO {self._counted} VALUES ({marks})"  # noqa: S608 -- as above
        again = "ON CONFLICT (tab, key) DO UPDATE SET cells = excluded.cells"
        cursor.executemany(f"{insert} {again}", list(_values(changed)))


class Copied(Sums):
    """All that is kept, in memory, as it stood at one moment."""

    def __init__(self, views: Views, number: int) -> None:
        super().__init__(views, number)
        self._of: dict[str, dict[str, bytes]] = {}
        with views.snapshot() as connection:
            self.kept = self._kept(connection)
            query = f"SELECT tab, key, cells FROM {self._counted}"  # noqa: S608 -- names of this module
            for table, key, cells in connection.exec_driver_sql(query) if self.kept else ():
                self._of.setdefault(table, {})[key] = bytes(cells)

    def read(self, law: str) -> KeptSums | None:
        kept = self.kept
        if kept is None or kept.law != f"{FORMAT} {law}":
            return None
        return kept._replace(body=zlib.decompress(kept.body))

    def cells(self, table: str, keys: Collection[str]) -> dict[str, bytes]:
        kept = self._of.get(table, {})
        return {key: kept[key] for key in keys if key in kept}

    def all_cells(self, table: str) -> dict[str, bytes]:
        return {**self._of.get(table, {})}

    def rows(self, table: str) -> tuple[dict[str, bytes], int]:
        kept = self.kept
        if kept is None or not kept.law.startswith(FORMAT):
            return {}, 0
        return self.all_cells(table), kept.position


def _values(changed: Mapping[Row, bytes]) -> Iterator[tuple[str, str, bytes]]:
    return ((table, key, cells) for (table, key), cells in changed.items())
