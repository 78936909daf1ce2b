"""What a process does beside its answers, again and again: whatever fails is said, counted and tried again."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self

from cli.screen import said
from cli.waiting import LAST_SECONDS
from domain.codec import LaterType
from domain.reasons import Reasons
from infra.kafka.settings import KafkaProblem
from infra.log.port import Conflict, StoreError
from infra.watching import FailWatch

DOING = {
    "clock": "recording what was missed", "seals": "sealing", "archive": "making the archive of the past",
    "sums": "counting", "letters": "sending letters to subscribers", "kafka": "sending checkpoints to Kafka",
    "access": "writing the access log", "access_seals": "sealing the access log",
}  # fmt: skip
"""What may fail by itself, as `danze_failures_total` names it."""
LOGGER = logging.getLogger("danze.besides")
Step = Callable[[], float | None]
"""Does what there is to do; answers in how many seconds there is more, where that is not as usual."""


class Tries:
    """Lets nothing that fails end what is beside it. A reason is said once, until the same works again."""

    def __init__(self, watch: FailWatch, *whats: str) -> None:
        self._watch = watch
        self._said = {what: Reasons() for what in whats}
        for what in whats:
            watch.watches(what)

    @property
    def failing(self) -> bool:
        return any(self._said.values())

    @contextmanager
    def __call__(self, what: str, errors: type[Exception] = Exception) -> Iterator[None]:
        try:
            yield
        except errors as error:
            self._failed(what, error)
        else:
            if self._said[what].works():
                said(f"{DOING[what]} works again")

    def _failed(self, what: str, error: Exception) -> None:
        self._watch.failed(what)
        why = trouble(error)
        if not self._said[what].new(why or repr(error)):
            return
        if why is None:
            LOGGER.error("%s failed and is tried again: a fault of ours", DOING[what], exc_info=error)
        else:
            said(f"{DOING[what]} failed and is tried again: {why}", level=logging.WARNING)


def trouble(error: Exception) -> str | None:
    """What a machine, a store or a broker is in the way of, in a sentence; None for a fault of ours."""
    if isinstance(error, (StoreError, Conflict, LaterType, KafkaProblem)):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'what was to be written'}: {error.strerror or error}"
    return None


class Work(NamedTuple):
    """Steps of one thread, one after the other."""

    tries: Tries
    every: float
    steps: dict[str, Step]
    end: Callable[[], object] | None


class Besides:
    """Works of a process, each in a thread of its own, as long as the block lasts and `stop` is not set."""

    def __init__(self, stop: threading.Event, watch: FailWatch) -> None:
        self.stop = stop
        self._watch = watch
        self._works: list[Work] = []
        self._threads: list[threading.Thread] = []

    def begin(self, every: float, *, end: Callable[[], object] | None = None, **steps: Step) -> None:
        """Each step is done at once and every so many seconds, by the name of what may fail; `end` when all ends."""
        self._works.append(Work(Tries(self._watch, *steps), every, steps, end))

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._goes_on, args=(each,), daemon=True) for each in self._works]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(LAST_SECONDS)

    def _goes_on(self, work: Work) -> None:
        while True:
            pause = work.every
            for what, step in work.steps.items():
                with work.tries(what):
                    more = step()
                    pause = pause if more is None else more
            if self.stop.wait(pause):
                break
        if work.end is not None:
            with work.tries(next(iter(work.steps))):
                work.end()
