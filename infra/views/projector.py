"""Keeps the read models up with the log, and rebuilds them beside the live ones: the embedded engine's loop."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from domain.codec import decode_event
from domain.envelope import AnyEvent
from infra.agenda import Due
from infra.log.port import Log, StoreError
from infra.views.store import Overtaken, Views
from infra.views.tables import Tables
from projections.fold import Fold, owners, unpack_standing
from projections.shelf import unpack_item

BATCH = 20_000
REMEMBERED = 60_000
"""Findings whose states are kept between batches."""
AT_ONCE = 400_000
"""Items that a rebuild folds in memory before it writes."""

Progress = Callable[[int, int], None]


class Rebuilt(NamedTuple):
    """What a rebuild found: rows that differ from the live ones, by table."""

    position: int
    differences: dict[str, int]


class Projector:
    """One projector of one store. States live in memory, bounded; rows and position are written together."""

    def __init__(self, log: Log, views: Views) -> None:
        self._log = log
        self._views = views
        self._fold = Fold()
        self._position = -1
        """What the states in memory stand at; -1 for not known."""

    def catch_up(self, progress: Progress | None = None) -> int:
        """Folds what the log has gained. Returns the position reached. Two projectors do no harm to each other."""
        head = self._log.head().position
        while True:
            live = self._views.live()
            assert live is not None, "opening the views makes a live generation"
            if live.position >= head:
                self._check(live.position)
                return live.position
            if live.position != self._position:
                self._fold.forget()
            try:
                self._position = self.batch(live.tables, live.position, head)
            except Overtaken:
                self._position = -1
            if progress:
                progress(self._position, head)

    def batch(self, tables: Tables, after: int, head: int) -> int:
        entries = self._log.read(after, upto=head, limit=BATCH)
        events = [decode_event(entry.type, entry.body, entry.position) for entry in entries]
        self._load(tables, events)
        self._fold.take(events)
        position = entries[-1].position
        self._views.write(tables, self._fold.changes(), position=position, after=after)
        if len(self._fold.standings) > REMEMBERED:
            self._fold.forget()
        return position

    def _load(self, tables: Tables, events: list[AnyEvent]) -> None:
        """The states that the events speak of and that are not at hand."""
        items: set[str] = set()
        found: set[str] = set()
        for event in events:
            subjects, ids = owners(event)
            items.update(subject for subject in subjects if subject not in self._fold.items)
            found.update(id for id in ids if id not in self._fold.standings)
        if not items and not found:
            return
        with self._views.engine.connect() as connection:
            bodies = self._views.bodies(connection, tables.cases, "no", (subject[9:] for subject in items))
            for subject in items:
                body = bodies.get(subject[9:])
                self._fold.items.put(subject, unpack_item(body) if body is not None else None)
            standings = self._views.bodies(connection, tables.findings, "id", found)
            for id in found:
                body = standings.get(id)
                self._fold.standings[id] = unpack_standing(body) if body is not None else None

    def open_deadlines(self) -> list[Due]:
        """What runs and is not missed yet, over all items, after catching up."""
        self.catch_up()
        live = self._views.live()
        assert live is not None
        due = live.tables.due
        query = select(due.c.due_on, due.c.subject, due.c.clock, due.c.started).where(due.c.missed == 0)
        with self._views.engine.connect() as connection:
            return [Due(date.fromisoformat(row[0]), *row[1:]) for row in connection.execute(query)]

    def rebuild(self, *, upto: int | None = None, progress: Progress | None = None) -> tuple[Tables, int]:
        """Folds the whole log into a new generation, without touching the live one."""
        tables = self._views.build()
        head = min(upto, self._log.head().position) if upto is not None else self._log.head().position
        fold = Fold()
        other = Projector(self._log, self._views)
        other._fold = fold
        written = at = 0
        complete = True
        """While nothing was let go, every state not at hand is new and need not be looked for."""
        while at < head:
            entries = self._log.read(at, upto=head, limit=BATCH)
            events = [decode_event(entry.type, entry.body, entry.position) for entry in entries]
            if not complete:
                other._load(tables, events)
            fold.take(events)
            at = entries[-1].position
            if len(fold.items) > AT_ONCE:
                self._views.write(tables, fold.changes(), position=at, after=written)
                written, complete = at, False
                fold.forget()
            if progress:
                progress(at, head)
        self._views.write(tables, fold.changes(), position=at, after=written)
        return tables, at

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

    def replay(self, progress: Progress | None = None) -> Rebuilt:
        """Rebuilds beside the live read models, compares where both have read as far, and switches."""
        with self._views.alone():
            tables, position = self.rebuild(progress=progress)
            live = self._views.live()
            stray = live is not None and live.position > self._log.head().position
            beside = Projector(self._log, self._views)
            while (differences := self._views.differences(tables, None if stray else position)) is None:
                position = self._together(beside, tables, position)
            self._views.switch(tables)
        self._position = -1
        self.catch_up()
        return Rebuilt(position, differences)

    def _together(self, beside: "Projector", tables: Tables, position: int) -> int:
        """Whichever stands behind goes on, for somebody may append meanwhile, until both stand at one place."""
        live = self._views.live()
        assert live is not None
        if live.position < position:
            self.catch_up()
        elif live.position > position:
            return beside.batch(tables, position, live.position)
        return position
