"""Makes a store of a backup, in a place where there is none; nothing is there until all of it was verified."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import time_ns
from typing import Any

from infra.backup import RESTORED
from infra.backup.key_copy import copy_keys
from infra.backup.making import Progress, only_one, poured, synced
from infra.backup.manifest import Manifest, accesses_in, place_in, seals_in
from infra.doors.access import FOLDER_VARIABLE, access_log, access_seals
from infra.log.open import open_log
from infra.log.port import Log, StoreError
from infra.log.urls import PostgresUrl, SQLiteUrl, StoreUrl, parse
from infra.log.verify import verify
from infra.seals.audit import Sealed
from infra.seals.keys import folder_of
from infra.seals.sealer import Folder, rebuild
from infra.sqlite import private
from infra.vault.store import KeyStore, open_key_store
from infra.webhooks.subscriptions import subscriptions_of

RESTORING, MOVING = ".restoring", ".moving"
"""What is made has the name of its place and this, until it is whole."""
Fold = Callable[[str], object]
"""Makes the read models of the store at a URL."""


def restore(
    backup: Path, manifest: Manifest, url: str, forgotten: Collection[str], fold: Fold, progress: Progress
) -> dict[str, Any]:
    """What `verify` says of the new store. `forgotten` are persons whose keys do not come back. Raises `StoreError`."""
    place = parse(url)
    _free(place, backup)
    if isinstance(place, SQLiteUrl):
        return _into_file(backup, manifest, place, forgotten, fold, progress)
    return _into_server(backup, manifest, url, place, forgotten, fold, progress)


def _free(place: StoreUrl, backup: Path) -> None:
    """Nothing is overwritten but what a killed restore of this backup had put there already."""
    if isinstance(place, SQLiteUrl):
        again = place.beside(RESTORING.removeprefix(".")).exists()
        for path in (place.path, *(() if again else map(place.beside, ("keys", "views", "access")))):
            if path.exists():
                raise StoreError(f"{path} exists: a backup is restored where there is no store")
    _unsealed(folder_of(place), seals_in(backup).path, "DANZE_SEALS")
    _unsealed(access_seals(place).path, accesses_in(place_in(backup)).beside("seals"), FOLDER_VARIABLE)


def _unsealed(folder: Path, ours: Path, variable: str) -> None:
    """No seals are there but those of the backup itself."""
    there, kept = folder / "seals.jsonl", ours / "seals.jsonl"
    if there.exists() and not (kept.exists() and kept.read_bytes() == there.read_bytes()):
        raise StoreError(
            f"{folder} holds seals already, which tell how far the lost log went: keep them elsewhere, or name "
            f"another folder with {variable}"
        )


def _into_file(
    backup: Path, manifest: Manifest, place: SQLiteUrl, forgotten: Collection[str], fold: Fold, progress: Progress
) -> dict[str, Any]:
    """Beside its place first, then moved there, the log last: without it there is no store."""
    with _stage(place.path) as folder:
        staged = SQLiteUrl(folder / place.path.name)
        with _cleared(folder.parent):
            said = _staged(backup, manifest, staged, forgotten, fold, progress)
        _moved(staged.beside("seals"), folder_of(place))
        _moved(accesses_in(staged).beside("seals"), access_seals(place).path)
        _subscribed(staged, place)
        for what in ("keys", "views", "access"):
            _moved(staged.beside(what), place.beside(what))
        staged.path.rename(place.path)
        synced(place.path.parent, deep=False)
    return said


@contextmanager
def _stage(to: Path) -> Iterator[Path]:
    """A folder beside what is made, where its keys are as safe as there. What a killed restore left in it goes; what is
    there when something fails stays, so that the same command goes on.
    """
    stage = to.with_name(f"{to.name}{RESTORING}")
    stage.parent.mkdir(parents=True, exist_ok=True)
    stage.mkdir(mode=0o700, exist_ok=True)
    with only_one(stage):
        folder = stage / "store"  # of its own: who makes read models claims the folder that they are made in
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield folder
        shutil.rmtree(stage)


@contextmanager
def _cleared(stage: Path) -> Iterator[None]:
    """Of what fails before anything was moved nothing stays."""
    try:
        yield
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        raise


def _staged(
    backup: Path, manifest: Manifest, staged: SQLiteUrl, forgotten: Collection[str], fold: Fold, progress: Progress
) -> dict[str, Any]:
    _copied_file(place_in(backup).path, staged.path)
    _keys(backup, staged, forgotten)
    seals = _copied(seals_in(backup).path, staged.beside("seals"))
    with closing(open_log(str(staged.path), create=False)) as log:
        said = _sound(log, seals, manifest, progress)
        _marked(log, manifest)
    _accesses(backup, staged, manifest, progress)
    _subscriptions(backup, staged, manifest)
    fold(str(staged.path))
    synced(staged.path.parent)
    return said


def _marked(log: Log, manifest: Manifest) -> None:
    """The intake goes on where it was. What the relay had published is not in a topic of this log's: it begins anew."""
    from infra.relay import RELAYED, RELAYED_REFUSALS  # a Kafka client comes with it, which other verbs do without

    log.set_mark(RESTORED, manifest.events)
    for name in (RELAYED, RELAYED_REFUSALS):
        log.forget_mark(name)


def _moved(source: Path, to: Path) -> None:
    """In place of what a killed restore had put there, whole or not at all. Two mounts may lie on one disk, and
    still no file goes from one to the other by its name alone: then it is copied, beside.
    """
    if not source.exists():
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    draft = to.with_name(f"{to.name}{MOVING}")
    if draft.is_dir():
        shutil.rmtree(draft)
    shutil.move(source, draft)
    synced(draft)
    if to.is_dir():
        shutil.rmtree(to)
    draft.rename(to)
    synced(to.parent, deep=False)


def _into_server(
    backup: Path, manifest: Manifest, url: str, place: PostgresUrl, forgotten: Collection[str], fold: Fold,
    progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Keys first, without events they do no harm; then the log, verified in the transaction that writes it."""
    with closing(open_log(url)) as log, _stage(folder_of(place)) as folder, _cleared(folder.parent):
        if log.head().position or log.rejected(limit=1):
            raise StoreError(f"{place.place} holds a log: a backup is restored where there is none")
        staged = SQLiteUrl(folder / "danze.db")
        _keys(backup, staged, forgotten)
        seals = _copied(seals_in(backup).path, folder / "seals")
        _copied_file(place_in(backup).path, staged.path)
        _accesses(backup, staged, manifest, progress)
        _subscriptions(backup, staged, manifest)
        with closing(open_log(str(staged.path), create=False)) as source, log.turn():
            if log.head().position:
                raise StoreError(f"{place.place} was written to meanwhile: a backup is restored where there is no log")
            _replace_keys(staged, place)
            _pour_accesses(staged, place, progress)
            poured(source, log, progress)
            said = _sound(log, seals, manifest, progress)
            _marked(log, manifest)
            _moved(seals.path, folder_of(place))
            _subscribed(staged, place)
    fold(url)
    return said


def _replace_keys(staged: SQLiteUrl, place: PostgresUrl) -> None:
    if not staged.beside("keys").exists():
        return
    source, target = open_key_store(staged, create=False), open_key_store(place)
    try:
        copy_keys(source, target)
    finally:
        source.close()
        target.close()


def _accesses(backup: Path, staged: SQLiteUrl, manifest: Manifest, progress: Progress) -> None:
    """The access log with its seals, where the backup has one, verified as the record is."""
    kept, to = accesses_in(place_in(backup)), accesses_in(staged)
    if not kept.path.exists():
        return
    _copied_file(kept.path, to.path)
    seals = _copied(kept.beside("seals"), to.beside("seals"))
    with closing(open_log(str(to.path), create=False)) as log:
        if _verified(log, seals, progress)["events"] != manifest.accesses:
            raise StoreError("the backup holds another access log than its page says; nothing was restored")


def _subscriptions(backup: Path, staged: SQLiteUrl, manifest: Manifest) -> None:
    """Who is sent news, paused: a copy for a drill writes to nobody, and nothing that nobody heard is left out."""
    kept, to = subscriptions_of(place_in(backup)), subscriptions_of(staged)
    if kept.path.exists():
        _copied_file(kept.path, to.path)
        to.restored(manifest.events)


def _subscribed(staged: SQLiteUrl, place: StoreUrl) -> None:
    """Subscriptions that outlived their store know more than the backup's, and stay."""
    to = subscriptions_of(place).path
    if not to.exists():
        _moved(subscriptions_of(staged).path, to)


def _pour_accesses(staged: SQLiteUrl, place: PostgresUrl, progress: Progress) -> None:
    kept = accesses_in(staged)
    if not kept.path.exists():
        return
    with closing(open_log(str(kept.path), create=False)) as source, closing(access_log(place)) as log, log.turn():
        if log.head().position:
            raise StoreError(f"{place.place} holds an access log: a backup is restored where there is none")
        poured(source, log, progress)
        _moved(kept.beside("seals"), access_seals(place).path)


def _keys(backup: Path, staged: SQLiteUrl, forgotten: Collection[str]) -> None:
    """The backup's keys without those that are not to come back."""
    kept = place_in(backup).beside("keys")
    if not kept.exists():
        return
    _copied_file(kept, staged.beside("keys"))
    keys: KeyStore = open_key_store(staged)
    try:
        for owner in sorted(forgotten):
            keys.forget(owner, time_ns() // 1000)
    finally:
        keys.close()


def _copied_file(kept: Path, to: Path) -> None:
    private(to)
    shutil.copyfile(kept, to)


def _copied(kept: Path, to: Path) -> Folder:
    """Seals, where there are any."""
    if kept.exists():
        shutil.copytree(kept, to, dirs_exist_ok=True)
    return Folder(to)


def _sound(log: Log, seals: Folder, manifest: Manifest, progress: Progress) -> dict[str, Any]:
    """Verified, sealed as it was, and as the backup's page says. Raises `StoreError`."""
    said = _verified(log, seals, progress)
    if (said["events"], said["checkpoint"]["root"]) != (manifest.events, manifest.root):
        raise StoreError("the backup holds another log than its page says; nothing was restored")
    return said


def _verified(log: Log, seals: Folder, progress: Progress) -> dict[str, Any]:
    head = log.head().position
    rebuild(log, seals)
    sealed = Sealed(seals)
    said = verify(log, seals=sealed, progress=lambda done: progress(done, head))
    if said["first_bad"] is not None:
        raise StoreError(f"the backup is altered at position {said['first_bad']['position']}; nothing was restored")
    if sealed.problem is not None:
        raise StoreError(f"the seals in the backup cannot be believed: {sealed.problem}; nothing was restored")
    return said
