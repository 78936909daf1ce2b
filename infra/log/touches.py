"""Under which further names an event is found, as its own bytes tell: what the table `touches` must hold.

An item's event touches the matters that it joins or leaves and the leader who sponsors it; any other the findings that
it speaks of. The same is worked out when an event is taken (`touched` in `domain/`).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec

from domain.petition.events import PetitionSponsored, RepeatJudged
from domain.vocabulary import STORED
from infra.log.port import Entry, RawEntry

JUDGED = frozenset(name for name, fact in STORED.items() if fact is RepeatJudged)
SPONSORED = frozenset(name for name, fact in STORED.items() if fact is PetitionSponsored)
OF_ITEMS = JUDGED | SPONSORED
ITEM = "petition:"
DECIDED = b'"decided":{'
SLICE = 1 << 20
"""Positions whose touches are read together."""
LOWEST = -(2**63)
"""Below all that a table can hold."""
Names = tuple[str, ...]


class _Leader(msgspec.Struct, gc=False):
    leader: str


class _Sponsored(msgspec.Struct, gc=False):
    data: _Leader


class _Finding(msgspec.Struct, frozen=True, gc=False):
    id: str


class _Decided(msgspec.Struct, frozen=True, gc=False):
    findings: tuple[_Finding, ...] = ()
    cleared: Names = ()
    matter: str | None = None


class _Said(msgspec.Struct, gc=False):
    decided: _Decided = _Decided()


class Judged(NamedTuple):
    """An item was judged a repeat, or first-time again: it leaves the matter that it was in before."""

    position: int
    subject: str
    matter: str | None
    """NO of the matter's first item; None where it is its own."""


class Log(Protocol):
    def stream(self, subject: str, *, upto: int | None = None) -> list[Entry]: ...
    def touched(self, after: int, upto: int) -> dict[int, Names]: ...


_sponsored = msgspec.json.Decoder(_Sponsored).decode
_said = msgspec.json.Decoder(_Said).decode


class Touches:
    """What events that were read touch. Some 16 bytes a name; joined in the order of positions."""

    def __init__(self) -> None:
        self.names = array("q")
        """Half a digest of each name and its position, and the position."""
        self.judged: list[Judged] = []

    def take(
        self, positions: Sequence[int], subjects: Sequence[str], types: Sequence[str], bodies: Sequence[bytes]
    ) -> None:
        """Columns of events, in their order."""
        if not OF_ITEMS.isdisjoint(types):
            for position, subject, type_, body in zip(positions, subjects, types, bodies, strict=True):
                if type_ in JUDGED:
                    self.judged.append(_judged(position, subject, body))
                elif type_ in SPONSORED:
                    self.add(position, _spoken(type_, body))
        for position, subject, type_, body in zip(positions, subjects, types, bodies, strict=True):
            if subject[:9] != ITEM and DECIDED in body and type_ not in OF_ITEMS:
                self.add(position, _spoken(type_, body))

    def add(self, position: int, names: Iterable[str]) -> None:
        for name in names:
            self.names.extend((_digest(position, name), position))

    def join(self, other: Touches) -> None:
        self.names.extend(other.names)
        self.judged += other.judged

    def astray(self, log: Log, after: int, upto: int) -> int | None:
        """The first position behind `after` whose event the table does not name as it should."""
        before = Matters(log if after else None)
        for judged in self.judged:
            self.add(judged.position, before.named(judged))
        held = Touches()
        for start in range(after, upto, SLICE):
            for position, names in log.touched(start or LOWEST, min(start + SLICE, upto)).items():
                held.add(position, names)
        here, there = sorted(_pairs(self.names)), sorted(_pairs(held.names))
        if here == there:
            return None
        unlike = (Counter(here) - Counter(there)) + (Counter(there) - Counter(here))
        return min(position for _, position in unlike)


class Matters:
    """In which matter each item is; of what was judged before, a log tells."""

    def __init__(self, log: Log | None = None) -> None:
        self._log = log
        self._of: dict[str, str | None] = {}

    def named(self, judged: Judged) -> Names:
        """What a judgement touches."""
        former = self._of[judged.subject] if judged.subject in self._of else self._before(judged)
        self._of[judged.subject] = judged.matter
        return tuple(dict.fromkeys(f"matter:{no}" for no in (former, judged.matter) if no is not None))

    def of(self, rows: Sequence[RawEntry]) -> Iterator[tuple[str, int]]:
        """Name and position of all that these events touch, which follow those asked for before."""
        for row in rows:
            if row.type in JUDGED:
                names = self.named(_judged(row.position, row.subject, row.body))
            elif row.type in SPONSORED or not row.subject.startswith(ITEM):
                names = _spoken(row.type, row.body)
            else:
                continue
            yield from ((name, row.position) for name in names)

    def _before(self, judged: Judged) -> str | None:
        if self._log is None:
            return None
        entries = self._log.stream(judged.subject, upto=judged.position - 1)
        last = next((entry for entry in reversed(entries) if entry.type in JUDGED), None)
        return _judged(last.position, last.subject, last.body).matter if last is not None else None


def _judged(position: int, subject: str, body: bytes) -> Judged:
    matter = _decided(body).matter
    return Judged(position, subject, None if matter == subject.removeprefix(ITEM) else matter)


def _spoken(type_: str, body: bytes) -> Names:
    if type_ in SPONSORED:
        try:
            return (f"sponsor:{_sponsored(body).data.leader}",)
        except msgspec.ValidationError:
            return ()
    if b'"findings":[' not in body and b'"cleared":[' not in body:
        return ()
    decided = _decided(body)
    return tuple(dict.fromkeys((*(each.id for each in decided.findings), *decided.cleared)))


def _decided(body: bytes) -> _Decided:
    """What was decided; nothing in an event that danze would not have written, which is for the seals to find."""
    try:
        return _said(body).decided
    except msgspec.ValidationError:
        return _Decided()


def _digest(position: int, name: str) -> int:
    return int.from_bytes(blake2b(f"{position} {name}".encode(), digest_size=8).digest(), signed=True)


def _pairs(names: array[int]) -> Iterator[tuple[int, int]]:
    return zip(names[::2], names[1::2], strict=True)
