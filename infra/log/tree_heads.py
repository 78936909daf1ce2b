"""Size and Merkle root of a log at any size: what an answer names, so that it can be checked against the log later."""

import base64
import threading
from bisect import bisect_right, insort
from collections.abc import Callable
from typing import Any

from infra.log.merkle import Tree
from infra.log.port import Log

STEP = 4_096
"""Leaves between two trees that are kept: a checkpoint of the past hashes fewer than that."""


class TreeHeads:
    """The tree of one log, kept and extended as the log grows: a checkpoint costs what is new since the last one."""

    def __init__(self, log: Log, stored: Callable[[int], Tree] | None = None) -> None:
        """`stored` answers the largest tree, not beyond a size, that is kept beside the log."""
        self._log, self._stored = log, stored
        self._newest = Tree()
        self._kept = [Tree()]
        """Trees at whole steps, the smallest first: those that were come across."""
        self._lock = threading.Lock()

    def at(self, size: int) -> dict[str, Any]:
        """{"size", "root"} over the first `size` events; the root is the tree head of RFC 6962, as base64."""
        with self._lock:
            tree = _bare(self._before(size))
            while tree.size < size and (leaves := self._following(tree.size, size)):
                tree.extend(leaves)
                if tree.size % STEP == 0:
                    insort(self._kept, _bare(tree), key=_size)
            self._newest = max(self._newest, tree, key=_size)
            return {"size": tree.size, "root": base64.b64encode(tree.root()).decode()}

    def told(self) -> bytes:
        """The newest tree, for another process to begin with (`read_tree`)."""
        with self._lock:
            return self._newest.size.to_bytes(8) + self._newest.heads

    def _before(self, size: int) -> Tree:
        """The nearest tree to start from."""
        kept = self._kept[bisect_right(self._kept, size, key=_size) - 1]
        known = self._newest if self._newest.size <= size else kept
        if self._stored is None or size - known.size <= STEP:
            return known
        return max(known, self._stored(size), key=_size)

    def _following(self, after: int, upto: int) -> list[bytes]:
        """The leaves after a size, up to another or to the next whole step."""
        return [leaf for _, leaf in self._log.leaves(after, min(upto - after, STEP - after % STEP))]


def read_tree(told: bytes) -> Tree:
    """A tree that was told; an empty one of nothing."""
    return Tree.after(int.from_bytes(told[:8]), told[8:])


def _bare(tree: Tree) -> Tree:
    """A copy without the blocks: of thousands each would hold all before it."""
    return Tree.after(tree.size, tree.heads)


def _size(tree: Tree) -> int:
    return tree.size
