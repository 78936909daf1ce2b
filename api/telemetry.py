"""What an operator's monitoring reads at /metrics, and a line for each request where logs are lines of JSON."""

from __future__ import annotations

import logging
import re
from time import perf_counter
from typing import Any, cast

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
TRACEPARENT = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
logger = logging.getLogger("danze.api")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Telemetry:
    """The meters of one application; each has a registry of its own, so that two in a process do not mix."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("method", "route")
        self.requests = Counter(
            "danze_http_requests_total", "Requests answered", (*labels, "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "danze_http_request_seconds",
            "Time to the last byte, in seconds",
            labels,
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.actions = Counter("danze_actions_total", "Actions taken", ("outcome",), registry=self.registry)
        self.position = Gauge("danze_log_position", "Last position of the log", registry=self.registry)
        self.views = Gauge("danze_views_position", "Last position in the read models", registry=self.registry)
        self.behind = Gauge("danze_views_behind", "Events the read models have not seen", registry=self.registry)

    def scrape(self, health: dict[str, Any]) -> bytes:
        """The text that Prometheus reads, with the positions of this moment."""
        self.position.set(health["position"])
        self.views.set(health["views_position"])
        self.behind.set(health["behind"])
        return generate_latest(self.registry)

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application with every request counted and timed, by route and not by address."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if str(scope["type"]) != "http":
                await app(scope, receive, send)
                return
            asked = cast(HTTPScope, scope)
            began, status = perf_counter(), 500

            async def noted(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, noted)
            finally:
                route = cast(dict[str, Any], scope).get("path_template") or "unmatched"
                method = asked["method"] if asked["method"] in METHODS else "other"
                self.requests.labels(method, route, str(status)).inc()
                seconds = perf_counter() - began
                if route != "/v1/stream":  # which lasts as long as somebody listens
                    self.seconds.labels(method, route).observe(seconds)
                if logger.isEnabledFor(logging.INFO):
                    told = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
                    logger.info("answered", extra=told | _traced(asked))

        return counted


def _traced(asked: HTTPScope) -> dict[str, str]:
    """The span of who asks, where he says so: of his headers the only one that is told."""
    given = dict(asked["headers"]).get(b"traceparent", b"")
    return {"traceparent": given.decode()} if TRACEPARENT.fullmatch(given) else {}


Meters = NamedDependency[SkipValidation[Telemetry]]
"""How a handler says that it counts something."""
