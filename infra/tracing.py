"""Traces across Kafka, for who wants them: `danze[otel]` installed, and OTEL_EXPORTER_OTLP_ENDPOINT set.

A span is one batch, never one event: it links to the spans that sent its records, as their header `traceparent` says,
or the action itself (an extension of CloudEvents). The relay passes its own on in that header. Where nobody asks for
traces nothing of OpenTelemetry is imported, and no record is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
HEADER = "traceparent"
HEADERS = (HEADER, "ce_traceparent")
LINKS = 128
"""Of one span: what OpenTelemetry keeps by default."""
TOLD = re.compile(rb'"traceparent":\s*"(00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})"')
"""In the bytes of an action or event: no text of anybody's can look like it, for quotes in texts are escaped."""


class Record(Protocol):
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Iterable[tuple[str, bytes]]: ...


class Traces:
    """Of one process; without a tracer they cost nothing."""

    def __init__(self, tracer: Any = None) -> None:
        self._tracer = tracer

    @contextmanager
    def span(self, name: str, senders: Callable[[], Iterable[bytes]], **told: str | int) -> Iterator[bytes]:
        """What goes on inside is one span, linked to its `senders` (traceparents). Gives its own; empty if off."""
        if self._tracer is None:
            yield b""
            return
        from opentelemetry.trace import Link, SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        propagator, kind = (
            TraceContextTextMapPropagator(),
            SpanKind.PRODUCER if "publish" in name else SpanKind.CONSUMER,
        )
        links = [Link(context) for each in first(senders(), LINKS) if (context := _context(propagator, each)).is_valid]
        with self._tracer.start_as_current_span(name, kind=kind, links=links) as span:
            span.set_attributes({"messaging.system": "kafka", **told})
            carried: dict[str, str] = {}
            propagator.inject(carried)
            yield carried[HEADER].encode()


OFF = Traces()


def traces_of(worker: str, environ: Mapping[str, str]) -> Traces:
    """Those of a worker; off where no endpoint is named, or OpenTelemetry is told to be (`OTEL_SDK_DISABLED=true`).

    An ImportError where the extra is not installed.
    """
    disabled = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if disabled or not any(environ.get(name) for name in ENDPOINTS):
        return OFF
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"danze-{worker}"}))  # sends the rest at exit
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider.get_tracer("danze"))


def senders(records: Iterable[Record]) -> Iterator[bytes]:
    """The spans that sent records of a topic."""
    for record in records:
        told = [value for name, value in record.headers if name in HEADERS]
        yield told[0] if told else told_in(record.value or b"")


def told_in(body: bytes) -> bytes:
    """What an action or event says of the span that it came from; empty where it says nothing."""
    found = TOLD.search(body)
    return found[1] if found else b""


def first(each: Iterable[bytes], most: int) -> list[bytes]:
    """So many different ones at most, in order; no further record is looked at then."""
    found: dict[bytes, None] = {}
    for one in filter(None, each):
        found[one] = None
        if len(found) == most:
            break
    return list(found)


def _context(propagator: Any, traceparent: bytes) -> Any:
    from opentelemetry.trace import get_current_span

    return get_current_span(propagator.extract({HEADER: traceparent.decode("ascii", "replace")})).get_span_context()
