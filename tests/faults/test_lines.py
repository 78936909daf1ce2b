"""The lines that `make chaos` cuts are cut, and what they lose is lost: else its faults would be none."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from tests.faults.proxy import Proxy
from tests.faults.wires import NoWires, Wire, entered, laid
from tests.servers import free_port

Ends = tuple[socket.socket, socket.socket]
"""Of the worker, and of the server."""


@pytest.fixture(params=["loopback", "wire"])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire | None]:
    """A wire between network namespaces; None for a proxy on this machine's loopback interface."""
    if request.param == "loopback":
        yield None
        return
    with ExitStack() as stack:
        try:
            (one,) = stack.enter_context(laid(1))
        except NoWires as why:
            pytest.skip(f"NO NETWORK NAMESPACES: {why}")
        yield one


@pytest.fixture
def line(wire: Wire | None) -> Iterator[tuple[Proxy, Callable[[], Ends]]]:
    """A line, and who opens a connection over it."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        proxy = Proxy(free_port(), server.getsockname()[1], wire)
        stack.callback(proxy.close)
        there = {"initializer": entered, "initargs": (wire.workers,)} if wire else {}
        worker = stack.enter_context(ThreadPoolExecutor(1, **there))
        host, _, port = proxy.url.partition(":")

        def opened() -> Ends:
            near = worker.submit(socket.create_connection, (host, int(port)), 5).result()
            far, _ = server.accept()
            for each in (near, far):
                each.settimeout(10)
                stack.callback(each.close)
            return near, far

        yield proxy, opened


def test_nothing_comes_through_a_line_that_is_cut_and_all_of_it_when_it_is_mended(line) -> None:
    proxy, opened = line
    near, far = opened()
    near.sendall(b"batch")
    assert far.recv(9) == b"batch"
    proxy.cut()
    near.sendall(b"another")  # nobody is told
    far.settimeout(0.3)
    with pytest.raises(TimeoutError):
        far.recv(9)
    far.settimeout(10)
    proxy.mend()
    assert far.recv(9) == b"another"


@pytest.mark.parametrize("back", [False, True], ids=["batch", "answer"])
def test_what_a_line_loses_never_arrives_and_what_goes_the_other_way_does(line, back: bool) -> None:
    proxy, opened = line
    near, far = opened()
    near.sendall(b"first")
    assert far.recv(9) == b"first"
    proxy.lose(back=back)
    loses, arrives = (far, near) if back else (near, far)
    loses.sendall(b"lost")
    arrives.sendall(b"heard")
    assert loses.recv(9) == b"heard"
    proxy.mend()
    assert _ended(arrives)
    near, far = opened()
    near.sendall(b"again")
    assert far.recv(9) == b"again"


def _ended(end: socket.socket) -> bool:
    with suppress(ConnectionResetError):
        return end.recv(9) == b""
    return True
