"""Serves the application from this process with granian, so that the log and the read models are shared with it."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from collections.abc import Callable
from threading import Event

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

CONNECTIONS = 10_000
"""Most that are open at once, where the system grants so many files."""
FILES = 200
"""Files that stores, and what is sent, need beside connections."""
LOOK_SECONDS = 0.2
LAST_SECONDS = 10
"""How long whoever is being served has when the server is asked to end; then his connection is cut."""


class AddressInUse(Exception):
    """Nobody can listen there, and what to choose instead."""


def serve(
    app: Litestar, host: str, port: int, *, stop: Event, ready: Callable[[int], None] | None = None
) -> None:  # fmt: skip
    """Serves until `stop` is set; calls `ready` with the port once it answers. Port 0 is any that is free.

    Raises `AddressInUse` before it starts.
    """
    asyncio.run(_serve(app, host, free(host, port), stop, ready))


async def _serve(app: Litestar, host: str, port: int, stop: Event, ready: Callable[[int], None] | None) -> None:
    server = Server(
        app, address=host, port=port, interface=Interfaces.ASGI, websockets=False, log_enabled=False, log_access=False,
        backlog=1024, backpressure=_connections(),
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    ending = asyncio.create_task(_ends(server, stop))
    announcement = asyncio.create_task(_announce(host, port, ready))
    server.workers_kill_timeout = LAST_SECONDS
    try:
        await server.serve()
    except TimeoutError:  # somebody sent half a request, or does not read his answer
        loop.set_exception_handler(lambda *_: None)  # that he is cut off is nothing to be told of
    finally:
        announcement.cancel()
        ending.cancel()


async def _ends(server: Server, stop: Event) -> None:
    """A signal that comes just before the loop waits wakes nobody, and is heard at its next turn only."""
    while not stop.is_set():  # noqa: ASYNC110 -- it is set by another thread
        await asyncio.sleep(LOOK_SECONDS)
    asyncio.get_running_loop().call_soon(server.stop)


def _connections() -> int:
    """How many may be open: granian takes no further one while so many are, idle ones and streams among them; its own
    limit of 128 let everybody else wait until one of these closed, half a minute.
    """
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS if files == resource.RLIM_INFINITY else max(128, min(CONNECTIONS, files - FILES))


async def _announce(host: str, port: int, ready: Callable[[int], None] | None) -> None:
    while ready is not None:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            ready(port)
            return


def free(host: str, port: int) -> int:
    """A port that nobody listens on: the one asked for, or any for 0. Raises `AddressInUse`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, UnicodeError) as error:
            number, why = getattr(error, "errno", None), getattr(error, "strerror", "this is no name of a machine")
            if number in (errno.EADDRINUSE, errno.EACCES):
                raise AddressInUse(f"{host}:{port}: {why}; choose another with --port") from error
            raise AddressInUse(f"--host {host}: {why}; name an address of this machine") from error
        return int(probe.getsockname()[1])
