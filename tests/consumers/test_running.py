"""What an operator reads while a broker is away."""

import logging
import threading

import pytest
from aiokafka.errors import GroupCoordinatorNotAvailableError

from consumers.batching import SCHEME, batching_app, run
from consumers.running import SAID_AGAIN_SECONDS, Seldom
from tests.servers import free_port


def said(name, message, at):
    record = logging.LogRecord(name, logging.ERROR, "", 0, message, (), None)
    record.created = at
    return record


@pytest.mark.parametrize(
    ("name", "later", "passes"),
    [
        ("aiokafka", 1, False),
        ("aiokafka.consumer.fetcher", 1, False),
        ("aiokafka", SAID_AGAIN_SECONDS, True),
        ("danze.dead_letters", 1, True),
    ],
)
def test_the_client_says_the_same_once_a_minute_and_we_say_all(name, later, passes):
    seldom = Seldom()
    assert seldom.filter(said(name, "Unable connect to node with id %s", 1000))
    assert seldom.filter(said(name, "Unable connect to node with id %s", 1000 + later)) is passes
    assert seldom.filter(said(name, "another sentence", 1000 + later))


@pytest.mark.parametrize("name", ["aiokafka.consumer.group_coordinator", "asyncio"])
def test_what_a_broker_refused_is_a_sentence_and_no_traceback(name):
    refused = GroupCoordinatorNotAvailableError("consumers")
    record = said(name, "Commit of %s failed\nin a task", 1000)
    record.args, record.exc_info = ("offsets",), (type(refused), refused, None)
    assert Seldom().filter(record)
    told = logging.Formatter("%(message)s").format(record)
    assert told == f"Commit of offsets failed ({refused})"


def test_a_fault_of_the_program_keeps_its_traceback():
    record = said("asyncio", "Task exception was never retrieved", 1000)
    record.exc_info = (KeyError, KeyError("x"), None)
    assert Seldom().filter(record)
    assert "KeyError" in logging.Formatter("%(message)s").format(record)


def test_who_was_asked_to_end_before_it_began_ends():
    """Nor does it wait for a broker first."""
    stop = threading.Event()
    stop.set()
    broker = f"{SCHEME}://127.0.0.1:{free_port()}"
    run(batching_app("early", {"broker": [broker]}, topic="events"), stop)
