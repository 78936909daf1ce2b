"""Size and Merkle root of a log at any size: what an answer names, so that it can be checked against the log later."""

import base64
import threading
from typing import Any

from infra.log.merkle import Tree
from infra.log.port import Log

STEP = 4_096
"""Leaves between two trees that are kept: a checkpoint of the past hashes fewer than that."""


class Checkpoints:
    """The tree of one log, kept and extended as the log grows: a checkpoint costs what is new since the last one."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._tree = Tree()
        self._kept = [Tree()]
        """The tree after each `STEP` leaves."""
        self._lock = threading.Lock()

    def at(self, size: int) -> dict[str, Any]:
        """{"size", "root"} over the first `size` events; the root is the tree head of RFC 6962, as base64."""
        with self._lock:
            tree = self._tree if size >= self._tree.size else self._kept[size // STEP].copy()
            while tree.size < size and (leaves := self._following(tree.size, size)):
                tree.extend(leaves)
                if tree.size == len(self._kept) * STEP:
                    self._kept.append(tree.copy())
            return {"size": tree.size, "root": base64.b64encode(tree.root()).decode()}

    def _following(self, after: int, upto: int) -> list[bytes]:
        """The leaves after a size, up to another or to the next whole step."""
        return [leaf for _, leaf in self._log.leaves(after, min(upto - after, STEP - after % STEP))]
