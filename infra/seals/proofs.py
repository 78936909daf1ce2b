"""Proofs of RFC 6962, section 2.1: an event is in the log; a log has only grown. Checked here, made in `tiles.py`.

Hashes of whole subtrees, 32 bytes each. Nothing here reads a log.
"""

from __future__ import annotations

from collections.abc import Sequence

from infra.log.merkle import node_of
from infra.seals.notes import SealError


def split(size: int) -> int:
    """The size of the left subtree: the largest power of two below `size`, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    """Raises `SealError` unless the leaf is the `index`-th (from 0) of the tree of that size and root."""
    if not 0 <= index < size:
        raise SealError(f"index {index} is outside a tree of size {size}")
    if _including(leaf, index, size, list(proof)) != root:
        raise SealError("the inclusion proof does not lead to the root of the checkpoint")


def _including(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    if size == 1:
        if proof:
            raise SealError("the inclusion proof is too long")
        return leaf
    if not proof:
        raise SealError("the inclusion proof is too short")
    middle, beside = split(size), proof.pop()
    if index < middle:
        return node_of(_including(leaf, index, middle, proof), beside)
    return node_of(beside, _including(leaf, index - middle, size - middle, proof))


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raises `SealError` unless the tree of size `old` is the beginning of the tree of size `new`."""
    if old > new:
        raise SealError(f"a log of {new} events cannot hold the {old} of an earlier checkpoint: its tail was cut")
    if old in (0, new):
        if proof:
            raise SealError("the consistency proof is too long")
        if old == new and old_root != new_root:
            raise SealError(f"two histories of size {new} with different roots: the history was forked")
        return
    left = list(proof)
    before, after = _growing(old, new, old_root, left, whole=True)
    if left:
        raise SealError("the consistency proof is too long")
    if (before, after) != (old_root, new_root):
        raise SealError(f"the log of size {new} does not begin with the log of size {old}: the history was rewritten")


def _growing(old: int, new: int, old_root: bytes, proof: list[bytes], *, whole: bool) -> tuple[bytes, bytes]:
    """The roots of the first `old` and of all `new` leaves of a subtree. `whole`: the old tree is all to the left."""
    if old == new:
        if whole:
            return old_root, old_root
        same = _next(proof)
        return same, same
    middle = split(new)
    right = None if old > middle else _next(proof)
    if right is not None:
        before, after = _growing(old, middle, old_root, proof, whole=whole)
        return before, node_of(after, right)
    left = _next(proof)
    before, after = _growing(old - middle, new - middle, old_root, proof, whole=False)
    return node_of(left, before), node_of(left, after)


def _next(proof: list[bytes]) -> bytes:
    if not proof:
        raise SealError("the consistency proof is too short")
    return proof.pop()
