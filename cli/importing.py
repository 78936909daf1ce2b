"""`danze import`: real tables, event logs, records and whole logs come in, in history mode."""

from collections.abc import Callable, Iterator
from datetime import tzinfo
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
import typer

from cli.files import Refusals
from cli.options import Json, Refused, Store, unit_option
from cli.screen import bar, fail, moment, out, told
from cli.taking import take
from cli.wiring import DEFAULT_STORE, System, opened
from domain.envelope import SHANGHAI, local
from infra.importers import bundle
from infra.importers.eventlog import eventlog
from infra.importers.messages import MAILBOX, messages
from infra.importers.records import held_by, looked_at, records
from infra.importers.rows import ImportProblem, Problem
from infra.importers.workorders import workorders

importing = typer.Typer(
    help="Bring real tables in, in history mode. Importing twice adds nothing.", no_args_is_help=True
)


@importing.command("messages")
def import_messages(
    file: Annotated[Path, typer.Argument(help="CSV: message_id,user_id,title,posted_at,body[,reply,replied_at].")],
    unit: Annotated[str, unit_option("The unit that received them.")] = MAILBOX,
    rejected: Refused = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Citizens' messages to leaders, with the answers where there are any."""
    problems: list[Problem] = []
    _import(store, file, messages(file, unit=unit, problems=problems), problems, rejected, as_json)


@importing.command("workorders")
def import_workorders(
    file: Annotated[Path, typer.Argument(help="CSV of hotline work orders.")],
    rejected: Refused = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Hotline work orders: registration, and assignment to the unit named."""
    problems: list[Problem] = []
    _import(store, file, workorders(file, problems=problems), problems, rejected, as_json)


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
    rejected: Refused = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Who had which case when, from any process: hand-overs between groups become referrals."""
    said = {"case": case, "activity": activity, "lifecycle": lifecycle, "resource": resource, "group": group,
            "time": time}  # fmt: skip
    columns = {column: called for column, called in said.items() if called is not None}
    problems: list[Problem] = []
    actions = eventlog(file, name=name, columns=columns, zone=_zone(zone), table=terms, problems=problems)
    _import(store, file, actions, problems, rejected, as_json)


@importing.command("records")
def import_records(
    file: Annotated[Path, typer.Argument(help="Rows of the national exchange record: CSV or JSON lines, also packed.")],
    seen: Annotated[
        str | None, typer.Option(help="When they were exported: dates changes that the record gives no date for.")
    ] = None,
    terms: Annotated[Path | None, typer.Option(help="TOML: which columns and codes mean what.")] = None,
    rejected: Refused = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Snapshots of items: what a row says that the last known row did not becomes an event, marked as inferred."""
    at = moment(seen, "--seen")
    problems: list[Problem] = []
    try:
        looked_at(file, terms)
    except ImportProblem as error:
        raise fail(str(error)) from None

    def inferred(system: System) -> Iterator[dict[str, Any]]:
        units = {each.name: each.unit for each in system.answers.present().units if each.ended_on is None}
        return records(
            file, table=terms, seen=local(at).isoformat() if at else None, held=held_by(system.log), units=units,
            problems=problems,
        )  # fmt: skip

    _import(store, file, inferred, problems, rejected, as_json)


@importing.command("bundle")
def import_bundle(
    file: Annotated[Path, typer.Argument(help="What danze export jsonl wrote; also packed with gzip.")],
    root: Annotated[
        str | None, typer.Option("--root", help="Restore only if this is the Merkle root over the file's events.")
    ] = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Restore a log: same bytes, same positions, same Merkle root. Nothing is decided again; twice adds nothing.

    Keys of personal fields are no part of it: put the old PATH.keys and PATH.master beside the new store.
    """
    try:
        with bar("check") as progress:
            checked = bundle.check(file, lambda done: progress(done, 0))
        if root is not None and root != checked.root:
            raise fail(f"the root over the events of {file.name} is {checked.root}, not {root}; nothing was restored")
        with opened(store) as system:
            with bar("restore") as progress:
                stored, had = bundle.restore(file, system.log, lambda done: progress(done, checked.events))
            with bar("read models") as progress:
                system.projector.catch_up(progress)
    except ImportProblem as error:
        raise fail(str(error)) from None
    answer = {"recorded": stored, "duplicate": had, "checkpoint": {"size": checked.events, "root": checked.root}}
    told(
        answer,
        as_json,
        lambda a: out.print(f"restored {a['recorded']:,}, had {a['duplicate']:,}, root {checked.root}"),
    )


def _zone(name: str) -> tzinfo:
    """A time zone by its name; the default needs no table of zones on the machine."""
    if name == SHANGHAI.tzname(None):
        return SHANGHAI
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise fail(f"--zone: {name!r} is no time zone known here; write for example Europe/Rome") from None


Actions = Iterator[dict[str, Any]]


def _import(
    store: str, file: Path, actions: Actions | Callable[[System], Actions], problems: list[Problem],
    rejected: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Takes what an importer read of a file. One that must look into the store first is a function of it."""
    refusals = Refusals(rejected, str(file), store)
    try:
        if not callable(actions):
            actions = chain(
                list(islice(actions, 1)), actions
            )  # read before anything is opened: it may be no such table
        with opened(store) as system, refusals:
            actions = actions(system) if callable(actions) else actions
            new = (action for action in actions if not _assumed_again(action, system))
            counts = take(system, map(orjson.dumps, new), history=True, refused=refusals, title="import")
    except ImportProblem as error:
        raise fail(str(error)) from None
    told({**counts, "problems": [problem._asdict() for problem in problems]}, as_json, _imported)
    refusals.told()
    if problems:
        raise typer.Exit(1)


def _assumed_again(action: dict[str, Any], system: System) -> bool:
    """Whether the importer assumes a unit that an earlier import has established."""
    return bool(action["type"] == "unit.established.v1" and system.answers.present().units.get(action["subject"]))


def _imported(answer: dict[str, Any]) -> None:
    out.print(f"recorded {answer['recorded']}, duplicate {answer['duplicate']}, rejected {answer['rejected']}")
    for problem in answer["problems"]:
        out.print(f"not mapped: {problem}")
