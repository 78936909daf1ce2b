"""The real server, beside many who keep a connection open and ask nothing."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from tests import servers
from tests.patience import PATIENCE

MANY = 400


@pytest.fixture
def port() -> Iterator[int]:
    port = servers.free_port()
    command = [sys.executable, "-m", "tests.api.live", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield port
        server.terminate()


def test_who_keeps_a_connection_open_holds_up_nobody(port: int) -> None:
    with ExitStack() as idle:
        for _ in range(MANY):
            idle.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
        asked = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        asked.request("GET", "/v1/overview")
        assert asked.getresponse().status == 200
