"""An id with a slash in it is one part of an address all the same, where its slash is written %2F.

A server hands on the path with %2F read as "/", so that `D13:conference:430400-gov:a/b` would be two parts. Until the
route is found the slash stands as a mark in its place.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import unquote

from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

MARK = "\ue02f"
"""Of the private use area: no id has it."""


def kept(app: ASGIApp) -> ASGIApp:
    """The application, finding routes by the parts of the address as they were sent."""

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        asked = cast(HTTPScope, scope)
        raw = asked.get("raw_path") if str(scope["type"]) == "http" else None
        if raw and b"%2f" in raw.lower():
            parts = raw.partition(b"?")[0].decode("latin-1").split("/")
            asked["path"] = "/".join(unquote(part).replace("/", MARK) for part in parts)
        await app(scope, receive, send)

    return routed


def restored(app: ASGIApp) -> ASGIApp:
    """The middleware of every route: the parts that it asked for, with their slashes, and an item's number without its
    kind, as a unit's code may be written with it or without.
    """

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        if MARK in scope["path"]:
            scope["path"] = scope["path"].replace(MARK, "/")
            scope["path_params"] = {name: str(each).replace(MARK, "/") for name, each in scope["path_params"].items()}
        if ":" in (no := scope.get("path_params", {}).get("no", "")):
            bare = _bare(no, "matter:" if "/matters/" in scope["path"] else "petition:")
            scope["path_params"] = {**scope["path_params"], "no": bare}  # the same dict is another request's too
        await app(scope, receive, send)

    return cast(ASGIApp, asked)


def _bare(no: str, kind: str) -> str:
    """A matter has the number of its first item."""
    return no.removeprefix(kind).removeprefix("petition:")
