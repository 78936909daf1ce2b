"""What an address asks: of which time and days, about which unit; and whether the read models have seen enough."""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime, time
from time import monotonic
from typing import Annotated, Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from api.ports import Answer, Asks
from api.problems import Problem, bad_value
from domain.envelope import SHANGHAI
from domain.moments import When, both, with_a_day
from projections.orders import split

SORT = "In which order; after a minus, the other way round. A cursor goes on in the order that it was made in."
PATIENCE = 2.0
"""Seconds that a question with min_position waits."""

Moment = NamedDependency[SkipValidation[When]]
"""How a handler says that it answers as of a time, of a time."""

AS_OF = (
    "As it was known at this recorded time (RFC 3339 with offset), or by the end of this date in Asia/Shanghai. "
    "Left out: now."
)
AT = (
    "What was the case at this time, or by the end of this date: what happened by then, late entries included, as far "
    "as it was known as_of. Left out: what had been recorded is what is told."
)
DATE = "A date as 2020-06-30"
IS_DATE = {"format": "date"}
From = Annotated[str | None, QueryParameter(name="from", description=DATE, schema_extra=IS_DATE, min_length=10)]
To = Annotated[str | None, QueryParameter(description=DATE, schema_extra=IS_DATE, min_length=10)]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_SPACE_FOR_PLUS = re.compile(r" (\d{2}:\d{2})$")


def read_as_of(text: str | None, path: str = "as_of") -> datetime | None:
    """The time meant; a "+" that a form or a browser turned into a space is forgiven."""
    if not text:
        return None
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time.max, SHANGHAI)
        moment = datetime.fromisoformat(_SPACE_FOR_PLUS.sub(r"+\1", text))
    except ValueError:
        raise bad_value(path, "neither a date like 2020-06-30 nor a time like 2020-06-30T12:00:00+08:00") from None
    if moment.tzinfo is None:
        raise bad_value(path, "a time needs its offset, as in 2020-06-30T12:00:00+08:00")
    return with_a_day(moment)


def read_times(as_of: str | None, at: str | None) -> When:
    """The two times of a question, or a problem where the one contradicts the other."""
    return known_at(read_as_of(as_of), read_as_of(at, "at"))


def known_at(as_of: datetime | None, at: datetime | None) -> When:
    """The same of times that were read."""
    try:
        return both(as_of, at)
    except ValueError as error:
        raise bad_value("at", str(error)) from None


def read_date(text: str | None, path: str) -> date | None:
    """A calendar date, or a problem that names the field."""
    if not text:
        return None
    try:
        read = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        read = None
    if read is None:
        raise bad_value(path, "not a date like 2020-06-30")
    return read


def read_month(text: str | None, path: str) -> str | None:
    """A month as 2020-08, or a problem that names the field."""
    if not text:
        return None
    try:
        date.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else "")
    except ValueError:
        raise bad_value(path, "not a month like 2020-08") from None
    return text


def read_month_or_day(text: str | None, path: str) -> str | None:
    """A month or a day of one, or a problem that names the field."""
    return str(read_date(text, path)) if text and _DATE.fullmatch(text) else read_month(text, path)


def read_between(from_: str | None, to: str | None) -> tuple[date | None, date | None]:
    """Two days in order, of which either may be left out; or a problem that names the field."""
    begins, ends = read_date(from_, "from"), read_date(to, "to")
    if begins and ends and ends < begins:
        raise bad_value("to", "before from")
    return begins, ends


def read_days(from_: str | None, to: str | None, answered: date) -> tuple[date, date]:
    """Two days in order; by default the year up to the day answered for. A problem names the field."""
    ends = read_date(to, "to") or answered
    begins = read_date(from_, "from") or date(ends.year, 1, 1)
    if ends < begins:
        raise bad_value("to", "before from")
    return begins, ends


def read_span(from_: str | None, to: str | None) -> tuple[date | None, date | None]:
    """Both ends of a time, or neither; a problem that names the field where one is missing."""
    begins, ends = read_between(from_, to)
    if (begins is None) is not (ends is None):
        raise bad_value("to" if begins else "from", "missing")
    return begins, ends


async def moment_asked(
    questions: Asks,
    as_of: Annotated[str | None, QueryParameter(description=AS_OF)] = None,
    at: Annotated[str | None, QueryParameter(description=AT)] = None,
    min_position: Annotated[
        int | None,
        QueryParameter(ge=0, le=2**63 - 1, description="Wait up to 2 s until the read models have seen this position"),
    ] = None,
) -> When:
    """The dependency behind `Moment`: reads as_of and at, and waits for min_position (read your own writes)."""
    moment = read_times(as_of, at)
    if min_position is not None:
        await _seen(questions, min_position)
    return moment


async def _seen(questions: Asks, wanted: int) -> None:
    until = monotonic() + PATIENCE
    while True:
        health = await asyncio.to_thread(questions.health)
        if health["views_position"] >= wanted:
            return
        if monotonic() >= until or wanted > health["position"]:  # which nobody was told of: nothing stands there yet
            seen, head = health["views_position"], health["position"]
            detail = f"position {wanted} is not in the read models yet: they have seen {seen}, the log ends at {head}"
            raise Problem(409, "not-yet-seen", detail, headers={"Retry-After": "1"})
        await asyncio.sleep(0.03)


def in_order(answer: Answer, rows: str, sort: str | None) -> Answer:
    """The answer with its list `rows` in the order asked for: of equal ones, as it was; what is none comes last."""
    if sort is None:
        return answer
    name, down = split(sort)
    some = [each for each in answer[rows] if each[name] is not None]
    none = [each for each in answer[rows] if each[name] is None]
    return {**answer, rows: [*sorted(some, key=lambda each: each[name], reverse=down), *none]}


async def plain(request: Request[Any, Any, Any]) -> None:
    """Before anything is asked: no text on record holds a NUL, and columns of text do not even look for one.

    Of /v1: a parameter that is given twice says two things, and none of them counts.
    """
    for name, value in (*request.path_params.items(), *request.query_params.multi_items()):
        if "\0" in str(value):
            raise bad_value(name, "holds a NUL character, as nothing on record does")
    if request.url.path.startswith("/v1/"):
        for name in request.query_params:
            if len(request.query_params.getall(name)) > 1:
                raise bad_value(name, "given more than once")


def unit_id(code: str | None) -> str | None:
    """`unit:CODE`, whether or not the kind was written; what was left empty asks for none."""
    return _with_kind("unit", code)


def known_unit(questions: Asks, code: str | None, moment: When, path: str = "unit") -> str | None:
    """`unit:CODE` of a unit that is on record; of one that nobody has heard of zeros would be taken for an answer."""
    unit = unit_id(code)
    if unit is not None and not questions.stands(unit, moment):
        message = "no such unit is on record at the time asked about"
        raise Problem(404, "not-found", f"{code}: {message}", errors=[{"path": path, "message": message}])
    return unit


def official_id(code: str | None) -> str | None:
    """`official:ID`, whether or not the kind was written."""
    return _with_kind("official", code)


def _with_kind(kind: str, code: str | None) -> str | None:
    if not code:
        return None
    return code if code.startswith(kind + ":") else f"{kind}:{code}"
