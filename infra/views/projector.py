"""Keeps the read models up with the log, and rebuilds them beside the live ones: the embedded engine's loop.

Where workers keep the read models from Kafka, partition by partition, it keeps its hands off, and still rebuilds them.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from sqlalchemy import select

from infra.agenda import Due
from infra.kafka.partition import partition_of
from infra.log.port import Entry, Log, StoreError
from infra.views.anew import Anew, no_looking_for_garbage, take
from infra.views.partitions import Partitions
from infra.views.store import Key, Live, Overtaken, Views
from infra.views.tables import KEYS, Tables
from projections.fold import Fold

LOGGER = logging.getLogger("danze.project")
FOLDED = "wrote events into the read models"
BATCH = 20_000
READ = 2_000
"""Events that a rebuild reads at a time: few enough to be folded before the processor's cache has lost them."""

Progress = Callable[[int, int], None]


class Source(Protocol):
    """Where the events of the log are read for a rebuild."""

    def chunks(self, upto: int | Mapping[int, int]) -> Iterable[Sequence[Entry]]:
        """Events up to a position, or up to one position per partition; a second call goes on where the first ended."""
        ...


class LogSource:
    """The log itself."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._after = 0

    def chunks(self, upto: int | Mapping[int, int]) -> Iterator[Sequence[Entry]]:
        last = upto if isinstance(upto, int) else max(upto.values())
        while self._after < last:
            entries = self._log.read(self._after, upto=last, limit=READ)
            self._after = entries[-1].position
            if not isinstance(upto, int):
                entries = [each for each in entries if each.position <= upto[partition_of(each.subject, len(upto))]]
            if entries:
                yield entries


class Beside(NamedTuple):
    """Read models that were rebuilt beside the live ones."""

    tables: Tables
    position: int
    """Up to which they were."""
    rows: list[Key]
    """On which the two differ."""


Look = Callable[[Beside], None]


class Rebuilt(NamedTuple):
    """What a rebuild found: rows that differ from the live ones, by table."""

    position: int
    differences: dict[str, int]


class Projector:
    """One projector of one store. States live in memory, bounded; rows and position are written together."""

    def __init__(self, log: Log, views: Views, fold: Fold | None = None) -> None:
        self._log = log
        self._views = views
        self._fold = fold or Fold()
        self._position = -1
        """What the states in memory stand at; -1 for not known."""

    def catch_up(self, progress: Progress | None = None) -> int:
        """Folds what the log has gained. Returns the position reached. Two projectors do no harm to each other."""
        return self.caught_up(progress).position

    def caught_up(self, progress: Progress | None = None) -> Live:
        """The same; the generation that questions read, as it stands then."""
        head = self._log.head().position
        while True:
            live = self._views.live()
            assert live is not None, "opening the views makes a live generation"
            if live.position > head and not live.partitioned:
                self._check(live.position)
            if live.partitioned or live.position >= head:
                return live
            if not live.position and head > BATCH:
                self._fill(head, progress)
                continue
            if live.position != self._position:
                self._fold.forget()
            try:
                self._position = self.batch(live.tables, live.position, head)
                LOGGER.info(FOLDED, extra={"after": live.position, "position": self._position})
            except Overtaken:
                self._position = -1
            if progress:
                progress(self._position, head)

    def _fill(self, head: int, progress: Progress | None) -> None:
        """Makes the rows of a store that has none of this format yet, each once, unless somebody did meanwhile."""
        with self._views.alone():
            if self._empty(self._views.live()):
                tables, _ = self._anew(LogSource(self._log).chunks(head), head, progress, upgrading=True)
                with Partitions(self._views).still() as (connection, _):  # no worker takes over now
                    if empty := self._empty(self._views.live(connection)):
                        self._views.switch_in(connection, tables)
                if not empty:
                    self._views.drop(tables)

    def _empty(self, live: Live | None) -> bool:
        return live is not None and not live.partitioned and not live.position

    def batch(self, tables: Tables, after: int, head: int) -> int:
        entries = self._log.read(after, upto=head, limit=BATCH)
        return self.fold(tables, entries, position=entries[-1].position, after=after)

    def fold(self, tables: Tables, entries: Sequence[Entry], *, position: int, after: int) -> int:
        """Folds events into a generation that stands at `after`; it stands at `position` then."""
        self._load(tables, entries)
        take(self._fold, entries)
        self._views.write(tables, self._fold.changes(), position=position, after=after)
        return position

    def _load(self, tables: Tables, entries: Sequence[Entry]) -> None:
        """The items that the events speak of and that are not at hand."""
        shelf = self._fold.items
        missing = {s for s in {e.subject for e in entries} if s[:9] == "petition:" and s not in shelf}
        for subject, item in self._views.items(tables, missing).items():
            shelf.put(subject, item)

    def open_deadlines(self) -> tuple[int, list[Due]]:
        """What runs and is not missed yet, over all items, and the position of the log that this holds for."""
        self.catch_up()
        live = self._views.live()
        assert live is not None
        due = live.tables.due
        query = select(due.c.due_on, due.c.subject, due.c.clock, due.c.started).where(due.c.missed == 0)
        with self._views.engine.connect() as connection:
            rows = [Due(date.fromisoformat(row[0]), *row[1:]) for row in connection.execute(query)]
        return live.position, rows

    def rebuild(self, *, upto: int | None = None, progress: Progress | None = None) -> tuple[Tables, int]:
        """Folds the whole log into a new generation, without touching the live one."""
        head = min(upto, self._log.head().position) if upto is not None else self._log.head().position
        return self._anew(LogSource(self._log).chunks(head), head, progress)

    @no_looking_for_garbage()
    def _anew(
        self, chunks: Iterable[Sequence[Entry]], head: int, progress: Progress | None, *, upgrading: bool = False
    ) -> tuple[Tables, int]:
        """Folds events, in position order, into a new generation. Answers it and the last position."""
        anew, at = Anew(self._views, upgrading=upgrading), 0
        for entries in chunks:
            anew.take(entries)
            at = entries[-1].position
            if progress:
                progress(at, head)
        anew.end(at)
        return anew.tables, at

    def _check(self, position: int) -> None:
        if position > (head := self._log.head().position):
            raise StoreError(
                f"the read models have seen {position} events, the log holds {head}: it lost its end, or is another; "
                "danze verify says more, danze replay makes the read models of the log as it is"
            )

    def check(self) -> None:
        """Raises a StoreError where the read models know more than the log does."""
        live = self._views.live()
        if live is not None:
            self._check(live.position)

    def replay(
        self, progress: Progress | None = None, source: Source | None = None, look: Look | None = None
    ) -> Rebuilt:
        """Rebuilds beside the live read models, compares where both have read as far, and switches.

        `source` is where the events are read, if not in the log: the topic that the relay published them to. `look` is
        called before the switch.
        """
        rebuilt = self.beside(look, progress, source, switch=True)
        self._position = -1
        self.catch_up()
        return rebuilt

    def beside(
        self, look: Look | None, progress: Progress | None = None, source: Source | None = None, *, switch: bool = False
    ) -> Rebuilt:
        """Rebuilds beside the live read models, compares, and lets the rebuilt ones go, or switches to them.

        `look` is called while both are there.
        """
        with self._views.alone():
            live = self._views.live()
            assert live is not None
            source = source or LogSource(self._log)
            if live.partitioned:
                beside = self._beside_workers(live.position, source, progress, look, switch=switch)
            else:
                beside = self._beside(live.position, source, progress, switch=switch)
                if look is not None:
                    look(beside)
                if switch:
                    self._views.switch(beside.tables)
            if not switch:
                self._views.drop(beside.tables)
        told = Counter(table for table, _ in beside.rows)
        return Rebuilt(beside.position, {name: told[name] for name in (*KEYS, "titles")})

    def _beside(self, seen: int, source: Source, progress: Progress | None, *, switch: bool) -> Beside:
        """Who only looks compares where the live ones stand, so that nothing goes on from rows that were altered.

        Where the live ones hold nothing yet there is nothing to compare: they are not filled for that.
        """
        head = self._log.head().position
        upto = head if switch else min(seen, head)
        tables, position = self._anew(source.chunks(upto), upto, progress)
        if switch and not seen:
            return Beside(tables, position, [])
        beside = Projector(self._log, self._views)
        while (rows := self._views.differing(tables, None if seen > head else position)) is None:
            position = self._together(beside, tables, position)
        return Beside(tables, position, rows)

    def _beside_workers(
        self, upto: int, source: Source, progress: Progress | None, look: Look | None, *, switch: bool
    ) -> Beside:
        """The same beside workers: they wait while what each partition has seen by then is folded, too."""
        tables, position = self._anew(source.chunks(upto), upto, progress)
        partitions = Partitions(self._views)
        with partitions.still() as (connection, claims):
            other = Projector(self._log, self._views)
            seen = {claim.partition: max(claim.position, upto) for claim in claims.values()}
            for entries in source.chunks(seen):
                last = max(position, entries[-1].position)
                other.fold(tables, entries, position=last, after=position)
                position = last
            rows = self._views.differing(tables, None)
            assert rows is not None
            beside = Beside(tables, position, rows)
            if look is not None:
                look(beside)
            if switch:
                partitions.carry_over(connection, claims, tables, whole=isinstance(source, LogSource))
                self._views.switch_in(connection, tables)
        return beside

    def _together(self, beside: "Projector", tables: Tables, position: int) -> int:
        """Whichever stands behind goes on, for somebody may append meanwhile, until both stand at one place."""
        live = self._views.live()
        assert live is not None
        if live.position < position:
            self.catch_up()
        elif live.position > position:
            return beside.batch(tables, position, live.position)
        return position
