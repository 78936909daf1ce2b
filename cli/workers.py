"""The workers of the distributed way to run: intake, project, clock. As many processes of each as are needed."""

import threading
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import LONG, POSITIONS, Kafka, Metrics, Prefix, Store, Touched
from cli.screen import fail
from cli.waiting import say, standing, stopped, there
from cli.watched import serve, watched
from cli.wiring import DEFAULT_KAFKA, DEFAULT_STORE, kafka_settings
from domain.reasons import Reasons
from infra.intake import Intake
from infra.kafka.settings import KafkaProblem, KafkaSettings, Unreachable
from infra.log.port import Claim, Conflict, Log, StoreError
from infra.log.urls import PostgresUrl, parse, printable
from infra.pulse import Pulse

if TYPE_CHECKING:
    from infra.kafka.topics import Topics

Instance = Annotated[
    str | None,
    typer.Option(
        "--instance", envvar="DANZE_INSTANCE",
        help="A name of this worker that stays over restarts: partitions then wait for it for ten seconds.",
    ),
]  # fmt: skip


def intake(
    store: Store = DEFAULT_STORE,
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    history: Annotated[
        bool, typer.Option("--history", help="A past: recorded as it happened, the clock goes along. One worker only.")
    ] = False,
    instance: Instance = None,
    metrics: Metrics = "",
    pulse: Touched = None,
) -> None:
    """Take actions from Kafka to the log, until Ctrl-C."""
    from consumers.batching import SCHEME
    from consumers.intake import Intake
    from consumers.patience import Patience
    from consumers.workers import intake_worker
    from infra.kafka.same_log import gone
    from infra.kafka.topics import Topics
    from infra.vault.sealed_box import in_clear
    from infra.watching import WatchedDoor

    settings, topics, touch = kafka_settings(kafka), Topics(prefix), Pulse(pulse)
    watch = watched("intake", metrics)
    with standing("intake", store) as system:

        def alive() -> None:
            system.log.head()  # a store that does not answer stops the pulse
            touch()
            watch.alive()

        _partitions("intake", settings, topics.actions, topics)
        queue = there("intake", lambda: topics.queue(settings))
        for each in there("intake", lambda: gone(system.log, settings, topics)):
            say("intake", f"{each}; have what was sent since the log's last action of it sent again")
        door = WatchedDoor(there("intake", lambda: system.intake(history=history)), watch)
        worker = Intake(door, in_clear, queue=queue)
        patience = Patience(StoreError, Conflict, Unreachable)
        app = intake_worker(
            f"{prefix}danze-intake", settings.faust(SCHEME), worker, patience,
            topic=topics.actions, alive=alive, watch=watch, instance=instance,
        )  # fmt: skip
        say("intake", f"{settings.place} {topics.actions} to {printable(store)}")
        _run(app)
    say("intake", "ended")


def project(
    store: Store = DEFAULT_STORE,
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    cap: Annotated[
        int,
        typer.Option(
            "--dead-letter-cap", min=0, max=POSITIONS, help="Unreadable records of a partition before it stops."
        ),
    ] = 100,
    instance: Instance = None,
    metrics: Metrics = "",
    pulse: Touched = None,
) -> None:
    """Fold the log from Kafka into the read models of a PostgreSQL store, until Ctrl-C."""
    from consumers.batching import SCHEME
    from consumers.dead_letters import DeadLetters, TooManyDead
    from consumers.patience import Patience
    from consumers.projector import Projector
    from consumers.workers import project_worker
    from infra.kafka.publisher import Publisher
    from infra.kafka.same_log import of_this_log
    from infra.kafka.topics import Topics
    from infra.relay import RELAYED
    from infra.views.partitions import Partitions
    from infra.views.store import FORMAT

    settings, topics = kafka_settings(kafka), Topics(prefix)
    if not isinstance(parse(store), PostgresUrl):
        raise fail("several workers share read models in PostgreSQL only: --store postgresql://…")
    watch, touch = watched("project", metrics), Pulse(pulse)

    def alive() -> None:
        touch()
        watch.alive()

    with standing("project", store) as system, Publisher(settings, stop=stopped()) as publisher:
        count = _partitions("project", settings, topics.events, topics)
        there("project", lambda: of_this_log(system.log, settings, topics))
        dead = DeadLetters(publisher.send, topic=topics.dead, source=topics.events, cap=cap)
        projector = Projector(
            Partitions(system.views, count), publisher.send, dead, findings=topics.findings, follow=watch.following()
        )
        watch.dead.set_function(lambda: projector.dead)
        app = project_worker(
            # A group for each format: workers of two releases do not share partitions, for they do not share rows.
            f"{prefix}danze-project-{FORMAT}", settings.faust(SCHEME), projector, Patience(StoreError, Unreachable),
            topic=topics.events, relayed=lambda: system.log.mark(RELAYED), alive=alive, watch=watch,
            instance=instance,
        )  # fmt: skip
        say("project", f"{settings.place} {topics.events} to {printable(store)}")
        try:
            _run(app)
        except TooManyDead as error:
            raise fail(str(error)) from None
    say("project", "ended")


def clock(
    store: Store = DEFAULT_STORE,
    every: Annotated[float, typer.Option("--every", min=0.1, max=LONG, help="Seconds between two looks.")] = 60.0,
    metrics: Metrics = "",
    pulse: Touched = None,
) -> None:
    """Record what was missed, once each, until Ctrl-C. Of several on one store, one is at work."""
    from prometheus_client import CollectorRegistry, ProcessCollector

    from infra.watching import ClockWatch

    registry, touch = CollectorRegistry(), Pulse(pulse)
    ProcessCollector(registry=registry)
    watch = ClockWatch(registry)
    if metrics:
        serve(registry, metrics)

    def alive(recorded: int | None) -> None:
        touch()
        watch.looked(recorded)

    with standing("clock", store) as system:
        say("clock", printable(store))
        tick(system.log, lambda: system.intake(clock=True), system.time.today, stopped(), every, alive)
    say("clock", "ended")


def tick(
    log: Log, begun: Callable[[], Intake], today: Callable[[], date], stop: threading.Event, every: float,
    alive: Callable[[int | None], object] = lambda _: None,
) -> None:  # fmt: skip
    """Advances an intake to today every so many seconds, while no other clock does; after trouble a new one.

    `alive` is told how many events a look recorded; None where another clock is at work.
    """
    held: Claim | None = None
    intake: Intake | None = None
    waiting, reasons = False, Reasons()
    while not stop.is_set():
        try:
            if held is None or not held.held():
                held, intake = log.claim("clock"), None
                if held is None and not waiting:
                    say("clock", "another clock is at work on this store; standing by")
                waiting = held is None
            recorded = None
            if held is not None:
                intake = intake or begun()
                recorded = intake.advance(today())
            alive(recorded)
            if reasons.works():
                say("clock", "works again")
        except (StoreError, Conflict, OSError) as error:  # a full disk beside the store, too
            if reasons.new(str(error)):
                say("clock", f"{error}; trying again until it works")
            intake = None
        stop.wait(min(every, 1.0) if waiting else every)
    if held is not None:
        held.release()


def _run(app: Any) -> None:
    """A sentence and exit code 2 where the broker never lets it do its work."""
    from consumers.running import BrokerRefuses, run

    try:
        run(app, stopped())
    except BrokerRefuses as error:
        raise fail(str(error)) from None


def _partitions(who: str, settings: KafkaSettings, topic: str, topics: "Topics") -> int:
    """How many the topic has. A topic that is missing is not made."""
    found = there(who, lambda: topics.partitions(settings))
    if topic not in found:
        raise KafkaProblem(f"there is no topic {topic} at {settings.place}; `danze topics` makes those missing")
    return found[topic]
