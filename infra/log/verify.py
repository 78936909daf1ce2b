"""Is the log what was written? Every row is read and compared with its own bytes and with its neighbours.

Finds any changed column, a missing, added or moved row, and a tail cut off behind the back of the last append. A whole
history rewritten consistently is found by what was sealed of it (`infra/seals`), or by an answer of this kind kept
elsewhere: it carries the Merkle root.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from infra.log.checker import Bad, Checker, Seals
from infra.log.lookups import Lookups
from infra.log.port import Head, RawEntry, StoreError

BATCH = 512
"""Rows that stay in the processor's cache while they are compared column by column; a power of two suits the tree."""


class Rows(Protocol):
    """What is verified: a log, or a copy of one."""

    def raw_entries(self, after: int = 0, limit: int = 10_000) -> list[RawEntry]:
        """Rows after a position, as they lie there, unchecked."""
        ...

    def head(self) -> Head: ...

    def remembered(self) -> tuple[int, bytes] | None:
        """Position and leaf of the last event, noted apart."""
        ...

    def lowest(self) -> int | None:
        """The lowest position of any row, where one could be below 1."""
        ...

    def lookups(self, after: int = 0) -> Lookups | None:
        """What compares its look-up index, if it has one, with the rows behind a position."""
        ...


def verify(
    log: Rows, *, seals: Seals | None = None, progress: Callable[[int], None] | None = None,
    stretches: Iterable[Checker | None] = (), begin: Callable[[], Checker] | None = None,
    reached: Callable[[Checker], None] = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """`{"ok", "events", "checkpoint": {"size", "root"}, "first_bad": None | {"position", "why"}}`.

    Stops at the first bad event; `events` and `checkpoint` then cover the good ones before it. `progress` is told the
    position reached, every 512 events. With `seals`, a history that was rewritten consistently is found as well.
    `stretches` are parts of the log, from its beginning, that somebody else checked meanwhile (`verify_stretches.py`).
    `begin` gives a checker that goes on from what was found before (`infra/seals/memory.py`); `reached` is shown it
    wherever all was sound.
    """
    begin = begin or Checker
    going = _Going(log, seals, progress, reached)
    checker, bad = going.through(begin(), stretches)
    if bad is not None and seals is not None:
        # The roots tell that something was altered; which event it was the tiles tell, once it is asked.
        checker, bad = going.through(begin(), (), naming=seals)
    if bad is None and checker.lookups is not None:
        bad = checker.lookups.fault(checker.position)  # only a record that is whole tells what the index should
    return answered(checker, bad)


class _Going(NamedTuple):
    """Once from end to end of a log."""

    log: Rows
    seals: Seals | None
    progress: Callable[[int], None] | None
    reached: Callable[[Checker], None]

    def through(
        self, checker: Checker, stretches: Iterable[Checker | None], naming: Seals | None = None
    ) -> tuple[Checker, Bad | None]:
        """The checker where it ended, and the first bad position; `naming` compares each event with the sealed one."""
        log, seals = self.log, self.seals
        checker.lookups = log.lookups(checker.position) if naming is None else None
        for stretch in stretches:
            if not checker.join(stretch, seals):
                break  # gone through again below, where the first bad row is found
            self._sound_to(checker)
        bad: Bad | None = None
        while bad is None and (rows := log.raw_entries(checker.position, until_mark(checker.position, seals))):
            changed = naming.changed(rows) if naming is not None else None
            good = rows[: changed[0] - rows[0].position] if changed is not None else rows
            bad = (checker.check(good) if good else None) or changed
            if seals is not None:
                bad = bad or seals.at_mark(checker.position, checker.tree.root())
            if bad is None:
                self._sound_to(checker)
        cut = seals.cut(checker.position) if seals is not None and bad is None else None
        bad = _hidden(log) or _doubled(log, checker) or bad or cut or _cut(log, checker)
        return checker, bad

    def _sound_to(self, checker: Checker) -> None:
        self.reached(checker)
        if self.progress is not None:
            self.progress(checker.position)


def answered(checker: Checker, bad: Bad | None) -> dict[str, Any]:
    """What `verify` answers."""
    return {
        "ok": bad is None,
        "events": checker.position,
        "checkpoint": {"size": checker.tree.size, "root": base64.b64encode(checker.tree.root()).decode()},
        "first_bad": None if bad is None else {"position": bad[0], "why": bad[1]},
    }


def until_mark(position: int, seals: Seals | None) -> int:
    """How many rows to read: a batch ends where a checkpoint does."""
    mark = seals.next_mark(position) if seals is not None else None
    return BATCH if mark is None else min(BATCH, mark - position)


def _hidden(log: Rows) -> Bad | None:
    """A row at a position below 1: readers begin at 1, and pass it over."""
    lowest = log.lowest()
    return None if lowest is None or lowest > 0 else (lowest, "a row stands before the first event, where none can be")


def _doubled(log: Rows, checker: Checker) -> Bad | None:
    """The second of two events with one source and id. Looked for at the end: 8 bytes an event, a set takes 90."""
    doubled = checker.doubled()
    if not doubled:
        return None
    seen: set[bytes] = set()
    after = 0
    while rows := log.raw_entries(after, BATCH):
        after = rows[-1].position
        for row in rows:
            if row.key in seen:
                return row.position, "an earlier event has the same source and id"
            if int.from_bytes(row.key[:8], sys.byteorder) in doubled:
                seen.add(row.key)
    return None


def _cut(log: Rows, checker: Checker) -> Bad | None:
    """Compare the end with what the last append noted apart; events appended while we read are no fault."""
    try:
        noted = log.remembered()
    except StoreError as error:
        return max(checker.position, 1), str(error)
    if noted is None:
        return (1, "the store has events but no note of its last one") if checker.position else None
    position, leaf = noted
    if position > checker.position and not log.raw_entries(checker.position, 1):
        return checker.position + 1, f"the tail was cut: the last append ended at {position}"
    if position < checker.position and log.head().position == checker.position:
        return position + 1, f"the last append ended at {position}: what follows was not appended by danze"
    if position == checker.position and leaf != checker.last_leaf:
        return position, "the last event is not the one that the last append wrote"
    return None
