"""`petition.seals`: every checkpoint that the folder of the seals keeps, in the order in which they were given out."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from infra.kafka.publisher import Publisher
from infra.kafka.same_log import newest_of
from infra.seals.sealer import Seal


class SealsTopic:
    """What the topic holds of the checkpoints. Whoever sends holds the log's claim on `seal`."""

    def __init__(self, publisher: Publisher, topic: str) -> None:
        self._publisher = publisher
        self._topic = topic
        self._last: bytes | None = None

    def send(self, seals: Iterable[Seal]) -> None:
        """Sends those after the last one that the topic holds; all of them where that is none of these.

        A checkpoint is kept before it is sent: what Kafka did not take comes with the next ones. Raises `KafkaProblem`.
        """
        rows = [(seal.checkpoint.origin.encode(), orjson.dumps(seal.row)) for seal in seals]
        if not rows:
            return
        last = self._last or self._held()
        first = next((place for place, (_, row) in enumerate(rows, 1) if row == last), 0)
        self._last = None  # where this does not come through, the topic says how far it got
        self._publisher.send((self._topic, origin, row, []) for origin, row in rows[first:])
        self._last = rows[-1][1]

    def _held(self) -> bytes | None:
        """The last record; `danze topics` makes the topic with one partition."""
        return next(iter(newest_of(self._publisher.settings, self._topic, _value).values()), None)


def _value(record: object) -> bytes | None:
    value: bytes | None = record.value  # type: ignore[attr-defined]
    return value
