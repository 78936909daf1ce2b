"""How a worker is watched: what Prometheus may ask it, and where its traces go."""

import os
from typing import Any

from cli.screen import fail
from domain.digits import digits
from infra.tracing import Traces, traces_of
from infra.watching import Watch


def traces(worker: str) -> Traces:
    """As the environment says; a sentence where the extra that it needs is not installed."""
    try:
        return traces_of(worker, os.environ)
    except ImportError as error:
        raise fail(f"traces are asked for (OTEL_EXPORTER_OTLP_…), but danze[otel] is not installed: {error}") from None


def watched(worker: str, metrics: str) -> Watch:
    """A watch whose meters are served at `metrics`, if anywhere."""
    watch = Watch(worker, traces(worker))
    if metrics:
        serve(watch.registry, metrics)
    return watch


def serve(registry: Any, where: str) -> None:
    from prometheus_client import start_http_server

    host, _, port = where.rpartition(":")
    if not (number := digits(port, 65_535)):
        raise fail(f"--metrics {where!r} is no [HOST:]PORT")
    try:
        start_http_server(number, host or "127.0.0.1", registry)
    except OSError as error:
        raise fail(f"--metrics {where}: {error.strerror or error}") from None
