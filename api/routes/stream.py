"""GET /v1/stream: findings, what comes due and sums, as they change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any

from litestar import Request, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import QueryParameter
from litestar.response import Stream

from api.asked import unit_id
from api.ports import Asks
from api.problems import Problem, answers, bad_value, found, logger, problem_of
from api.stream import told

LONGEST = 600
"""Seconds that a line lasts at most: a token that was taken back ends it."""
MOST = 200
"""Lines that stand at the same moment."""
MEDIA = "text/event-stream"
EXAMPLE = (
    'event: finding.raised\nid: 40117\ndata: {"position":40117,"type":"finding.raised","finding":{"id":'
    '"F04:petition:430408-2020-000002:K5","rule":"F04"}}\n\n'
)


@dataclass
class Lines:
    """How many stand."""

    standing: int = 0

    async def held(self, messages: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The messages, counted as a line while they last."""
        self.standing += 1
        try:
            async for each in messages:
                yield each
        except Exception as error:  # noqa: BLE001 -- the client comes back and goes on; what is told of it is the log's to say
            logger.warning("a line ended: %s", problem_of(error).detail)
        finally:
            self.standing -= 1


LINES = Lines()


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
    unit: Annotated[str | None, QueryParameter(description="Only of this unit and those below it")] = None,
    after: Annotated[
        int | None, QueryParameter(ge=0, le=2**63 - 1, description="Begin after this position; as Last-Event-ID")
    ] = None,
    seconds: Annotated[
        int | None, QueryParameter(ge=1, le=86_400, description="End after so long; at most 600")
    ] = None,
) -> Stream:
    """What changes, as it changes? Server-sent events: findings raised, cleared and taken on, what comes due, sums.

    A line ends after ten minutes and the browser comes back where it was: who may not any more is turned away then.
    """
    asked = unit_id(unit)
    if asked is not None:
        found(questions.scoreboard(asked), f"unit {unit}")
    if LINES.standing >= MOST:
        raise Problem(503, "unavailable", f"{MOST} lines stand already", headers={"Retry-After": "30"})
    until = monotonic() + min(seconds or LONGEST, LONGEST)
    messages = told(questions, _position(request.headers.get("last-event-id"), after), asked, until)
    return Stream(
        LINES.held(messages), media_type=MEDIA, headers={"cache-control": "no-store", "x-accel-buffering": "no"}
    )


def _position(last: str | None, after: int | None) -> int | None:
    """Where a client that was here before goes on."""
    if last is None or not last.strip():
        return after
    if not last.strip().isdigit() or len(last) > 19:
        raise bad_value("Last-Event-ID", "no position of the log")
    return int(last)


HANDLERS = [stream]
