"""A worker that is asked to end does so, at whatever moment it is asked."""

import os
import signal
import subprocess
import sys
import threading

import pytest
import typer

from cli import waiting
from cli.waiting import stopped, there


@pytest.fixture
def handlers(monkeypatch):
    """Those of the tests come back, and the tests do not end when time is up."""
    monkeypatch.setattr(waiting, "LAST_SECONDS", 0.1)
    monkeypatch.setattr(waiting, "_gives_up", lambda: None)
    monkeypatch.setattr(waiting, "_STOP", threading.Event())
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def test_a_signal_while_the_event_is_being_looked_at_is_heard(handlers):
    stop = stopped()
    with stop._cond:  # as `wait` holds it for a moment
        os.kill(os.getpid(), signal.SIGTERM)
    assert stop.wait(5)


def test_who_is_asked_to_end_while_a_server_answers_is_not_asked_in_vain(handlers):
    """The server answers, and what comes next must hear of it: a worker went on for 45 s, and was ended then."""
    assert there("intake", lambda: os.kill(os.getpid(), signal.SIGTERM)) is None
    assert stopped().wait(5)
    with pytest.raises(typer.Exit):
        there("intake", lambda: pytest.fail("asked all the same"))


def test_who_does_not_come_to_an_end_is_ended_and_says_so():
    """As where a store that hangs is asked, which hears of no event."""
    hangs = (
        "import os, signal, threading; from cli import waiting; waiting.LAST_SECONDS = 1; waiting.stopped();"
        "os.kill(os.getpid(), signal.SIGTERM); threading.Event().wait(60)"
    )
    ended = subprocess.run([sys.executable, "-c", hangs], capture_output=True, text=True, timeout=30, check=False)
    assert (ended.returncode, "did not end within 1 s" in ended.stderr) == (1, True)
