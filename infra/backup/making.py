"""Makes a backup while the store is written to.

The order makes the cut: seals first, so that no checkpoint is ahead of the log; then the log, in one snapshot; keys
last, since a key is there before anything is sealed with it. Who is forgotten meanwhile has no key in the backup. The
access log is a log for itself, and copied in the same order.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any

from infra.backup.key_copy import copy_keys
from infra.backup.manifest import (
    FORMAT,
    Manifest,
    accesses_in,
    files_in,
    place_in,
    places_in,
    seals_in,
    write,
)
from infra.doors.access import access_log, access_seals
from infra.durable import sync
from infra.log import bundle
from infra.log.checker import Checker
from infra.log.open import open_log
from infra.log.port import Log, Rejection, StoreError, StoreFull, StoreMissing
from infra.log.urls import SQLiteUrl, StoreUrl, parse, printable
from infra.log.verify import verify
from infra.one_at_a_time import alone
from infra.seals.audit import Sealed
from infra.seals.sealer import Folder
from infra.sqlite import private, reading_only, trouble, unwritable
from infra.vault.store import open_key_store
from infra.webhooks.subscriptions import subscriptions_of

BATCH = 10_000
FULL = (errno.ENOSPC, errno.EDQUOT)
"""It names no file, or that which is copied."""
Progress = Callable[[int, int], None]


def back_up(url: str, log: Log, seals: Folder, out: Path, now: datetime, progress: Progress) -> Manifest:
    """Writes the folder `out`, whole or not at all. Raises `StoreError`, also where the log does not verify."""
    place = parse(url)
    with _beginning(out) as part:
        to = place_in(part)
        sealed = _copied_seals(seals, seals_in(part))
        if isinstance(place, SQLiteUrl):
            _copied_file(place.path, to.path)
        else:
            copied(log, to.path, progress)
        persons = _copied_keys(place, to)
        accesses = _copied_accesses(place, to, progress)
        subscribed = _copied_subscriptions(place, to)
        with closing(open_log(str(to.path))) as copy:
            said = _verified(copy, Sealed(seals_in(part)), progress)
            refused = sum(1 for _ in rejections(copy))
            places = places_in(copy.cut().marks)
            leaf = copy.leaves(said["events"] - 1, 1)[0][1].hex() if said["events"] else ""
        manifest = Manifest(
            FORMAT, now.isoformat(timespec="seconds"), _found(url), said["events"], said["checkpoint"]["root"], leaf,
            sealed, refused, persons, files_in(part), accesses, subscribed, places,
        )  # fmt: skip
        write(manifest, part)
    return manifest


def _found(url: str) -> str:
    """Where the store is, whoever looks for it from whichever folder."""
    place = parse(url)
    return str(place.path.absolute()) if isinstance(place, SQLiteUrl) else printable(url)


def _verified(copy: Log, sealed: Sealed, progress: Progress) -> dict[str, Any]:
    head = copy.head().position
    said = verify(copy, seals=sealed, progress=lambda done: progress(done, head))
    if (bad := said["first_bad"]) is not None:
        raise StoreError(f"no backup is made of a log altered at position {bad['position']}: {bad['why']}")
    if sealed.problem is not None:
        raise StoreError(f"no backup is made with seals that cannot be believed: {sealed.problem}")
    return said


@contextmanager
def _beginning(out: Path) -> Iterator[Path]:
    """A folder beside `out`, which takes its name when all is on the disk; what a killed backup left there goes."""
    if out.exists():
        raise StoreError(f"{out} exists; a backup is a folder of its own")
    if not out.parent.is_dir():
        raise StoreError(f"the folder {out.parent} for the backup does not exist")
    part = out.with_name(f"{out.name}.part")
    part.mkdir(mode=0o700, exist_ok=True)
    with only_one(part):
        for left in part.iterdir():
            (shutil.rmtree if left.is_dir() else os.unlink)(left)
        try:
            yield part
        except BaseException as error:
            shutil.rmtree(part, ignore_errors=True)
            if isinstance(error, OSError) and not isinstance(error, StoreError) and error.errno in FULL:
                raise StoreFull(f"{out} cannot be written ({error.strerror})") from error
            raise
        synced(part)
        part.rename(out)
    sync(out.parent)


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Nobody else works in this folder. Raises `StoreError` where somebody does."""
    try:
        with alone(folder, wait=False):
            yield
    except BlockingIOError:
        raise StoreError(f"another danze is at work in {folder}") from None


def synced(folder: Path, *, deep: bool = True) -> None:
    """What the folder lists is on the disk; with `deep` all that is in it."""
    for path in (*(folder.rglob("*") if deep else ()), folder):
        sync(path)


def _copied_seals(seals: Folder, to: Folder) -> int:
    """Checkpoints and keys; answers how many events the newest covers.

    The list has each checkpoint first; what is newest is told from it.
    """
    given = list(seals.seals())
    if not given:
        return 0
    to.path.mkdir()
    lines = "".join(json.dumps(seal.row, ensure_ascii=False) + "\n" for seal in given)
    (to.path / "seals.jsonl").write_text(lines, encoding="utf-8")
    (to.path / "checkpoint").write_text(str(given[-1].note), encoding="utf-8")
    shutil.copyfile(seals.path / "keys", to.path / "keys")
    return given[-1].checkpoint.size


def _copied_accesses(place: StoreUrl, to: SQLiteUrl, progress: Progress) -> int | None:
    """Who read what, with its seals; None where nobody's reading was ever written down."""
    try:
        log = access_log(place, create=False)
    except StoreMissing:
        return None
    kept = accesses_in(to)
    seals = Folder(kept.beside("seals"))
    with closing(log):
        _copied_seals(access_seals(place), seals)
        if isinstance(place, SQLiteUrl):
            _copied_file(place.beside("access"), kept.path)
        else:
            copied(log, kept.path, progress)
    with closing(open_log(str(kept.path))) as copy:
        entries: int = _verified(copy, Sealed(seals), progress)["events"]
    return entries


def _copied_subscriptions(place: StoreUrl, to: SQLiteUrl) -> int:
    source, copy = subscriptions_of(place), subscriptions_of(to)
    if not source.path.exists():
        return 0
    _copied_file(source.path, copy.path)
    return len(copy.all())


def _copied_file(path: Path, to: Path) -> None:
    """In one step, which reads one snapshot; writers go on meanwhile."""
    private(to)
    address = reading_only(path) if unwritable(path) else path.absolute().as_uri()
    try:
        with closing(sqlite3.connect(address, uri=True)) as source, closing(sqlite3.connect(to)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        raise trouble(to, error) from error


def copied(log: Log, to: Path, progress: Progress) -> None:
    """The log as a file, event by event, each checked as it is read."""
    with closing(open_log(str(to))) as copy:
        poured(log, copy, progress)


def poured(log: Log, into: Log, progress: Progress) -> None:
    """Events, touches, refused actions and marks of one log as of one moment in another that is empty. Raises
    `StoreError`.
    """
    checker, cut = Checker(), log.cut()
    while checker.position < cut.position:
        after = checker.position
        rows = log.raw_entries(after, min(BATCH, cut.position - after))
        if bad := checker.check(rows):
            raise StoreError(f"the log is altered at position {bad[0]}: {bad[1]}")
        touches = log.touched(after, rows[-1].position)
        into.append([bundle.entry(row, touches.get(row.position, ())) for row in rows], [], after=after)
        progress(checker.position, cut.position)
    for _, rejection, times in takewhile(lambda row: row[0] <= cut.refused, rejections(log)):
        into.append([], [rejection] * times, after=cut.position)
    for name, place in cut.marks.items():
        into.set_mark(name, place)


def rejections(log: Log) -> Iterator[tuple[int, Rejection, int]]:
    """All refused actions, in their order."""
    after = 0
    while rows := log.rejected(after=after):
        yield from rows
        after = rows[-1][0]


def _copied_keys(place: StoreUrl, to: SQLiteUrl) -> int | None:
    try:
        source = open_key_store(place, create=False)
    except StoreMissing:
        return None  # a log that was restored from an export has no keys
    target = open_key_store(to)
    try:
        return copy_keys(source, target)
    finally:
        source.close()
        target.close()
