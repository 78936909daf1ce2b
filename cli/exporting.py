"""`danze export`: the log for others."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.files import beside, no_database
from cli.options import Json, Store
from cli.screen import bar, fail, held, out, place, told
from cli.wiring import DEFAULT_STORE, System, opened
from infra.exporters import jsonl, ocel, xes
from infra.log.times import micros
from infra.log.tree_heads import TreeHeads
from infra.office import Office

exporting = typer.Typer(
    no_args_is_help=True,
    help="The log as files that open elsewhere. Accusations are in them: they are for who may read the store itself, "
    "never for the organs and officials that they speak about.",
)
Upto = Annotated[
    str | None, typer.Option("--to", help="Up to this position, or recorded by this time or end of a date.")
]


@exporting.command("jsonl")
def export_jsonl(
    file: Annotated[str, typer.Argument(metavar="OUT", help="JSON lines, one event each; - is standard output.")],
    to: Upto = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """The stored bytes of every event, in order, with position and digest. Goes on where a file ends."""
    with _log(store, to) as (system, upto, progress):
        if file == "-":
            sys.stdout.buffer.writelines(jsonl.lines(system.log, 0, upto))
            return
        path = no_database(Path(file), store)
        stood, written = jsonl.export(system.log, path, upto, progress)
        checkpoint = TreeHeads(system.log).at(stood + written)
    answer = {"events": stood + written, "written": written, "checkpoint": checkpoint}
    told(answer, as_json, lambda a: out.print(f"{a['events']:,} events, root {checkpoint['root']}"))


@exporting.command("xes")
def export_xes(
    file: Annotated[str, typer.Argument(metavar="OUT", help="XES (IEEE 1849); packed where the name ends in .gz.")],
    to: Upto = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Every item as a trace of its events, with working days in between. No text and no personal field is in it."""
    path = no_database(Path(file), store)
    with _log(store, to) as (system, upto, progress):
        calendar = _office(system, upto).rules.calendar
        traces, events = xes.export(system.log, calendar, path, upto, progress)
    answer = {"traces": traces, "events": events, "position": upto}
    told(answer, as_json, lambda a: out.print(f"{a['traces']:,} items, {a['events']:,} events"))


@exporting.command("ocel")
def export_ocel(
    file: Annotated[str, typer.Argument(metavar="OUT", help="OCEL 2.0: .json, .json.gz or .sqlite, by its name.")],
    to: Upto = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Events with the items, matters, units, persons, deadlines, findings and supervisions that they speak of."""
    path = (beside if file.endswith(".sqlite") else no_database)(Path(file), store)
    with _log(store, to) as (system, upto, progress):
        written = ocel.export(system.log, _office(system, upto), path, progress)
    answer = {**written._asdict(), "position": upto}
    told(answer, as_json, lambda a: out.print(f"{a['events']:,} events, {a['objects']:,} objects"))


@exporting.command("parquet")
def export_parquet(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="A folder; segments that are in it are gone on from.")],
    to: Upto = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """The log in typed columns by month of recording, each segment with its Merkle root; items, deadlines, findings."""
    from infra.exporters import segments, tables

    if folder.exists() and not folder.is_dir():
        raise fail(f"{folder} is no folder")
    with _log(store, to) as (system, upto, progress):
        stood, written = segments.export(system.log, folder / "events", upto, progress)
        answer = {"events": stood + written, "written": written, **tables.export(system.log, folder, stood + written)}
    told(answer, as_json, lambda a: out.print(f"{a['events']:,} events, {a['cases']:,} items"))


@contextmanager
def _log(store: str, to: str | None) -> Iterator[tuple[System, int, Callable[[int], None]]]:
    """The store, the last position that is wanted of it, and what moves the bar."""
    with opened(store, create=False) as system, bar("export") as progress:
        upto = _upto(system, to)
        yield system, upto, lambda done: progress(done, upto)


def _office(system: System, upto: int) -> Office:
    """Units and rules as they were known at a position."""
    office = Office(system.log, system.rules)
    office.catch_up(upto)
    return office


def _upto(system: System, to: str | None) -> int:
    """The last position wanted."""
    head = system.log.head().position
    until = held(place(to), head)
    if isinstance(until, datetime):
        return system.log.at(micros(until))
    return head if until is None else until
