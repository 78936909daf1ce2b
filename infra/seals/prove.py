"""A proof that stands by itself: the event's bytes, the way to the root, and the signed checkpoint."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from infra.log.port import Log, leaf_of
from infra.seals.checkpoints import checkpoint_of
from infra.seals.notes import SealError
from infra.seals.proofs import check_consistency, check_inclusion
from infra.seals.sealer import Folder

FORM = "danze proof 1"


def bundle(log: Log, folder: Folder, position: int, since: int | None = None) -> dict[str, Any]:
    """The proof of one event, as JSON; hashes and bytes in base64. Raises `SealError` where it is not sealed.

    With `since` also that the log grew out of its first so many events, for who kept a checkpoint of that size.

    `clients/verifier/verify_proof.py` checks it with Python and `cryptography` alone.
    """
    entry = log.get(position)
    if entry is None:
        raise SealError(f"there is no event {position}")
    note = folder.newest()
    size = checkpoint_of(note).size if note is not None else 0
    if note is None or position > size:
        raise SealError(f"event {position} is not sealed yet: {size} events are; danze seal seals the others")
    proof = inclusion(folder, position, leaf_of(entry.body))
    return {
        "form": FORM, "position": position, "type": entry.type, "event": base64.b64encode(entry.body).decode(),
        "proof": proof, "checkpoint": str(note), "keys": (folder.path / "keys").read_text(encoding="utf-8"),
        **({"grown": {"since": since, "proof": consistency(folder, since)}} if since is not None else {}),
    }  # fmt: skip


def signed(folder: Folder) -> dict[str, Any] | None:
    """The newest checkpoint with its signatures, and the log's keys; None where nothing was sealed yet."""
    note = folder.newest()
    if note is None:
        return None
    checkpoint = checkpoint_of(note)
    return {
        "origin": checkpoint.origin, "size": checkpoint.size, "root": base64.b64encode(checkpoint.root).decode(),
        "note": str(note), "keys": [str(each) for each in folder.verifiers()],
    }  # fmt: skip


def proofs(log: Log, folder: Folder, positions: Iterable[int]) -> dict[str, Any]:
    """What a dossier carries: the signed checkpoint, and a proof for each event that it rests on and that is sealed."""
    checkpoint = signed(folder)
    if checkpoint is None:
        return {"signed": None, "proofs": []}
    entries = [entry for each in positions if each <= checkpoint["size"] and (entry := log.get(each)) is not None]
    told = [{"position": e.position, "proof": inclusion(folder, e.position, leaf_of(e.body))} for e in entries]
    return {"signed": checkpoint["note"], "proofs": told}


def inclusion(folder: Folder, position: int, leaf: bytes) -> list[str]:
    """The inclusion proof of a position, checked before it is given out: against a changed log it is an error."""
    note = folder.newest()
    assert note is not None, "there is a checkpoint, or there would be nothing to prove"
    checkpoint = checkpoint_of(note)
    proof = folder.tiles.inclusion(position - 1, checkpoint.size)
    try:
        check_inclusion(leaf, position - 1, checkpoint.size, checkpoint.root, proof)
    except SealError:
        raise SealError(f"event {position} is not the one that was sealed; danze verify says more") from None
    return [base64.b64encode(each).decode() for each in proof]


def consistency(folder: Folder, since: int) -> list[str]:
    """The proof that the newest checkpoint's log begins with its first `since` events, checked before it is given out.

    Raises `SealError` where fewer are sealed, or the tiles do not lead to the checkpoint.
    """
    note = folder.newest()
    assert note is not None, "there is a checkpoint, or there would be nothing to prove"
    checkpoint = checkpoint_of(note)
    if since > checkpoint.size:
        raise SealError(f"only {checkpoint.size} events are sealed: the log cannot have grown out of {since}")
    proof = folder.tiles.consistency(since, checkpoint.size)
    check_consistency(since, folder.tiles.root(since), checkpoint.size, checkpoint.root, proof)
    return [base64.b64encode(each).decode() for each in proof]
