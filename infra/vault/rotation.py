"""A new master key: every person's key is wrapped anew, and the old master key opens nothing in the store any more.

The new key is on the disk before anything is wrapped under it, and all is wrapped in one transaction. Killed before
its end, the old key works; killed after it, the new one does, which any later opening puts in place.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from infra.log.port import StoreError
from infra.one_at_a_time import alone
from infra.secret_files import announced
from infra.vault.master_key import (
    COMMAND_VARIABLE,
    FILE_VARIABLE,
    VARIABLE,
    Source,
    make,
    put_in_place,
    read,
)
from infra.vault.store import Rotated
from infra.vault.vault import Vault


class Rotation(NamedTuple):
    """What was done, and what is left to its operator."""

    persons: int
    """How many keys were wrapped anew."""
    file: Path
    """Where the new master key is."""
    to_do: str | None
    """What must be set now, in one sentence; None where the key's file was replaced."""


def rotate(vault: Vault, given: Path | None = None) -> Rotation:
    """Wraps all keys under a new master key, made in the key's own file or in one that is `given`.

    Raises `StoreError` where the new key cannot be kept, or where another process rotated meanwhile.
    """
    source = vault.source
    if given is not None:
        if given.exists() and vault.present(read(given)):
            raise StoreError(f"{given} holds the present master key: there is nothing new in it")
        return Rotation(_wrapped(vault, given)[0], given, _to_do(source, given))
    if source.path is None:
        raise StoreError(f"the master key comes from {source.name}: name a file for the new one with --new-key")
    with alone(source.path.parent):
        persons, master = _wrapped(vault, announced(source.path))
        put_in_place(source.path, master)
    return Rotation(persons, source.path, None)


def _wrapped(vault: Vault, new: Path) -> tuple[int, bytes]:
    """How many keys were wrapped under the key in this file, which is made where it is missing; and that key."""
    if not new.exists():
        make(new)
    master = read(new)
    try:
        return vault.rotate(master), master
    except Rotated:
        raise StoreError("another process has rotated the master key meanwhile; nothing was changed") from None


def _to_do(source: Source, given: Path) -> str:
    if source.path is None:
        what = {
            VARIABLE: f"set {VARIABLE} to what {given} holds",
            COMMAND_VARIABLE: f"let the command answer what {given} holds",
        }
        return f"{what[source.name]}, and start danze's processes again"
    return f"set {FILE_VARIABLE} to {given}, or put it in place of {source.path}, and start danze's processes again"
