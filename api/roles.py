"""Who asks, and whether the route is for him. What he sees on it is the predicate's to say, not the route's.

A route that states nothing is for everybody who reads (`READERS`); another one says `may=` in its decorator.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection, Request
from litestar.handlers import BaseRouteHandler

from api.ports import Doors, Intake, Questions
from api.problems import Problem, unsaid
from domain.reader import OPERATOR, PUBLIC, Reader, Role

WHOLE: frozenset[Role] = frozenset({"operator", "auditor", "inspector"})
READERS: frozenset[Role] = WHOLE | {"supervisor", "clerk"}
WRITERS: frozenset[Role] = frozenset({"operator", "supervisor", "clerk", "producer"})
KNOWN: frozenset[Role] = READERS | WRITERS
ANYBODY: frozenset[Role] = KNOWN | {"public"}
"""Nothing of the record is told there."""

WATCHED: frozenset[Role] = frozenset({"auditor", "inspector"})
"""Who reads all, and is therefore written down with every question."""

COOKIE = "danze"
"""The session of a browser: the token itself, which no script can read and no other site can send."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN = ("/static/", "/schema")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PROXYS = ("forwarded", "via", "x-forwarded", "x-real-ip", "x-original", "x-client-ip", "true-client-ip", "cf-")
"""What the headers begin with by which proxies tell of who is behind them."""

Connection = ASGIConnection[Any, Any, Any, Any]
"""A request, as a guard sees it."""


def guard(doors: Doors | None) -> Callable[[Connection, BaseRouteHandler], Any]:
    """The guard of all routes. Without doors everybody is the operator: for a server on loopback, and for tests."""

    async def guarded(connection: Connection, handler: BaseRouteHandler) -> None:
        connection.state.reader = reader = await _reader(connection, doors)
        may = ANYBODY if connection.scope["path"].startswith(OPEN) else handler.opt.get("may", READERS)
        if reader.role not in may:
            raise _turned_away(reader)
        if doors is not None and reader.role in WATCHED and may is not ANYBODY and not handler.opt.get("counts"):
            doors.read(reader, *asked_of(connection))

    return guarded


def _turned_away(reader: Reader) -> Problem:
    if reader.role == "public":
        return Problem(401, "no-token", "this is for who has a token", headers={"WWW-Authenticate": "Bearer"})
    return Problem(403, "not-allowed", f"this is not for the role {reader.role}")


async def _reader(connection: Connection, doors: Doors | None) -> Reader:
    """By the token in the header, else by the session; an open door takes who comes without any for the operator."""
    if doors is None:
        return OPERATOR
    by_header = connection.headers.get("authorization", "")
    token = _bearer(by_header) if by_header else connection.cookies.get(COOKIE)
    if not by_header:
        _same_site(connection)
    if token is None:
        return _unannounced(connection, doors) if doors.open else PUBLIC
    reader: Reader | str | None = doors.known(token)
    if reader is None:
        reader = await asyncio.to_thread(doors.reader, token)
    if isinstance(reader, str):
        told = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise Problem(401, "bad-token", reader, headers=told)
    return reader


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if not hmac.compare_digest(scheme.lower().encode(), b"bearer") or not token.strip():
        told = {"WWW-Authenticate": 'Bearer error="invalid_request"'}
        raise Problem(401, "bad-token", "send Authorization: Bearer TOKEN", headers=told)
    return token.strip()


def _unannounced(connection: Connection, doors: Doors) -> Reader:
    """The operator, if it is really he who asks, from this machine: no proxy in between, whether it says so or not, and
    no name that leads here from outside.

    Without this a page of another site could give itself a name that resolves to 127.0.0.1, and read everything; and
    whoever put a proxy in front would open the record to everybody.
    """
    host = urlsplit(f"//{connection.headers.get('host', '')}").hostname
    proxied = any(name.startswith(PROXYS) for name, _ in connection.headers.items()) or _old(connection)
    peer, ours = (_end(connection.scope.get(name)) for name in ("client", "server"))
    return PUBLIC if host not in LOOPBACK or proxied or doors.stranger(peer, ours) else OPERATOR


def _end(said: Any) -> tuple[str, int]:
    address, port = said or ("", 0)
    return str(address), int(port or 0)


def _old(connection: Connection) -> bool:
    """HTTP/1.0, which proxies still speak to what is behind them and no browser does."""
    return connection.scope.get("http_version", "1.1") == "1.0"


def _same_site(connection: Connection) -> None:
    """Where no header vouches that another site cannot send, what changes something comes from our own pages alone."""
    if connection.scope.get("method") in SAFE:
        return
    came, origin = connection.headers.get("sec-fetch-site", "none"), connection.headers.get("origin")
    elsewhere = origin is not None and urlsplit(origin).netloc != connection.headers.get("host")
    if elsewhere or came not in ("same-origin", "none"):
        raise Problem(403, "cross-site", "this was sent by a page of another site")


def asked_of(connection: Connection) -> tuple[str, dict[str, str]]:
    """Method and route, and what stood in their place; a token that somebody wrote there is left out."""
    route = connection.scope.get("path_template") or unsaid(connection.scope["path"])
    asked = {name: str(value) for name, value in connection.path_params.items()} | dict(connection.query_params)
    return f"{connection.scope.get('method')} {route}", {name: unsaid(value) for name, value in asked.items()}


def note(request: Request[Any, Any, Any], problem: Problem, doors: Doors) -> None:
    """Every access that was denied is written down, and what was not found by who sees a part: it may be hidden."""
    who = getattr(request.state, "reader", PUBLIC)
    hidden = problem.status == HTTPStatus.NOT_FOUND and who.role not in ("operator", "public")
    if hidden or problem.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        path = request.scope.get("path_template") if who.role == "public" else None
        doors.denied(who, request.method, path or unsaid(request.url.path), problem.code)


def reader_of(request: Request[Any, Any, Any]) -> Reader:
    """Who asks, as the guard found."""
    reader: Reader = request.state.reader
    return reader


def asked_by(questions: Questions) -> Callable[[Request[Any, Any, Any]], Questions]:
    """The dependency behind `Asks`: the questions of the one who asks, whatever route it is."""

    def asked(request: Request[Any, Any, Any]) -> Questions:
        reader = reader_of(request)
        return questions if reader.role == "operator" else questions.for_(reader)

    return asked


def taken_from(intake: Intake) -> Callable[[Request[Any, Any, Any]], Intake]:
    """The dependency behind `Takes`: the intake as it stands open to the one who reports."""

    def taken(request: Request[Any, Any, Any]) -> Intake:
        reader = reader_of(request)
        return intake if reader.role == "operator" else intake.for_(reader)

    return taken
