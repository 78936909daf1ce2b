"""The workers of the distributed way to run: intake, project, clock. As many processes of each as are needed."""

import signal
import threading
from collections.abc import Callable
from datetime import date
from typing import Annotated

import typer

from cli.options import Kafka, Prefix, Store, Touched
from cli.screen import err, fail
from cli.wiring import DEFAULT_KAFKA, DEFAULT_STORE, kafka_settings, now, opened
from domain.envelope import day_of
from infra.intake import Intake
from infra.kafka.settings import KafkaProblem, KafkaSettings, Unreachable
from infra.kafka.topics import Topics
from infra.log.port import Claim, Conflict, Log, StoreError
from infra.log.urls import PostgresUrl, parse
from infra.pulse import Pulse

Instance = Annotated[
    str | None,
    typer.Option(
        "--instance", envvar="DANZE_INSTANCE",
        help="A name of this worker that stays over restarts: partitions then wait for it for ten seconds.",
    ),
]  # fmt: skip
PAUSES = (0.2, 1.0, 2.0, 5.0)


def intake(
    store: Store = DEFAULT_STORE,
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    history: Annotated[
        bool, typer.Option("--history", help="A past: recorded as it happened, the clock goes along. One worker only.")
    ] = False,
    instance: Instance = None,
    pulse: Touched = None,
) -> None:
    """Take actions from Kafka to the log, until Ctrl-C."""
    from consumers.batching import SCHEME, run
    from consumers.intake import Intake
    from consumers.patience import Patience
    from consumers.workers import intake_worker
    from infra.sealed_box import in_clear

    settings, topics, touch = kafka_settings(kafka), Topics(prefix), Pulse(pulse)
    with opened(store) as system:

        def alive() -> None:
            system.log.head()  # a store that does not answer stops the pulse
            touch()

        _partitions("intake", settings, topics.actions, topics)
        worker = Intake(system.intake(history=history), in_clear)
        patience = Patience(StoreError, Conflict, Unreachable)
        app = intake_worker(
            f"{prefix}danze-intake", settings.faust(SCHEME), worker, patience,
            topic=topics.actions, alive=alive, instance=instance,
        )  # fmt: skip
        _say("intake", f"{settings.place} {topics.actions} to {store}")
        run(app)
    _say("intake", "ended")


def project(
    store: Store = DEFAULT_STORE,
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    cap: Annotated[
        int, typer.Option("--dead-letter-cap", min=0, help="Unreadable records of a partition before it stops.")
    ] = 100,
    instance: Instance = None,
    pulse: Touched = None,
) -> None:
    """Fold the log from Kafka into the read models of a PostgreSQL store, until Ctrl-C."""
    from consumers.batching import SCHEME, run
    from consumers.dead_letters import DeadLetters, TooManyDead
    from consumers.patience import Patience
    from consumers.projector import Projector
    from consumers.workers import project_worker
    from infra.kafka.publisher import Publisher
    from infra.relay import RELAYED
    from infra.views.partitions import Partitions

    settings, topics = kafka_settings(kafka), Topics(prefix)
    if not isinstance(parse(store), PostgresUrl):
        raise fail("several workers share read models in PostgreSQL only: --store postgresql://…")
    with opened(store) as system, Publisher(settings) as publisher:
        count = _partitions("project", settings, topics.events, topics)
        dead = DeadLetters(publisher.send, topic=topics.dead, source=topics.events, cap=cap)
        projector = Projector(Partitions(system.views, count), publisher.send, dead, findings=topics.findings)
        app = project_worker(
            f"{prefix}danze-project", settings.faust(SCHEME), projector, Patience(StoreError, Unreachable),
            topic=topics.events, relayed=lambda: system.log.mark(RELAYED), alive=Pulse(pulse), instance=instance,
        )  # fmt: skip
        _say("project", f"{settings.place} {topics.events} to {store}")
        try:
            run(app)
        except TooManyDead as error:
            raise fail(str(error)) from None
    _say("project", "ended")


def clock(
    store: Store = DEFAULT_STORE,
    every: Annotated[float, typer.Option("--every", min=0.1, help="Seconds between two looks.")] = 60.0,
    pulse: Touched = None,
) -> None:
    """Record what was missed, once each, until Ctrl-C. Of several on one store, one is at work."""
    stop = stopped()
    with opened(store) as system:
        _say("clock", store)
        tick(system.log, lambda: system.intake(clock=True), lambda: day_of(now()), stop, every, Pulse(pulse))
    _say("clock", "ended")


def tick(
    log: Log, begun: Callable[[], Intake], today: Callable[[], date], stop: threading.Event, every: float,
    alive: Callable[[], object] = lambda: None,
) -> None:  # fmt: skip
    """Advances an intake to today every so many seconds, while no other clock does; after trouble a new one."""
    held: Claim | None = None
    intake: Intake | None = None
    waiting = False
    while not stop.is_set():
        try:
            if held is None or not held.held():
                held, intake = log.claim("clock"), None
                if held is None and not waiting:
                    _say("clock", "another clock is at work on this store; standing by")
                waiting = held is None
            if held is not None:
                intake = intake or begun()
                intake.advance(today())
            alive()
        except (StoreError, Conflict) as error:
            _say("clock", f"{error}; trying again")
            intake = None
        stop.wait(min(every, 1.0) if waiting else every)
    if held is not None:
        held.release()


def _partitions(who: str, settings: KafkaSettings, topic: str, topics: Topics) -> int:
    """How many the topic has. A broker that is not there yet is waited for; a topic that is missing is not made."""
    stop, failures = stopped(), 0
    while not stop.is_set():
        try:
            found = topics.partitions(settings)
        except Unreachable as error:
            if not failures:
                _say(who, f"{error}; trying again until it works")
            stop.wait(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1
            continue
        if topic not in found:
            raise KafkaProblem(f"there is no topic {topic} at {settings.place}; `danze topics` makes those missing")
        return found[topic]
    raise typer.Exit(0)


def stopped() -> threading.Event:
    """Set by SIGTERM and SIGINT."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    return stop


def _say(who: str, sentence: str) -> None:
    err.print(f"danze {who}: {sentence}", markup=False, highlight=False)
