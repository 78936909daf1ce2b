"""The line to PostgreSQL is cut and nobody is told: who asks notices, who waits for an answer, and the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import NamedTuple

import psycopg
import pytest

from cli.wiring import open_archive, open_views
from infra.doors.access import access_log
from infra.log.open import open_log
from infra.log.port import StoreAway
from infra.log.postgres_claim import claim_server
from infra.log.urls import LINE, PostgresUrl, parse
from infra.vault.store import open_key_store
from tests.faults.harness import folder
from tests.faults.wires import NoWires, Wire, entered, laid
from tests.local_postgres import LocalPostgres
from tests.patience import PATIENCE, until
from tests.servers import free_port

SOON = {
    "connect_timeout": 10, "keepalives_idle": 1, "keepalives_interval": 1, "keepalives_count": 2,
    "tcp_user_timeout": 3_000,
    "options": "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 "
    "-c tcp_user_timeout=3000",
}  # fmt: skip
"""A tenth of what it is else, for a short test. Who connects anew, on a line that is whole, has its time."""
pytestmark = pytest.mark.postgres
Ask = Callable[[], object]


class Server(NamedTuple):
    """PostgreSQL at the far end of a wire, and threads that stand at either end."""

    place: PostgresUrl
    wire: Wire
    near: ThreadPoolExecutor
    far: ThreadPoolExecutor


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    assert LINE.keys() == SOON.keys()
    for name, value in SOON.items():
        monkeypatch.setitem(LINE, name, value)
    with ExitStack() as stack:
        try:
            (wire,) = stack.enter_context(laid(1))
        except NoWires as why:
            pytest.skip(f"NO NETWORK NAMESPACES: {why}")
        near, far = (ThreadPoolExecutor(9, initializer=entered, initargs=(at,)) for at in (wire.workers, wire.far))
        postgres = LocalPostgres(stack.enter_context(folder()) / "postgres", free_port(), wire.address)
        with (postgres.folder / "pg_hba.conf").open("a") as let_in:
            let_in.write(f"host all all {wire.address}/30 trust\n")
        far.submit(postgres.start).result()
        for last_first in (near.shutdown, far.shutdown, postgres.kill, wire.plug):
            stack.callback(last_first)
        yield Server(_place(postgres.url), wire, near, far)


def _place(url: str) -> PostgresUrl:
    place = parse(f"{url}?schema=cut")
    assert isinstance(place, PostgresUrl)
    return place


def opened(place: PostgresUrl) -> list[Ask]:
    """What is asked of the store, each over connections of its own, which are there then."""
    url = f"postgresql://postgres@{place.host}:{place.port}/postgres?schema=cut"
    views, archive = open_views(url), open_archive(url)
    asked = [open_log(url).head, access_log(place).head, open_key_store(place).state, views.live, archive.live]
    for ask in asked:
        ask()
    return asked


def waits(place: PostgresUrl) -> None:
    with psycopg.connect(**place.connection()) as connection:  # type: ignore[arg-type]
        connection.execute("SELECT pg_sleep(600)")


def test_a_line_that_is_cut_is_noticed_at_both_ends(server: Server) -> None:
    place, near, far = server.place, server.near, server.far
    asked = near.submit(opened, place).result()
    claim = near.submit(claim_server, place, "clock").result()
    assert claim is not None
    assert far.submit(claim_server, place, "clock").result() is None
    waiting = near.submit(waits, place)
    until(lambda: far.submit(sleeping, place).result())
    server.wire.pull()
    answers = [near.submit(ask).exception for ask in asked]
    assert isinstance(waiting.exception(PATIENCE), psycopg.OperationalError)
    assert [type(answer(PATIENCE)) for answer in answers] == [StoreAway] * len(asked)
    assert not near.submit(claim.held).result(PATIENCE)
    until(lambda: far.submit(claim_server, place, "clock").result() is not None)


def sleeping(place: PostgresUrl) -> bool:
    with psycopg.connect(**place.connection()) as connection:  # type: ignore[arg-type]
        row = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'").fetchone()
    return row == (1,)


def test_what_the_environment_says_of_the_session_is_said_too(postgres_store_url, monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c statement_timeout=7000")
    with psycopg.connect(**parse(postgres_store_url).connection()) as connection:
        told = [connection.execute(f"SHOW {name}").fetchone()[0] for name in ("statement_timeout", "tcp_user_timeout")]
    assert told == ["7s", "30000"]
