"""Restores a log from its export: the same bytes at the same positions, hence the same Merkle root.

Nothing is decided again. The whole file is checked before anything is stored. What the log has already must be the
same.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from infra.importers.rows import ImportProblem, reading
from infra.log import bundle
from infra.log.checker import Checker
from infra.log.port import Log, RawEntry
from infra.parts import parts

BATCH = 4_096
Rows = list[tuple[RawEntry, tuple[str, ...]]]


class Checked(NamedTuple):
    """How many events a sound file holds, and the Merkle root over them, as base64."""

    events: int
    root: str


def check(path: Path, progress: Callable[[int], None]) -> Checked:
    """Reads the whole file. Raises `ImportProblem` where it does not chain from position 1 without a gap."""
    checker = Checker()
    for batch in _batches(path):
        bad = checker.check([row for row, _ in batch])
        if bad is not None:
            raise ImportProblem(f"{path.name} does not chain at position {bad[0]}: {bad[1]}; nothing was restored")
        progress(checker.position)
    if not checker.position:
        raise ImportProblem(f"{path.name} is empty: it holds no event")
    if checker.doubled():
        raise ImportProblem(f"{path.name} holds two events of one source and id; nothing was restored")
    return Checked(checker.position, base64.b64encode(checker.tree.root()).decode())


def restore(path: Path, log: Log, progress: Callable[[int], None]) -> tuple[int, int]:
    """Stores what the log lacks of a checked file; answers (events stored, events it had)."""
    had = log.head().position
    for batch in _batches(path):
        first, last = batch[0][0].position, batch[-1][0].position
        if first <= had:
            _same(path, log, [row for row, _ in batch if row.position <= had])
        new = [bundle.entry(row, touches) for row, touches in batch if row.position > had]
        if new:
            log.append(new, [], after=last - len(new))
        progress(last)
    stored = log.head().position - had
    return stored, last - stored


def _same(path: Path, log: Log, rows: list[RawEntry]) -> None:
    """What the log has already is the same event by event: its bytes, and the digest that knows a duplicate."""
    held = {row.position: (row.body, row.digest) for row in log.raw_entries(rows[0].position - 1, len(rows))}
    for row in rows:
        if held.get(row.position) != (row.body, row.digest):
            raise ImportProblem(
                f"the store holds another event at position {row.position} than {path.name}; restore into an empty one"
            )


def _batches(path: Path) -> Iterator[Rows]:
    """The file's events, some thousand at a time. It may be packed with gzip."""
    with reading(path) as stream:
        yield from parts((_read(path, number, text) for number, text in enumerate(stream, 1)), BATCH)


def _read(path: Path, number: int, text: bytes) -> tuple[RawEntry, tuple[str, ...]]:
    if not text.endswith(b"\n"):
        raise ImportProblem(f"{path.name}, line {number}: it is cut off; export again into the file, it goes on there")
    try:
        return bundle.read(text.rstrip(b"\n"))
    except bundle.BrokenLine as error:
        raise ImportProblem(f"{path.name}, line {number}: {error}") from error
