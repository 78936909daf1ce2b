"""One of each fault of `make chaos N=1000`: whatever breaks while actions come in, nothing is lost or doubled."""

from __future__ import annotations

import warnings

import pytest

from infra.kafka.jars import BrokerError
from tests import servers
from tests.faults.harness import FAULTS, NOT_HERE, run, told_of
from tests.faults.town import apart


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_befalls_one_process() -> None:
    struck = run("embedded", 2 * len(FAULTS["embedded"]), scale=0.02, say=_loud)
    assert {*struck.values()} == {2}


@pytest.mark.slow
@pytest.mark.kafka
@pytest.mark.postgres
def test_nothing_is_lost_or_doubled_whatever_befalls_workers_and_servers() -> None:
    try:
        every = FAULTS["distributed"]
        struck = run("distributed", len(every), faults=[*every], scale=0.02, say=_loud)
    except BrokerError as why:
        servers.not_to_be_had("KAFKA", why)
    assert struck.total() == len(every)


def test_a_run_that_differs_says_where_and_what_was_sent_twice() -> None:
    with pytest.raises(AssertionError) as differs, told_of(lambda: [b"early 5"]):
        raise AssertionError(apart(["registered", "worked", "closed"], ["registered", "closed"]))
    assert str(differs.value) == "3 and 2, which part at 1: ['worked', 'closed'] and ['closed']"
    assert differs.value.__notes__ == ["sent twice: [b'early 5']"]


def _loud(line: str) -> None:
    """What this machine does not let us try stands at the end of the tests."""
    if line.startswith(NOT_HERE):
        warnings.warn(line, stacklevel=1)
