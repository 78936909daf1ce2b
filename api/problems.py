"""What a client is told when it cannot be answered: RFC 9457 documents, never a traceback."""

from __future__ import annotations

import errno
import logging
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, SerializationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example

from api.ports import Troubled
from api.routes.told import FieldError, ProblemDocument
from api.segments import MARK
from domain.reader import NotYours

PROBLEM_JSON = "application/problem+json"
CODES = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "not-yet-seen",
    413: "too-large",
    415: "unsupported-media-type",
    503: "unavailable",
}

TROUBLES = {
    "no-space": "no space left to store anything; try again when there is room",
    "damaged": "what this is kept in is damaged; the log says which file, and what to do",
    "no-master-key": "the master key that this server has does not fit what is sealed; the log says why",
    "unavailable": "the store cannot be used for now; the log says why",
}
"""Why a store cannot do what was asked, as a client is told it; the log names files, too."""
MINUTE = "60"
BY_NUMBER = {errno.ENOSPC: "no-space", errno.EDQUOT: "no-space", errno.EIO: "damaged"}
TOKEN = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")
_MISSING = re.compile(r"Missing required \w+ parameter '([\w-]+)'")
_IN_BODY = re.compile(r"Object (missing required|contains unknown) field `([^`]*)`")
"""How litestar and msgspec say it."""
NO_FIELD = "no such field"
_HEADERS = {"code": "X-Query-Code"}
"""The headers that a handler takes, by its own names."""

logger = logging.getLogger("danze.api")


def unsaid(text: str) -> str:
    """The same without a token that somebody wrote where none belongs, as into an address."""
    return TOKEN.sub("…", text)


class Problem(Exception):
    """A request that cannot be answered, and why; `errors` name the fields at fault."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, unsaid(detail)
        self.errors: list[FieldError] = [{"path": each["path"], "message": unsaid(each["message"])} for each in errors]
        self.headers = dict(headers or {})

    def document(self, instance: str) -> ProblemDocument:
        """The body, with the path that was asked."""
        body: ProblemDocument = {
            "type": f"urn:danze:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "instance": unsaid(instance),
        }
        if self.errors:
            body["errors"] = self.errors
        return body


def bad_value(path: str, message: str) -> Problem:
    """A field that cannot be read."""
    return Problem(400, "bad-value", f"{path}: {message}", errors=[{"path": path, "message": message}])


@contextmanager
def cursor_read(cursor: str | None) -> Iterator[None]:
    """While a list is asked for: a ValueError with a cursor given is the cursor's fault, without one it is ours."""
    try:
        yield
    except ValueError as error:
        if not cursor:
            raise
        raise bad_value("cursor", "not a cursor of this list") from error


def found(answer: dict[str, Any] | None, what: str) -> dict[str, Any]:
    """The answer, or 404 when there is no such thing at the time asked about."""
    if answer is None:
        raise Problem(404, "not-found", f"{what} is not known at the time asked about")
    return answer


def problem_of(error: Exception) -> Problem:
    """Any exception as a problem; an unexpected one is logged under a number that the client is told."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _refused(error)
    if isinstance(error, NotYours):
        return Problem(403, "not-allowed", str(error))
    if isinstance(error, (TimeoutError, ConnectionError)):
        logger.warning("unavailable: %s", error)
        return Problem(503, "unavailable", "the store does not answer; try again", headers={"Retry-After": "2"})
    if (code := _trouble(error)) is not None:
        logger.warning("%s", error)
        return Problem(503, code, TROUBLES[code], headers={"Retry-After": MINUTE})
    incident = secrets.token_hex(6)
    logger.error("incident %s", incident, exc_info=error)
    return Problem(500, "internal", f"something broke on our side; it was logged as incident {incident}")


def _trouble(error: Exception) -> str | None:
    """What keeps a store or its disk from what was asked; None for what nobody foresaw, as a fault of ours."""
    if isinstance(error, OSError) and error.errno in BY_NUMBER:
        return BY_NUMBER[error.errno]
    return error.trouble or None if isinstance(error, Troubled) else None


def _refused(error: HTTPException) -> Problem:
    code = CODES.get(error.status_code, "refused")
    details = {
        404: "there is nothing at this address",
        405: "this address does not take that method",
        413: "the body is larger than this server takes; send it in parts",
    }
    if isinstance(error.__cause__, SerializationException):
        return Problem(400, "malformed", f"the body is not JSON: {error.detail}")
    errors: list[FieldError] = []
    if missing := _MISSING.match(error.detail):
        errors = [{"path": _sent_as(missing[1]), "message": "missing"}]
    if isinstance(error.extra, list):
        if whole := next((e for e in error.extra if e.get("key") == "data" and not _IN_BODY.match(e["message"])), None):
            said = whole["message"] if whole["message"] != "'data'" else "it is empty"
            return Problem(400, "malformed", f"the body is not what is wanted here: {said}")
        errors = [_at_fault(each) for each in error.extra]
    detail = details.get(error.status_code) or "; ".join(f"{e['path']}: {e['message']}" for e in errors) or error.detail
    if errors:
        code = "unknown-field" if all(each["message"] == NO_FIELD for each in errors) else "bad-value"
    return Problem(error.status_code, code, detail, errors=errors, headers=error.headers)


def _at_fault(said: Mapping[str, Any]) -> FieldError:
    """The field of a body, the header or the parameter as the client named it, and what is wrong with it."""
    key, message = str(said.get("key", "")), str(said.get("message", ""))
    if said.get("source") == "body":
        if told := _IN_BODY.match(message):
            inside = f"{key}." if key != "data" else ""
            return {"path": inside + told[2], "message": "missing" if told[1][0] == "m" else NO_FIELD}
        return {"path": key, "message": message}
    if said.get("source") == "header":
        return {"path": _HEADERS.get(key, key), "message": message}
    return {"path": _sent_as(key), "message": message}


def _sent_as(argument: str) -> str:
    """The name that a client used, where Python or litestar keep that word for themselves."""
    return {"from_": "from", "petition_state": "state", "entry_state": "state", "finding_state": "state"}.get(
        argument, argument
    )


def problem_response(request: Request[Any, Any, Any], problem: Problem) -> Response[ProblemDocument]:
    """The problem as application/problem+json."""
    return Response(
        problem.document(request.url.path.replace(MARK, "/")),
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers=problem.headers,
    )


def answers(shape: Any, example: Any, *, status: int = 200, missing: str | None = None) -> dict[int, ResponseSpec]:
    """The OpenAPI responses of a route: its answer with an example, and the problems it may give."""
    specs: dict[int, ResponseSpec] = {
        status: ResponseSpec(
            shape,
            generate_examples=False,
            description="The answer",
            examples=[Example(value=example)],
            media_type=MediaType.JSON,
        ),
        400: _spec("A parameter cannot be read", Problem(400, "bad-value", "as_of: not a date")),
        401: _spec("No token, or none that is taken", Problem(401, "no-token", "this is for who has a token")),
        403: _spec("Not for this role, or outside its jurisdiction", Problem(403, "not-allowed", "not for this role")),
        409: _spec("min_position was not reached in 2 s", Problem(409, "not-yet-seen", "asked 12, seen 11")),
        429: _spec("Too many requests; Retry-After says when", Problem(429, "too-many-requests", "come back in 1 s")),
        500: _spec("A fault of ours", Problem(500, "internal", "logged as incident 5f0c")),
        503: _spec(
            "Not for now: `unavailable`, `no-space`, `damaged` or `no-master-key`; Retry-After says when",
            Problem(503, "unavailable", TROUBLES["unavailable"]),
        ),
    }
    if missing:
        specs[404] = _spec(missing, Problem(404, "not-found", f"{missing}"))
    return specs


def told(description: str, status: int, code: str) -> ResponseSpec:
    """One more problem that a route may give, for OpenAPI."""
    return _spec(description, Problem(status, code, description))


def _spec(description: str, problem: Problem) -> ResponseSpec:
    return ResponseSpec(
        ProblemDocument,
        generate_examples=False,
        description=description,
        media_type=PROBLEM_JSON,
        examples=[Example(value=problem.document("/v1/petitions"))],
    )
