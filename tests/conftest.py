"""Fixtures that every test may ask for."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg.sql import SQL, Identifier

from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests import servers
from tests.patience import PATIENCE
from tests.system.command import Danze

settings.register_profile(
    "steady",  # the same examples in every run, however slow the machine is
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("searching", settings.get_profile("steady"), derandomize=False)
settings.load_profile(os.environ.get("DANZE_TEST_EXAMPLES", "steady"))

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--lang=zh-CN",
]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the SQLite store of this test will be; nothing is there yet."""
    return tmp_path / "store" / "danze.db"


@pytest.fixture
def danze(store: Path) -> Danze:
    """A command line on an empty store."""
    store.parent.mkdir()
    return Danze(store)


@pytest.fixture(scope="session")
def postgres_or_why() -> Iterator[str | servers.NoServerError]:
    """The server is looked for once, also when there is none."""
    with ExitStack() as stack:
        try:
            found: str | servers.NoServerError = stack.enter_context(servers.postgres())
        except servers.NoServerError as why:
            found = why
        yield found


@pytest.fixture(scope="session")
def postgres_url(postgres_or_why: str | servers.NoServerError) -> str:
    """A real PostgreSQL server, one for the whole run."""
    if isinstance(postgres_or_why, servers.NoServerError):
        servers.not_to_be_had("POSTGRESQL", postgres_or_why)
    return str(postgres_or_why)


@pytest.fixture
def postgres_store_url(postgres_url: str) -> Iterator[str]:
    """A store URL with a schema of its own; every schema whose name begins with its name is dropped afterwards."""
    name = f"t_{uuid4().hex[:12]}"
    yield f"{postgres_url}{'&' if '?' in postgres_url else '?'}schema={name}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        # A test that leaves a transaction open fails instead of hanging; what a killed process asked for may go on.
        connection.execute(f"SET lock_timeout = '{PATIENCE}s'")
        made = connection.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (name,)).fetchall()
        for (schema,) in made:
            connection.execute(SQL("DROP SCHEMA {} CASCADE").format(Identifier(schema)))


@pytest.fixture(scope="session")
def kafka_or_why() -> Iterator[str | servers.NoServerError]:
    """The broker is looked for once, also when there is none."""
    with ExitStack() as stack:
        try:
            found: str | servers.NoServerError = stack.enter_context(servers.kafka())
        except servers.NoServerError as why:
            found = why
        yield found


@pytest.fixture(scope="session")
def kafka_url(kafka_or_why: str | servers.NoServerError) -> str:
    """HOST:PORT of a real Kafka broker, one for the whole run."""
    if isinstance(kafka_or_why, servers.NoServerError):
        servers.not_to_be_had("KAFKA", kafka_or_why)
    return str(kafka_or_why)


@pytest.fixture
def topics(kafka_url: str) -> Iterator[Topics]:
    """Topics of a test's own, with a random prefix; deleted afterwards."""
    settings = KafkaSettings((kafka_url,))
    made = Topics(f"t-{uuid4().hex[:12]}.")
    servers.answered(lambda: made.create(settings))
    yield made
    servers.answered(lambda: made.delete(settings))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store for each test, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'danze.db'}"
    return request.getfixturevalue("postgres_store_url")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's chromium, driven by playwright."""
    found = shutil.which("chromium")
    if found is None:
        servers.not_to_be_had("CHROMIUM", servers.NoServerError("apt-get install chromium fonts-noto-cjk"))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM, timeout=PATIENCE * 1_000)
        browser.on("context", lambda made: made.set_default_timeout(PATIENCE * 1_000))
        yield browser
        browser.close()
