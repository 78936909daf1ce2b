"""Where the seals of a store and the key that signs them are: both away from the log, so that they can tell on it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from infra.log.port import StoreError
from infra.log.urls import PostgresUrl, SQLiteUrl, StoreUrl
from infra.seals.notes import SealError, Signer, Verifier, named, parse_signer

SEED_BYTES = 32
KEY_VARIABLE, FOLDER_VARIABLE = "DANZE_SEAL_KEY_FILE", "DANZE_SEALS"


def beside(place: StoreUrl, what: str) -> Path:
    """PATH.seals or PATH.sealkey beside an SQLite store; for PostgreSQL a place of this user, away from the server."""
    if isinstance(place, SQLiteUrl):
        return place.beside(what)
    assert isinstance(place, PostgresUrl)
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "danze" / f"{sha256(place.place.encode()).hexdigest()}.{what}"


def folder_of(place: StoreUrl) -> Path:
    """Where the seals are: `DANZE_SEALS`, else beside the store."""
    return Path(os.environ.get(FOLDER_VARIABLE) or beside(place, "seals"))


def key_of(place: StoreUrl) -> Path:
    """Where the signing key is: `DANZE_SEAL_KEY_FILE`, else beside the store."""
    return Path(os.environ.get(KEY_VARIABLE) or beside(place, "sealkey"))


def signer(path: Path, kind: int, name: str | None = None) -> Signer:
    """The key in a file; one that is missing is made, under the name given or one made up. Raises `StoreError`."""
    try:
        if not path.exists():
            write_new(path, fresh(kind, name or f"danze/{secrets.token_hex(8)}"), first=True)
        held = parse_signer(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"the signing key in {path} cannot be read or made ({error.strerror})") from error
    except SealError as error:
        raise StoreError(f"{path}: {error}") from error
    if held.verifier.kind != kind:
        raise StoreError(f"{path} holds a key for another use")
    if name is not None and held.verifier.name != name:
        raise StoreError(f"{path} is the key of {held.verifier.name}, not of {name}: it has its name, leave --name out")
    return held


def fresh(kind: int, name: str) -> Signer:
    """A new key. Raises `StoreError` for a name that no key may have."""
    if not named(name):
        raise StoreError(f"{name!r} cannot name a key: use no spaces and no +, as in example.org/danze")
    return Signer(name, kind, secrets.token_bytes(SEED_BYTES))


def announced(path: Path) -> Path:
    """Where a key waits until the log's keys name it: a rotation that was stopped half way is finished with it."""
    return path.with_name(f"{path.name}.next")


def settle(path: Path, known: Collection[Verifier]) -> None:
    """Puts a key that waits in place, where the log's keys name it already."""
    waiting = announced(path)
    if waiting.exists() and parse_signer(waiting.read_text(encoding="utf-8")).verifier in known:
        waiting.replace(path)


def write_new(path: Path, key: Signer, *, first: bool = False) -> None:
    """Writes a key for its owner alone, whole or not at all; in place of an older one where there is one.

    As the `first` it takes the place of none: of two first users, both then read the one that came first.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(key.secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    if not first:
        draft.replace(path)
        return
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
