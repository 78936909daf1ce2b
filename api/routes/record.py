"""The log itself, and how the system does."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import MediaType, Request, Response, get
from litestar.params import PathParameter, QueryParameter
from prometheus_client import CONTENT_TYPE_LATEST

from api.asked import SORT, Moment
from api.ports import Answer, Asks
from api.problems import answers, found
from api.roles import ANYBODY, KNOWN
from api.routes import record_told
from api.telemetry import Meters
from projections import orders
from projections.orders import split


@get(
    "/v1/log",
    operation_id="log",
    tags=["log"],
    sync_to_thread=True,
    responses=answers(record_told.LogPage, record_told.LOG),
)
def log(
    questions: Asks,
    moment: Moment,
    from_: Annotated[
        int | None,
        QueryParameter(
            name="from",
            ge=1,
            le=2**63 - 1,
            description="The first position wanted; left out: the first of the log, or the last if that comes first",
        ),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    sort: Annotated[orders.Log, QueryParameter(description=SORT)] = "position",
) -> Answer:
    """What was recorded, in order? As of a time, events recorded later are left out; at one, those that came later.

    Go on from the position after `next`; the other way round, from the one before it, until there is none.
    """
    beside = None if from_ is None else from_ + (1 if split(sort)[1] else -1)
    return questions.log(beside, limit, moment, sort=sort)


@get(
    "/v1/log/checkpoint",
    operation_id="checkpoint",
    tags=["log"],
    sync_to_thread=True,
    responses=answers(record_told.Checkpoint, record_told.CHECKPOINT, missing="Nothing was sealed yet"),
)
def checkpoint(questions: Asks) -> Answer:
    """Which history is vouched for? The newest checkpoint, a signed note to keep."""
    return found(questions.checkpoint(), "a checkpoint of this log")


@get(
    "/v1/log/proof/{position:int}",
    operation_id="proof",
    tags=["log"],
    sync_to_thread=True,
    responses=answers(record_told.Proof, record_told.PROOF, missing="No such event, or it is not sealed yet"),
)
def proof(questions: Asks, position: Annotated[int, PathParameter(ge=1, le=2**63 - 1)]) -> Answer:
    """Is an event in the history that is vouched for? A proof that can be checked without danze."""
    return found(questions.proof(position), f"a sealed event {position}")


@get(
    "/v1/health",
    operation_id="health",
    may=ANYBODY,
    tags=["system"],
    sync_to_thread=True,
    responses=answers(record_told.Health, record_told.HEALTH),
)
def health(questions: Asks) -> Response[Answer]:
    """Are the log and the read models there? 503 when they are not."""
    answer = questions.health()
    return Response(answer, status_code=200 if answer["ok"] else 503)


def metrics(questions: Asks, telemetry: Meters) -> Response[bytes]:
    """For Prometheus."""
    return Response(telemetry.scrape(questions.health()), headers={"content-type": CONTENT_TYPE_LATEST})


@get("/openapi.json", may=ANYBODY, include_in_schema=False, sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[Any]:
    """This interface as OpenAPI 3.1."""
    return Response(request.app.openapi_schema.to_schema(), media_type=MediaType.JSON)


METRICS = [
    get(at, may=KNOWN, counts=True, include_in_schema=False, sync_to_thread=True)(metrics)
    for at in ("/metrics", "/v1/metrics")
]
"""Where Prometheus looks, and where the contract has it; a handler of both addresses would be wrapped twice. Numbers
are told there and no item, so a scrape is no reading of the record.
"""
HANDLERS = [log, checkpoint, proof, health, *METRICS, openapi]
