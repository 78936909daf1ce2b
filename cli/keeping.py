"""Verbs that keep the record sound: verify, doctor."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import Json, Kafka, Prefix, Seals, Store
from cli.screen import bar, fail, out, table, told
from cli.wiring import DEFAULT_STORE, kafka_settings, opened
from infra.doctor import examine
from infra.log.urls import parse
from infra.log.verify import verify as verified
from infra.seals.audit import Sealed
from infra.seals.keys import folder_of
from infra.seals.notes import SealError, parse_note, parse_verifier
from infra.seals.sealer import Folder


def verify(
    store: Store = DEFAULT_STORE,
    seals: Seals = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option("--checkpoint", help="A checkpoint that you kept yourself; repeatable.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="The log's key as you know it; without, the seals' own is believed."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check that nobody altered the log, in itself and against its seals. Exit code 1 names the first bad position."""
    with opened(store, create=False) as system, bar("verify") as progress:
        total = system.log.head().position
        sealed = _sealed(Folder(seals or folder_of(parse(store))), key or [], checkpoint or [])
        answer: dict[str, Any] = verified(system.log, seals=sealed, progress=lambda done: progress(done, total))
    answer["seals"] = {"sealed": sealed.largest, "checkpoints": sealed.checked, "problem": sealed.problem}
    answer["ok"] = answer["ok"] and sealed.problem is None
    told(answer, as_json, _verified)
    if not answer["ok"]:
        raise typer.Exit(1)


def _sealed(folder: Folder, keys: list[str], checkpoints: list[Path]) -> Sealed:
    try:
        trusted = [parse_verifier(each) for each in keys]
        kept = [parse_note(each.read_text(encoding="utf-8")) for each in checkpoints]
    except (SealError, UnicodeDecodeError) as error:
        raise fail(f"--key or --checkpoint: {error}") from None
    return Sealed(folder, trusted, kept)


def _verified(answer: dict[str, Any]) -> None:
    bad, seals = answer["first_bad"], answer["seals"]
    if bad is not None:
        out.print(f"altered at position {bad['position']}: {bad['why']}", markup=False)
    elif seals["problem"] is None:
        point = answer["checkpoint"]
        out.print(f"ok: {answer['events']:,} events, checkpoint {point['size']} {point['root']}", markup=False)
        if seals["checkpoints"]:
            out.print(f"{seals['sealed']:,} of them sealed, {seals['checkpoints']} checkpoints agree", markup=False)
    if seals["problem"] is not None:
        out.print(f"the seals cannot be believed: {seals['problem']}", markup=False)


def doctor(store: Store = DEFAULT_STORE, kafka: Kafka = "", prefix: Prefix = "", as_json: Json = False) -> None:
    """Check store, read models, calendars and clock, with --kafka broker, topics and relay; say what to do. Exit code 1
    where something is broken.
    """
    settings = kafka_settings(kafka) if kafka else None
    with opened(store, create=False) as system:
        checks = examine(system.log, system.views, system.answers)
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
