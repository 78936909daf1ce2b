"""What a worker tells of its work: meters for Prometheus, a line a batch for a log, a span a batch for a trace."""

from __future__ import annotations

import logging
import math
from collections import Counter as Counted
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from time import perf_counter, time
from typing import Any, Protocol

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from domain.envelope import Rejected
from infra.tracing import OFF, Record, Traces, senders
from infra.webhooks.subscriptions import Subscription

DELIVERED, IN_VAIN = "delivered", "in vain"
FOLLOWED = b'"correlationid"'
"""In the bytes of an action or event that somebody follows. What only quotes it is told of once too often."""
Follow = Callable[[Sequence[tuple[int, bytes]]], None]
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Batch(Protocol):
    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def records(self) -> Iterable[Record]: ...
    def __len__(self) -> int: ...


class Door(Protocol):
    def take(
        self, lines: Sequence[bytes], refused: Mapping[int, Rejected], places: Sequence[tuple[str, int]], /
    ) -> Sequence[Any]: ...
    def place(self, queue: str, /) -> int: ...


class Told(msgspec.Struct):
    """What of an action may stand in a log: who it was, and nothing of what it said."""

    id: str | None = None
    source: str | None = None
    type: str | None = None
    subject: str | None = None
    correlationid: str | None = None
    traceparent: str | None = None


class Watch:
    """Of one worker. Its registry is served at /metrics where `--metrics` asks for it."""

    def __init__(self, worker: str, traces: Traces = OFF) -> None:
        self.worker, self.traces = worker, traces
        self.log = logging.getLogger(f"danze.{worker}")
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        named: Any = {"labelnames": ["worker"], "registry": self.registry}
        self._alive = alive_gauge(self.registry).labels(worker)
        self.alive()
        self._behind = Gauge(
            "danze_behind_records", "Records in the partitions held that were not taken yet.", **named
        ).labels(worker)
        self._seconds = Histogram(
            "danze_batch_seconds", "Time to take what was ready, and to save it.", buckets=SECONDS, **named
        ).labels(worker)
        self._records = Counter("danze_batch_records", "Records taken and saved.", **named).labels(worker)
        self._failures = Counter("danze_batch_failures", "Attempts that failed.", **named).labels(worker)
        self.actions = Counter("danze_actions", "Actions taken.", ["outcome"], registry=self.registry)
        self.dead = Gauge(
            "danze_dead_letters", "Unreadable records of the partitions held, laid aside.", **named
        ).labels(worker)

    def alive(self) -> None:
        self._alive.set(time())

    def behind(self, records: int) -> None:
        self._behind.set(records)

    @contextmanager
    def batches(self, batches: Sequence[Batch]) -> Iterator[None]:
        """What is taken together."""
        began, count = perf_counter(), sum(map(len, batches))
        topic = batches[0].topic if batches else ""
        told: dict[str, str | int] = {"messaging.destination.name": topic, "messaging.batch.message_count": count}
        sent = chain.from_iterable(each.records for each in batches)
        try:
            with self.traces.span(f"{topic} process", lambda: senders(sent), **told):
                yield
        except BaseException:
            self._failures.inc()
            raise
        self._seconds.observe(seconds := perf_counter() - began)
        self._records.inc(count)
        partitions = sorted({each.partition for each in batches})
        self.log.info("took a batch", extra={"records": count, "partitions": partitions, "seconds": round(seconds, 4)})

    def following(self) -> Follow | None:
        """Who is told of events with a correlation id once the read models hold them; None where no line is wanted."""
        return self._projected if self.log.isEnabledFor(logging.INFO) else None

    def _projected(self, events: Sequence[tuple[int, bytes]]) -> None:
        for position, body in events:
            self.log.info("wrote an event into the read models", extra={"position": position, **_ids(body)})


def alive_gauge(registry: CollectorRegistry) -> Gauge:
    said = "When store, and Kafka where needed, last answered; first, when it began."
    return Gauge("danze_alive_timestamp_seconds", said, ["worker"], registry=registry)


def known(asked: Callable[[], float]) -> Callable[[], float]:
    """The same, and no number (NaN) where there is no answer: one gauge never takes all others along."""

    def answered() -> float:
        try:
            return asked()
        except Exception:  # noqa: BLE001 -- whose answer it is says what is in the way
            return math.nan

    return answered


class ClockWatch:
    """Of the clock, in a process of its own or beside the API."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._active = Gauge(
            "danze_clock_active", "1 while this clock records, 0 while it stands by.", registry=registry
        )
        self._looked = Gauge(
            "danze_clock_timestamp_seconds", "When it last looked; first, when it began.", registry=registry
        )
        self._looked.set(time())
        self._recorded = Counter("danze_clock_events", "Absences that it recorded.", registry=registry)

    def looked(self, recorded: int | None) -> None:
        """`recorded` is None where another clock is at work."""
        self._active.set(recorded is not None)
        self._looked.set(time())
        self._recorded.inc(recorded or 0)


class FailWatch:
    """Of what a process does beside its answers: how often each part of it failed."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._failures = Counter(
            "danze_failures", "Attempts of a part of the process that failed.", ["what"], registry=registry
        )

    def watches(self, what: str) -> None:
        """A part that never failed is told, too."""
        self._failures.labels(what)

    def failed(self, what: str) -> None:
        self._failures.labels(what).inc()


class SealerWatch:
    """Of who seals, in a process of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._alive = alive_gauge(self.registry).labels("seal")
        self.alive()
        self.failures = FailWatch(self.registry)

    def alive(self) -> None:
        self._alive.set(time())


class ViewsWatch:
    """Of who folds, by what the read models lack: whoever folds may be another process, or gone."""

    def __init__(self, registry: CollectorRegistry, waits: Callable[[], float]) -> None:
        behind = Gauge(
            "danze_views_behind_seconds",
            "How long the first event that the read models lack has waited, as far as this process saw it wait.",
            registry=registry,
        )  # fmt: skip
        behind.set_function(known(waits))


class SealWatch:
    """Of who seals, by what is not sealed: whoever seals may be another process, on another machine, or gone."""

    def __init__(self, registry: CollectorRegistry, waits: Callable[[], float]) -> None:
        unsealed = Gauge(
            "danze_unsealed_seconds",
            "How long the first event under no checkpoint has waited, as far as this process saw it wait.",
            registry=registry,
        )  # fmt: skip
        unsealed.set_function(known(waits))


class PostWatch:
    """Of letters to subscribers, and of who gets none."""

    def __init__(self, registry: CollectorRegistry, subscriptions: Callable[[], Sequence[Subscription]]) -> None:
        letters = Counter(
            "danze_webhook_letters", "Letters sent, by what became of them.", ["outcome"], registry=registry
        )
        for outcome in (DELIVERED, IN_VAIN):
            letters.labels(outcome)
        self._letters = letters
        paused = Gauge("danze_webhooks_paused", "Subscriptions that are paused for good.", registry=registry)
        paused.set_function(known(lambda: sum(each.paused is not None for each in subscriptions())))
        failing = Gauge(
            "danze_webhooks_failing", "Subscriptions whose last letter was in vain, and will be tried again.",
            registry=registry,
        )  # fmt: skip
        failing.set_function(known(lambda: sum(each.failing for each in subscriptions())))

    def counted(self, outcome: int | str) -> None:
        """A letter, by the status it was answered with, or by what went wrong: also what was not let out."""
        taken = isinstance(outcome, int) and 200 <= outcome < 300
        self._letters.labels(DELIVERED if taken else IN_VAIN).inc()


class WatchedDoor:
    """The door of the log, with what became of actions counted, and those refused told by their names."""

    def __init__(self, door: Door, watch: Watch) -> None:
        self._door, self._watch = door, watch
        self.place = door.place

    def take(
        self, lines: Sequence[bytes], refused: Mapping[int, Rejected], places: Sequence[tuple[str, int]]
    ) -> Sequence[Any]:
        outcomes = self._door.take(lines, refused, places)
        for outcome, count in Counted(each.outcome for each in outcomes).items():
            self._watch.actions.labels(outcome).inc(count)
        tell_actions(self._watch.log, lines, [msgspec.to_builtins(each) for each in outcomes])
        return outcomes


def tell_actions(log: logging.Logger, lines: Sequence[bytes], outcomes: Sequence[Mapping[str, Any]]) -> None:
    """A line for each action that was refused, with the reason's code, or that is followed: ids, and where it is."""
    if not log.isEnabledFor(logging.INFO):
        return
    for line, outcome in zip(lines, outcomes, strict=True):
        why = outcome.get("rejection")
        if why is not None:
            log.info("refused an action", extra={"code": why["code"], "path": why["path"], **_ids(line)})
        elif FOLLOWED in line:
            told = {name: outcome[name] for name in ("outcome", "position") if name in outcome}
            log.info("took an action", extra=told | _ids(line))


def _ids(line: bytes) -> dict[str, str]:
    try:
        told = msgspec.json.decode(line, type=Told)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return {f"action_{name}": value for name, value in msgspec.structs.asdict(told).items() if value}
