"""Subscriptions: news of findings and sums sent to an address, signed, until somebody ends it."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import HttpMethod, Request, Response, delete, get, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from api.asked import SORT, known_unit
from api.ports import Answer, Asks, Doors, Hooks, Lets
from api.problems import Problem, answers, bad_value, cursor_read, found, told
from api.roles import ANYBODY, reader_of
from api.routes import webhooks_told as shapes
from api.routes.petitions import Cursor
from domain.reader import NotYours, Reader
from projections import orders

HooksOf = NamedDependency[SkipValidation[Hooks | None]]
AnyRequest = Request[Any, Any, Any]


def _hooks(hooks: Hooks | None) -> Hooks:
    if hooks is None:
        raise Problem(404, "not-found", "this server sends no news")
    return hooks


def _until(doors: Doors | None, reader: Reader) -> float | None:
    return doors.until(reader) if doors is not None else None


def _mine(hooks: Hooks, request: AnyRequest, id: str) -> Answer:
    """A subscription of the one who asks; somebody else's is not known to him."""
    told = hooks.subscription(id)
    return found(told if told and hooks.belongs(id, reader_of(request)) else None, f"subscription {id}")


@post(
    "/v1/webhooks",
    operation_id="subscribe",
    description="Has news sent to an address: of findings, unless `types` names others. `counters` and `deadlines` are "
    "sent as they stand when they are other than what was sent before, at most once a minute. "
    "The secret that letters are signed with is told this once. "
    "Nothing is sent any more when the token that asked for it is revoked or has expired.",
    tags=["webhooks"],
    status_code=201,
    sync_to_thread=True,
    responses=answers(shapes.Made, shapes.MADE, status=201, missing="No such unit, or no news here")
    | {403: told("The operator allows no letters there", 403, "not-allowed")},
)
def subscribe(
    request: AnyRequest, questions: Asks, webhooks: HooksOf, doors: Lets, data: JSONBody[shapes.Wanted]
) -> Answer:
    """A subscription, in the name of who asks."""
    hooks = _hooks(webhooks)
    if wrong := sorted(set(data.types) - set(shapes.TYPES)):
        raise bad_value("types", f"{wrong[0]!r} is none of {', '.join(shapes.TYPES)}")
    unit = known_unit(questions, data.unit, None)
    if unit is not None:
        found(questions.scoreboard(unit), f"unit {unit}")
    try:
        reader, mark = reader_of(request), questions.news()["read"]
        return hooks.subscribe(data.url, data.types, unit, reader, mark, _until(doors, reader))
    except ValueError as error:
        raise bad_value("url", str(error)) from None
    except NotYours as error:
        raise Problem(403, "not-allowed", str(error)) from None


@get("/v1/webhooks", operation_id="subscriptions", tags=["webhooks"], sync_to_thread=True,
     responses=answers(shapes.Subscriptions, shapes.SUBSCRIPTIONS, missing="No news here"))  # fmt: skip
def subscriptions(request: AnyRequest, webhooks: HooksOf) -> Answer:
    """Who is sent news, how far each has been told, and which are paused? Of who asks; the operator sees all."""
    hooks, reader = _hooks(webhooks), reader_of(request)
    return {"subscriptions": [each for each in hooks.subscriptions() if hooks.belongs(each["id"], reader)]}


@get("/v1/webhooks/{id:str}/deliveries", operation_id="deliveries", tags=["webhooks"], sync_to_thread=True,
     responses=answers(shapes.Deliveries, shapes.DELIVERIES, missing="No such subscription"))  # fmt: skip
def deliveries(
    request: AnyRequest, webhooks: HooksOf, id: FromPath[str],
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    cursor: Cursor = None, sort: Annotated[orders.Deliveries, QueryParameter(description=SORT)] = "-at",
) -> Answer:  # fmt: skip
    """What became of each attempt to tell a subscriber, the newest first or as asked?"""
    hooks = _hooks(webhooks)
    _mine(hooks, request, id)
    with cursor_read(cursor):
        told, after = hooks.deliveries(id, limit, cursor, sort)
    return {"deliveries": told, "next": after}


@post("/v1/webhooks/{id:str}/resume", operation_id="resume", tags=["webhooks"], status_code=200,
      sync_to_thread=True,
      responses=answers(shapes.Subscription, shapes.SUBSCRIPTION, missing="No such subscription"))  # fmt: skip
def resume(request: AnyRequest, webhooks: HooksOf, doors: Lets, id: FromPath[str]) -> Answer:
    """Tries a paused subscription again, from where it was, for as long as the token counts that asks for it."""
    hooks, reader = _hooks(webhooks), reader_of(request)
    _mine(hooks, request, id)
    hooks.resume(id, reader, _until(doors, reader))
    return _mine(hooks, request, id)


@delete("/v1/webhooks/{id:str}", operation_id="unsubscribe", tags=["webhooks"], status_code=200,
        sync_to_thread=True,
        responses=answers(shapes.Subscription, shapes.SUBSCRIPTION, missing="No such subscription"))  # fmt: skip
def unsubscribe(request: AnyRequest, webhooks: HooksOf, id: FromPath[str]) -> Answer:
    """Ends a subscription, and forgets its secret and its attempts."""
    hooks = _hooks(webhooks)
    told = _mine(hooks, request, id)
    hooks.remove(id)
    return told


@route("/v1/webhooks", http_method=[HttpMethod.OPTIONS], may=ANYBODY, include_in_schema=False, status_code=204,
       sync_to_thread=False)  # fmt: skip
def methods() -> Response[None]:
    """What may be done there; litestar would name the methods of the handler that came first."""
    return Response(None, status_code=204, headers={"allow": "GET, OPTIONS, POST"})


HANDLERS = [methods, subscribe, subscriptions, deliveries, resume, unsubscribe]
