"""An answer that a client has already is not sent again: entity tags, and 304; any other travels compressed, and so do
pages and the files that they load.

The tag is of the answer's own bytes, before they are compressed, so it is weak: the same answer may travel in several
encodings. A client may keep an answer, in its own cache only, and must ask whether it is still the one.

How long a compressed answer is tells something of what is in it (BREACH). That gives nothing away here: no answer to a
GET holds a secret beside what who asks put in, no page of another site can ask with somebody's token, and what
does hold one (a POST that makes it) is not compressed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from hashlib import blake2b
from typing import cast

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPResponseStartEvent, Message, Receive, Scope, Send

from api.encodings import packed

KEPT = "private, no-cache"
LARGE = 100_000
"""Bytes from which on tag and packing are made in a thread: brotli takes 0.6 ms for so many, 12 ms for a megabyte and
80 ms for four, in which nobody else would be answered.
"""
VARY = "Accept, Accept-Encoding, Authorization, Cookie"


def conditional(app: ASGIApp) -> ASGIApp:
    """The application with tags on what /v1 answers to GET, and 304 where the client has the same; pages are packed."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) != "http" or scope.get("method") != "GET":
            await app(scope, receive, send)
            return
        begun: HTTPResponseStartEvent | None = None
        told, finished = scope["path"].startswith("/v1/"), list[bytes]()

        async def tagged(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start" and message["status"] == 200:
                begun = message
                return
            if begun is not None and message["type"] == "http.response.body":
                if not told:
                    finished.append(message["body"])
                    if message.get("more_body"):  # a file comes in parts, and is packed as one
                        return
                    message["body"] = b"".join(finished)
                start, begun = begun, None
                if not message.get("more_body"):
                    await _finished(_tag if told else _pack, scope, start, message)
                await send(start)
            await send(message)

        await app(scope, receive, tagged)

    return cast(ASGIApp, asked)


Finish = Callable[[Scope, HTTPResponseStartEvent, HTTPResponseBodyEvent], None]


async def _finished(
    finish: Finish, scope: Scope, start: HTTPResponseStartEvent, message: HTTPResponseBodyEvent
) -> None:
    if len(message["body"]) < LARGE:
        finish(scope, start, message)
    else:
        await asyncio.to_thread(finish, scope, start, message)


def _tag(scope: Scope, start: HTTPResponseStartEvent, message: HTTPResponseBodyEvent) -> None:
    headers = MutableScopeHeaders.from_message(start)
    if headers.get("cache-control") == "no-store":
        return
    tag = f'W/"{blake2b(message["body"], digest_size=12).hexdigest()}"'
    headers["etag"], headers["cache-control"], headers["vary"] = tag, KEPT, VARY
    asked = Headers.from_scope(scope)
    if has(asked.get("if-none-match", ""), tag):
        start["status"], message["body"] = 304, b""
        for name in ("content-length", "content-type"):
            headers.pop(name, None)
        return
    _pack(scope, start, message)


def _pack(scope: Scope, start: HTTPResponseStartEvent, message: HTTPResponseBodyEvent) -> None:
    headers, accepted = MutableScopeHeaders.from_message(start), Headers.from_scope(scope).get("accept-encoding", "")
    if "vary" not in headers:
        headers["vary"] = "Accept-Encoding"
    message["body"], packing = packed(message["body"], accepted)
    if packing:
        headers["content-encoding"], headers["content-length"] = packing, str(len(message["body"]))


def has(if_none_match: str, tag: str) -> bool:
    """Whether one of the tags that a client names is this one; compared weakly (RFC 9110 8.8.3.2)."""
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in named or tag.removeprefix("W/") in named
