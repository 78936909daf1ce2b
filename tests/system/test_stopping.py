"""A worker that is asked to end does so, at whatever moment it is asked."""

import os
import signal

import pytest

from cli.waiting import stopped


@pytest.fixture
def handlers():
    """Those of the tests come back."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def test_a_signal_while_the_event_is_being_looked_at_is_heard(handlers):
    stop = stopped()
    with stop._cond:  # as `wait` holds it for a moment
        os.kill(os.getpid(), signal.SIGTERM)
    assert stop.wait(5)
