"""What is asked about units and findings."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar import get
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter

from api.asked import SORT, From, Moment, To, in_order, known_unit, official_id, read_between, unit_id
from api.ports import Answer, Asks
from api.problems import answers, bad_value, cursor_read, found
from api.routes import accountability_told
from api.routes.petitions import NO_UNIT, Cursor
from api.web.words import rules
from domain.fact import Level
from projections import orders


@get(
    "/v1/units",
    operation_id="units",
    tags=["units"],
    sync_to_thread=True,
    responses=answers(accountability_told.Units, accountability_told.UNITS),
)
def units(
    questions: Asks,
    moment: Moment,
    q: Annotated[str, QueryParameter(max_length=200, description="A part of the name")] = "",
    level: FromQuery[Level | None] = None,
    division: Annotated[
        str | None, QueryParameter(description="A division code; its subdivisions are taken in")
    ] = None,
    sort: Annotated[orders.Units | None, QueryParameter(description=SORT)] = None,
) -> Answer:
    """Which units stand? By division, and in it the highest first, or as asked."""
    told = questions.units(moment)
    return in_order({**told, "units": chosen(told["units"], q, level, division)}, "units", sort)


def chosen(units: list[Answer], q: str, level: str | None, division: str | None) -> list[Answer]:
    """Of some units those that are called so, of this level, in this division."""
    return [
        each for each in units
        if q.strip() in each["name"] and level in (None, "", each["level"])
        and str(each.get("division", "")).startswith(division or "")
    ]  # fmt: skip


@get(
    "/v1/units/{code:str}/scoreboard",
    operation_id="scoreboard",
    tags=["units"],
    sync_to_thread=True,
    responses=answers(
        accountability_told.Scoreboard, accountability_told.SCOREBOARD, missing="No such unit at that time"
    ),
)
def scoreboard(questions: Asks, moment: Moment, code: FromPath[str]) -> Answer:
    """How does a unit do?"""
    return found(questions.scoreboard(unit_id(code) or code, moment), f"unit {code}")


@get(
    "/v1/findings",
    operation_id="findings",
    tags=["findings"],
    sync_to_thread=True,
    responses=answers(accountability_told.FindingList, accountability_told.FINDINGS, missing=NO_UNIT),
)
def findings(
    questions: Asks,
    moment: Moment,
    unit: FromQuery[str | None] = None,
    rule: Annotated[str | None, QueryParameter(pattern="^[FD][0-9]{2}$", description="As F04 or D01")] = None,
    subject: Annotated[str | None, QueryParameter(description="As petition:430408-2020-000002")] = None,
    official: FromQuery[str | None] = None,
    axis: Annotated[Literal["A", "B"] | None, QueryParameter(description="A caused it, B handled it badly")] = None,
    finding_state: Annotated[
        Literal["proposed", "opened", "decided", "dismissed"] | None,
        QueryParameter(name="state", description="What humans made of it"),
    ] = None,
    from_: From = None,
    to: To = None,
    place: Annotated[
        str | None, QueryParameter(description="On items of this place; a division code with its subdivisions")
    ] = None,
    division: Annotated[
        str | None, QueryParameter(description="Against units of this division; its subdivisions are taken in")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=5000)] = 200,
    cursor: Cursor = None,
    sort: Annotated[orders.Findings, QueryParameter(description=SORT)] = "id",
) -> Answer:
    """Which rules tripped, and who answers? From one day to another, by the day since when it stands."""
    begins, ends = read_between(from_, to)
    if rule is not None and rule not in rules():
        raise bad_value("rule", f"none of {', '.join(rules())}")
    asked = known_unit(questions, unit, moment)
    with cursor_read(cursor):
        return questions.findings(
            moment,
            unit=asked,
            rule=rule,
            subject=subject,
            official=official_id(official),
            axis=axis,
            state=finding_state,
            from_=begins,
            to=ends,
            place=place,
            division=division,
            limit=limit,
            cursor=cursor,
            sort=sort,
        )


@get(
    "/v1/findings/{finding:str}",
    operation_id="finding",
    tags=["findings"],
    sync_to_thread=True,
    responses=answers(
        accountability_told.FindingWhole, accountability_told.FINDING_WHOLE, missing="No such finding at that time"
    ),
)
def finding_whole(questions: Asks, moment: Moment, finding: FromPath[str]) -> Answer:
    """What does the rule say, on what evidence, who held the roles that day, and who decided what?"""
    return found(questions.finding(finding, moment), f"finding {finding}")


@get(
    "/v1/findings/{finding:str}/explain",
    operation_id="explain",
    tags=["findings"],
    sync_to_thread=True,
    responses=answers(
        accountability_told.Explained, accountability_told.EXPLAINED, missing="No such finding or deadline at that time"
    ),
)
def explain(
    questions: Asks,
    moment: Moment,
    finding: Annotated[str, PathParameter(description="A finding's id, or petition:NO:CLOCK for a deadline")],
) -> Answer:
    """Why does a finding stand, or how was a deadline counted?"""
    return found(questions.explain(finding, moment), finding)


HANDLERS = [units, scoreboard, findings, finding_whole, explain]
