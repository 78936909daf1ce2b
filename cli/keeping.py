"""Verbs that keep the record sound: verify, doctor."""

from typing import Any

import typer

from cli.options import Json, Kafka, Prefix, Store
from cli.screen import table, told
from cli.wiring import DEFAULT_STORE, kafka_settings, now, opened
from infra.doctor import examine


def doctor(store: Store = DEFAULT_STORE, kafka: Kafka = "", prefix: Prefix = "", as_json: Json = False) -> None:
    """Check store, read models, calendars and clock, with --kafka broker, topics and relay; say what to do. Exit code 1
    where something is broken.
    """
    settings = kafka_settings(kafka) if kafka else None
    with opened(store, create=False) as system:
        checks = examine(system.log, system.views, system.answers, system.seals, now())
        if settings:
            from infra.kafka.doctor import examine_kafka

            checks += examine_kafka(system.log, settings, prefix)
    told({"checks": checks}, as_json, _checked)
    if any(check["level"] == "broken" for check in checks):
        raise typer.Exit(1)


def _checked(answer: dict[str, Any]) -> None:
    table(
        "doctor", ("", "what", "found", "do"), ((c["level"], c["what"], c["found"], c["do"]) for c in answer["checks"])
    )
