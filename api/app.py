"""The application: the routes and the pages, given somebody to ask and somebody to hand actions to."""

from __future__ import annotations

from threading import Event
from typing import Any

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License
from prometheus_client import CollectorRegistry

from api.asked import moment_asked, plain
from api.conditional import conditional
from api.declared import Guard
from api.headers import secure
from api.heads import headed
from api.limits import Limits, Proxies
from api.ports import Doors, Hooks, Intake, Questions
from api.problems import problem_of, problem_response
from api.roles import asked_by, guard, note, taken_from
from api.routes import (
    accountability,
    actions,
    desk,
    figures,
    law,
    ledgers,
    petitions,
    public,
    record,
    rulesets,
    stream,
    webhooks,
)
from api.segments import kept, restored
from api.telemetry import Telemetry
from api.web import site
from api.web.pages.session import to_login

DESCRIPTION = "The record of a city's petition work (信访): what happened, who caused it and who answers for it."


def create_app(
    questions: Questions,
    intake: Intake,
    *,
    version: str,
    doors: Doors | None = None,
    rate: float = 0,
    hooks: Hooks | None = None,
    proxies: Proxies = (),
    registry: CollectorRegistry | None = None,
    stop: Event | None = None,
) -> Litestar:
    """All of /v1 and the pages; without `doors` everybody is the operator. Nothing is started: see `api.serve`.

    `rate` is how many requests a second one client may make; 0 for any number. `proxies` are those in front, whose word
    for where a request comes from is taken. `registry` may hold meters of the process that are told at /metrics with
    the application's own. `stop` is set when the server is to end.
    """
    telemetry = Telemetry(registry)
    pages, lines = site.Site(version), stream.Lines(proxies, stop)
    app = Litestar(
        route_handlers=[
            actions.take_actions,
            *petitions.HANDLERS,
            *public.HANDLERS,
            *accountability.HANDLERS,
            *figures.HANDLERS,
            *law.HANDLERS,
            *desk.HANDLERS,
            *ledgers.HANDLERS,
            *record.HANDLERS,
            *rulesets.HANDLERS,
            *stream.HANDLERS,
            *webhooks.HANDLERS,
            *site.HANDLERS,
        ],
        dependencies={
            "questions": Provide(asked_by(questions), sync_to_thread=False),
            "intake": Provide(taken_from(intake), sync_to_thread=False),
            "telemetry": Provide(lambda: telemetry, sync_to_thread=False),
            "moment": Provide(moment_asked),
            "webhooks": Provide(lambda: hooks, sync_to_thread=False),
            "lines": Provide(lambda: lines, sync_to_thread=False),
            "doors": Provide(lambda: doors, sync_to_thread=False),
            "site": Provide(lambda: pages, sync_to_thread=False),
            "page": Provide(site.page_asked, sync_to_thread=False),
        },
        exception_handlers={Exception: _told(pages, doors)},
        guards=[guard(doors), Guard()],
        before_request=plain,
        before_send=[secure],
        middleware=[restored, conditional],
        openapi_config=OpenAPIConfig(
            title="danze 担责",
            version=version,
            description=DESCRIPTION,
            use_handler_docstrings=True,
            license=License(name="Apache-2.0", identifier="Apache-2.0"),
            render_plugins=[JsonRenderPlugin()],
        ),
        logging_config=None,
    )
    answering = headed(app.asgi_handler)
    limited = Limits(rate, proxies=proxies).around(answering) if rate else answering
    app.asgi_handler = telemetry.around(kept(limited))
    return app


def _told(pages: site.Site, doors: Doors | None) -> Any:
    def told(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        problem = problem_of(error)
        if doors is not None:
            note(request, problem, doors)
        if not pages.wanted(request):
            return problem_response(request, problem)
        return to_login(request, problem) or pages.error(request, problem)

    return told
