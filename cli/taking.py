"""Verbs that bring facts in: emit, simulate, tick."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from cli.files import Refusals, Source, no_database
from cli.options import Json, Prefix, Refused, Store
from cli.screen import bar, day, err, fail, moment, out, told
from cli.sending import send
from cli.wiring import DEFAULT_STORE, System, now, opened
from domain.codec import YEARS
from domain.envelope import Rejected, day_of
from infra.city.simulation import START, simulate
from infra.exporters.whole_file import afresh
from infra.log.port import Log
from infra.parts import parts

BATCH = 1_000
"""Actions that are decided and appended together."""

ABSENCES = {
    "deadline.missed.v1": "missed deadlines", "duty.missed.v1": "duties not done",
    "supervision.due.v1": "supervisions that fell due",
}  # fmt: skip
"""What the clock writes."""
Counts = dict[str, int]


def emit(
    file: Annotated[str, typer.Argument(help="NDJSON, one action a line; - is standard input.")],
    store: Store = DEFAULT_STORE,
    history: Annotated[
        bool, typer.Option("--history", help="A past: recorded as it happened, the clock goes along.")
    ] = False,
    rejected: Refused = None,
    kafka: Annotated[
        str | None, typer.Option("--kafka", help="Check them here, and send them to petition.actions at HOST:PORT.")
    ] = None,
    prefix: Prefix = "",
    intake_key: Annotated[
        str | None,
        typer.Option("--intake-key", envvar="DANZE_INTAKE_KEY", help="With --kafka: seals personal fields."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Take actions. Exit code 1 where some were rejected; all others are recorded, or sent, all the same."""
    if kafka is not None:
        if history:
            raise fail("--history takes a past into a store; what goes to Kafka is recorded when the intake takes it")
        send(file, kafka, prefix, intake_key=intake_key, rejected=rejected, as_json=as_json)
        return
    refusals = Refusals(rejected, file, store)
    with Source(file) as lines, opened(store) as system, refusals:
        counts = take(system, lines, history=history, refused=refusals, title="emit")
    told(
        counts,
        as_json,
        lambda c: out.print(f"recorded {c['recorded']}, duplicate {c['duplicate']}, rejected {c['rejected']}"),
    )
    refusals.told()


def take(
    system: System,
    lines: Iterable[bytes],
    *,
    history: bool,
    title: str,
    total: int = 0,
    refused: Callable[[bytes, Rejected], None] = lambda _line, _why: None,
) -> Counts:
    """Takes lines in batches. After Ctrl-C what was taken stays taken, and sending it again goes on from there."""
    intake = system.intake(history=history)
    counts = {"recorded": 0, "duplicate": 0, "rejected": 0}
    lines = (line.strip() for line in lines if line.strip())
    try:
        with bar(title) as progress:
            for batch in parts(lines, BATCH):
                for line, outcome in zip(batch, intake.take(batch), strict=True):
                    counts[outcome.outcome] += 1
                    if outcome.rejection is not None:
                        refused(line, outcome.rejection)
                progress(sum(counts.values()), total)
        with bar("read models") as progress:
            system.projector.catch_up(progress)
    except KeyboardInterrupt:
        err.print(
            f"danze: interrupted; taken so far: {counts}. Send the same again: what was taken counts as duplicate."
        )
        raise typer.Exit(130) from None
    return counts


def tick(
    now_: Annotated[
        str | None, typer.Option("--now", help="Up to this time or the end of this date; default: now.")
    ] = None,
    store: Store = DEFAULT_STORE,
    history: Annotated[
        bool, typer.Option("--history", help="Record at the moment of the breach, not of the machine.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The clock: record missed deadlines, duties not done and supervisions that fell due, once each."""
    until = moment(now_, "--now") or now()
    if until > now() and day_of(until) > day_of(now()):
        raise fail(f"--now {now_} lies in the future")
    with opened(store, create=False) as system:
        before = system.log.head().position
        missed = system.intake(history=history, clock=True).advance(day_of(until))
        kinds = _kinds(system.log, before, missed)
        system.projector.catch_up()
    told({"missed": missed, "kinds": kinds, "now": until.isoformat()}, as_json, _ticked)


def _kinds(log: Log, after: int, count: int) -> dict[str, int]:
    """How many of which type the clock wrote: the first so many of its own that come after a position."""
    found = Counter[str]()
    while found.total() < count and (entries := log.read(after)):
        found.update(each.type for each in entries if each.type in ABSENCES)
        after = entries[-1].position
    return dict(sorted(found.items()))


def _ticked(answer: dict[str, Any]) -> None:
    kinds = ", ".join(f"{number:,} {ABSENCES[kind]}" for kind, number in answer["kinds"].items())
    out.print(f"recorded {kinds}" if kinds else "recorded nothing: nothing was missed")


def simulate_city(
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=36_600, help="How many days.")] = 365,
    scale: Annotated[
        float, typer.Option(min=0.001, max=1000, help="1.0 is about 30,000 items a year, 3.3 is 100,000.")
    ] = 1.0,
    start: Annotated[str, typer.Option(help="The first day.")] = START.isoformat(),
    counties: Annotated[int, typer.Option(min=1, max=12, help="How many of the 12 counties take part.")] = 12,
    to: Annotated[
        Path | None, typer.Option("--out", help="Write the actions to this file, not to standard output.")
    ] = None,
    as_json: Json = False,  # noqa: ARG001 -- as of every verb; actions are JSON in any case
) -> None:
    """A city's petition work as actions, NDJSON: items, and what leaders and units owe. Deterministic.

    All of Hengyang's 12 counties and 191 townships, or some of them.
    """
    first = day(start, "--start")
    if first.year not in YEARS:
        raise fail(f"--start {start} lies outside the years {YEARS.start} to {YEARS.stop - 1}")
    actions = simulate(seed, days=days, scale=scale, start=first, counties=counties)
    lines = (orjson.dumps(action) + b"\n" for action in actions)
    if to is None:
        typer.get_binary_stream("stdout").writelines(lines)
        return
    with afresh(no_database(to, os.environ.get("DANZE_STORE") or DEFAULT_STORE), packs=False) as file:
        file.writelines(lines)
