"""What is asked about everything that is no item: ledgers, duties, leaders, places, half years."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from litestar import Request, get
from litestar.params import FromPath, PathParameter, QueryParameter

from api.asked import DATE, IS_DATE, SORT, From, Moment, To, in_order, known_unit, official_id, read_between, read_span
from api.ports import Answer, Asks
from api.problems import Problem, answers, bad_value, cursor_read, found
from api.routes import ledgers_told as told_as
from api.routes.figures import NAMED
from api.routes.petitions import Cursor, Limit
from domain.periods import half_year
from projections import orders
from projections.duties import LONGEST
from projections.ledgers.kinds import LEDGERS, STATES

BELOW = "The unit; its subordinates are taken in"


@get(
    "/v1/duties",
    operation_id="duties",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(told_as.DutyCalendar, told_as.DUTIES, missing="No such unit at that time"),
)
def duties(
    questions: Asks,
    moment: Moment,
    unit: Annotated[str, QueryParameter(description=BELOW)],
    from_: Annotated[str, QueryParameter(name="from", description=DATE, schema_extra=IS_DATE, min_length=10)],
    to: Annotated[
        str, QueryParameter(description=f"{DATE}, at most {LONGEST} days on", schema_extra=IS_DATE, min_length=10)
    ],
    gaps: Annotated[bool, QueryParameter(description="Only what was missed")] = False,
    alone: Annotated[bool, QueryParameter(description="Without what is below the unit")] = False,
    limit: Annotated[int, QueryParameter(ge=1, le=500, description="How many units are told of at most")] = 20,
    cursor: Cursor = None,
) -> Answer:
    """Which duties were owed, done, missed, by unit and leader (Art 1, 3, 5, 7, 8, 14, 18)? Totals are of all units."""
    begins, ends = _year(from_, to)
    if begins is None or ends is None:
        raise bad_value("from", "missing")
    asked = known_unit(questions, unit, moment) or unit
    with cursor_read(cursor):
        told = questions.duties(asked, begins, ends, gaps=gaps, alone=alone, limit=limit, cursor=cursor, as_of=moment)
    return found(told, f"unit {unit}")


@get(
    "/v1/officials",
    operation_id="leaders",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(told_as.Leaders, told_as.LEADERS),
)
def leaders(
    questions: Asks,
    moment: Moment,
    sort: Annotated[orders.Leaders | None, QueryParameter(description=SORT)] = None,
) -> Answer:
    """Who leads party, government and bureau of city and counties, and where is nobody (Art 2)? The highest first."""
    return in_order(questions.leaders(moment), "leaders", sort)


@get(
    "/v1/officials/{official:str}/record",
    operation_id="record",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(told_as.LeaderRecord, told_as.RECORD, missing="No such official at that time"),
)
def record(questions: Asks, moment: Moment, official: FromPath[str], from_: From = None, to: To = None) -> Answer:
    """What did an official do, what occurs and is resolved where he leads, what is found of him (实绩档案, Art 4)?"""
    begins, ends = _year(from_, to)
    told = questions.record(official_id(official) or official, begins, ends, moment)
    return found(told, f"official {official}")


@get(
    "/v1/boards/three-none",
    operation_id="threeNone",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(told_as.ThreeNone, told_as.THREE_NONE, missing="No such unit at that time"),
)
def three_none(
    questions: Asks,
    moment: Moment,
    unit: Annotated[str | None, QueryParameter(description="Places of its division")] = None,
    from_: From = None,
    to: To = None,
    level: Annotated[
        Literal["township", "village", "above"] | None,
        QueryParameter(description="Places of this level; above are those told less exactly"),
    ] = None,
) -> Answer:
    """Where was none of the three (三无, Art 12), by township and village, beside findings and outcomes?"""
    begins, ends = _year(from_, to)
    told = found(questions.three_none(known_unit(questions, unit, moment), begins, ends, moment), f"unit {unit}")
    return told if level is None else {**told, "places": [each for each in told["places"] if each["level"] == level]}


@get(
    "/v1/evaluations/{period:str}",
    operation_id="evaluation",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(told_as.Evaluation, told_as.EVALUATION, missing="No such half year, or no such unit"),
)
def evaluation(
    request: Request[Any, Any, Any],
    questions: Asks,
    moment: Moment,
    period: Annotated[str, PathParameter(description="A half year, as 2020H1")],
    unit: Annotated[str, QueryParameter(description="The unit that is evaluated, with all below it")],
) -> Answer:
    """How does a unit's half year score (半年评价, Art 18), line by line, beside findings and outcomes? Of more than a
    few items behind a rate, `items_at` is where these are listed.
    """
    half = half_year(period)
    if half is None:
        raise Problem(404, "not-found", f"{period} is no half year, as 2020H1 is")
    asked = known_unit(questions, unit, moment) or unit
    told = found(questions.evaluation(asked, half, moment, items=False), f"unit {unit}")
    if all((line["denominator"] or 0) <= NAMED for line in told["lines"]):
        return found(questions.evaluation(asked, half, moment), f"unit {unit}")
    times = {name: request.query_params[name] for name in ("as_of", "at") if request.query_params.get(name)}
    return {**told, "lines": _pointing(told, times)}


def _pointing(told: Answer, times: dict[str, str]) -> list[Answer]:
    """The lines, those of a rate with the address of the list of what is behind it."""
    query = urlencode({"unit": told["unit"], "from": told["from"], "to": told["to"], **times})
    return [
        each if "items" in each else {**each, "items_at": f"/v1/kpis/{each['measure']}/items?{query}"}
        for each in told["lines"]
    ]


def _year(from_: str | None, to: str | None) -> tuple[date | None, date | None]:
    """Both days or neither: the twelve months up to the newest event."""
    begins, ends = read_span(from_, to)
    if begins and ends and (ends - begins).days >= LONGEST:
        raise bad_value("to", f"more than {LONGEST} days after from")
    return begins, ends


@get(
    "/v1/ledgers",
    operation_id="ledgers",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(told_as.LedgerList, told_as.LEDGER_LIST, missing="No such unit"),
)
def ledgers(
    questions: Asks, moment: Moment, unit: Annotated[str | None, QueryParameter(description=BELOW)] = None
) -> Answer:
    """Which ledgers (台账) are there, how many entries has each, and how many of them are overdue?"""
    return found(questions.ledgers(known_unit(questions, unit, moment), moment), f"unit {unit}")


@get(
    "/v1/ledgers/{kind:str}",
    operation_id="ledger",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(told_as.LedgerPage, told_as.LEDGER, missing="No such ledger, unit or official"),
    description=f"What stands in a ledger (台账)? Ledgers: {', '.join(LEDGERS)}.",
)
def ledger(
    questions: Asks,
    moment: Moment,
    kind: FromPath[str],
    unit: Annotated[str | None, QueryParameter(description=BELOW)] = None,
    leader: Annotated[str | None, QueryParameter(description="The official whose entries they are")] = None,
    from_: From = None,
    to: To = None,
    entry_state: Annotated[
        str | None, QueryParameter(name="state", description="A state of the ledger, or overdue")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    sort: Annotated[orders.Entries, QueryParameter(description=SORT)] = "-opened_on",
) -> Answer:
    """What stands in a ledger (台账)?"""
    if kind not in LEDGERS:
        raise Problem(404, "not-found", f"there is no ledger {kind}; there are {', '.join(LEDGERS)}")
    if entry_state and entry_state not in (states := (*STATES[kind], "overdue")):
        raise bad_value("state", f"none of {', '.join(states)}")
    begins, ends = read_between(from_, to)
    asked = known_unit(questions, unit, moment)
    with cursor_read(cursor):
        told = questions.ledger(
            kind,
            unit=asked,
            leader=official_id(leader),
            from_=begins,
            to=ends,
            state=entry_state,
            limit=limit,
            cursor=cursor,
            sort=sort,
            as_of=moment,
        )
    return found(told, " or ".join(each for each in (asked, official_id(leader)) if each))


HANDLERS = [duties, leaders, record, three_none, evaluation, ledgers, ledger]
