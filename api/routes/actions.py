"""POST /v1/actions: what happened, sent by whoever saw it happen."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sized
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
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
MOST = 10_000
"""Actions of one request: each that is refused is sealed and kept, however short it is."""
MANY_COMMAS = 500_000
"""An array with fewer holds so few elements that all of them may be split at once."""
AT_ONCE = 1_000
"""Actions that are decided and appended together; between two such parts others have their turn."""
_element = json.JSONDecoder(strict=False, parse_int=len, parse_float=len).raw_decode
_gap = re.compile(r"\s*,?\s*").match


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
        413: told("Longer than 16 MiB, or more than 10,000 actions; none of it was taken", 413, "too-large"),
        415: told("Another media type", 415, "unsupported-media-type"),
        503: told("Nothing is taken for now: `time-jumped`, or as elsewhere; Retry-After says when", 503, "no-space"),
    },
    summary="Hand in what happened",
    description="One action, an array, or one action a line. Each is answered for itself, in order: recorded, "
    "duplicate or rejected. A rejected action is kept whole and can be sent again. At most 10,000 at once; they are "
    "decided and stored by the thousand, so after an answer of 503 the first of them may be duplicates.",
)
async def take_actions(request: Request[Any, Any, Any], intake: Takes, telemetry: Meters) -> Response[TakenAll]:
    """Takes actions; sending the same again changes nothing."""
    kind = _media_type(request)
    lines = split(kind, await request.body())
    results = []
    for first in range(0, len(lines), AT_ONCE):
        part = await asyncio.to_thread(intake.take, lines[first : first + AT_ONCE])
        for result in part:
            telemetry.actions.labels(result["outcome"]).inc()
        results += part
    counts = {"recorded": 0, "duplicate": 0, "rejected": 0}
    for result in results:
        counts[result["outcome"]] += 1
    return Response({"results": results, **counts}, status_code=207)  # type: ignore[typeddict-item]


def _media_type(request: Request[Any, Any, Any]) -> str:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ACCEPTED:
        detail = f"send one of {', '.join(ACCEPTED)}"
        raise Problem(415, "unsupported-media-type", detail, headers={"Accept": ", ".join(ACCEPTED)})
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported-content-encoding", "send the body without content-encoding")
    return kind


def _few(actions: Sized) -> None:
    if len(actions) > MOST:
        detail = f"the body holds more than {MOST:,} actions, and none was taken; send them in several requests"
        raise Problem(413, "too-large", detail)


def _elements(array: bytes) -> list[msgspec.Raw]:
    """With many commas the first are looked at one by one: 16 MiB of the shortest, split, would be half a GiB."""
    if array.count(b",") > MANY_COMMAS:
        text, at, seen = array.decode(), 1, 0
        while not text.startswith("]", at := _gap(text, at).end()):  # type: ignore[union-attr]  # it always matches
            _, at = _element(text, at)
            _few(range(seen := seen + 1))
    elements = msgspec.json.decode(array, type=list[msgspec.Raw])
    _few(elements)
    return elements


def split(kind: str, body: bytes) -> list[bytes]:
    """The actions in a body, each as its own bytes. A broken line of NDJSON is left to the intake, which keeps it."""
    if kind in LINES:
        lines = list(islice((line for line in (raw.strip() for raw in BytesIO(body)) if line), MOST + 1))
        if not lines:
            raise Problem(400, "malformed", "the body holds no action")
        _few(lines)
        return lines
    begins_array = body.lstrip()[:1] == b"["
    if kind == CLOUD_EVENT and begins_array:
        raise Problem(400, "malformed", f"{CLOUD_EVENT} carries one action; a batch is {CLOUD_EVENTS}")
    if kind == CLOUD_EVENTS and not begins_array:
        raise Problem(400, "malformed", f"{CLOUD_EVENTS} carries an array of actions")
    try:
        if begins_array:
            return list(map(bytes, _elements(body.lstrip())))
        action = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise Problem(400, "malformed", f"the body is not JSON: {error}") from None
    if not isinstance(action, dict):
        raise Problem(400, "malformed", "the body is neither an action (an object) nor an array of actions")
    return [body]
