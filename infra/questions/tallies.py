"""The tally of the present record, kept up with the rows that change; and those of past ones.

A first question reads every row. After it, the events that the log gained name the rows to read again.
"""

from bisect import bisect_left, insort
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from heapq import nsmallest
from threading import Lock
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.dispute.events import DisputeBecamePetition
from domain.envelope import AnyEvent
from domain.fact import UnitId
from domain.kinds import kind_of
from domain.moments import When
from domain.petition.events import RepeatJudged
from infra.office import decoded
from infra.past.sight import Sight
from infra.past.then import KEPT
from infra.questions.book import Book, Recalled, past_year
from infra.questions.duties import judged
from infra.questions.library import Library
from projections.cases import CaseRow
from projections.duties import summed
from projections.findings import words_of
from projections.ledgers.writing import WRITES
from projections.tally import WATCHED, EnteredRow, FoundRow, Tally, of_entry, of_finding, of_item
from projections.visibility import EVERYTHING, Reach

SOONEST = 20
"""Running deadlines that are told of a unit."""
READERS_KEPT = 32
TOGETHER = 500
"""Rows that are looked for by their keys in one query."""
JUDGING = {"conference", "period", "evaluation", "unit", "ruleset", "calendar"}
"""Kinds of subjects whose events change what is owed, or whether it was done."""


Running = tuple[str, ...]
"""(last day, subject, clock) of a deadline."""


class Counted:
    """The rows of one generation, counted."""

    def __init__(
        self, book: Book, recalled: Callable[[Book], Recalled], members: Collection[UnitId] | None = None
    ) -> None:
        """With members only the rows that these units are concerned with."""
        self._members = sorted(members) if members is not None else None
        self.rules, self.number = book.rules, book.tables.number
        self._units = book.units
        self._recalled = recalled
        self._changed: dict[tuple[str, str], int] = {}
        """Rows that events may have changed, by table and key, with the position of the newest such event."""
        self._firsts: Counter[str | None] = Counter()
        """How many items repeat each item."""
        self._first_of: dict[str, str | None] = {}
        self._due: defaultdict[str, list[Running]] = defaultdict(list)
        """Deadlines that run and are not missed, by who owes them, the earliest first."""
        self._due_of: dict[str, list[tuple[str, Running]]] = {}
        self._duties: dict[str, Counter[str]] = {}
        """Of each unit asked about, in which state its duties of the year are."""
        self._below: dict[str, frozenset[UnitId]] = {}
        """Of each unit asked about, it and all below it; as long as the directory stays as it is."""
        self.tally = Tally(*_year(book))
        self._secret, self.stale = book.reach.secret, False
        """What may be hidden is found anew when an item joins a matter or leaves it: then all rows are read again."""
        self._everything(book)

    def _everything(self, book: Book) -> None:
        kept = book.sums(self._members, (self.tally.start[:7], self.tally.today[:7]))
        if kept is not None:
            self.tally.load(*kept)
            self._running(book)
            return
        cases = book.tables.cases
        query = select(cases.c.no, cases.c.first).where(cases.c.first.is_not(None))
        self._first_of = {row[0]: row[1] for row in book.select(query)}
        self._firsts.update(self._first_of.values())

        self._items(book.cases(*self._of(cases, "registered_by", "unit", "first_unit")))
        self._findings(book)
        self._entries(book)
        self._running(book)
        read = book.read
        while entries := book.log.read(read, upto=book.position):  # the rows do not know yet what the log holds already
            for event in decoded(entries):
                self.hear(event)
            read = entries[-1].position

    def _of(self, table: Any, *columns: str) -> list[ColumnElement[bool]]:
        members = self._members
        return [or_(*(table.c[name].in_(members) for name in columns))] if members is not None else []

    def hear(self, event: AnyEvent) -> None:
        """Notes which rows an event may change."""
        kind, position = kind_of(event.subject), event.position
        self.stale |= self._secret and isinstance(event.data, (RepeatJudged, DisputeBecamePetition))
        if kind == "petition":
            self._changed["cases", event.subject[9:]] = position
        if type(event.data) in WRITES:
            self._changed["ledgers", event.subject] = position
        for id, _ in words_of(event):
            self._changed["findings", id] = position
        if kind == "duty":
            self._did(event.subject)
        elif kind in JUDGING:
            self._duties.clear()
            self._below.clear()

    def _did(self, subject: str) -> None:
        """What a unit entered counts for it, and for its leaders wherever else they have a seat."""
        known = self._units.get(unit := "unit:" + subject.partition(":")[2])
        leaders = {role.official for role in known.roles} if known else set()
        for seat in {unit, *(seat for leader in leaders for seat in self._units.seats_ever(leader))}:
            self._duties.pop(seat, None)

    def catch_up(self, book: Book) -> None:
        """Counts the rows again that changed since, and turns to the day of the newest event."""
        if (self.tally.start, self.tally.today) != (now := _year(book)):
            self._duties = {}
            self.tally.turn(*now)
        seen = book.read
        changed, self._changed = self._changed, {row: at for row, at in self._changed.items() if at > seen}
        for keys in _parts([key for table, key in changed if table == "cases"]):
            self._items_again(book, keys)
            self._running_again(book, [f"petition:{no}" for no in keys])
        for keys in _parts([key for table, key in changed if table == "findings"]):
            for gone in set(keys) - self._findings(book, book.tables.findings.c.id.in_(keys)):
                self.tally.put("findings", gone, ())
        for keys in _parts([key for table, key in changed if table == "ledgers"]):
            self._entries(book, book.tables.ledgers.c.subject.in_(keys))

    def _items_again(self, book: Book, keys: Collection[str]) -> None:
        """An item whose first repeat came, or whose last one went, counts otherwise though its row is as it was."""
        table = book.tables.cases
        rows: dict[str, CaseRow] = {}
        todo = set(keys)
        while todo:
            found = {row.no: row for row in book.cases(table.c.no.in_(sorted(todo)))}
            rows |= found
            for no in todo - found.keys():  # it left the jurisdiction of who asks
                self.tally.put("cases", no, ())
            todo = {no for row in found.values() for no in self._repeating(row)} - rows.keys()
        self._items(rows.values())

    def _repeating(self, row: CaseRow) -> set[str]:
        """Notes which item this one repeats. Answers those that are repeated by one more or one less."""
        former = self._first_of.get(row.no)
        if former == row.first:
            return set()
        self._firsts[former] -= 1
        self._firsts[row.first] += 1
        self._first_of[row.no] = row.first
        return {no for no in (former, row.first) if no is not None}

    def _items(self, rows: Iterable[CaseRow]) -> None:
        for row in rows:
            self.tally.put("cases", row.no, of_item(row, self.rules.on, repeated=self._firsts[row.no] > 0))

    def _findings(self, book: Book, *conditions: ColumnElement[bool]) -> set[str]:
        """Counts findings; answers which they are."""
        table = book.tables.findings
        query = select(*(table.c[name] for name in FoundRow._fields)).where(*self._of(table, "unit"), *conditions)
        rows = book.select(query)
        for row in rows:
            self.tally.put("findings", row[0], of_finding(FoundRow(*row)))
        return {row[0] for row in rows}

    def _entries(self, book: Book, *conditions: ColumnElement[bool]) -> None:
        table = book.tables.ledgers
        query = select(*(table.c[name] for name in EnteredRow._fields)).where(*self._of(table, "unit"), *conditions)
        for row in book.select(query.where(table.c.ledger.in_(WATCHED))):
            self.tally.put("ledgers", tuple(row[:3]), of_entry(EnteredRow(*row)))

    def _running(self, book: Book, *conditions: ColumnElement[bool]) -> None:
        table = book.tables.due
        query = select(table.c.owed_by, table.c.due_on, table.c.subject, table.c.clock)
        for unit, *running in book.select(query.where(table.c.missed == 0, *self._of(table, "owed_by"), *conditions)):
            insort(self._due[unit], told := tuple(running))
            self._due_of.setdefault(told[1], []).append((unit, told))

    def _running_again(self, book: Book, subjects: Collection[str]) -> None:
        """What runs on these items now, in place of what ran before."""
        for unit, running in (each for subject in subjects for each in self._due_of.pop(subject, ())):
            del self._due[unit][bisect_left(self._due[unit], running)]
        self._running(book, book.tables.due.c.subject.in_(subjects))

    def due_soon(self, members: Collection[str] | None = None) -> list[tuple[str, Running]]:
        """What these units, or all, have to do next, the earliest first: (who owes it, what). Nothing that is over."""
        soon: list[tuple[Running, str]] = []
        for unit in self._due if members is None else members:
            running = self._due.get(unit, [])
            first = bisect_left(running, (self.tally.today,))
            soon += [(each, unit) for each in running[first : first + SOONEST]]
        return [(unit, each) for each, unit in nsmallest(SOONEST, soon)]

    def below(self, unit: str) -> frozenset[UnitId]:
        """The unit, all units below it, and all that went into one of them."""
        if unit not in self._below:
            self._below[unit] = frozenset(self._units.below(unit))
        return self._below[unit]

    @property
    def bureaus(self) -> frozenset[str]:
        """All petition bureaus."""
        return frozenset(each.unit for each in self._units if each.is_bureau)

    def duties(self, book: Book, members: Collection[UnitId]) -> dict[str, int]:
        """What these units owed in the year, by how it stands."""
        if missing := {unit for unit in members if unit not in self._duties}:
            self._duties |= {unit: Counter() for unit in missing}
            for each in judged(book, self._recalled(book), missing, *past_year(book, None, None)):
                self._duties[each.owed.unit][each.state] += 1
        total: Counter[str] = Counter()
        for unit in members:
            total.update(self._duties[unit])
        return summed(total)


class Tallies:
    """Of the present record one tally; of a past one only what is asked about, for a while."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._seen: Callable[[Book], Book] = lambda book: book
        self._present: dict[Reach, Counted] = {}
        """By what readers see; most see all, or what their unit does."""
        self._past: OrderedDict[tuple[Sight, Reach, int, str | None], Counted] = OrderedDict()
        self._one = Lock()
        """Of past tallies one is counted or asked at a time."""
        library.telling = self._hear

    def for_(self, seen: Callable[[Book], Book]) -> "Tallies":
        """The same over what somebody sees of each book."""
        other = copy(self)
        other._seen = seen  # noqa: SLF001 -- of the same kind
        return other

    @contextmanager
    def at(self, as_of: When, unit: str | None = None) -> Iterator[tuple[Book, Counted]]:
        """The record as of a time, counted for a unit or for all; nobody counts on while it is asked."""
        if as_of is not None:
            book = self._seen(self._library.at(as_of))
            with self._one:
                yield book, self._of_past(book, unit)
            return
        with self._library.still() as whole:
            book = self._seen(whole)
            kept = self._present.get(book.reach)
            if kept is None or kept.stale or (kept.rules, kept.number) != (book.rules, book.tables.number):
                kept = Counted(book, self._library.recalled, book.reach.within)
                if len(self._present) >= READERS_KEPT:
                    del self._present[next(each for each in self._present if each != EVERYTHING)]
                self._present[book.reach] = kept
            kept.catch_up(book)
            yield book, kept

    def _of_past(self, book: Book, unit: str | None) -> Counted:
        asked = (book.seen, book.reach, book.tables.number, unit)
        if asked not in self._past:
            members = book.units.below(unit) if unit is not None else book.reach.within
            self._past[asked] = Counted(book, self._library.recalled, members)
            if len(self._past) > KEPT:
                self._past.popitem(last=False)
        self._past.move_to_end(asked)
        return self._past[asked]

    def _hear(self, event: AnyEvent) -> None:
        for kept in self._present.values():
            kept.hear(event)


def _year(book: Book) -> tuple[str, str]:
    first, last = past_year(book, None, None)
    return first.isoformat(), last.isoformat()


def _parts(keys: list[str]) -> Iterator[list[str]]:
    return (keys[at : at + TOGETHER] for at in range(0, len(keys), TOGETHER))
