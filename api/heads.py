"""HEAD is answered wherever GET is: with the same status and headers, and nothing after them."""

from __future__ import annotations

from typing import cast

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

LASTING = "/v1/stream"
"""Whose answer ends with the client alone."""


def headed(app: ASGIApp) -> ASGIApp:
    """The application, asked as by GET where only the headers are wanted."""

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        http = cast(HTTPScope, scope)
        if str(scope["type"]) != "http" or http["method"] != "HEAD" or http["path"] == LASTING:
            await app(scope, receive, send)
            return

        async def emptied(message: Message) -> None:
            http["method"] = "HEAD"  # for the server, which counts what follows the headers
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        http["method"] = "GET"
        await app(scope, receive, emptied)

    return cast(ASGIApp, asked)
