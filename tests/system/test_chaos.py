"""A few of the kills of `make chaos N=1000`: whatever is killed while actions come in, nothing is lost or doubled."""

import pytest

from infra.kafka.jars import BrokerError
from tests import servers
from tests.system import chaos

KILLS = 12


@pytest.mark.slow
@pytest.mark.kafka
@pytest.mark.postgres
def test_nothing_is_lost_or_doubled_whatever_is_killed(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    try:
        with chaos.folder() as place:
            done = chaos.run(place, KILLS)
    except BrokerError as why:
        servers.not_to_be_had("KAFKA", why)
    assert done.kills.total() == KILLS
