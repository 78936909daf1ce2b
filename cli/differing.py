"""`danze diff`: what differs between two recorded moments."""

from typing import Annotated, Any

import typer

from cli.options import At, Json, Store, times, unit_option
from cli.screen import days, fail, moment, out, table, told
from cli.supposing import SHOWN
from cli.wiring import DEFAULT_STORE, opened
from domain.moments import parted
from infra.questions.figures import top

Answer = dict[str, Any]


def diff(
    as_of: Annotated[
        list[str], typer.Option("--as-of", help="Twice: two recorded times (RFC 3339), or the ends of two dates.")
    ],
    unit: Annotated[
        str | None, unit_option("Whose rates, what is below it counted in; else the highest government's.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="First day of the rates; else a year up to --to.")] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="Last day of the rates; else that of the second moment.")
    ] = None,
    at: At = None,
    store: Store = DEFAULT_STORE,
    as_json: Json = False,
) -> None:
    """Which findings, dates and rates differ between two recorded moments, and by which events in between. Exit code 0,
    whatever differs.

    With --at: what was known of that time by the one moment and by the other.
    """
    moments = [read for each in as_of if (read := moment(each)) is not None]
    if len(moments) != 2:
        raise fail("--as-of is given twice: from when, and to when")
    first, second = moments
    if second < first:
        raise fail(f"the second --as-of, {as_of[1]}, lies before the first, {as_of[0]}")
    described = parted(times(as_of[0], at))[1]
    span = days(from_, to)
    with opened(store, create=False) as system:
        now = system.answers.present()
        if unit is not None and now.units.get(unit) is None:
            raise fail(f"{unit} is not on record")
        whose = unit or top(now)
        answer = system.answers.diff(first, second, unit=whose, from_=span[0], to=span[1], at=described)
    told(answer, as_json, _shown)


def _shown(answer: Answer) -> None:
    out.print(f"{answer['events']} events from {answer['from']['as_of']} to {answer['to']['as_of']}")
    for kind, found in answer["findings"].items():
        rows = ((f["id"], f["unit_name"], f["since"], _changed(f), _because(f)) for f in found[:SHOWN])
        if found:
            table(_title(f"findings that {kind}", found), ("id", "unit", "since", "changed", "because"), rows)
    if moved := answer["deadlines"]:
        rows = ((d["subject"], d["clock"], d["from"], d["to"], _because(d)) for d in moved[:SHOWN])
        table(_title("deadlines that moved", moved), ("subject", "clock", "from", "to", "because"), rows)
    if answer["rates"]:
        rates = answer["rates"]["kpis"].items()
        lines = ((name, _rate(r["from"]), _rate(r["to"]), len({i["no"] for i in r["items"]})) for name, r in rates)
        table(f"rates of {answer['rates']['unit']}", ("rate", "from", "to", "items that joined or left"), lines)


def _title(name: str, rows: list[Answer]) -> str:
    return f"{name}: {len(rows)}" + (f", the first {SHOWN} here, all with --json" if len(rows) > SHOWN else "")


def _changed(row: Answer) -> str:
    return "; ".join(
        f"{name} {c['from']} → {c['to']}" for name, c in row.get("changed", {}).items() if name != "answers"
    )


def _because(row: Answer) -> str:
    return "; ".join(f"#{each['position']} {each['sentence']['zh']}" for each in row["because"])


def _rate(side: Answer) -> str:
    return f"{side['numerator']}/{side['denominator']}"
