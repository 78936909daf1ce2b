"""A store that several modules only read, made once."""

import pytest

from infra.city.simulation import simulate
from tests.system.command import Danze


@pytest.fixture(scope="session")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Danze:
    """A store with a simulated quarter, late entries among it. It is read, never written."""
    danze = Danze(tmp_path_factory.mktemp("quarter") / "danze.db")
    assert danze.emit(*simulate(7, days=90, scale=0.03), options=("--history",))["recorded"] > 5_000
    return danze
