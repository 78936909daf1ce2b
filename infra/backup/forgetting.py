"""Who was forgotten after a backup was made, as something that knows more of the same log tells.

A backup holds the keys of that day. Whoever was forgotten since must not be readable again because of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from infra.backup.manifest import MANIFEST, Manifest, place_in
from infra.importers.rows import ImportProblem, reading
from infra.log import bundle
from infra.log.open import open_log
from infra.log.port import Log, StoreError

FORGOTTEN = "petitioner.forgotten.v1"


def forgotten_since(backup: Manifest, source: str) -> set[str]:
    """Persons (`person:…`) forgotten behind the backup's last event: in a store, a later backup or an export (.jsonl).

    Raises `StoreError` where the source is not the same log, grown.
    """
    if source.endswith((".jsonl", ".jsonl.gz")):
        return _in_export(backup, Path(source))
    with _log(source) as log:
        events = backup.events
        _long_enough(backup, log.head().position, source)
        if events and log.leaves(events - 1, 1)[0][1].hex() != backup.leaf:
            raise StoreError(_other(backup, source))
        found = (*log.of_kind("petitioner"), *log.of_kind("person"))
        return {_person(e.subject) for e in found if e.position > events and e.type == FORGOTTEN}


@contextmanager
def _log(source: str) -> Iterator[Log]:
    folder = Path(source)
    url = str(place_in(folder).path) if (folder / MANIFEST).exists() else source
    with closing(open_log(url, create=False)) as log:
        yield log


def _in_export(backup: Manifest, path: Path) -> set[str]:
    try:
        return _told(backup, path)
    except ImportProblem as error:
        raise StoreError(str(error)) from error


def _told(backup: Manifest, path: Path) -> set[str]:
    found: set[str] = set()
    number = 0
    with reading(path) as stream:
        for number, text in enumerate(stream, 1):
            if number < backup.events or (number > backup.events and FORGOTTEN.encode() not in text):
                continue
            try:
                row, _ = bundle.read(text.rstrip(b"\n"))
            except bundle.BrokenLine as error:
                raise StoreError(f"{path}, line {number}: {error}") from error
            if number == backup.events and row.leaf.hex() != backup.leaf:
                raise StoreError(_other(backup, str(path)))
            if number > backup.events and row.type == FORGOTTEN:
                found.add(_person(row.subject))
    _long_enough(backup, number, str(path))
    return found


def _long_enough(backup: Manifest, events: int, source: str) -> None:
    if events < backup.events:
        raise StoreError(
            f"{source} ends at event {events:,}, before the backup does at {backup.events:,}: it cannot tell who was "
            "forgotten since"
        )


def _other(backup: Manifest, source: str) -> str:
    return f"{source} holds another event {backup.events} than the backup: it cannot tell who was forgotten since"


def _person(subject: str) -> str:
    return "person:" + subject.partition(":")[2]
