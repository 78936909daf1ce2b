"""What is asked about items and matters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar import Request, Response, get
from litestar.params import FromPath, FromQuery, PathParameter, QueryParameter

from api.asked import SORT, From, Moment, To, known_unit, read_between, read_month, read_month_or_day
from api.ports import Answer, Asks, Lets
from api.problems import answers, cursor_read, found
from api.roles import asked_of, reader_of
from api.routes import petitions_told, public_told
from domain.petition.events import Channel, Purpose
from domain.petition.item import State
from projections import orders

Stands = Literal[State, "open", "resolved"]
Only = Literal[
    "first_time", "repeat", "skip_level", "collective", "closed", "dissatisfied", "to_city", "to_province", "to_nation",
    "beyond", "collective_above", "irregular",
]  # fmt: skip
"""Kinds of items that are counted somewhere, and of goings up, each of which can be listed."""
Limit = Annotated[int, QueryParameter(ge=1, le=500, description="How many at most")]
NO_UNIT = "No such unit at that time"
Cursor = Annotated[str | None, QueryParameter(description="The `next` of the answer before", min_length=1)]


@get(
    "/v1/petitions",
    operation_id="searchPetitions",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(petitions_told.PetitionList, petitions_told.PETITIONS, missing=NO_UNIT),
)
def search_petitions(
    questions: Asks,
    moment: Moment,
    q: Annotated[str, QueryParameter(max_length=200, description="Words of the title, or a number")] = "",
    unit: FromQuery[str | None] = None,
    petition_state: Annotated[
        Stands | None, QueryParameter(name="state", description="A state of the contract, or open, or resolved")
    ] = None,
    category: FromQuery[str | None] = None,
    place: Annotated[str | None, QueryParameter(description="A division code; its subdivisions are taken in")] = None,
    channel: FromQuery[Channel | None] = None,
    late: FromQuery[bool | None] = None,
    purpose: FromQuery[Purpose | None] = None,
    registered_by: Annotated[str | None, QueryParameter(description="Registered by this unit or one below it")] = None,
    of: Annotated[
        str | None,
        QueryParameter(description="Occurring in this unit: of its place (属地), or about or with it (属事)"),
    ] = None,
    only: Annotated[Only | None, QueryParameter(description="Only items that are counted so somewhere")] = None,
    month: Annotated[str | None, QueryParameter(description="Registered in this month, as 2020-08")] = None,
    closed: Annotated[str | None, QueryParameter(description="Closed in this month or on this day, as 2020-08")] = None,
    from_: From = None,
    to: To = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    sort: Annotated[orders.Items, QueryParameter(description=SORT)] = "-registered_on",
) -> Answer:
    """Which items match?"""
    begins, ends = read_between(from_, to)
    named = {"unit": unit, "registered_by": registered_by, "of": of}
    units = {name: known_unit(questions, code, moment, name) for name, code in named.items()}
    with cursor_read(cursor):
        return questions.search(
            q,
            **units,
            state=petition_state,
            category=category,
            place=place,
            channel=channel,
            late=late,
            purpose=purpose,
            only=only,
            month=read_month(month, "month"),
            closed=read_month_or_day(closed, "closed"),
            from_=begins,
            to=ends,
            limit=limit,
            cursor=cursor,
            sort=sort,
            as_of=moment,
        )


@get(
    "/v1/petitions/{no:str}",
    operation_id="petition",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(petitions_told.Case, petitions_told.CASE, missing="No such item at that time"),
)
def petition(questions: Asks, moment: Moment, no: FromPath[str]) -> Answer:
    """Where does an item stand?"""
    return found(questions.case(no, moment), f"item {no}")


@get(
    "/v1/petitions/{no:str}/timeline",
    operation_id="timeline",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(petitions_told.Timeline, petitions_told.TIMELINE, missing="No such item at that time"),
)
def timeline(questions: Asks, moment: Moment, no: FromPath[str]) -> Answer:
    """What happened to an item?"""
    return found(questions.timeline(no, moment), f"item {no}")


@get(
    "/v1/subjects/{subject:str}/timeline",
    operation_id="subjectTimeline",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(petitions_told.Timeline, petitions_told.TIMELINE, missing="No such subject at that time"),
)
def subject_timeline(
    questions: Asks,
    moment: Moment,
    subject: Annotated[str, PathParameter(description="As unit:430408-zjj, dispute:d1 or conference:430400-gov")],
) -> Answer:
    """What happened to a unit, a dispute, a conference, a finding or any other subject?"""
    return found(questions.timeline(subject, moment) if ":" in subject else None, subject)


@get(
    "/v1/petitions/{no:str}/dossier",
    operation_id="dossier",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(petitions_told.Dossier, petitions_told.DOSSIER, missing="No such item at that time"),
)
def dossier(questions: Asks, moment: Moment, no: FromPath[str]) -> Answer:
    """Who caused it, and who answers for it?"""
    return found(questions.dossier(no, moment), f"item {no}")


@get(
    "/v1/matters/{no:str}",
    operation_id="matter",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(petitions_told.Matter, petitions_told.MATTER, missing="No such matter at that time"),
)
def matter(questions: Asks, moment: Moment, no: FromPath[str]) -> Answer:
    """Which items belong together, and how high did it go?"""
    return found(questions.matter(no, moment), f"matter {no}")


@get(
    "/v1/petitions/{no:str}/personal",
    operation_id="personal",
    tags=["petitions"],
    sync_to_thread=True,
    responses=answers(public_told.Personal, public_told.PERSONAL, missing="No such item"),
)
def personal(
    request: Request[Any, Any, Any], questions: Asks, doors: Lets, moment: Moment, no: FromPath[str]
) -> Response[Answer]:
    """Who asked for what, by name? For the unit that handles the item; every reading is on the access log first."""

    def noted() -> None:
        if doors is not None:
            doors.personal(reader_of(request), *asked_of(request))

    told = found(questions.personal(no, noted, moment), f"item {no}")
    return Response(told, headers={"cache-control": "no-store"})


HANDLERS = [search_petitions, petition, timeline, subject_timeline, dossier, matter, personal]
