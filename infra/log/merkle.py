"""The Merkle tree head of RFC 6962, section 2.1, over leaves in order; keeps one hash for each bit of the size."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A compact range: the heads of the full subtrees that cover the leaves so far, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._heads: list[tuple[int, bytes]] = []  # (level, hash); levels fall strictly

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes. Aligned stretches are hashed level by level, which is twice as fast as leaf by leaf."""
        at = 0
        while at < len(leaves):
            # The largest full subtree that may start at this size and still fits.
            fits = (len(leaves) - at).bit_length() - 1
            level = min(fits, (self.size & -self.size).bit_length() - 1) if self.size else fits
            count = 1 << level
            self._push(level, full_root(leaves[at : at + count]))
            self.size += count
            at += count

    def _push(self, level: int, head: bytes) -> None:
        while self._heads and self._heads[-1][0] == level:
            head = node_of(self._heads.pop()[1], head)
            level += 1
        self._heads.append((level, head))

    def join(self, other: Tree) -> None:
        """Adds the tree of the leaves that follow; none of its full subtrees is larger than this tree's last one."""
        for level, head in other._heads:
            self._push(level, head)
        self.size += other.size

    def copy(self) -> Tree:
        """A tree of the same leaves that grows apart from this one."""
        twin = Tree()
        twin.size, twin._heads = self.size, list(self._heads)
        return twin

    def root(self) -> bytes:
        """The tree head; sha256 of nothing for no leaves."""
        if not self._heads:
            return sha256(b"").digest()
        head = self._heads[-1][1]
        for _, left in reversed(self._heads[:-1]):
            head = node_of(left, head)
        return head


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The head of 2**n leaf hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]
