"""Verbs towards Kafka: topics, relay."""

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import Json, Kafka, Metrics, Prefix, Store, Touched
from cli.screen import out, said, told
from cli.waiting import say, stopped, there
from cli.watched import serve, traces
from cli.wiring import DEFAULT_KAFKA, DEFAULT_STORE, kafka_settings, opened
from infra.kafka.settings import KafkaSettings
from infra.log.open import open_log
from infra.log.urls import printable
from infra.pulse import Pulse

if TYPE_CHECKING:
    from infra.kafka.topics import Topics


def topics(
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    partitions: Annotated[int, typer.Option(min=1, max=100_000, help="Partitions of each topic that is made.")] = 12,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="What tells of the log of --store, where it tells of another or lost some of it: after a restore.",
        ),
    ] = False,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Make the topics that are missing. Exit code 1 where one that is there is not as it should be.

    With --anew events, refused actions and findings are deleted from Kafka and made again: the relay publishes the log
    from its beginning. End relay and `project` workers before.
    """
    from infra.kafka.topics import Topics

    settings, ours = kafka_settings(kafka), Topics(prefix)
    made = _anew(store, settings, ours, partitions) if anew else []
    made += [name for name in ours.create(settings, partitions=partitions) if name not in made]
    answer = {"made": made, "differences": ours.check(settings)}
    told(answer, as_json, _made)
    if answer["differences"]:
        raise typer.Exit(1)


def _anew(store: str, settings: KafkaSettings, ours: "Topics", partitions: int) -> list[str]:
    """The relay's marks go first: whatever ends this in between, the same again does it."""
    from infra.kafka.same_log import another_log, holds_up_to
    from infra.relay import RELAYED, RELAYED_REFUSALS
    from infra.views.partitions import Partitions

    with opened(store, create=False) as system:
        same = another_log(system.log, settings, ours) is None
        if same and holds_up_to(settings, ours, system.log.mark(RELAYED)):
            said(f"{ours.events} at {settings.place} holds this log, as far as it was published; nothing was done")
            return []
        for name in (RELAYED, RELAYED_REFUSALS):
            system.log.forget_mark(name)
        Partitions(system.views).from_the_beginning()
    return ours.again(settings, partitions)


def _made(answer: dict[str, Any]) -> None:
    for name in answer["made"]:
        out.print(f"made {name}")
    for difference in answer["differences"]:
        out.print(difference)
    if not any(answer.values()):
        out.print("all topics are there, and as they should be")


def relay(
    store: Store = DEFAULT_STORE,
    kafka: Kafka = DEFAULT_KAFKA,
    prefix: Prefix = "",
    metrics: Metrics = "",
    pulse: Touched = None,
) -> None:
    """Publish the log and refused actions to Kafka, in order, until Ctrl-C. Of several on one store, one is at work."""
    from infra.kafka.publisher import Publisher
    from infra.kafka.topics import Topics
    from infra.relay import Meter, Relay

    settings, meter = kafka_settings(kafka), Meter()
    log = there("relay", lambda: open_log(store))
    stop = stopped()
    with closing(log), Publisher(settings, stop=stop) as publisher:
        if metrics:
            serve(meter.registry, metrics)
        say("relay", f"{printable(store)} to {settings.place}")
        Relay(log, publisher, Topics(prefix), meter, traces("relay")).run(stop, partial(say, "relay"), Pulse(pulse))
        say("relay", "ended")
