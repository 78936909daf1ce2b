"""Workers wait for what is not there yet, store or broker, say so once, and end when they are asked to."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TypeVar

import typer

from cli.screen import said
from cli.wiring import System
from infra.kafka.settings import Unreachable
from infra.log.port import StoreAway

PAUSES = (0.2, 1.0, 2.0, 5.0)
LAST_SECONDS = 45
"""From being asked to end to ending all the same, as where a store never answers: as workers on Kafka do."""

T = TypeVar("T")


@contextmanager
def standing(who: str, store: str) -> Iterator[System]:
    """Everything on a store, as soon as its server answers."""
    with closing(there(who, lambda: System(store))) as system:
        yield system


def there(who: str, asked: Callable[[], T]) -> T:
    """What is asked, as soon as server or broker answer; what they refuse is raised at once."""
    stop, failures = stopped(), 0
    while not stop.is_set():
        try:
            answer = asked()
        except (Unreachable, StoreAway) as error:
            if not failures:
                say(who, f"{error}; trying again until it works")
            stop.wait(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1
        else:
            return answer
    raise typer.Exit(0)


def stopped() -> threading.Event:
    """Set by SIGTERM and SIGINT; by a thread of its own, for who is interrupted may hold the event's lock himself.

    Who has not ended LAST_SECONDS later is ended with exit code 1.
    """
    stop = threading.Event()

    def end() -> None:
        last = threading.Timer(LAST_SECONDS, _gives_up)
        last.daemon = True
        last.start()
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: threading.Thread(target=end, daemon=True).start())
    return stop


def _gives_up() -> None:
    said(f"did not end within {LAST_SECONDS} s; what was in hand is done again next time")
    os._exit(1)


def say(who: str, sentence: str) -> None:
    said(sentence, who)
