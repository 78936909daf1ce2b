"""The rows of one generation, counted, and counted on as they change.

A first question reads every row. After it, the events that the log gained name the rows to read again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain.envelope import AnyEvent
from domain.fact import UnitId
from domain.kinds import DIRECTORY, kind_of
from domain.petition.events import RepeatJudged
from domain.rules.law import Rules
from infra.log.port import StoreError
from infra.office import decoded
from infra.parts import parts
from infra.questions.book import RECALLED, Book, Recalled, past_year
from infra.questions.duties import judged
from infra.questions.turned import turned
from infra.views.sums import Kept, Row, Sums
from projections.cases import CaseRow
from projections.duties import summed
from projections.findings import words_of
from projections.kpis import FORMULA
from projections.ledgers.writing import WRITES
from projections.tally import (
    WATCHED,
    EnteredRow,
    FoundRow,
    LimitRow,
    Summed,
    Tally,
    of_entry,
    of_finding,
    of_item,
    of_limit,
)
from projections.visibility import EVERYTHING

SOONEST = 20
"""Running deadlines that are told of a unit."""
JUDGED_AT_ONCE = 5
"""Units whose duties are judged while others wait."""
JUDGING = (*RECALLED, *DIRECTORY)
"""Kinds of subjects whose events change what is owed, or whether it was done."""


class _Body(msgspec.Struct, array_like=True):
    """Sums, and which item repeats which, as they are kept."""

    counted: list[Summed]
    first_of: dict[str, str]


class Taken(NamedTuple):
    """What is to be kept: of which position, and of which rows."""

    position: int
    body: _Body
    rows: dict[Row, bytes]
    tree: bytes


Running = tuple[str, ...]
"""(last day, subject, clock) of a deadline."""


class Counted:
    """The rows of one generation, counted."""

    def __init__(
        self, book: Book, recalled: Callable[[Book], Recalled], members: Collection[UnitId] | None = None,
        sums: Sums | None = None,
    ) -> None:  # fmt: skip
        """With members only the rows that these units are concerned with; with `sums`, on from where they were kept."""
        self._members = sorted(members) if members is not None else None
        self.rules, self.number = book.rules, book.tables.number
        self._units = book.units
        self._recalled = recalled
        self._changed: dict[tuple[str, str], int] = {}
        """Rows that events may have changed, by table and key, with the position of the newest such event."""
        self._firsts: Counter[str | None] = Counter()
        """How many items repeat each item."""
        self._first_of: dict[str, str | None] = {}
        self._duties: dict[str, Counter[str]] = {}
        """Of each unit asked about, in which state its duties of the year are."""
        self._below: dict[str, frozenset[UnitId]] = {}
        """Of each unit, it and all below it; as long as the directory stays as it is."""
        self.tally = Tally(*_year(book))
        self._sums, self._law = sums, law_told(book.rules) if sums is not None else ""
        self._lazy = False
        """Whether rows that did not change are not at hand."""
        self._kept_at = -1
        """The position that the sums are of which this process read or kept last."""
        self._secret = book.reach.secret
        self._everything(book)

    def _everything(self, book: Book) -> None:
        past = book.sums(self._members, (self.tally.start[:7], self.tally.today[:7]))
        if past is not None:
            self.tally.load(*past)
            self._limits(book)
            return
        kept = self._sums.read(self._law) if self._sums is not None else None
        read = self._begun(kept) if kept is not None and kept.position <= book.read else self._every_row(book)
        while entries := book.log.read(read, upto=book.position):  # the rows do not know yet what the log holds already
            for event in decoded(entries):
                self.hear(event)
            read = entries[-1].position

    def _begun(self, kept: Kept) -> int:
        """Goes on from what is kept; answers the position that it is of."""
        self._lazy, self._kept_at = True, kept.position
        body = msgspec.msgpack.decode(kept.body, type=_Body)
        self.tally.begin(body.counted)
        self._first_of = {**body.first_of}
        self._firsts.update(self._first_of.values())
        return kept.position

    def _every_row(self, book: Book) -> int:
        """Counts every row."""
        cases = book.tables.cases
        query = select(cases.c.no, cases.c.first).where(cases.c.first.is_not(None))
        self._first_of = {row[0]: row[1] for row in book.select(query)}
        self._firsts.update(self._first_of.values())
        self._items(book.cases(*self._of(cases, "registered_by", "unit", "first_unit")))
        self._findings(book)
        self._entries(book)
        self._limits(book)
        return book.read

    def _recall(self, table: str, keys: Iterable[str]) -> None:
        """In which cells these rows were counted, where that is only kept. Raises `Stale`."""
        if self._lazy and self._sums is not None:
            known = self.tally.rows[table]
            known |= self._sums.cells(table, [key for key in keys if key not in known])

    def fetch(self) -> None:
        """Takes in how every row was counted, but for those that changed since. Raises `Stale`."""
        if self._lazy and self._sums is not None:
            for table in ("cases", "findings", "ledgers", "due"):
                kept = self._sums.all_cells(table)
                self.tally.rows[table] = kept | self.tally.rows[table]
            self._lazy = False

    def taken(self, book: Book) -> Taken:
        """What is to be kept of it as it stands: copies, so that nobody waits while they are written."""
        tally, every = self.tally, self._sums is not None and self._sums.version == 0
        keys, tally.changed = tally.changed, set()
        if every:
            rows = {(table, key): cells for table, kept in tally.rows.items() for key, cells in kept.items()}
        else:
            rows = {(table, key): tally.rows[table][key] for table, key in keys}
        first_of = {no: first for no, first in self._first_of.items() if first is not None}
        return Taken(book.read, _Body(tally.counted(), first_of), rows, book.checkpoints.told())

    def keep(self, taken: Taken) -> None:
        """Where the record gained nothing since, nothing is written.

        Raises `Stale` where another process kept some meanwhile, and `StoreError`.
        """
        assert self._sums is not None, "only what is counted over everything is kept"
        if taken.position == self._kept_at and not taken.rows:
            return
        try:
            body = msgspec.msgpack.encode(taken.body)
            self._sums.keep(taken.position, self._law, body, taken.rows, taken.tree)
        except StoreError:
            self.tally.changed |= taken.rows.keys()
            raise
        self._kept_at = taken.position

    def unlike(self, other: "Counted") -> Iterator[tuple[str, list[Row]]]:
        """Cells, rows and repeats that the other, who counts the same rows, has otherwise: what it is, and on which
        rows it rests.
        """
        cells, rows = self.tally.unlike(other.tally)
        one, two = (each.tally.counting(cells) for each in (self, other))
        for cell in cells:
            kind, name, slot = cell
            what = " ".join(map(str, (kind, name, *(slot if isinstance(slot, tuple) else (slot,)))))
            yield f"how many are counted in {what!r}", [*one[cell], *two[cell]]
        for table, key in rows:
            yield f"in what {table} {key!r} is counted", [(table, key)]
        firsts, others = self._first_of, other._first_of  # noqa: SLF001 -- of the same kind
        for no in sorted(firsts.keys() | others.keys()):
            if firsts.get(no) != others.get(no):
                yield f"which item {no} repeats", [("cases", no)]

    def _of(self, table: Any, *columns: str) -> list[ColumnElement[bool]]:
        members = self._members
        return [or_(*(table.c[name].in_(members) for name in columns))] if members is not None else []

    def hear(self, event: AnyEvent) -> None:
        """Notes which rows an event may change."""
        kind, position = kind_of(event.subject), event.position
        if kind == "petition":
            self._changed["cases", event.subject[9:]] = position
        if self._secret and isinstance(event.data, RepeatJudged):
            self._changed["matters", event.subject[9:]] = position
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
        rows = changed.keys() | turned(book, [key for table, key in changed if table == "matters"], self._first_of)
        for keys in parts([key for table, key in rows if table == "cases"]):
            self._items_again(book, keys)
            self._limits_again(book, [f"petition:{no}" for no in keys])
        for keys in parts([key for table, key in rows if table == "findings"]):
            if gone := set(keys) - self._findings(book, book.tables.findings.c.id.in_(keys)):
                self._recall("findings", gone)
                for each in gone:
                    self.tally.put("findings", each, ())
        for keys in parts([key for table, key in rows if table == "ledgers"]):
            self._entries_again(book, keys)

    def _items_again(self, book: Book, keys: Collection[str]) -> None:
        """An item whose first repeat came, or whose last one went, counts otherwise though its row is as it was."""
        table = book.tables.cases
        rows: dict[str, CaseRow] = {}
        todo = set(keys)
        while todo:
            found = {row.no: row for row in book.cases(table.c.no.in_(sorted(todo)))}
            rows |= found
            self._recall("cases", todo)
            gone = todo - found.keys()  # hidden from who asks, or out of his jurisdiction
            for no in gone:
                self.tally.put("cases", no, ())
            firsts = dict.fromkeys(gone) | {no: row.first for no, row in found.items()}
            todo = {no for each, first in firsts.items() for no in self._repeating(each, first)} - rows.keys() - gone
        self._items(rows.values())

    def _repeating(self, no: str, first: str | None) -> set[str]:
        """Notes which item this one repeats. Answers those that are repeated by one more or one less."""
        former = self._first_of.get(no)
        if former == first:
            return set()
        self._firsts[former] -= 1
        self._firsts[first] += 1
        self._first_of[no] = first
        return {each for each in (former, first) if each is not None}

    def _items(self, rows: Iterable[CaseRow]) -> None:
        for row in rows:
            self.tally.put("cases", row.no, of_item(row, self.rules.on, repeated=self._firsts[row.no] > 0))

    def _findings(self, book: Book, *conditions: ColumnElement[bool]) -> set[str]:
        """Counts findings; answers which they are."""
        table = book.tables.findings
        query = select(*(table.c[name] for name in FoundRow._fields)).where(*self._of(table, "unit"), *conditions)
        rows = book.select(query)
        self._recall("findings", [row[0] for row in rows])
        for row in rows:
            self.tally.put("findings", row[0], of_finding(FoundRow(*row)))
        return {row[0] for row in rows}

    def _entries(self, book: Book, *conditions: ColumnElement[bool]) -> set[str]:
        """Counts entries; answers which they are."""
        table = book.tables.ledgers
        query = select(*(table.c[name] for name in EnteredRow._fields)).where(*self._of(table, "unit"), *conditions)
        rows = {"\t".join(row[:3]): EnteredRow(*row) for row in book.select(query.where(table.c.ledger.in_(WATCHED)))}
        self._recall("ledgers", rows)
        for key, row in rows.items():
            self.tally.put("ledgers", key, of_entry(row))
        return set(rows)

    def _entries_again(self, book: Book, subjects: Collection[str]) -> None:
        entered = self._entries(book, book.tables.ledgers.c.subject.in_(subjects))
        if book.reach == EVERYTHING:
            return  # no entry is ever taken out
        every = book.whole.ledgers
        query = select(*(every.c[name] for name in EnteredRow._fields[:3])).where(
            every.c.subject.in_(subjects), every.c.ledger.in_(WATCHED)
        )
        for key in {"\t".join(row) for row in book.select(query)} - entered:
            self.tally.put("ledgers", key, ())

    def _limits(self, book: Book, *conditions: ColumnElement[bool]) -> set[str]:
        """Counts limits of items; answers which items have any."""
        table = book.tables.due
        query = select(table.c.subject, *(table.c[name] for name in LimitRow._fields))
        query = query.where(*self._of(table, "owed_by"), *conditions)
        rows: defaultdict[str, list[LimitRow]] = defaultdict(list)
        for subject, *limit in book.select(query):
            rows[subject].append(LimitRow(*limit))
        self._recall("due", rows)
        for subject, limits in rows.items():
            self.tally.put("due", subject, (cell for limit in limits for cell in of_limit(limit)))
        return set(rows)

    def _limits_again(self, book: Book, subjects: Collection[str]) -> None:
        gone = set(subjects) - self._limits(book, book.tables.due.c.subject.in_(subjects))
        self._recall("due", gone)
        for each in gone:
            self.tally.put("due", each, ())

    def due_soon(self, book: Book, members: Collection[str] | None = None) -> list[tuple[str, Running]]:
        """What these units, or all, have to do next, the earliest first: (who owes it, what). Nothing that is over."""
        units, last = self.tally.ending(members, SOONEST)
        due = book.tables.due
        query = select(due.c.owed_by, due.c.due_on, due.c.subject, due.c.clock).where(
            due.c.missed == 0, due.c.due_on.between(self.tally.today, last), due.c.owed_by.in_(sorted(units))
        )
        query = query.order_by(due.c.due_on, due.c.subject, due.c.clock, due.c.owed_by).limit(SOONEST)
        return [(row[0], tuple(row[1:])) for row in book.select(query)] if units else []

    def below(self, unit: str) -> frozenset[UnitId]:
        """The unit, all units below it, and all that went into one of them."""
        if not self._below:
            below: defaultdict[str, set[UnitId]] = defaultdict(set)
            for each in self._units:
                for above in self._units.above(each.unit):
                    below[above].add(each.unit)
            self._below = {above: frozenset(units) for above, units in below.items()}
        return self._below.get(unit) or frozenset(self._units.below(unit))

    @property
    def went_on(self) -> bool:
        """Whether it began with sums that were kept."""
        return self._lazy

    @property
    def bureaus(self) -> frozenset[str]:
        """All petition bureaus."""
        return frozenset(each.unit for each in self._units if each.is_bureau)

    def judge(self, book: Book) -> bool:
        """Judges the duties of a few units that nobody asked about since they changed; whether there were any."""
        missing = [each.unit for each in self._units if each.unit not in self._duties][:JUDGED_AT_ONCE]
        self.duties(book, missing)
        return bool(missing)

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


def law_told(rules: Rules) -> str:
    """What rows are counted by: sums under another law, or by another formula, are not of it."""
    told = msgspec.to_builtins([FORMULA, rules.versions, rules.calendar.years], order="sorted", str_keys=True)
    return blake2b(msgspec.json.encode(told), digest_size=12).hexdigest()


def _year(book: Book) -> tuple[str, str]:
    first, last = past_year(book, None, None)
    return first.isoformat(), last.isoformat()
