"""单位: which units stand, how each does, and what it owed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, get_args

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from api.asked import read_date, read_days, unit_id
from api.ports import Asks
from api.problems import bad_value, cursor_read, found
from api.routes.accountability import chosen
from api.web.page import Shown
from api.web.pages.city import period_of
from api.web.pages.findings import findings_sheet
from api.web.pictures import duty_calendar
from api.web.sheets import Sheet
from api.web.words import catalogue
from domain.fact import Level
from projections.duties import LONGEST

GAPS_SHOWN = 100
UNITS = {
    "unit": "unit.title", "name": "unit.name", "level": "unit.level", "kind": "unit.kind", "division": "unit.division",
    "parent": "unit.parent", "open": "unit.open", "findings": "unit.findings",
}  # fmt: skip
GAPS = {
    "unit_name": "unit.name", "rule": "finding.rule", "name": "duties.duty", "official_name": "finding.official",
    "period": "kpi.period", "first": "kpi.from", "last": "kpi.to", "finding": "finding.title",
}  # fmt: skip


@get("/units", include_in_schema=False, sync_to_thread=True)
def units(
    page: Shown,
    questions: Asks,
    q: FromQuery[str] = "",
    level: FromQuery[str | None] = None,
    division: FromQuery[str | None] = None,
) -> Response[str]:
    """Which units stand, and what they have open."""
    if level and level not in get_args(Level):
        raise bad_value("level", f"one of {', '.join(get_args(Level))}")
    told = questions.units(page.moment)
    shown = chosen(told["units"], q, level, division)
    levels = [name for name in catalogue()["level"] if any(u["level"] == name for u in told["units"])]
    names = {u["unit"]: u["name"] for u in told["units"]}
    template = "_units.html" if page.fragment else "units.html"
    return page.show(template, told=told, units=shown, levels=levels, names=names, sheet=Sheet("units", UNITS, shown))


@get("/units/{code:str}", include_in_schema=False, sync_to_thread=True)
def unit(page: Shown, questions: Asks, code: FromPath[str]) -> Response[str]:
    """How one unit does, and who leads it."""
    named = unit_id(code) or code
    told = found(questions.scoreboard(named, page.moment), f"unit {code}")
    findings = questions.findings(page.moment, unit=named, limit=page.limit(10))
    items = questions.search(unit=named, state="open", limit=8, as_of=page.moment)
    return page.show(
        "unit.html",
        told=told,
        board=told,
        code=named.removeprefix("unit:"),
        findings=findings,
        items=items,
        period={"unit": named, **period_of(told)},
        sheet=findings_sheet(page, findings["findings"]),
    )


@get("/units/{code:str}/duties", include_in_schema=False, sync_to_thread=True)
def duties(
    page: Shown,
    questions: Asks,
    code: FromPath[str],
    from_: Annotated[str | None, QueryParameter(name="from")] = None,
    to: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The duty calendar of one unit, and the gaps of all below it."""
    named = unit_id(code) or code
    board = found(questions.scoreboard(named, page.moment), f"unit {code}")
    known = period_of(board)
    begins, ends = read_days(from_ or known["from"], to, read_date(known["to"], "to") or date.max)
    if (ends - begins).days >= LONGEST:
        raise bad_value("to", f"more than {LONGEST} days after from")
    told = found(questions.duties(named, begins, ends, alone=True, as_of=page.moment), named)
    with cursor_read(cursor):
        below = questions.duty_gaps(
            named, begins, ends, limit=page.limit(GAPS_SHOWN), cursor=cursor or None, as_of=page.moment
        )
    gaps, own = found(below, named)["gaps"], [duty for unit in told["units"] for duty in unit["duties"]]
    return page.show(
        "duties.html", told=told, board=board, code=named.removeprefix("unit:"), own=own, below=below,
        picture=duty_calendar(own, begins, ends),
        sheet=Sheet("duty-gaps", GAPS, ({**gap, "name": page.words.either(gap["name"])} for gap in gaps)),
    )  # fmt: skip


HANDLERS = [units, unit, duties]
