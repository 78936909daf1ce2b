"""`danze seal --follow`: seals what is new as long as it runs. A full disk and a broker that is away are waited for."""

import time
from collections.abc import Callable, Iterable
from math import inf
from threading import Event

from cli.besides import Tries
from cli.screen import bar, fail
from cli.wiring import now
from infra.kafka.settings import Unreachable
from infra.log.port import Claim
from infra.pulse import Pulse
from infra.seals.checkpoints import checkpoint_of
from infra.seals.sealer import Seal, Sealer
from infra.watching import SealerWatch

LOOK_SECONDS = 1.0
AGAIN_SECONDS = 5.0
"""Between two attempts to reach a broker."""
Publish = Callable[[Iterable[Seal]], object]
"""Sends those that were not sent yet."""


class Follower:
    """Seals one log, and sends what was sealed, as long as nobody else may seal it."""

    def __init__(
        self, sealer: Sealer, publish: Publish, claim: Claim, watch: SealerWatch, pulse: Pulse, *, every: int,
        seconds: float,
    ) -> None:  # fmt: skip
        self._sealer, self._publish, self._claim, self._watch, self._pulse = sealer, publish, claim, watch, pulse
        self._every, self._seconds = every, seconds
        self._tries = Tries(watch.failures, "seals", "kafka")
        newest = sealer.folder.newest()
        self._position = checkpoint_of(newest).size if newest is not None else 0
        self._due = self._again = -inf
        """When what is new has waited long enough, and when the broker is tried again."""
        self._unsent: list[Seal] | None = None
        """Checkpoints that Kafka has to get; None: whichever of all it has not got."""

    def run(self, stop: Event) -> None:
        """Until `stop` is set. Raises `SealError` where the log is not what was sealed, `Refused` where Kafka will
        never take a checkpoint.
        """
        while True:
            self._look()
            if stop.wait(min(LOOK_SECONDS, self._seconds)):
                return

    def _look(self) -> None:
        new, clock = self._sealer.log.head().position - self._position, time.monotonic()
        if not self._claim.held():
            raise fail("the connection to the store was lost, and another may seal by now; begin it again")
        if new >= self._every or (new and clock >= self._due):
            self._due = clock + self._seconds
            with self._tries("seals", OSError):
                self._seal()
        if self._unsent != [] and clock >= self._again:
            self._again = clock + AGAIN_SECONDS
            with self._tries("kafka", Unreachable):
                self._publish(self._sealer.folder.seals() if self._unsent is None else self._unsent)
                self._unsent, self._again = [], -inf
        if self._unsent == [] and not self._tries.failing:
            self._watch.alive()
            self._pulse()

    def _seal(self) -> None:
        with bar("seal") as progress:
            sealed = self._sealer.seal(now(), progress)
        if sealed is not None:
            self._position = sealed.checkpoint.size
            if self._unsent is not None:
                self._unsent.append(sealed)
