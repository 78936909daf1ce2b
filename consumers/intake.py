"""Brings the actions of `petition.actions` to the door of the log.

An action comes under the key of its subject, so what concerns one item comes in order. What several partitions hold at
the same moment is taken in the order in which it was sent.
"""

import logging
from collections.abc import Callable, Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter

from consumers.cloudevents import line_of, received
from consumers.ports import Batch, Door, Record
from domain.envelope import Rejected

AT_ONCE = 1_000
"""Actions that are decided and appended together."""
log = logging.getLogger("danze.intake")
_sent = attrgetter("timestamp")


class Intake:
    """One worker's way to the door. Called by one thread at a time."""

    def __init__(self, door: Door, in_clear: Callable[[bytes], bool]) -> None:
        self._door = door
        self._in_clear = in_clear
        """Whether a line has personal fields that anybody could read on its way."""

    def take(self, batches: Sequence[Batch]) -> None:
        """Decides and records all of it. What was recorded before, as after a crash, counts as duplicate."""
        records = merge(*(batch.records for batch in batches), key=_sent)
        while some := list(islice(records, AT_ONCE)):
            self._some(some)

    def _some(self, records: Sequence[Record]) -> None:
        lines: list[bytes] = []
        refused: dict[int, Rejected] = {}
        for place, record in enumerate(records):
            line = received(record.key, record.value, record.headers)
            if isinstance(line, Rejected):
                refused[place] = line
                line = line_of(record.value, record.headers)
            elif self._in_clear(line):
                key = (record.key or b"").decode("utf-8", "replace")
                log.warning("%s came with personal fields in clear; see docs/decisions/0018", key)
            lines.append(line)
        self._door.take(lines, refused)
