"""Verbs that bring facts in: emit, import, simulate, tick."""

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import typer

from cli.files import Refusals, Source, refusal
from cli.options import Json, Prefix, Store
from cli.screen import bar, day, err, fail, moment, out, told
from cli.sending import send
from cli.wiring import DEFAULT_STORE, System, now, opened
from domain.codec import YEARS
from domain.envelope import SHANGHAI, day_of
from infra.city.simulation import simulate
from infra.importers.eventlog import eventlog
from infra.importers.messages import MAILBOX, messages
from infra.importers.rows import ImportProblem, Problem
from infra.importers.workorders import workorders

BATCH = 1_000
"""Actions that are decided and appended together."""

Counts = dict[str, int]


def emit(
    file: Annotated[str, typer.Argument(help="NDJSON, one action a line; - is standard input.")],
    store: Store = DEFAULT_STORE,
    history: Annotated[
        bool, typer.Option("--history", help="A past: recorded as it happened, the clock goes along.")
    ] = False,
    rejected: Annotated[
        Path | None, typer.Option("--rejected", help="Write refused actions and why to this file.")
    ] = None,
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
    with Source(file) as lines, opened(store) as system, refusals as refused:
        counts = take(system, lines, history=history, refused=refused, title="emit")
    told(
        counts,
        as_json,
        lambda c: out.print(f"recorded {c['recorded']}, duplicate {c['duplicate']}, rejected {c['rejected']}"),
    )
    if counts["rejected"]:
        raise typer.Exit(1)


def take(
    system: System,
    lines: Iterable[bytes],
    *,
    history: bool,
    title: str,
    total: int = 0,
    refused: BinaryIO | None = None,
) -> Counts:
    """Takes lines in batches. After Ctrl-C what was taken stays taken, and sending it again goes on from there."""
    intake = system.intake(history=history)
    counts = {"recorded": 0, "duplicate": 0, "rejected": 0}
    lines = (line for line in lines if line.strip())
    try:
        with bar(title) as progress:
            while batch := [line.strip() for line in islice(lines, BATCH)]:
                for line, outcome in zip(batch, intake.take(batch), strict=True):
                    counts[outcome.outcome] += 1
                    if outcome.rejection is not None and refused is not None:
                        refused.write(refusal(line, outcome.rejection))
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
    """The clock: record missed deadlines and supervisions that fell due, once each."""
    until = moment(now_, "--now") or now()
    if until > now() and day_of(until) > day_of(now()):
        raise fail(f"--now {now_} lies in the future")
    with opened(store, create=False) as system:
        missed = system.intake(history=history, clock=True).advance(day_of(until))
        system.projector.catch_up()
    told(
        {"missed": missed, "now": until.isoformat()},
        as_json,
        lambda a: out.print(f"recorded {a['missed']} missed deadlines"),
    )


importing = typer.Typer(
    help="Bring real tables in, in history mode. Importing twice adds nothing.", no_args_is_help=True
)


@importing.command("messages")
def import_messages(
    file: Annotated[Path, typer.Argument(help="CSV: message_id,user_id,title,posted_at,body[,reply,replied_at].")],
    unit: Annotated[str, typer.Option("--unit", help="The unit that received them.")] = MAILBOX,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Citizens' messages to leaders, with the answers where there are any."""
    problems: list[Problem] = []
    _import(store, messages(file, unit=unit, problems=problems), problems, as_json)


@importing.command("workorders")
def import_workorders(
    file: Annotated[Path, typer.Argument(help="CSV of hotline work orders.")],
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Hotline work orders: registration, and assignment to the unit named."""
    problems: list[Problem] = []
    _import(store, workorders(file, problems=problems), problems, as_json)


@importing.command("eventlog")
def import_eventlog(
    file: Annotated[Path, typer.Argument(help="CSV or XES, also packed with gzip.")],
    case: Annotated[str | None, typer.Option(help="Column of the case.")] = None,
    activity: Annotated[str | None, typer.Option(help="Column of what was done.")] = None,
    lifecycle: Annotated[str | None, typer.Option(help="Column of its transition.")] = None,
    resource: Annotated[str | None, typer.Option(help="Column of who did it.")] = None,
    group: Annotated[str | None, typer.Option(help="Column of the group that had the case.")] = None,
    time: Annotated[str | None, typer.Option(help="Column of when it was done.")] = None,
    zone: Annotated[str, typer.Option(help="Where times without an offset were written.")] = "Asia/Shanghai",
    name: Annotated[
        str | None, typer.Option(help="What numbers and ids begin with; default: the file's name without endings.")
    ] = None,
    terms: Annotated[Path | None, typer.Option(help="TOML: which activities are which steps.")] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Who had which case when, from any process: hand-overs between groups become referrals."""
    said = {"case": case, "activity": activity, "lifecycle": lifecycle, "resource": resource, "group": group,
            "time": time}  # fmt: skip
    columns = {column: called for column, called in said.items() if called is not None}
    problems: list[Problem] = []
    actions = eventlog(file, name=name, columns=columns, zone=_zone(zone), table=terms, problems=problems)
    _import(store, actions, problems, as_json)


def _zone(name: str) -> tzinfo:
    """A time zone by its name; the default needs no table of zones on the machine."""
    if name == SHANGHAI.tzname(None):
        return SHANGHAI
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise fail(f"--zone: {name!r} is no time zone known here; write for example Europe/Rome") from None


def _import(store: str, actions: Iterator[dict[str, Any]], problems: list[Problem], as_json: bool) -> None:
    try:
        actions = chain(list(islice(actions, 1)), actions)  # read before anything is opened: it may be no such table
        with opened(store) as system:
            new = (action for action in actions if not _assumed_again(action, system))
            counts = take(system, map(orjson.dumps, new), history=True, title="import")
    except ImportProblem as error:
        raise fail(str(error)) from None
    told({**counts, "problems": [problem._asdict() for problem in problems]}, as_json, _imported)
    if counts["rejected"] or problems:
        raise typer.Exit(1)


def _assumed_again(action: dict[str, Any], system: System) -> bool:
    """Whether the importer assumes a unit that an earlier import has established."""
    return bool(action["type"] == "unit.established.v1" and system.answers.present().units.get(action["subject"]))


def _imported(answer: dict[str, Any]) -> None:
    out.print(f"recorded {answer['recorded']}, duplicate {answer['duplicate']}, rejected {answer['rejected']}")
    for problem in answer["problems"]:
        out.print(f"not mapped: {problem}", markup=False)


def simulate_city(
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 1,
    days: Annotated[int, typer.Option(min=1, max=36_600, help="How many days.")] = 365,
    scale: Annotated[float, typer.Option(min=0.001, help="1.0 is about 30,000 items a year.")] = 1.0,
    start: Annotated[str, typer.Option(help="The first day.")] = "2020-01-01",
    to: Annotated[
        Path | None, typer.Option("--out", help="Write the actions to this file, not to standard output.")
    ] = None,
) -> None:
    """A city's petition work as actions, NDJSON: Hengyang's 12 counties and 191 townships. Deterministic."""
    first = day(start, "--start")
    if first.year not in YEARS:
        raise fail(f"--start {start} lies outside the years {YEARS.start} to {YEARS.stop - 1}")
    actions = simulate(seed, days=days, scale=scale, start=first)
    stream: BinaryIO = to.open("wb") if to else typer.get_binary_stream("stdout")
    try:
        stream.writelines(orjson.dumps(action) + b"\n" for action in actions)
    except BrokenPipeError:
        raise typer.Exit(0) from None
    finally:
        if to:
            stream.close()
