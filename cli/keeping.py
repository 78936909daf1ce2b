"""The verb that looks whether the record is sound and what to do: doctor."""

import os
from typing import Any

import typer

from cli.options import Json, Kafka, Prefix, Store
from cli.screen import said, table, told
from cli.variables import known
from cli.wiring import DEFAULT_STORE, kafka_settings, now, opened
from infra.doctor import Examined, examine, unknown
from infra.kafka.settings import KafkaProblem, KafkaSettings
from infra.log.port import StoreError
from infra.log.urls import SQLiteUrl, parse
from infra.seals.keys import key_of
from infra.sqlite import unwritable
from infra.webhooks.subscriptions import subscriptions_of


def doctor(
    context: typer.Context, store: Store = DEFAULT_STORE, kafka: Kafka = "", prefix: Prefix = "", as_json: Json = False
) -> None:  # fmt: skip
    """Check store, keys, read models, calendars, clock, letters and the environment, with --kafka broker, topics and
    relay; say what to do. Exit code 1 where something is broken.
    """
    mistyped = unknown(os.environ, known(context.find_root().command))
    try:
        _examined(store, kafka_settings(kafka) if kafka else None, prefix, mistyped, as_json)
    except (StoreError, KafkaProblem):
        for each in mistyped:  # it may be why
            said(each)
        raise


def _examined(store: str, settings: KafkaSettings | None, prefix: str, mistyped: list[str], as_json: bool) -> None:
    with opened(store, create=False) as system:
        place = parse(store)
        beside = Examined(
            system.log, system.views, system.answers, system.seals, key_of(place), lambda: system.vault,
            subscriptions_of(place), isinstance(place, SQLiteUrl) and unwritable(place.path),
        )  # fmt: skip
        checks = examine(beside, now(), mistyped)
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
