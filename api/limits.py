"""How many requests one client may make: a bucket that fills at a steady rate, for each token or address."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from time import monotonic

import orjson
from litestar.datastructures import Headers
from litestar.types import ASGIApp, Receive, Scope, Send

from api.headers import HEADERS
from api.problems import PROBLEM_JSON, Problem

CLIENTS = 10_000
"""Clients remembered; of more, who was silent longest begins with a full bucket."""
OF_ONE_ADDRESS = 10
"""Tokens that may ask from one address as fast as they may."""
SECONDS = 5
"""What a client may save up: so many seconds' worth at once."""


Proxies = tuple[IPv4Network | IPv6Network, ...]


class Limits:
    """`rate` requests a second for each client, and bursts of five times as many."""

    def __init__(self, rate: float, now: Callable[[], float] = monotonic, proxies: Proxies = ()) -> None:
        self._rate, self._now, self._proxies = rate, now, proxies
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        """(requests left, when that was) of each client."""

    def wait(self, client: bytes, times: int = 1) -> float:
        """0 where a request may come in now, else the seconds until it may. `times` for a client that is several."""
        rate, now = self._rate * times, self._now()
        left, since = self._left.pop(client, (rate * SECONDS, now))
        left = min(rate * SECONDS, left + (now - since) * rate)
        may = left >= 1
        self._left[client] = (left - may, now)
        if len(self._left) > CLIENTS:
            self._left.popitem(last=False)
        return 0.0 if may else (1 - left) / rate

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, with whoever asks too often told when to come back."""

        async def limited(scope: Scope, receive: Receive, send: Send) -> None:
            seconds = (
                max(self.wait(*each) for each in clients(scope, self._proxies)) if str(scope["type"]) == "http" else 0
            )
            if seconds:
                await _later(scope, send, math.ceil(seconds))
            else:
                await app(scope, receive, send)

        return limited


def proxies_of(said: str) -> Proxies:
    """The proxies in front: addresses or networks, with commas between. Raises ValueError."""
    return tuple(ip_network(each.strip()) for each in said.split(",") if each.strip())


def address_of(scope: Scope, proxies: Proxies = ()) -> str:
    """Where a request comes from: the peer; or, of a proxy that is trusted, the last address that it vouches for.

    A client may write anything into X-Forwarded-For, and each proxy adds at the end from whom it took the request.
    """
    address = scope["client"][0] if scope.get("client") else ""  # type: ignore[index]
    said = Headers.from_scope(scope).getall("x-forwarded-for", []) if proxies else []
    hops = [each.strip() for line in said for each in line.split(",")]
    while hops and _among(address, proxies):
        address = hops.pop()
    return address


def _among(address: str, proxies: Proxies) -> bool:
    try:
        return any(ip_address(address) in each for each in proxies)
    except ValueError:
        return False


def clients(scope: Scope, proxies: Proxies = ()) -> list[tuple[bytes, int]]:
    """Who asks: a token, for several may come from one address; and the address, for tokens can be made up."""
    token = Headers.from_scope(scope).get("authorization")
    address = address_of(scope, proxies)
    return [(_key(token), 1), (_key(f"of {address}"), OF_ONE_ADDRESS)] if token else [(_key(address), 1)]


def _key(who: str) -> bytes:
    """Tokens are not kept in clear."""
    return blake2b(who.encode(), digest_size=16).digest()


async def _later(scope: Scope, send: Send, seconds: int) -> None:
    problem = Problem(429, "too-many-requests", f"more requests than this server takes; come back in {seconds} s")
    headers = {**HEADERS, "content-type": PROBLEM_JSON, "retry-after": str(seconds), "cache-control": "no-store"}
    body = orjson.dumps(problem.document(scope["path"]))
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 429, "headers": told})
    await send({"type": "http.response.body", "body": body, "more_body": False})
