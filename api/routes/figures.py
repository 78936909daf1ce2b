"""What is asked in numbers: rates, counts, the city on one page."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter

from api.asked import DATE, IS_DATE, SORT, Moment, in_order, known_unit, read_between
from api.ports import Answer, Asks
from api.problems import Problem, answers, bad_value, cursor_read
from api.routes import figures_told
from api.routes.petitions import NO_UNIT, Cursor
from projections import orders
from projections.kpis import PARTS, SIDES

NAMED = 1_000
"""Items behind a rate that an answer names unasked."""
By = Literal[
    "unit", "level", "responsible", "place", "county", "township", "village", "category", "channel", "purpose", "month",
    "quarter", "half_year",
]  # fmt: skip


@get(
    "/v1/kpis",
    operation_id="kpis",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(figures_told.Kpis, figures_told.KPIS, missing=NO_UNIT),
)
def kpis(
    questions: Asks,
    moment: Moment,
    unit: Annotated[str, QueryParameter(description="The unit; its subordinates are taken in")],
    from_: Annotated[str, QueryParameter(name="from", description=DATE, schema_extra=IS_DATE, min_length=10)],
    to: Annotated[str, QueryParameter(description=DATE, schema_extra=IS_DATE, min_length=10)],
    items: Annotated[
        bool | None,
        QueryParameter(
            description="Whether the numbers of all items behind them are told, as danze kpi tells them; "
            f"where it is not said: if no rate has more than {NAMED:,}"
        ),
    ] = None,
) -> Answer:
    """What are the rates of a unit, and which items are behind them? Of more than a few, these are listed by rate."""
    days = _days(from_, to)
    asked = (known_unit(questions, unit, moment) or unit, *days)
    if items is None:
        told = questions.rates(*asked, moment)
        items = all(rate["denominator"] <= NAMED for rate in told["kpis"].values())
        return questions.kpi(*asked, moment) if items else told
    return questions.kpi(*asked, moment) if items else questions.rates(*asked, moment)


def _days(from_: str, to: str) -> tuple[date, date]:
    begins, ends = read_between(from_, to)
    if begins is None or ends is None:
        raise bad_value("to" if begins else "from", "missing")
    return begins, ends


@get(
    "/v1/kpis/{rate:str}/items",
    operation_id="rateItems",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(
        figures_told.RateItems, figures_told.RATE_ITEMS, missing="No such unit or rate, or it has no such side"
    ),
)
def rate_items(
    questions: Asks,
    moment: Moment,
    rate: FromPath[str],
    unit: Annotated[str, QueryParameter(description="The unit; its subordinates are taken in")],
    from_: Annotated[str, QueryParameter(name="from", description=DATE, schema_extra=IS_DATE, min_length=10)],
    to: Annotated[str, QueryParameter(description=DATE, schema_extra=IS_DATE, min_length=10)],
    side: Annotated[
        str, QueryParameter(description="numerator, denominator, or one of the rate's parts")
    ] = "denominator",
    limit: Annotated[int, QueryParameter(ge=1, le=5000)] = 500,
    cursor: Cursor = None,
) -> Answer:
    """Which items are behind a rate, in the order of their numbers?"""
    if side not in (*SIDES, *PARTS.get(rate, ())) or rate not in PARTS:
        raise Problem(404, "not-found", f"there is no rate {rate} with a {side}")
    days = _days(from_, to)
    asked = (known_unit(questions, unit, moment) or unit, *days)
    with cursor_read(cursor):
        return questions.rate_items(*asked, rate, side, limit=limit, cursor=cursor, as_of=moment)


@get(
    "/v1/counters",
    operation_id="counters",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(figures_told.Counters, figures_told.COUNTERS, missing=NO_UNIT),
)
def counters(
    questions: Asks,
    moment: Moment,
    by: FromQuery[By] = "unit",
    unit: FromQuery[str | None] = None,
    from_: Annotated[
        str | None, QueryParameter(name="from", description=DATE, schema_extra=IS_DATE, min_length=10)
    ] = None,
    to: Annotated[str | None, QueryParameter(description=DATE, schema_extra=IS_DATE, min_length=10)] = None,
    sort: Annotated[orders.Counts, QueryParameter(description=SORT)] = "key",
) -> Answer:
    """How many registrations, repeats, visits above? A visit above counts on its own day, not on its registration's."""
    begins, ends = read_between(from_, to)
    asked = known_unit(questions, unit, moment)
    told = questions.counters(by=by, unit=asked, from_=begins, to=ends, as_of=moment)
    return in_order(told, "rows", sort)


@get(
    "/v1/overview",
    operation_id="overview",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(figures_told.Overview, figures_told.OVERVIEW),
)
def overview(questions: Asks, moment: Moment) -> Answer:
    """How does the city do?"""
    return questions.overview(moment)


HANDLERS = [kpis, rate_items, counters, overview]
