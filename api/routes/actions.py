"""POST /v1/actions: what happened, sent by whoever saw it happen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType

from api.ports import Takes
from api.problems import Problem, answers, told
from api.roles import WRITERS
from api.routes import actions_told
from api.routes.actions_told import TakenAll
from api.telemetry import Meters

ONE = "application/json"
LINES = ("application/x-ndjson", "application/ndjson")
CLOUD_EVENT = "application/cloudevents+json"
CLOUD_EVENTS = "application/cloudevents-batch+json"
ACCEPTED = (ONE, *LINES, CLOUD_EVENT, CLOUD_EVENTS)

MAX_BODY = 16 * 1024 * 1024
"""Bytes of one request; a longer past belongs in `danze emit --history`."""


@dataclass
class TakesActions(Operation):
    """Tells OpenAPI about a body that the handler reads by itself."""

    def __post_init__(self) -> None:
        one = Schema(type=OpenAPIType.OBJECT, description="An action: a CloudEvent in structured JSON mode")
        many = Schema(type=OpenAPIType.ARRAY, description="Actions; what is none is answered `malformed` in its place")
        text = Schema(description="Text: one action a line; what is none is answered `malformed` in its place")
        example: dict[str, Example | Reference] = {
            "action": Example(summary="A registration", value=actions_told.ACTION)
        }
        batch: dict[str, Example | Reference] = {
            "batch": Example(summary="Two actions", value=[actions_told.ACTION, actions_told.ACTION])
        }
        line: dict[str, Example | Reference] = {
            "lines": Example(value=msgspec.json.encode(actions_told.ACTION).decode() + "\n")
        }
        self.request_body = RequestBody(
            required=True,
            content={
                ONE: OpenAPIMediaType(schema=Schema(one_of=[one, many]), examples={**example, **batch}),
                LINES[0]: OpenAPIMediaType(schema=text, examples=line),
                CLOUD_EVENT: OpenAPIMediaType(schema=one, examples=example),
                CLOUD_EVENTS: OpenAPIMediaType(schema=many, examples=batch),
            },
        )


@post(
    "/v1/actions",
    operation_class=TakesActions,
    operation_id="takeActions",
    may=WRITERS,
    tags=["actions"],
    status_code=207,
    request_max_body_size=MAX_BODY,
    responses=answers(TakenAll, actions_told.TAKEN, status=207)
    | {
        413: told("Longer than 16 MiB", 413, "too-large"),
        415: told("Another media type", 415, "unsupported-media-type"),
        503: told("Nothing is taken for now: `time-jumped` or `no-space`; Retry-After says when", 503, "no-space"),
    },
    summary="Hand in what happened",
    description="One action, an array, or one action a line. Each is answered for itself, in order: recorded, "
    "duplicate or rejected. A rejected action is kept whole and can be sent again.",
)
async def take_actions(request: Request[Any, Any, Any], intake: Takes, telemetry: Meters) -> Response[TakenAll]:
    """Takes actions; sending the same again changes nothing."""
    kind = _media_type(request)
    lines = split(kind, await request.body())
    results = await asyncio.to_thread(intake.take, lines)
    counts = {"recorded": 0, "duplicate": 0, "rejected": 0}
    for result in results:
        counts[result["outcome"]] += 1
    for outcome, count in counts.items():
        telemetry.actions.labels(outcome).inc(count)
    return Response({"results": results, **counts}, status_code=207)  # type: ignore[typeddict-item]


def _media_type(request: Request[Any, Any, Any]) -> str:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ACCEPTED:
        detail = f"send one of {', '.join(ACCEPTED)}"
        raise Problem(415, "unsupported-media-type", detail, headers={"Accept": ", ".join(ACCEPTED)})
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported-content-encoding", "send the body without content-encoding")
    return kind


def split(kind: str, body: bytes) -> list[bytes]:
    """The actions in a body, each as its own bytes. A broken line of NDJSON is left to the intake, which keeps it."""
    if kind in LINES:
        lines = [line for line in (raw.strip() for raw in body.split(b"\n")) if line]
        if not lines:
            raise Problem(400, "malformed", "the body holds no action")
        return lines
    begins_array = body.lstrip()[:1] == b"["
    if kind == CLOUD_EVENT and begins_array:
        raise Problem(400, "malformed", f"{CLOUD_EVENT} carries one action; a batch is {CLOUD_EVENTS}")
    if kind == CLOUD_EVENTS and not begins_array:
        raise Problem(400, "malformed", f"{CLOUD_EVENTS} carries an array of actions")
    try:
        if begins_array:
            return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
        action = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "malformed", f"the body is not JSON: {error}") from None
    if not isinstance(action, dict):
        raise Problem(400, "malformed", "the body is neither an action (an object) nor an array of actions")
    return [body]
