"""What a backup is: an embedded store in a folder, whichever engine it was made of, and a page that says what is in it.

- `danze.db`: the log, with refused actions and the intake's places in Kafka;
- `danze.db.keys`: wrapped keys of persons; the master key is not here;
- `danze.db.seals`: every checkpoint and the log's keys; tiles are made again;
- `danze.db.access`, `danze.db.access.seals`: the same of who read what;
- `danze.db.webhooks`: who is sent news, with the secrets that letters are signed with;
- `manifest.json`, written last: position, root, and the hash of every file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import file_digest
from pathlib import Path

import msgspec

from infra.log.port import StoreError
from infra.log.urls import SQLiteUrl
from infra.seals.sealer import Folder

MANIFEST = "manifest.json"
FORMAT = 1


class File(msgspec.Struct):
    bytes: int
    sha256: str


class Manifest(msgspec.Struct):
    """A backup, as its page tells. `made` is RFC 3339; `root` is the tree head over all events, in base64."""

    format: int
    made: str
    store: str
    """What it was made of: a file by its whole path, a server without a password."""
    events: int
    root: str
    leaf: str
    """The leaf hash of the last event, in hexadecimal; empty where there is none."""
    sealed: int
    """Events under the newest checkpoint; 0 for none."""
    refused: int
    persons: int | None
    """Persons with a key; None where the store has no keys."""
    files: dict[str, File]
    accesses: int | None = None
    """Entries of the access log; None where the store has none."""
    subscriptions: int = 0
    """Who is sent news of findings and sums."""
    places: dict[str, int] = {}
    """How far the intake had come in Kafka: by topic, its identity and the partition, the offset of what comes next."""


def place_in(folder: Path) -> SQLiteUrl:
    """The store in a backup."""
    return SQLiteUrl(folder / "danze.db")


def places_in(marks: Mapping[str, int]) -> dict[str, int]:
    """The intake's places; its queues alone have names of several words."""
    return {name: place for name, place in sorted(marks.items()) if " " in name}


def seals_in(folder: Path) -> Folder:
    return Folder(place_in(folder).beside("seals"))


def accesses_in(place: SQLiteUrl) -> SQLiteUrl:
    """The access log beside a store in a file: a log of its own, with its seals beside it."""
    return SQLiteUrl(place.beside("access"))


def files_in(folder: Path) -> dict[str, File]:
    """All files of a backup but its page."""
    return {str(path.relative_to(folder)): _file(path) for path in _files(folder) if path.name != MANIFEST}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _file(path: Path) -> File:
    with path.open("rb") as file:
        return File(path.stat().st_size, file_digest(file, "sha256").hexdigest())


def write(manifest: Manifest, folder: Path) -> None:
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / MANIFEST).write_bytes(text + b"\n")


def read(folder: Path) -> Manifest:
    """The page of a backup whose files are all as it says. Raises `StoreError`."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise StoreError(f"{folder} is no backup of danze: {MANIFEST} is missing or damaged ({why})") from error
    if manifest.format > FORMAT:
        raise StoreError(f"{folder} was made by a later danze (format {manifest.format}). Upgrade.")
    for name, said in manifest.files.items():
        path = folder / name
        if not path.is_file() or _file(path) != said:
            raise StoreError(f"{path} is missing or not as it was when the backup was made")
    return manifest
