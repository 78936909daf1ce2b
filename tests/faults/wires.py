"""Wires between network namespaces of this machine: who stands at either end has one cable, and it can be pulled.

Nobody is told, as where a switch has lost its power: TCP sends what was lost again, and connections live on when the
wire is mended in time. Needs root, `ip` and a kernel that lets us; where it does not, `laid` says why.
"""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

NETWORK = 0x40000000
"""CLONE_NEWNET"""
NAMED = Path("/run/netns")
ADDRESS = "10.213.{}.{}"
"""Of the server and the worker on each wire; nobody outside of the namespaces hears of them."""


class NoWires(Exception):
    """This machine lays none; the message says why."""


class Wire:
    """Leads from the workers' namespace to one of its own, in which a server is reached at `address`."""

    def __init__(self, workers: str, number: int) -> None:
        self.workers, self.far = workers, f"{workers}-{number}"
        self.address = ADDRESS.format(number, 1)
        near = f"wire{number}"
        _ip("netns", "add", self.far)
        _ip("-n", self.far, "link", "set", "lo", "up")
        _ip("-n", workers, "link", "add", near, "type", "veth", "peer", "name", "wire", "netns", self.far)
        for namespace, end, address in ((workers, near, ADDRESS.format(number, 2)), (self.far, "wire", self.address)):
            _ip("-n", namespace, "address", "add", f"{address}/30", "dev", end)
            _ip("-n", namespace, "link", "set", end, "up")

    def pull(self) -> None:
        _ip("-n", self.far, "link", "set", "wire", "down")

    def plug(self) -> None:
        _ip("-n", self.far, "link", "set", "wire", "up")

    def listener(self, port: int) -> socket.socket:
        """A socket at its far end; it stays there, whoever accepts."""
        with ThreadPoolExecutor(1, initializer=entered, initargs=(self.far,)) as there:
            return there.submit(socket.create_server, (self.address, port), backlog=128).result()


@contextmanager
def laid(count: int) -> Iterator[list[Wire]]:
    """So many, each to another place, from one namespace; all gone afterwards. Raises `NoWires`."""
    workers = f"danze-{os.getpid()}"
    with ExitStack() as stack:
        for name in (workers, *(f"{workers}-{number}" for number in range(count))):
            stack.callback(subprocess.run, ["ip", "netns", "delete", name], check=False, capture_output=True)
        _ip("netns", "add", workers)
        _ip("-n", workers, "link", "set", "lo", "up")
        yield [Wire(workers, number) for number in range(count)]


def inside(namespace: str) -> tuple[str, ...]:
    """Words before a command line that has it run in the namespace, by the same process."""
    return "nsenter", f"--net={NAMED / namespace}"


def entered(namespace: str) -> None:
    """This thread, and threads and processes that it begins, stand in the namespace from here on."""
    with (NAMED / namespace).open() as there:
        if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), NETWORK):
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")


def _ip(*arguments: str) -> None:
    try:
        subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise NoWires("there is no `ip` (Debian: apt-get install iproute2)") from None
    except subprocess.CalledProcessError as error:
        raise NoWires(f"ip {' '.join(arguments)}: {error.stderr.strip()}") from None
