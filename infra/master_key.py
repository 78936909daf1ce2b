"""The master key: 32 bytes that wrap every person's key. From the environment, else a file only its owner can read."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from hashlib import sha256
from pathlib import Path

from infra.log.port import StoreError
from infra.log.urls import PostgresUrl, SQLiteUrl, StoreUrl

KEY_BYTES = 32
VARIABLE = "DANZE_MASTER_KEY"
FILE_VARIABLE = "DANZE_MASTER_KEY_FILE"


def master_key(place: StoreUrl, *, fresh: bool) -> bytes:
    """The key for a store. Only a `fresh` key store may be given a new one: an old one could never be read again."""
    if value := os.environ.get(VARIABLE):
        return _decoded(value, VARIABLE)
    if named := os.environ.get(FILE_VARIABLE):
        return _read(Path(named))
    path = default_path(place)
    if not path.exists():
        if not fresh:
            raise StoreError(f"the master key of this store is not at {path}; put it there or set {FILE_VARIABLE}")
        _write_new(path)
    return _read(path)


def default_path(place: StoreUrl) -> Path:
    """PATH.master beside an SQLite store; for PostgreSQL a file of this user, away from the server."""
    if isinstance(place, SQLiteUrl):
        return place.beside("master")
    assert isinstance(place, PostgresUrl)
    home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return home / "danze" / f"{sha256(place.place.encode()).hexdigest()}.master"


def _read(path: Path) -> bytes:
    try:
        return _decoded(path.read_text(encoding="ascii", errors="replace").strip(), str(path))
    except OSError as error:
        raise StoreError(f"the master key cannot be read from {path} ({error.strerror})") from error


def _decoded(value: str, where: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(f"{where} holds no master key: it must be {KEY_BYTES} bytes in base64")
    return key


def _write_new(path: Path) -> None:
    """Written whole under another name and linked: of two first users, both then read the one that came first."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise StoreError(f"no master key can be written to {path} ({error.strerror})") from error
