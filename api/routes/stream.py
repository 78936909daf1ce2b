"""GET /v1/stream: findings, what comes due and sums, as they change."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from threading import Event
from time import monotonic
from typing import Annotated, Any
from weakref import finalize

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter, SkipValidation
from litestar.response import Stream

from api.asked import unit_id
from api.limits import Proxies, address_of
from api.ports import Asks
from api.problems import Problem, answers, bad_value, found, logger, problem_of
from api.roles import reader_of
from api.stream import told
from domain.digits import digits

LONGEST = 600
"""Seconds that a line lasts at most: a token that was taken back ends it."""
MOST, OF_ONE_TOKEN, OF_ONE_ADDRESS = 200, 10, 50
"""Lines that stand at the same moment: all, of who holds one token, and of one address."""
LAST = 2**63 - 1
"""The last position that a log may have."""
MEDIA = "text/event-stream"
EXAMPLE = (
    'event: finding.raised\nid: 40117\ndata: {"position":40117,"type":"finding.raised","finding":{"id":'
    '"F04:petition:430408-2020-000002:K5","rule":"F04"}}\n\n'
)


class Lines:
    """Which stand: by whom, and from where. All of them end with `stop`, for the server waits for them when it ends."""

    def __init__(self, proxies: Proxies = (), stop: Event | None = None) -> None:
        self._proxies = proxies
        self.stop = stop or Event()
        self._standing: Counter[str] = Counter()

    def taken(self, request: Request[Any, Any, Any]) -> Line:
        """A new one. Raises Problem where there are too many already, of all or of who asks."""
        if self._standing["all"] >= MOST:
            raise Problem(503, "unavailable", f"{MOST} lines stand already", headers={"Retry-After": "30"})
        who, where = f"of {reader_of(request).name}", f"from {address_of(request.scope, self._proxies)}"
        for one, most in ((who, OF_ONE_TOKEN), (where, OF_ONE_ADDRESS)):
            if self._standing[one] >= most:
                detail = f"{most} of your lines stand already: end one"
                raise Problem(429, "too-many-requests", detail, headers={"Retry-After": "30"})
        whose = ("all", who, where)
        self._standing.update(whose)
        return Line(lambda: self._ended(whose))

    def _ended(self, whose: tuple[str, ...]) -> None:
        self._standing.subtract(whose)
        self._standing = +self._standing


class Line:
    """One that stands from when it was taken until its messages end: by the client, the clock or a fault.

    Messages that nobody began to read cannot say that they end: such a line ends when nobody holds it any more.
    """

    def __init__(self, ended: Callable[[], None]) -> None:
        self._end = finalize(self, ended)

    async def held(self, messages: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The messages, while they last."""
        try:
            async for each in messages:
                yield each
        except Exception as error:  # noqa: BLE001 -- the client comes back and goes on; what is told of it is the log's to say
            logger.warning("a line ended: %s", problem_of(error).detail)
        finally:
            self._end()


LinesOf = NamedDependency[SkipValidation[Lines]]


@get(
    "/v1/stream",
    operation_id="stream",
    tags=["stream"],
    responses={
        code: spec
        for code, spec in answers(dict[str, Any], {}, missing="No such unit").items()
        if code not in (200, 409)
    }
    | {
        200: ResponseSpec(
            str,
            generate_examples=False,
            description="Messages until the client goes",
            media_type=MEDIA,
            examples=[Example(value=EXAMPLE)],
        ),
    },
)
async def stream(
    request: Request[Any, Any, Any],
    questions: Asks,
    lines: LinesOf,
    unit: Annotated[str | None, QueryParameter(description="Only of this unit and those below it")] = None,
    after: Annotated[
        int | None, QueryParameter(ge=0, le=LAST, description="Begin after this position; as Last-Event-ID")
    ] = None,
    seconds: Annotated[
        int | None, QueryParameter(ge=1, le=86_400, description="End after so long; at most 600")
    ] = None,
) -> Stream:
    """What changes, as it changes? Server-sent events: findings raised, cleared and taken on, what comes due, sums.

    A line ends after ten minutes, or with the server, and the browser comes back where it was: who may not any more is
    turned away then.
    """
    asked = unit_id(unit)
    if asked is not None:
        found(await asyncio.to_thread(questions.scoreboard, asked), f"unit {unit}")
    until = monotonic() + min(seconds or LONGEST, LONGEST)
    messages = told(questions, _position(request.headers.get("last-event-id"), after), asked, until, lines.stop)
    return Stream(
        lines.taken(request).held(messages),
        media_type=MEDIA,
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


def _position(last: str | None, after: int | None) -> int | None:
    """Where a client that was here before goes on."""
    if last is None or not last.strip():
        return after
    position = digits(last.strip(), LAST)
    if position is None:
        raise bad_value("Last-Event-ID", "no position of the log")
    return position


HANDLERS = [stream]
