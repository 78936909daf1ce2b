"""Where the seals of a store and the key that signs them are: both away from the log, so that they can tell on it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from infra import secret_files
from infra.log.port import StoreError
from infra.log.urls import PostgresUrl, SQLiteUrl, StoreUrl
from infra.seals.notes import LOG, SECRET, SealError, Signer, Verifier, named, parse_signer
from infra.seals.sealer import Folder

SEED_BYTES = 32
KEY_VARIABLE, FOLDER_VARIABLE = "DANZE_SEAL_KEY_FILE", "DANZE_SEALS"


def beside(place: StoreUrl, what: str) -> Path:
    """PATH.seals or PATH.sealkey beside an SQLite store; for PostgreSQL a place of this user, away from the server."""
    if isinstance(place, SQLiteUrl):
        return place.beside(what)
    assert isinstance(place, PostgresUrl)
    return _home() / "danze" / f"{sha256(place.place.encode()).hexdigest()}.{what}"


def _home() -> Path:
    """Where data of this user lies."""
    try:
        return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    except RuntimeError:
        raise StoreError("nobody knows the home folder of this user: set HOME or XDG_DATA_HOME") from None


def folder_of(place: StoreUrl) -> Path:
    """Where the seals are: `DANZE_SEALS`, else beside the store."""
    return Path(os.environ.get(FOLDER_VARIABLE) or beside(place, "seals"))


def key_of(place: StoreUrl) -> Path:
    """Where the signing key is: `DANZE_SEAL_KEY_FILE`, else beside the store."""
    return Path(os.environ.get(KEY_VARIABLE) or beside(place, "sealkey"))


def signer(path: Path, kind: int, name: str | None = None) -> Signer:
    """The key in a file; one that is missing is made, under the name given or one made up. Raises `StoreError`."""
    if not secret_files.there(path):
        secret_files.make(path, _written(fresh(kind, name or f"danze/{secrets.token_hex(8)}")))
    held = _parsed(secret_files.read(path), path)
    if held.verifier.kind != kind:
        raise StoreError(f"{path} holds a key for another use")
    if name is not None and held.verifier.name != name:
        raise StoreError(f"{path} is the key of {held.verifier.name}, not of {name}: it has its name, leave --name out")
    return held


def log_signer(path: Path, folder: Folder, name: str | None = None) -> Signer:
    """The key that signs a log, made before its first seal only: another one cannot go on. Raises `StoreError`."""
    if why := lost(path, folder):
        raise SealError(why)
    return signer(path, LOG, name)


def lost(path: Path, folder: Folder) -> str | None:
    """A sentence where something was sealed, and the key that did it is gone or empty. Raises `SealError`."""
    try:
        gone = path.stat().st_size == 0
    except FileNotFoundError:
        gone = True
    except OSError:  # who reads it says why
        gone = False
    if not gone or (name := folder.log_name()) is None:
        return None
    return f"the signing key of this log ({name}) is not at {path}: put it back from where keys are kept"


def fresh(kind: int, name: str) -> Signer:
    """A new key. Raises `StoreError` for a name that no key may have."""
    if not named(name):
        raise StoreError(f"{name!r} cannot name a key: use no spaces and no +, as in example.org/danze")
    return Signer(name, kind, secrets.token_bytes(SEED_BYTES))


def settle(path: Path, known: Collection[Verifier]) -> None:
    """Puts a key that waits in place, where the log's keys name it already. For who holds the log's claim on `seal`."""
    secret_files.settle(path, lambda held: _parsed(held, secret_files.announced(path)).verifier in known)


def announce(path: Path, key: Signer) -> None:
    """The key waits beside the one in place until the log's keys name it."""
    secret_files.replace(secret_files.announced(path), _written(key))


def _parsed(held: bytes, path: Path) -> Signer:
    try:
        return parse_signer(held.decode())
    except (SealError, UnicodeDecodeError) as error:
        why = error if isinstance(error, SealError) else f"a signing key begins with {SECRET}"
        raise SealError(f"{path}: {why}") from None


def _written(key: Signer) -> bytes:
    return f"{key.secret}\n".encode()
