"""The witness over HTTP: one call, as C2SP tlog-witness has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from litestar import Litestar, Request, Response, post

MOST_BYTES = 65_536
"""A request is some kilobytes: at most 63 hashes, and a checkpoint with its signatures."""


class Reply(Protocol):
    """What is answered: status, media type, text."""

    @property
    def status(self) -> int: ...
    @property
    def media_type(self) -> str: ...
    @property
    def text(self) -> str: ...


class Vouching(Protocol):
    """Decides on a request."""

    def add_checkpoint(self, body: bytes, now: int) -> Reply: ...


def create_witness(witness: Vouching, now: Callable[[], int]) -> Litestar:
    """The app of one witness; `now` is in seconds since 1970."""

    @post("/add-checkpoint")
    async def add_checkpoint(request: Request[Any, Any, Any]) -> Response[str]:
        reply = witness.add_checkpoint(await request.body(), now())
        return Response(reply.text, status_code=reply.status, media_type=reply.media_type)

    return Litestar([add_checkpoint], openapi_config=None, request_max_body_size=MOST_BYTES)
