"""What an operator reads while a broker is away."""

import logging

import pytest

from consumers.running import SAID_AGAIN_SECONDS, Seldom


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
