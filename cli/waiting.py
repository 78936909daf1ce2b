"""Workers wait for what is not there yet, store or broker, say why once, and end when they are asked to."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import typer

from cli.screen import said
from cli.wiring import System
from domain.reasons import Reasons
from infra.kafka.settings import Unreachable
from infra.log.port import StoreAway

PAUSES = (0.2, 1.0, 2.0, 5.0)
LAST_SECONDS = 45
"""From being asked to end to ending all the same, as where a store never answers: as workers on Kafka do."""

T = TypeVar("T")
_STOP = threading.Event()


@contextmanager
def standing(who: str, store: str) -> Iterator[System]:
    """Everything on a store, as soon as its server answers."""
    with closing(there(who, lambda: System(store))) as system:
        yield system


def there(who: str, asked: Callable[[], T]) -> T:
    """What is asked, as soon as server or broker answer; what they refuse is raised at once.

    Raises `typer.Exit` where the process is asked to end before.
    """
    stop, failures, reasons = stopped(), 0, Reasons()
    while not stop.is_set():
        try:
            answer = asked()
        except (Unreachable, StoreAway) as error:
            if reasons.new(str(error)):
                say(who, f"{error}; trying again until it works")
            stop.wait(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1
        else:
            return answer
    raise typer.Exit(0)


def stopped() -> threading.Event:
    """Set by SIGTERM and SIGINT, the same whoever asks: between two that wait, too, a process is asked to end once.

    Who has not ended LAST_SECONDS later is ended with exit code 1.
    """
    for each in (signal.SIGTERM, signal.SIGINT):
        # by a thread of its own, for who is interrupted may hold the event's lock himself
        signal.signal(each, lambda *_: threading.Thread(target=_end, daemon=True).start())
    return _STOP


def _end() -> None:
    last = threading.Timer(LAST_SECONDS, _gives_up)
    last.daemon = True
    last.start()
    _STOP.set()


def _gives_up() -> None:
    said(f"did not end within {LAST_SECONDS} s; what was in hand is done again next time")
    os._exit(1)


def say(who: str, sentence: str) -> None:
    said(sentence, who)
