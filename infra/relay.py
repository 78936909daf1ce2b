"""The relay: what the store has is published to Kafka, in order, and how far it has got stands in the store.

Events go to `petition.events` with their exact stored bytes as value and their subject as key; headers say position,
type, version and recorded (microseconds since 1970, as in the log), so that a log can be built from the topic. Refused
actions go to `petition.rejected`. A mark is set when everything up to it is acknowledged: after a crash some may be
published again and none is left out. In each partition, every record comes after all smaller positions of it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from domain.reasons import Reasons
from infra.kafka.publisher import Publisher, Record
from infra.kafka.same_log import of_this_log
from infra.kafka.settings import Unreachable
from infra.kafka.topics import LONGEST, Topics
from infra.log.port import Claim, Entry, Log, Rejection, StoreError
from infra.pulse import Pulse
from infra.refused import TOLD
from infra.tracing import HEADER, OFF, Traces, told_in
from infra.waiting import Waiting

RELAYED = "relay"
"""The mark of the events: all up to it are in `petition.events`. Projectors read it."""
RELAYED_REFUSALS = "relay-rejected"
"""The same for the numbers of refused actions."""
BATCH = 5_000
IDLE_SECONDS = 0.02
REFUSALS_SECONDS = 0.2
"""Refused actions are looked for less often than events, and so is whether the claim is still ours."""
STAND_BY_SECONDS = 1.0
PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds to wait after the first failure in a row, the second, and so on."""
Say = Callable[[str], None]
NO_PULSE = Pulse(None)


class Meter:
    """What Prometheus is told."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.position = Gauge("danze_relay_position", "Last position that Kafka acknowledged.", registry=self.registry)
        self.lag = Gauge("danze_relay_lag_events", "Events of the log not yet acknowledged.", registry=self.registry)
        waits = Gauge(
            "danze_relay_lag_seconds",
            "How long the first event not yet acknowledged has waited, as far as this relay saw it wait.",
            registry=self.registry,
        )  # fmt: skip
        waits.set_function(self._waits)
        self._waiting = Waiting()
        self._since: float | None = None
        self.active = Gauge(
            "danze_relay_active", "1 while this relay publishes, 0 while it stands by.", registry=self.registry
        )
        self.sent = Counter("danze_relay_records", "Records acknowledged.", ["topic"], registry=self.registry)
        self.errors = Counter("danze_relay_errors", "Attempts that failed.", ["at"], registry=self.registry)
        for at in ("kafka", "store"):
            self.errors.labels(at)

    def looked(self, position: int, head: int, first: Entry | None) -> None:
        """What is acknowledged up to a position of a log that ends at `head`; what comes next there."""
        self.position.set(position)
        self.lag.set(max(0, head - position))
        if first is not None:
            self._since = self._waiting.since(first.position, head, first.recorded / 1e6)
        else:
            self._waiting.nothing()
            self._since = None

    def _waits(self) -> float:
        since = self._since  # bound, for another thread looks meanwhile
        return max(0.0, time.time() - since) if since is not None else 0.0


class Relay:
    """Publishes one store's log. `step` does what there is to do; `run` goes on until `stop` is set."""

    def __init__(
        self, log: Log, publisher: Publisher, topics: Topics, meter: Meter, traces: Traces = OFF
    ) -> None:  # fmt: skip
        self.traces = traces
        self.log = log
        self.publisher = publisher
        self.topics = topics
        self.meter = meter
        self._claim: Claim | None = None
        self._position = self._number = 0
        self._told = False
        """It was said that we publish."""
        self._next_look = 0.0
        """When refused actions and the claim are looked at next."""

    def run(self, stop: threading.Event, say: Say, alive: Pulse = NO_PULSE) -> None:
        """Returns when `stop` is set and all that was acknowledged is marked. Raises `Refused` where Kafka will never
        take what is next, or holds another log: nothing is skipped.
        """
        failures, reasons = 0, Reasons()
        try:
            while not stop.is_set():
                try:
                    if self._claim is None:
                        self._wait_for_claim(stop, say, alive)
                        continue
                    busy = self.step()
                    alive()
                except (Unreachable, StoreError, OSError) as error:  # a full disk beside the store, too
                    self.meter.errors.labels("kafka" if isinstance(error, Unreachable) else "store").inc()
                    if reasons.new(str(error)):
                        say(f"{error}; trying again until it works")
                    self._let_go()  # another relay may have more luck
                    stop.wait(PAUSES[min(failures, len(PAUSES) - 1)])
                    failures += 1
                    continue
                if reasons.works():
                    say("works again")
                failures = 0
                if not busy:
                    stop.wait(IDLE_SECONDS)
        finally:
            self._let_go()

    def step(self) -> bool:
        """Publishes the next batch, and says whether there was one."""
        entries = self.log.read(self._position, limit=BATCH)
        if entries:
            self.meter.looked(self._position, self.log.head().position, entries[0])
            told: dict[str, str | int] = {
                "messaging.destination.name": self.topics.events,
                "messaging.batch.message_count": len(entries),
            }
            bodies = (entry.body for entry in entries)
            with self.traces.span(f"{self.topics.events} publish", lambda: map(told_in, bodies), **told) as own:
                sent = self.publisher.send(self._record(entry, own) for entry in entries)
                self._position = entries[-1].position
                self.log.set_mark(RELAYED, self._position)
            self.meter.sent.labels(self.topics.events).inc(sent)
            if len(entries) < BATCH:
                self.meter.looked(self._position, self._position, None)
        refusals = self._refusals() if time.monotonic() >= self._next_look else False
        return bool(entries) or refusals

    def _refusals(self) -> bool:
        refused = self.log.rejected(after=self._number)
        if refused:
            self.meter.sent.labels(self.topics.rejected).inc(
                self.publisher.send(self._refusal(number, rejection) for number, rejection, _ in refused)
            )
            self._number = refused[-1][0]
            self.log.set_mark(RELAYED_REFUSALS, self._number)
            return True
        if self._claim is not None and not self._claim.held():
            raise StoreError("the connection that keeps other relays away was lost")
        self._next_look = time.monotonic() + REFUSALS_SECONDS
        return False

    def _wait_for_claim(self, stop: threading.Event, say: Say, alive: Pulse) -> None:
        """Returns when we are the only relay, or are to stop; goes on where the marks say. Raises `Refused` where the
        topic tells of another log.
        """
        self._claim = self.log.claim(RELAYED)
        if self._claim is None:
            say("another relay is at work on this store; standing by")
            self._told = False
            while self._claim is None and not stop.wait(STAND_BY_SECONDS):
                self._look()
                alive()
                self._claim = self.log.claim(RELAYED)
        self._look()
        if self._claim is not None:
            of_this_log(self.log, self.publisher.settings, self.topics)
        self.meter.active.set(self._claim is not None)
        self._position, self._number = self.log.mark(RELAYED), self.log.mark(RELAYED_REFUSALS)
        if self._claim is not None and not self._told:
            say(f"publishing from position {self._position + 1}")
            self._told = True

    def _look(self) -> None:
        """Tells what waits, whoever publishes it, and whether anybody can."""
        position = self.log.mark(RELAYED)
        first = self.log.read(position, limit=1)
        self.meter.looked(position, self.log.head().position, next(iter(first), None))

    def _let_go(self) -> None:
        if self._claim is not None:
            self._claim.release()
        self._claim = None
        self.meter.active.set(0)

    def _record(self, entry: Entry, span: bytes) -> Record:
        headers = [
            ("position", str(entry.position).encode()),
            ("type", entry.type.encode()),
            ("version", str(entry.version).encode()),
            ("recorded", str(entry.recorded).encode()),
        ]
        if span:
            headers.append((HEADER, span))
        return self.topics.events, entry.subject.encode(), entry.body, headers

    def _refusal(self, number: int, refused: Rejection) -> Record:
        headers = [
            ("number", str(number).encode()),
            ("code", refused.code.encode()),
            ("recorded", str(refused.recorded).encode()),
        ]
        return self.topics.rejected, refused.subject.encode(), refusal(number, refused), headers


def refusal(number: int, refused: Rejection) -> bytes:
    """The action as it is kept, with the reason beside it. What is too long for a record stays in the store alone,
    under its number: whoever sends us a mountain shall not block the way of all others.
    """
    action = msgspec.json.decode(refused.body)
    if len(refused.body) > LONGEST // 2:
        action = {name: action[name] for name in TOLD if name in action} | {"kept": number}
    reason = {"code": refused.code, "message": refused.message, "path": refused.path}
    return msgspec.json.encode({**action, "rejection": reason})
