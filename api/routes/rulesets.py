"""POST /v1/rulesets/preview: what a rule set would move, before anybody adopts it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.openapi.spec import Example, OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import QueryParameter

from api.asked import read_date
from api.ports import Answer, Asks
from api.problems import Problem, answers, told
from api.roles import WHOLE
from api.routes import previews
from api.routes.told import FieldError

TOML, JSON = "application/toml", "application/json"
LONGEST = 1 << 20
"""Bytes of one rule set; those that ship have 5,000."""


@dataclass
class TakesRuleset(Operation):
    """Tells OpenAPI about a body that the handler reads by itself."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING, description="A rule set in TOML")
        tables = Schema(type=OpenAPIType.OBJECT, description="The same tables as an object")
        self.request_body = RequestBody(
            required=True,
            content={
                TOML: OpenAPIMediaType(schema=text, examples={"overlay": Example(value=previews.RULESET_TOML)}),
                JSON: OpenAPIMediaType(schema=tables, examples={"overlay": Example(value=previews.RULESET)}),
            },
        )


@post(
    "/v1/rulesets/preview",
    operation_class=TakesRuleset,
    operation_id="previewRuleset",
    may=WHOLE,
    tags=["rulesets"],
    status_code=200,
    request_max_body_size=LONGEST,
    responses=answers(previews.Preview, previews.PREVIEW)
    | {
        413: told("Longer than 1 MiB", 413, "too-large"),
        415: told("Another media type", 415, "unsupported-media-type"),
    },
    summary="What a rule set would move before it is adopted",
    description="The whole record is judged again beside itself, the clock included: deadlines that still run and "
    "would end on another day, findings that would come, go or change, each with its reasons. Nothing is changed. "
    "A set with mistakes is a problem with all of them, each at its place.",
)
async def preview_ruleset(
    request: Request[Any, Any, Any],
    questions: Asks,
    from_: Annotated[
        str | None, QueryParameter(name="from", description="Its first day; else the one it names", min_length=10)
    ] = None,
) -> Answer:
    """Judges the record again under the set in the body."""
    first = read_date(from_, "from")
    ruleset = _ruleset(request.headers.get("content-type", "").split(";")[0].strip().lower(), await request.body())
    answer = await asyncio.to_thread(questions.preview, ruleset, first)
    if isinstance(answer, list):
        errors: list[FieldError] = [{"path": path, "message": message} for path, message in answer]
        raise Problem(400, "bad-value", "; ".join(": ".join(filter(None, each)) for each in answer), errors=errors)
    return answer


def _ruleset(kind: str, body: bytes) -> str | dict[str, Any]:
    if kind not in (TOML, JSON):
        detail = f"send {TOML} or {JSON}"
        raise Problem(415, "unsupported-media-type", detail, headers={"Accept": f"{TOML}, {JSON}"})
    try:
        if kind == TOML:
            return body.decode()
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, "malformed", f"the body is no rule set: {error}") from None


HANDLERS = [preview_ruleset]
