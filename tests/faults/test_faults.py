"""Some of the faults of `make chaos N=1000`: whatever breaks while actions come in, nothing is lost or doubled."""

from __future__ import annotations

import pytest

from infra.kafka.jars import BrokerError
from tests import servers
from tests.faults.harness import FAULTS, run


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_whatever_befalls_one_process() -> None:
    struck = run("embedded", 12, scale=0.02)
    assert {*struck} == {*FAULTS["embedded"]}


@pytest.mark.slow
@pytest.mark.kafka
@pytest.mark.postgres
def test_nothing_is_lost_or_doubled_whatever_befalls_workers_and_servers() -> None:
    try:
        struck = run("distributed", 6, scale=0.02)
    except BrokerError as why:
        servers.not_to_be_had("KAFKA", why)
    assert {*struck} <= {*FAULTS["distributed"]}
    assert struck.total() == 6
