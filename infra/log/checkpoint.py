"""Size and Merkle root of a log at any size: what an answer names, so that it can be checked against the log later."""

import base64
import threading
from typing import Any

from infra.log.merkle import Tree
from infra.log.port import Log

CHUNK = 100_000


class Checkpoints:
    """The tree of one log, kept and extended as the log grows: a checkpoint costs what is new since the last one."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._tree = Tree()
        self._lock = threading.Lock()

    def at(self, size: int) -> dict[str, Any]:
        """{"size", "root"} over the first `size` events; the root is the tree head of RFC 6962, as base64."""
        with self._lock:
            tree = self._tree if size >= self._tree.size else Tree()
            while tree.size < size and (leaves := self._log.leaves(tree.size, min(CHUNK, size - tree.size))):
                tree.extend([leaf for _, leaf in leaves])
            return {"size": tree.size, "root": base64.b64encode(tree.root()).decode()}
