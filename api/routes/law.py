"""What is asked about rules and vouching: which law is in force, what two times differ in, what was sealed."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from api.asked import DATE, IS_DATE, From, Moment, To, known_at, known_unit, read_as_of, read_date, read_span, unit_id
from api.ports import Answer, Asks
from api.problems import answers, bad_value, cursor_read, found
from api.roles import WHOLE
from api.routes import law_told
from api.routes.petitions import Cursor

RATED = 100_000
FULL = "After how many differences a page ends; those of one event stay together"


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
    unit: Annotated[
        str | None, QueryParameter(description=f"Whose rates, on the first page; one with {RATED} items at most")
    ] = None,
    from_: From = None,
    to: To = None,
    limit: Annotated[int, QueryParameter(ge=1, le=5000, description=FULL)] = 200,
    cursor: Cursor = None,
) -> Answer:
    """Which findings, dates and rates differ between two recorded times, and by which events in between?

    A page follows some of these events, by how they were recorded; what differs is told with the first that speaks of
    it. So a page may have nothing to tell: what comes after is told as long as there is a `next`.
    """
    first, second, described = read_as_of(before, "before"), read_as_of(after, "after"), read_as_of(at, "at")
    if first is None or second is None:
        raise bad_value("after" if first else "before", "missing")
    if second < first:
        raise bad_value("after", "earlier than before")
    known_at(first, described)
    if unit is not None:
        asked = known_unit(questions, unit, None) or unit
        _rated(found(questions.scoreboard(asked), f"unit {unit}"))
    begins, ends = read_span(from_, to)
    with cursor_read(cursor):
        return questions.diff(
            first, second, unit=unit_id(unit), from_=begins, to=ends, at=described, limit=limit, cursor=cursor
        )


def _rated(board: Answer) -> None:
    """Rates of two times are compared item by item: of a whole city nobody would wait for it."""
    if board["registered"] > RATED:
        told = f"it has {board['registered']} items, and rates are compared item by item, of {RATED} at most"
        raise bad_value("unit", f"{told}: ask for a unit below it, or for its rates (/v1/kpis) as of both times")


HANDLERS = [rules, checkpoints, diff]
