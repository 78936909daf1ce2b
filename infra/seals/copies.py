"""Copies of a log that lie elsewhere, an export or the topic, read as `verify` reads a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec

from infra.importers.rows import reading
from infra.log import bundle
from infra.log.checker import Bad
from infra.log.port import Entry, Head, RawEntry, StoreBroken, key_of, leaf_of

LOOKED_AT = 100
"""Lines of a file that tell whether it is an export: of one that was altered, others are whole."""
DIGEST = bytes(16)
"""Of an action; a topic does not carry it."""


class Copy:
    """Events in position order, from the first; `rows` begins anew at each call."""

    def __init__(self, rows: Callable[[], Iterator[RawEntry]]) -> None:
        self.problem: Bad | None = None
        """What is wrong beside the events, when all were read."""
        self.unread: Bad | None = None
        """Where no event could be read, and why."""
        self._rows = rows
        self._reading = rows()
        self._last: RawEntry | None = None

    def raw_entries(self, after: int = 0, limit: int = 10_000) -> list[RawEntry]:
        """The next rows, whatever position they say they have; from the first again after 0."""
        if after == 0:
            self._reading = self._rows()
        found = list(islice(self._reading, limit))
        self._last = found[-1] if found else self._last
        return found

    def head(self) -> Head:
        """As far as it was read: a copy does not say how long it should be, its checkpoint does."""
        return Head(self._last.position, self._last.recorded) if self._last is not None else Head(0, 0)

    def remembered(self) -> tuple[int, bytes] | None:
        """The same: nobody noted the end of a copy apart."""
        return (self._last.position, self._last.leaf) if self._last is not None else None

    def lowest(self) -> int | None:
        """A row below position 1 is met as the first."""
        return None

    def lookups(self, after: int = 0) -> None:
        """It has no look-up index."""


def exported(path: Path) -> Copy:
    """An export of JSON lines. A line that danze did not write stands for an event that is not sound."""

    def rows() -> Iterator[RawEntry]:
        with reading(path) as stream:
            for position, text in enumerate(stream, 1):
                try:
                    yield bundle.read(text.rstrip(b"\n"))[0]
                except bundle.BrokenLine:
                    yield RawEntry(position, "", 0, "", 0, text, b"", b"", leaf_of(text))

    return Copy(rows)


def begins_as_export(path: Path) -> bool:
    """Whether any of the first lines is an event of an export. Nothing is the export of an empty store."""
    nothing = True
    with reading(path) as stream:
        for text in islice(stream, LOOKED_AT):
            nothing = False
            with suppress(bundle.BrokenLine):
                bundle.read(text.rstrip(b"\n"))
                return True
    return nothing


def published(chunks: Callable[[], Iterable[list[Entry]]]) -> Copy:
    """What a topic holds, in the order of positions."""

    def rows() -> Iterator[RawEntry]:
        for entries in chunks():
            for entry in entries:
                yield RawEntry(*entry, key_in(entry.body), DIGEST, leaf_of(entry.body))

    return Copy(rows)


def salvaged(path: Path) -> Copy | None:
    """What can still be read of a store's file that is cut or damaged; None where it does not even open."""
    from infra.log.salvage import opens, readable

    def rows() -> Iterator[RawEntry]:
        last = 0
        try:
            for row in readable(path):
                last = row.position
                yield row
        except StoreBroken as damage:
            copy.problem = copy.unread = (last + 1, f"the file is cut or damaged: nothing can be read here ({damage})")

    copy = Copy(rows)
    return copy if opens(path) else None


class _Sent(msgspec.Struct, gc=False):
    source: str
    id: str


_decode = msgspec.json.Decoder(_Sent).decode


def key_in(body: bytes) -> bytes:
    """The key of the action that these bytes came from; nothing where they name none."""
    try:
        sent = _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return b""
    return key_of(sent.source, sent.id)
