"""单位 and 问责."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from api.asked import official_id, unit_id
from api.ports import Asks
from api.problems import cursor_read, found
from api.web.page import Shown
from api.web.pages.city import period_of
from api.web.words import catalogue

PAGE = 100


@get("/units", include_in_schema=False, sync_to_thread=True)
def units(
    page: Shown,
    questions: Asks,
    q: FromQuery[str] = "",
    level: FromQuery[str | None] = None,
    division: FromQuery[str | None] = None,
) -> Response[str]:
    """Which units stand, and what they have open."""
    told = questions.units(page.moment)
    shown = [
        u
        for u in told["units"]
        if q.strip() in u["name"]
        and (not level or u["level"] == level)
        and (not division or str(u.get("division", "")).startswith(division))
    ]
    levels = [name for name in catalogue()["level"] if any(u["level"] == name for u in told["units"])]
    names = {u["unit"]: u["name"] for u in told["units"]}
    template = "_units.html" if page.fragment else "units.html"
    return page.show(template, told=told, units=shown, levels=levels, names=names)


@get("/units/{code:str}", include_in_schema=False, sync_to_thread=True)
def unit(page: Shown, questions: Asks, code: FromPath[str]) -> Response[str]:
    """How one unit does, and who leads it."""
    named = unit_id(code) or code
    told = found(questions.scoreboard(named, page.moment), f"unit {code}")
    findings = questions.findings(page.moment, unit=named, limit=10)
    items = questions.search(unit=named, state="open", limit=10, as_of=page.moment)
    return page.show(
        "unit.html",
        told=told,
        board=told,
        code=named.removeprefix("unit:"),
        findings=findings,
        items=items,
        period={"unit": named, **period_of(told)},
    )


@get("/findings", include_in_schema=False, sync_to_thread=True)
def findings(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    rule: FromQuery[str | None] = None,
    subject: FromQuery[str | None] = None,
    official: FromQuery[str | None] = None,
    axis: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """Which rules tripped, and who answers."""
    with cursor_read(cursor):
        told = questions.findings(
            page.moment,
            unit=unit_id(unit) or None,
            rule=rule or None,
            subject=subject or None,
            official=official_id(official) or None,
            axis=axis or None,
            limit=PAGE,
            cursor=cursor or None,
        )
    template = "_findings.html" if page.fragment else "findings.html"
    return page.show(template, told=told, rules=page.words.names("rule"))


@get("/findings/{name:str}", include_in_schema=False, sync_to_thread=True)
def finding(page: Shown, questions: Asks, name: FromPath[str]) -> Response[str]:
    """Why one finding stands, who answers, on what evidence, and what humans made of it."""
    shown = found(questions.finding(name, page.moment), f"finding {name}")
    of_subject = questions.findings(page.moment, subject=shown["subject"])["findings"]
    others = [f for f in of_subject if f["id"] != name]
    return page.show("finding.html", told=shown, finding=shown, others=others)


HANDLERS = [units, unit, findings, finding]
