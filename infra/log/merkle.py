"""The Merkle tree head of RFC 6962, section 2.1, over leaves in order; keeps one hash for each bit of the size."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def node_of(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


BLOCK_LEVEL = 8
BLOCK = 1 << BLOCK_LEVEL
"""Leaves of a subtree whose head is kept beside the others."""
HASH = 32


class Tree:
    """A compact range: the heads of the full subtrees that cover the leaves so far, the largest first.

    `blocks` holds the heads of every 256 leaves as well, one behind the other: whoever keeps them can look again at a
    part of the leaves (an eighth of a byte for each).
    """

    def __init__(self) -> None:
        self.size = 0
        self.blocks = bytearray()
        self._heads: list[tuple[int, bytes]] = []  # (level, hash); levels fall strictly

    @classmethod
    def of(cls, blocks: bytes, rest: Sequence[tuple[int, bytes]]) -> Tree:
        """The tree of these blocks, and of smaller subtrees behind them (`rest`)."""
        tree = cls()
        for at in range(0, len(blocks), HASH):
            tree._add(BLOCK_LEVEL, blocks[at : at + HASH])
        for level, head in rest:
            tree._add(level, head)
        return tree

    @classmethod
    def after(cls, size: int, heads: bytes) -> Tree:
        """The tree of so many leaves, from its `heads`; it knows the blocks that come, and none of those before."""
        tree, levels = cls(), (level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1)
        tree._heads = [(level, heads[at * HASH : (at + 1) * HASH]) for at, level in enumerate(levels)]
        tree.size = size
        return tree

    @property
    def heads(self) -> bytes:
        """The heads of the full subtrees, the largest first: one for each bit of the size."""
        return b"".join(head for _, head in self._heads)

    @property
    def rest(self) -> list[tuple[int, bytes]]:
        """Level and head of the subtrees behind the last whole block."""
        return [each for each in self._heads if each[0] < BLOCK_LEVEL]

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes. Aligned stretches are hashed level by level, which is twice as fast as leaf by leaf."""
        at = 0
        while at < len(leaves):
            # The largest full subtree, up to a block, that may start at this size and still fits.
            fits = min((len(leaves) - at).bit_length() - 1, BLOCK_LEVEL)
            level = min(fits, (self.size & -self.size).bit_length() - 1) if self.size else fits
            count = 1 << level
            self._add(level, full_root(leaves[at : at + count]))
            at += count

    def _add(self, level: int, head: bytes) -> None:
        if level == BLOCK_LEVEL:
            self.blocks += head
        self._push(level, head)
        self.size += 1 << level

    def _push(self, level: int, head: bytes) -> None:
        while self._heads and self._heads[-1][0] == level:
            head = node_of(self._heads.pop()[1], head)
            level += 1
            if level == BLOCK_LEVEL:
                self.blocks += head
        self._heads.append((level, head))

    def join(self, other: Tree) -> None:
        """Adds the tree of the leaves that follow; none of its full subtrees is larger than this tree's last one."""
        self.blocks += other.blocks
        for level, head in other._heads:
            self._push(level, head)
        self.size += other.size

    def copy(self) -> Tree:
        """A tree of the same leaves that grows apart from this one."""
        twin = Tree()
        twin.size, twin.blocks, twin._heads = self.size, bytearray(self.blocks), list(self._heads)
        return twin

    def root(self) -> bytes:
        """The tree head; sha256 of nothing for no leaves."""
        return root_of(self._heads)


def root_of(heads: Sequence[tuple[int, bytes]]) -> bytes:
    """The head over subtrees (level, head), the largest first; sha256 of nothing for none."""
    if not heads:
        return sha256(b"").digest()
    head = heads[-1][1]
    for _, left in reversed(heads[:-1]):
        head = node_of(left, head)
    return head


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The head of 2**n leaf hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]
