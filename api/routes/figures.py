"""What is asked in numbers: rates, counts, the city on one page."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar import get
from litestar.params import FromQuery, QueryParameter

from api.asked import SORT, Moment, in_order, read_between, unit_id
from api.ports import Answer, Asks
from api.problems import answers, bad_value
from api.routes import figures_told
from projections import orders

By = Literal[
    "unit", "level", "responsible", "place", "county", "township", "village", "category", "channel", "purpose", "month",
    "quarter", "half_year",
]  # fmt: skip
DATE = "A date as 2020-06-30"
IS_DATE = {"format": "date"}


@get(
    "/v1/kpis",
    operation_id="kpis",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(figures_told.Kpis, figures_told.KPIS),
)
def kpis(
    questions: Asks,
    moment: Moment,
    unit: Annotated[str, QueryParameter(description="The unit; its subordinates are taken in")],
    from_: Annotated[str, QueryParameter(name="from", description=DATE, schema_extra=IS_DATE, min_length=10)],
    to: Annotated[str, QueryParameter(description=DATE, schema_extra=IS_DATE, min_length=10)],
) -> Answer:
    """What are the rates of a unit, and which items are behind them?"""
    begins, ends = read_between(from_, to)
    if begins is None or ends is None:
        raise bad_value("to" if begins else "from", "missing")
    return questions.kpi(unit_id(unit) or unit, begins, ends, moment)


@get(
    "/v1/counters",
    operation_id="counters",
    tags=["figures"],
    sync_to_thread=True,
    responses=answers(figures_told.Counters, figures_told.COUNTERS),
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
    told = questions.counters(by=by, unit=unit_id(unit), from_=begins, to=ends, as_of=moment)
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


HANDLERS = [kpis, counters, overview]
