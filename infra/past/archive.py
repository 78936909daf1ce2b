"""Read models through time: every row with the marks between which it stood so.

Each `MARK` events what changed is written once more: the archive grows with change, not with the city. What stood at
a mark is one select. It is a cache beside the store: it may be deleted, and is then made again from the log.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, PrimaryKeyConstraint, Table, Text, select, text
from sqlalchemy.engine import Connection

from domain.codec import decode_each
from domain.petition.item import Item
from domain.petition.state import evolve, grow
from domain.rules.law import Rules
from infra.log.merkle import Tree
from infra.log.port import Entry, Log
from infra.parts import parts
from infra.past.directory import Directory
from infra.past.sight import READ, Sight, happened
from infra.past.sums import StandingRows, changed, of_law
from infra.shipped import shipped_rules
from infra.views.copying import copied
from infra.views.projector import Progress, Projector
from infra.views.store import Overtaken, Views
from infra.views.tables import KEYS, Tables, bytewise
from projections.board import Slots
from projections.cases import DueRow
from projections.fold import Changes, streams
from projections.sums import Key, SumRow, added, by_rows, moved, packed, unpacked

MARK = 5_000
"""Events between two marks: fewer are more rows, more are more to fold for a question."""
OPEN = 2**62
"""The end of a row that still stands."""
SPAN = 2
"""Columns before those of a row: the marks at which it began and ended."""
TREES = 5
"""Merkle trees that are kept between two marks: a root of the past hashes few leaves."""
LATE = 3_600_000_000
"""Microseconds: what was recorded later than that after it happened is noted by its time."""


SUMS = ("kind", "name", "month")
"""The key of a row of sums."""


class Ages(Tables):
    """The tables of an archive: since which mark each row stood so, from which on no more, and the row.

    Items are not among them: they are two thirds of the rows of read models, and their events give each in no time.
    """

    def __init__(self, number: int, metadata: MetaData) -> None:
        super().__init__(number, MetaData())
        for name, key in KEYS.items():
            rows = named(self, name)
            span = [Column("begun", BigInteger, nullable=False), Column("ended", BigInteger, nullable=False)]
            own = [Column(name, rows.c[name].type, nullable=rows.c[name].nullable) for name in kept(rows)]
            setattr(self, name, Table(rows.name, metadata, *span, *own, PrimaryKeyConstraint(*key, "begun")))
        span = [Column("begun", BigInteger, nullable=False), Column("ended", BigInteger, nullable=False)]
        own = [*(Column(name, Text, nullable=False) for name in SUMS), Column("body", LargeBinary, nullable=False)]
        self.sums = Table(f"sums_{number}", metadata, *span, *own, PrimaryKeyConstraint(*SUMS, "begun"))
        """What scoreboards say of all these rows (`projections.sums`)."""


def keys_of(name: str) -> tuple[str, ...]:
    """The key of the rows of a table, beside the mark at which they begin."""
    return SUMS if name == "sums" else KEYS[name]


def named(tables: Tables, name: str) -> Table:
    """One of the tables, by a key of `KEYS`."""
    table: Table = getattr(tables, name)
    return table


def kept(rows: Table) -> list[str]:
    """The columns of read models that the archive keeps."""
    return [each.name for each in rows.c if not (each.name == "body" and "no" in rows.c)]


class Archive(Views):
    """The archive of one log, up to its last mark."""

    _log: Log
    _mark = 0
    _again: Sequence[str] = ()
    """Items whose limits are written again."""
    _rules: tuple[Rules, Rules]
    """At the last mark, and at the one that is written."""

    def tables(self, number: int) -> Ages:
        if number not in self._tables:
            self._tables[number] = Ages(number, MetaData(schema=self.schema))
        ages = self._tables[number]
        assert isinstance(ages, Ages)
        return ages

    def ages(self) -> tuple[Ages, int]:
        """The tables, and the mark up to which they are made."""
        live = self.live()
        assert live is not None, "opening the archive makes its tables"
        return self.tables(live.tables.number), live.position

    # making

    def follow(self, log: Log, upto: int, progress: Progress | None = None) -> None:
        """Goes on, mark by mark, to the last one that is not beyond a position."""
        self._log = log
        self._belongs(log)
        projector, directory, tree = Projector(log, self), Directory(log, shipped_rules()), Tree()
        while (made := self.ages())[1] + MARK <= upto:
            ages, mark = made
            entries = log.read(mark, upto=mark + MARK, limit=MARK)
            if tree.size != mark:
                tree = self.tree(log, mark)
            try:
                self._note(ages, log, entries, tree)
                rules = directory.at(Sight(mark + MARK, mark + MARK)).rules
                self._rules = (directory.at(Sight(mark, mark)).rules if of_law(entries) else rules), rules
                projector.fold(ages, entries, position=mark + MARK, after=mark)
            except Overtaken:  # by another process that asked about the past
                projector = Projector(log, self)
            if progress:
                progress(mark + MARK, upto)

    def forget(self) -> None:
        """Lets everything go; it is made anew from the log when it is needed."""
        with self.alone():
            self.switch(self.build())

    def _belongs(self, log: Log) -> None:
        """An archive that was made of another log, or of one that was cut since, is made anew."""
        ages, mark = self.ages()
        if mark:
            with self.engine.connect() as connection:
                query = text(f"SELECT leaf FROM {self._notes('leaves', ages)} WHERE position = :mark")
                leaf = connection.execute(query, {"mark": mark}).scalar()
            if log.leaves(mark - 1, 1) != [(mark, bytes(leaf or b""))]:
                self.forget()

    def _note(self, ages: Ages, log: Log, entries: Sequence[Entry], tree: Tree) -> None:
        """Which of them were entered late; of some the leaf, by which the archive knows its log again, and the tree."""
        late = [{"position": e.position, "time": time} for e in entries if e.recorded - (time := happened(e)) > LATE]
        leaves, grown = log.leaves(tree.size, MARK), []
        for at in range(0, MARK, MARK // TREES):
            tree.extend([leaf for _, leaf in leaves[at : at + MARK // TREES]])
            grown.append(
                {"position": tree.size, "leaf": leaves[tree.size - entries[0].position][1], "heads": tree.heads}
            )
        with self.writing() as connection:
            for name, rows in (("late", late), ("leaves", grown)):
                if rows:
                    bound = ", ".join(f":{column}" for column in rows[0])
                    insert = f"INSERT INTO {self._notes(name, ages)} VALUES ({bound}) ON CONFLICT DO NOTHING"
                    connection.execute(text(insert), rows)

    def _notes(self, name: str, ages: Tables) -> str:
        return self.q(f"{name}_{ages.number}")

    def items(self, _tables: Tables, subjects: Collection[str]) -> dict[str, Item | None]:
        """Items as they stood at the last mark, from their events."""
        return items_at(self._log, subjects, self.ages()[1])

    def tree(self, log: Log, size: int) -> Tree:
        """The largest tree of the log, not beyond a size, that is kept; one of no leaves where none is."""
        query = text(
            f"SELECT position, leaf, heads FROM {self._notes('leaves', self.ages()[0])} WHERE position <= :size "
            "ORDER BY position DESC LIMIT 1"
        )
        with self.engine.connect() as connection:
            kept = connection.execute(query, {"size": size}).fetchone()
        if kept is None or log.leaves(kept[0] - 1, 1) != [(kept[0], bytes(kept[1]))]:
            return Tree()
        return Tree.after(kept[0], bytes(kept[2]))

    # how rows are written: the former one ends, the new one begins

    def write(self, tables: Tables, changes: Changes, *, position: int, after: int) -> None:
        self._mark = position
        super().write(tables, changes, position=position, after=after)

    def put(self, connection: Connection, tables: Tables, changes: Changes, *, fresh: bool = False) -> None:
        """Sums move with the rows. Where the law changed, every row counts anew."""
        (was, law), rows = self._rules, StandingRows(connection, tables, _stands)
        before = rows.before(changes) if was is law else rows.everything()
        former = Counter(before.cells(was.on))
        super().put(connection, tables, changes, fresh=fresh)
        now = changed(before, changes, rows) if was is law else rows.everything()
        self._move(connection, tables, by_rows(moved(former, now.cells(law.on))))

    def _move(self, connection: Connection, tables: Tables, moves: dict[Key, Slots]) -> None:
        assert isinstance(tables, Ages)
        cursor: Any = connection.connection.cursor()
        table, kinds = tables.sums, sorted({kind for kind, _, _ in moves})
        query = select(*(table.c[name] for name in SumRow._fields)).where(table.c.kind.in_(kinds), _stands(table))
        rows = (SumRow(*row) for row in connection.execute(query))
        kept = {row[:3]: row for row in rows if row[:3] in moves}
        told = {key: added(unpacked(kept[key]) if key in kept else {}, slots) for key, slots in moves.items()}
        self._end(cursor, "sums", table, [*kept])
        begun = [(self._mark, OPEN, *packed(key, slots)) for key, slots in told.items() if slots]
        self._begin_rows(cursor, table, begun)

    def _build(self, connection: Connection) -> Tables:
        tables = super()._build(connection)
        blob = "BYTEA" if self.postgres else "BLOB"
        assert isinstance(tables, Ages)
        tables.sums.create(connection)
        if self.postgres:
            connection.execute(text(f"ALTER TABLE {self.q(tables.sums.name)} {bytewise(tables.sums)}"))
        for name, value in (("late", "time BIGINT"), ("leaves", f"leaf {blob} NOT NULL, heads {blob}")):
            notes = self._notes(name, tables)
            connection.execute(text(f"CREATE TABLE {notes} (position BIGINT PRIMARY KEY, {value} NOT NULL)"))
        return tables

    def _drop(self, connection: Connection, number: int) -> None:
        for name in ("late", "leaves", "sums"):
            connection.execute(text(f"DROP TABLE IF EXISTS {self.q(f'{name}_{number}')}"))
        super()._drop(connection, number)

    def finish(self, connection: Connection, tables: Tables) -> None:
        """Beside the keys: what repeats, and which sums stand. For all else a mark is asked, where most rows stand."""
        assert isinstance(tables, Ages)
        for column in (tables.cases.c.first, tables.sums.c.ended):
            Index(f"{column.table.name}_by_{column.name}", column).create(connection, checkfirst=True)
        if self.postgres:
            connection.execute(text(f"CREATE INDEX ON {self.q(tables.titles)} USING gin (terms)"))

    def _clear_due(self, _cursor: Any, _tables: Tables, subjects: list[str], _rows: Sequence[DueRow]) -> None:
        self._again = subjects

    def _put(self, cursor: Any, name: str, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        ending: Iterable[tuple[Any, ...]]
        if name == "due":
            standing, told = self._limits(cursor, table), set(rows)
            ending, rows = standing - told, [*(told - standing)]
        else:
            ending = rows
        columns = table.c.keys()[SPAN:]
        at = [columns.index(key) for key in KEYS[name]]
        self._end(cursor, name, table, [tuple(row[place] for place in at) for row in ending])
        self._begin_rows(cursor, table, [(self._mark, OPEN, *row[: len(columns)]) for row in rows])

    def _limits(self, cursor: Any, table: Table) -> set[tuple[Any, ...]]:
        """What still runs on the items that are written again: a limit that goes on as it did is not."""
        columns = ", ".join(f'"{each}"' for each in table.c.keys()[SPAN:])
        query = f"SELECT {columns} FROM {self.q(table.name)} WHERE ended = {OPEN} AND subject "
        if self.postgres:
            return {*cursor.execute(query + "= ANY(%s)", (list(self._again),))}
        return {row for subject in self._again for row in cursor.execute(query + "= ?", (subject,))}

    def _end(self, cursor: Any, name: str, table: Table, keys: list[tuple[Any, ...]]) -> None:
        target = self.q(table.name)
        if not self.postgres:
            same = " AND ".join(f"{key} = ?" for key in keys_of(name))
            cursor.executemany(f"UPDATE {target} SET ended = {self._mark} WHERE {same} AND ended = {OPEN}", keys)
            return
        columns, ends = ", ".join(keys_of(name)), f"ending_{name}"
        same = " AND ".join(f"old.{key} = {ends}.{key}" for key in keys_of(name))
        cursor.execute(f"CREATE TEMP TABLE {ends} ON COMMIT DROP AS SELECT {columns} FROM {target} LIMIT 0")
        copied(cursor, f"{ends} ({columns})", keys)
        update = f"UPDATE {target} old SET ended = {self._mark} FROM {ends} WHERE {same} AND old.ended = {OPEN}"
        cursor.execute(update)

    def _begin_rows(self, cursor: Any, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        target = self.q(table.name)
        if self.postgres:
            copied(cursor, target, rows)
        else:
            cursor.executemany(f"INSERT INTO {target} VALUES ({','.join('?' * len(table.c))})", rows)

    def _bodies(self, connection: Connection, table: Any, key: str, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        query = table.select().with_only_columns(table.c[key], table.c.body).where(table.c.ended == OPEN)
        for part in parts(ids):
            rows = connection.execute(query.where(table.c[key].in_(part)))
            yield from ((row[0], bytes(row[1])) for row in rows)

    # reading

    def late(self, log: Log, seen: Sight) -> list[Entry]:
        """Late entries among what is seen: those noted by their time, and what is near it or was recorded last."""
        if seen.upto == seen.position:
            return []
        ages, made = self.ages()
        found: dict[int, Entry] = {}
        near = min(log.at(seen.at + LATE), seen.position)
        for after, upto in ((seen.upto, near), (max(near, min(made, seen.position)), seen.position)):
            found |= {each.position: each for each in _between(log, seen, after, upto)}
        with self.engine.connect() as connection:
            query = f"SELECT position FROM {self._notes('late', ages)} WHERE position > :near AND time <= :at"
            noted = connection.execute(text(query), {"near": near, "at": seen.at}).scalars().fetchall()
        for position in noted:
            if position not in found and position <= seen.position and (entry := log.get(position)) is not None:
                found[position] = entry
        return [found[position] for position in sorted(found)]


def _stands(table: Table) -> Any:
    """The condition for rows that stand at the last mark."""
    return table.c.ended == OPEN


def stood(table: Table, mark: int) -> Any:
    """The condition for rows that stood at a mark."""
    return (table.c.begun <= mark) & (table.c.ended > mark)


def items_at(log: Log, subjects: Collection[str], upto: int) -> dict[str, Item | None]:
    """Items as they stood at a position, from their events; None for those that nobody knew then."""
    found: dict[str, Item | None] = dict.fromkeys(subjects)
    for subject, entries in streams(log.streams(sorted(subjects), upto=upto), lambda each: each.subject).items():
        item: Item | None = None
        for event in decode_each(entries):
            if item is None:
                item = evolve(None, event)
            else:
                grow(item, event)
        found[subject] = item
    return found


def _between(log: Log, seen: Sight, after: int, upto: int) -> Iterator[Entry]:
    while after < upto:
        entries = log.read(after, upto=upto, limit=READ)
        yield from seen.among(entries)
        after = entries[-1].position
