"""What every answer tells, and every problem; what the examples are about."""

from typing import Any, NotRequired, TypedDict


class FieldError(TypedDict):
    """One field at fault."""

    path: str
    message: str


class ProblemDocument(TypedDict):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    errors: NotRequired[list[FieldError]]


class Told(TypedDict):
    """What every answer says: by when it was known, when it was the case (both as recorded last, where nothing else was
    asked), the log position it has seen, and how many events it has not.
    """

    as_of: str
    at: str
    position: int
    behind: int


NO = "430408-2020-000002"
LAST = "2020-08-31T17:48:02.113000+08:00"
TOLD: dict[str, Any] = {"as_of": LAST, "at": LAST, "position": 412, "behind": 0}
