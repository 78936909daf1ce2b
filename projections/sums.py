"""Sums of a record as rows to be kept, and how they move when rows of the record change.

Of each kind and name there is one row of sums; of the rates of a unit one for each month, so that a month that is over
is written no more.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

import msgspec

from domain.rules.law import Law
from projections import kpis
from projections.board import Slots
from projections.cases import CaseRow
from projections.cells import WATCHED, Cell, EnteredRow, FoundRow, of_entry, of_finding, of_item
from projections.kpis import PARTS

Key = tuple[str, str, str]
OUTCOMES = [(rate, outcome) for rate in PARTS for outcome in kpis.OUTCOMES]
"""A rate and how it came out, by the number that stands for both in a row."""
NUMBER = {slot: number for number, slot in enumerate(OUTCOMES)}


class SumRow(NamedTuple):
    """The sums of one kind and name; `month` (2020-07) where they are rates, else empty."""

    kind: str
    name: str
    month: str
    body: bytes


class Part(NamedTuple):
    """Some rows of a record, and how many items repeat each of its items."""

    cases: list[CaseRow]
    findings: list[FoundRow]
    entries: list[EnteredRow]
    repeats: Counter[str]

    def cells(self, law: Callable[[date], Law]) -> Iterator[Cell]:
        """The cells that the rows are counted in."""
        for row in self.cases:
            yield from of_item(row, law, repeated=self.repeats[row.no] > 0)
        for found in self.findings:
            yield from of_finding(found)
        for entry in self.entries:
            if entry.ledger in WATCHED:
                yield from of_entry(entry)


def moved(former: Iterable[Cell], now: Iterable[Cell]) -> dict[Cell, int]:
    """By how much each sum grew or fell."""
    moves = Counter(now)
    moves.subtract(Counter(former))
    return {cell: times for cell, times in moves.items() if times}


def by_rows(moves: Mapping[Cell, int]) -> dict[Key, Slots]:
    """The same by the rows that they move."""
    told: dict[Key, Slots] = {}
    for (kind, name, slot), times in moves.items():
        told.setdefault((kind, name, slot[0][:7] if kind == "rate" else ""), {})[slot] = times
    return told


def added(slots: Slots, moves: Slots) -> Slots:
    """Sums after they moved; what comes to nothing is left out."""
    total = {**slots, **{slot: slots.get(slot, 0) + times for slot, times in moves.items()}}
    return {slot: number for slot, number in total.items() if number}


# rows


def packed(key: Key, slots: Slots) -> SumRow:
    """A row of sums. The same sums are the same bytes."""
    if key[0] == "rate":
        told: Any = [each for slot in sorted(slots, key=str) for each in (*_short(slot), slots[slot])]
    else:
        told = dict(sorted(slots.items()))
    return SumRow(*key, msgspec.msgpack.encode(told))


def unpacked(row: SumRow) -> Slots:
    """The sums of a row."""
    if row.kind != "rate":
        return _pairs(row.body) if row.kind in PAIRS else _words(row.body)
    days, told = _days(row.month), iter(_numbers(row.body))
    slots: Slots = {}
    for day, outcome, left, number in zip(told, told, told, told, strict=True):
        slot = days[day], *OUTCOMES[outcome]
        slots[*slot, _after(slot[0], left) if slot[2] == "open" else ""] = number
    return slots


PAIRS = ("ledger", "owing")
"""Kinds whose slots are of two words."""
_words = msgspec.msgpack.Decoder(dict[str, int]).decode
_pairs = msgspec.msgpack.Decoder(dict[tuple[str, str], int]).decode
_numbers = msgspec.msgpack.Decoder(list[int]).decode


def _short(slot: tuple[str, str, str, str]) -> tuple[int, int, int]:
    """Of what is still open: in how many days its last one comes."""
    day, rate, outcome, until = slot
    left = (date.fromisoformat(until) - date.fromisoformat(day)).days if until else 0
    return int(day[8:]), NUMBER[rate, outcome], left


@cache
def _after(day: str, left: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=left)).isoformat()


@cache
def _days(month: str) -> list[str]:
    return [f"{month}-{day:02}" for day in range(32)]
