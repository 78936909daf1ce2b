"""Records that nobody can read are laid aside, whole and with the reason; past a cap the partition stops instead."""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from consumers.ports import Outgoing, Record, Send

log = logging.getLogger("danze.dead_letters")

CAP = 100
"""Of one partition. A few broken records are an accident; many are a broken producer or a wrong topic."""


class DeadLetter(NamedTuple):
    """A record that could not be folded, and why."""

    partition: int
    record: Record
    why: str


class TooManyDead(Exception):
    """The cap is passed: somebody must look before this partition goes on."""


class DeadLetters:
    """The dead-letter topic of one source topic."""

    def __init__(self, send: Send, *, topic: str, source: str, cap: int = CAP) -> None:
        self._send = send
        self._topic = topic
        self._source = source
        self._cap = cap

    def send(self, letters: Sequence[DeadLetter], dead: Mapping[int, int]) -> None:
        """Lays records aside. `dead` counts, by partition, all that were laid aside with these.

        Raises `TooManyDead` where a partition passes the cap; nothing of it goes on then.
        """
        for letter in letters:
            place = f"{self._source}, partition {letter.partition}, offset {letter.record.offset}"
            log.error("dead letter: %s: %s", place, letter.why)
            if dead[letter.partition] > self._cap:
                raise TooManyDead(
                    f"{place}: {letter.why}; with it more than {self._cap} records of this partition could not be "
                    f"read. Look at {self._topic}, mend what sends them, then go on with a higher --dead-letter-cap"
                )
        self._send([self._laid_aside(letter) for letter in letters])

    def _laid_aside(self, letter: DeadLetter) -> Outgoing:
        record = letter.record
        told = {
            "danze-topic": self._source, "danze-partition": str(letter.partition),
            "danze-offset": str(record.offset), "danze-why": letter.why,
        }  # fmt: skip
        headers = [*record.headers, *((name, text.encode()) for name, text in told.items())]
        return Outgoing(self._topic, record.key or b"", record.value or b"", headers)
