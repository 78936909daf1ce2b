"""What is asked by whoever works on items: what comes due, what an item may repeat."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from api.asked import SORT, Moment, in_order, known_unit, official_id
from api.ports import Answer, Asks
from api.problems import answers, cursor_read, found
from api.routes import desk_told
from api.routes.petitions import NO_UNIT, Cursor
from projections import orders


@get(
    "/v1/due",
    operation_id="due",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(desk_told.Due, desk_told.DUE, missing=NO_UNIT),
)
def due(
    questions: Asks,
    moment: Moment,
    unit: Annotated[str | None, QueryParameter(description="Owed by this unit or one below it")] = None,
    handler: FromQuery[str | None] = None,
    span: Annotated[
        Literal["missed", "today", "week"] | None,
        QueryParameter(description="Only what is overdue; or not overdue and due today, or by the end of this week"),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=5000)] = 200,
    cursor: Cursor = None,
    sort: Annotated[orders.Due, QueryParameter(description=SORT)] = "due_on",
) -> Answer:
    """What comes due and what is overdue, with how much of each limit is used, by unit and handler?"""
    asked = known_unit(questions, unit, moment)
    with cursor_read(cursor):
        return questions.due(
            unit=asked, handler=official_id(handler), limit=limit, cursor=cursor, as_of=moment, span=span,
            sort=sort,
        )  # fmt: skip


@get(
    "/v1/due/coming",
    operation_id="coming",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(desk_told.Coming, desk_told.COMING),
)
def coming(questions: Asks, moment: Moment) -> Answer:
    """How many limits are overdue, end today, and end by the end of this week?"""
    return questions.coming(moment)


@get(
    "/v1/petitions/{no:str}/candidates",
    operation_id="candidates",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(desk_told.Candidates, desk_told.CANDIDATES, missing="No such item at that time"),
)
def candidates(
    questions: Asks,
    moment: Moment,
    no: FromPath[str],
    sort: Annotated[orders.Candidates | None, QueryParameter(description=SORT)] = None,
) -> Answer:
    """Which earlier items may an item repeat, and why? The likeliest twenty, by what speaks for them, or as asked.

    A human judges; nothing is judged here.
    """
    return in_order(found(questions.candidates(no, moment), f"item {no}"), "candidates", sort)


HANDLERS = [due, coming, candidates]
