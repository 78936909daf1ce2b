"""A command line on an empty store."""

from pathlib import Path

import pytest

from tests.system.command import Danze


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the SQLite store of this test will be; nothing is there yet."""
    return tmp_path / "store" / "danze.db"


@pytest.fixture
def danze(store: Path) -> Danze:
    store.parent.mkdir()
    return Danze(store)
