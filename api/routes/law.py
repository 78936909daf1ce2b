"""What is asked about rules and vouching: which law is in force, what two times differ in, what was sealed."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from api.asked import DATE, IS_DATE, From, Moment, To, read_as_of, read_date, read_span, unit_id
from api.ports import Answer, Asks
from api.problems import answers, bad_value, found
from api.roles import WHOLE
from api.routes import law_told


@get(
    "/v1/rules",
    operation_id="rules",
    tags=["rulesets"],
    sync_to_thread=True,
    responses=answers(law_told.RulesInForce, law_told.RULES),
)
def rules(
    questions: Asks,
    moment: Moment,
    on: Annotated[
        str | None,
        QueryParameter(description=f"{DATE}; left out: the newest event's day", schema_extra=IS_DATE, min_length=10),
    ] = None,
) -> Answer:
    """Which rules are in force on a day: limits, duties, what trips a finding, each with its article's words?"""
    return questions.rules(read_date(on, "on"), moment)


@get(
    "/v1/log/checkpoints",
    operation_id="checkpoints",
    tags=["log"],
    sync_to_thread=True,
    responses=answers(law_told.Checkpoints, law_told.CHECKPOINTS),
)
def checkpoints(questions: Asks) -> Answer:
    """What was sealed, the newest first, by whose keys, and does the log still come to the newest?"""
    return questions.seals()


@get(
    "/v1/diff",
    operation_id="diff",
    may=WHOLE,
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(law_told.Difference, law_told.DIFFERENCE, missing="No such unit"),
)
def diff(
    questions: Asks,
    before: Annotated[str, QueryParameter(description="A recorded time or a date, as in as_of", min_length=1)],
    after: Annotated[str, QueryParameter(description="A later one", min_length=1)],
    at: Annotated[
        str | None, QueryParameter(description="What was known of this time by the one and the other")
    ] = None,
    unit: Annotated[str | None, QueryParameter(description="Whose rates; else the highest government's")] = None,
    from_: From = None,
    to: To = None,
) -> Answer:
    """Which findings, dates and rates differ between two recorded times, and by which events in between?"""
    first, second, described = read_as_of(before, "before"), read_as_of(after, "after"), read_as_of(at, "at")
    if first is None or second is None:
        raise bad_value("after" if first else "before", "missing")
    if second < first:
        raise bad_value("after", "earlier than before")
    if unit is not None:
        found(questions.scoreboard(unit_id(unit) or unit), f"unit {unit}")
    begins, ends = read_span(from_, to)
    return questions.diff(first, second, unit=unit_id(unit), from_=begins, to=ends, at=described)


HANDLERS = [rules, checkpoints, diff]
