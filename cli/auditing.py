"""`danze audit`: what an archive says by itself, without a store."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.asking import one_of, percent
from cli.options import Json, OneUnit, Store, Unit, unit_option
from cli.screen import days, fail, out, place, table, told
from cli.wiring import DEFAULT_STORE, opened
from infra.shipped import shipped_rules
from projections.counters import KEYS

if TYPE_CHECKING:
    from infra.columnar.replay import Archive

Answer = dict[str, Any]
SHOWN = 20
auditing = typer.Typer(
    no_args_is_help=True,
    help="States, limits, counters and rates, told by an archive of danze export parquet alone: SQL over its columns. "
    "danze verify --from ARCHIVE says whether the archive is the log that was sealed.",
)
Folder = Annotated[Path, typer.Argument(metavar="ARCHIVE", help="The folder of danze export parquet.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="As of this position, a recorded time (RFC 3339), or the end of a date.")
]


@contextmanager
def _archive(folder: Path, as_of: str | None, *units: str | None) -> Iterator["Archive"]:
    from infra.columnar.replay import Archive

    archive = Archive(folder, shipped_rules(), place(as_of, "--as-of"))
    for unit in units:
        if unit is not None and not archive.has(unit):
            raise fail(f"{unit} is not on record")
    yield archive


@auditing.command("states")
def states(folder: Folder, unit: Unit = None, as_of: AsOf = None, as_json: Json = False) -> None:
    """Where each item is, with whom, and what became of it; of a unit, what it and those below it have."""
    with _archive(folder, as_of, unit) as archive:
        told(archive.states(unit), as_json, _states)


def _states(answer: Answer) -> None:
    columns = ("no", "state", "unit", "handler", "registered_on", "due_on", "late")
    _listed(answer, answer["items"], "items", columns)


@auditing.command("deadlines")
def deadlines(
    folder: Folder,
    unit: Unit = None,
    missed: Annotated[bool, typer.Option("--missed", help="Only those that were missed.")] = False,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Which limits ran, who owed them, which were met in time, met late or missed (Art 15)."""
    with _archive(folder, as_of, unit) as archive:
        told(archive.deadlines(unit, missed=missed), as_json, _deadlines)


def _deadlines(answer: Answer) -> None:
    columns = ("no", "clock", "starts_on", "due_on", "met_on", "missed", "owed_by")
    _listed(answer, answer["deadlines"], "deadlines", columns)


def _listed(answer: Answer, rows: list[Answer], name: str, columns: tuple[str, ...]) -> None:
    more = f", the first {SHOWN} here, all with --json" if len(rows) > SHOWN else ""
    title = f"{name} at position {answer['position']}: {len(rows)}{more}"
    table(title, columns, ([row[column] for column in columns] for row in rows[:SHOWN]))


@auditing.command("counters")
def counters(
    folder: Folder,
    by: Annotated[str, typer.Option("--by", help=", ".join(KEYS) + ".")] = "month",
    unit: Annotated[str | None, unit_option("Registered by this unit or below.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Registrations, first-time, repeat, skip-level, collective, raised above (Art 12, 18)."""
    one_of(by, "--by", KEYS)
    first, last = days(from_, to)
    with _archive(folder, as_of, unit) as archive:
        told(archive.counters(by, unit=unit, from_=first, to=last), as_json, _counters)


def _counters(answer: Answer) -> None:
    names = list(answer["rows"][0]) if answer["rows"] else []
    table(f"by {answer['by']}", names, (row.values() for row in answer["rows"]))


@auditing.command("kpi")
def kpi(
    folder: Folder,
    unit: OneUnit,
    from_: Annotated[str, typer.Option("--from", help="First day.")],
    to: Annotated[str, typer.Option("--to", help="Last day.")],
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """The rates, with numerators, denominators and the items behind them (Art 15, 16)."""
    first, last = days(from_, to)
    assert first
    assert last
    with _archive(folder, as_of, unit) as archive:
        told(archive.kpi(unit, first, last), as_json, _kpi)


def _kpi(answer: Answer) -> None:
    rows = ((name, k["numerator"], k["denominator"], percent(k["rate"])) for name, k in answer["kpis"].items())
    table(f"{answer['unit']}, {answer['from']} to {answer['to']}", ("rate", "numerator", "denominator", "%"), rows)


@auditing.command("compare")
def compare(folder: Folder, store: Store = DEFAULT_STORE, as_of: AsOf = None, as_json: Json = False) -> None:
    """A second opinion: all of it beside the read models of a store. Exit code 1 names the first differences."""
    from infra.columnar.second_opinion import book_of, differences

    with _archive(folder, as_of) as archive, opened(store, create=False) as system:
        system.projector.catch_up()
        book = book_of(system.log, system.views, system.rules, archive.position)
        found = list(islice(differences(archive, book), SHOWN))
    told({**archive.head(), "agree": not found, "differences": found}, as_json, _compared)
    if found:
        raise typer.Exit(1)


def _compared(answer: Answer) -> None:
    if answer["agree"]:
        out.print(f"archive and read models agree as of position {answer['position']}")
    else:
        rows = ([row[name] for name in ("question", "of", "what", "archive", "store")] for row in answer["differences"])
        table("differences", ("question", "of", "what", "archive", "store"), rows)
