"""`danze conform`: which items went a way that the regulation does not allow?"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import Json, Store
from cli.screen import bar, fail, out, table, told
from cli.wiring import DEFAULT_STORE, opened
from infra.exporters.items import stretches
from infra.importers.rows import ImportProblem
from infra.importers.xes import traces
from projections.declare import broken, model
from projections.traces import activity

Ways = Iterator[tuple[str, list[str]]]


def conform(
    source: Annotated[
        str, typer.Option("--from", help="What is looked at: the store, or a log in XES with danze's names of steps.")
    ] = "store",
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """List the items whose steps, in the order in which they happened, break the regulation. Exit code 1 if any do."""
    items, breaks = 0, []
    try:
        for no, activities in _stored(store) if source == "store" else _exported(Path(source)):
            items += 1
            breaks += [
                {"no": no, "constraint": str(constraint), "step": activities[at], "at": at + 1}
                for constraint, at in broken(activities)
            ]
    except ImportProblem as problem:
        raise fail(str(problem)) from None
    answer = {"items": items, "broken": breaks, "constraints": [each._asdict() for each in model()]}
    told(answer, as_json, _conformed)
    if breaks:
        raise typer.Exit(1)


def _stored(store: str) -> Ways:
    with opened(store, create=False) as system, bar("conform") as progress:
        head = system.log.head().position
        for stretch in stretches(system.log, head):
            for events in stretch.items:
                happened = sorted(events, key=lambda event: (event.time, event.version))
                yield events[0].subject.removeprefix("petition:"), [activity(event.type) for event in happened]
            progress(stretch.upto, head)


def _exported(path: Path) -> Ways:
    """Each trace, its events in the order in which they stand."""
    for no, rows in groupby((row for _, row in traces(path)), key=lambda row: row.get("case:concept:name", "")):
        yield no, [row.get("concept:name", "") for row in rows]


def _conformed(answer: dict[str, Any]) -> None:
    if answer["broken"]:
        rows = ((each["no"], each["at"], each["step"], each["constraint"]) for each in answer["broken"])
        table("Items that went another way", ("item", "step", "what", "constraint"), rows)
    count = len({each["no"] for each in answer["broken"]})
    out.print(f"{answer['items']:,} items, {count:,} of them break the order of steps")
