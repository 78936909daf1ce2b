"""公众查询: a petitioner sees his item by number and query code, and rates bureau and unit. The code never stands in an
address: it comes in a header.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, get_args

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, HeaderParameter, JSONBody

from api.ports import Answer, Asks, Lets, Takes
from api.problems import Problem, answers, bad_value, found, told
from api.roles import ANYBODY, asked_of, reader_of
from api.routes import public_told

Code = Annotated[
    str, HeaderParameter(name="X-Query-Code", description="The code on the slip, as 7K3M-Q9TP-2XWB", max_length=64)
]
SLOW = {429: told("Too many wrong codes for this number: wait", 429, "too-many-tries")}
WHAT = "an item of this number with this code"


Target = Literal["bureau", "unit"]
Score = Literal["satisfied", "basically", "dissatisfied"]
TARGETS: tuple[str, ...] = get_args(Target)
SCORES: tuple[str, ...] = get_args(Score)


WORDY = 500
"""Characters that a reason has at most."""
LONGEST = 16_384
"""Bytes of a rating: a form writes a Chinese character in nine."""


class Rating(msgspec.Struct, forbid_unknown_fields=True):
    """What a petitioner thinks of the bureau or the unit (评价), and why: who sees his item reads it, and nobody can
    forget it for him, so it names nobody.
    """

    target: Target
    score: Score
    reason: Annotated[str, msgspec.Meta(max_length=WORDY)] | None = None


@get(
    "/v1/public/petitions/{no:str}",
    operation_id="publicView",
    tags=["public"],
    may=ANYBODY,
    sync_to_thread=True,
    responses=answers(public_told.PublicView, public_told.PUBLIC, missing="No such number, or another code") | SLOW,
)
def public_view(
    request: Request[Any, Any, Any], questions: Asks, doors: Lets, no: FromPath[str], code: Code
) -> Response[Answer]:
    """How far is my item? Steps and days, and what may still be rated; nothing else is told."""
    return Response(opened(request, questions, doors, no, code), headers={"cache-control": "no-store"})


@post(
    "/v1/public/petitions/{no:str}/ratings",
    operation_id="publicRating",
    tags=["public"],
    may=ANYBODY,
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=LONGEST,
    responses=answers(public_told.PublicView, public_told.PUBLIC, missing="No such number, or another code") | SLOW,
)
def rate(
    request: Request[Any, Any, Any],
    questions: Asks,
    intake: Takes,
    doors: Lets,
    no: FromPath[str],
    code: Code,
    data: JSONBody[Rating],
) -> Response[Answer]:
    """Rates the bureau or the unit, once each, while the window is open (满意度评价)."""
    seen = rated(request, questions, intake, doors, no, code, data)
    return Response(seen, headers={"cache-control": "no-store"})


@post(
    "/v1/petitions/{no:str}/query-code",
    operation_id="queryCode",
    tags=["petitions"],
    status_code=200,
    sync_to_thread=True,
    responses=answers(public_told.QueryCode, public_told.QUERY_CODE, missing="No such item"),
)
def query_code(request: Request[Any, Any, Any], questions: Asks, doors: Lets, no: FromPath[str]) -> Response[Answer]:
    """The code to print on the slip of a petitioner: for the unit that registered his item. It is on the access log."""

    def noted() -> None:
        if doors is not None:
            doors.personal(reader_of(request), *asked_of(request))

    return Response(found(questions.query_code(no, noted), f"item {no}"), headers={"cache-control": "no-store"})


def rated(
    request: Request[Any, Any, Any], questions: Asks, intake: Takes, doors: Lets, no: str, code: str, given: Rating
) -> Answer:
    """What the code opens after the rating; `not-open` where this is not to be rated any more, or not yet."""
    seen, reason = opened(request, questions, doors, no, code), (given.reason or "").strip()
    if "\0" in reason:
        raise bad_value("reason", "holds a NUL character, as nothing on record does")
    if not any(each["open"] and each["target"] == given.target for each in seen["ratings"]):
        raise Problem(409, "not-open", "this is not to be rated any more, or not yet")
    outcome = intake.rate(no, given.target, given.score, reason or None)
    if outcome["outcome"] == "rejected":
        raise Problem(409, "not-open", outcome["rejection"]["message"])
    return opened(request, questions, doors, no, code)


def opened(request: Request[Any, Any, Any], questions: Asks, doors: Lets, no: str, code: str) -> Answer:
    """What the code opens. A wrong code and an unknown number are answered alike, and are on the access log."""
    wait = questions.tries(no)
    if wait > 0:
        raise Problem(
            429, "too-many-tries", "too many wrong codes for this number", headers={"Retry-After": str(math.ceil(wait))}
        )
    seen = questions.public(no, code)
    if seen is None and doors is not None:
        doors.denied(reader_of(request), request.method, request.url.path, "bad-code")
    return found(seen, WHAT)


HANDLERS = [public_view, rate, query_code]
