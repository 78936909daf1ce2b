"""台账, and two of them as boards: 督办 and 包案."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from api.asked import official_id, read_date, unit_id
from api.ports import Answer, Asks
from api.problems import Problem, bad_value, cursor_read, found
from api.web.page import Page, Shown
from api.web.reading import about
from api.web.sheets import Sheet
from projections.ledgers.kinds import LEDGERS, STATES

PAGE = 100
BOARDS = {"supervision": "/supervision", "sponsorship": "/sponsorship"}
"""Ledgers that have a page of their own."""
COLUMNS = {
    "opened_on": "ledger_entry.opened_on", "unit_name": "ledger_entry.unit", "official_name": "ledger_entry.official",
    "petition": "petition.no", "item.title": "petition.name", "told": "ledger_entry.told", "state": "petition.state",
    "due_on": "petition.due_on", "ended_on": "ledger_entry.ended_on", "id": "ledger_entry.id",
}  # fmt: skip
State = Annotated[str | None, QueryParameter(name="state")]
From = Annotated[str | None, QueryParameter(name="from")]


@get("/ledgers", include_in_schema=False, sync_to_thread=True)
def ledgers(page: Shown, questions: Asks, unit: FromQuery[str | None] = None) -> Response[str]:
    """How many entries each ledger has, and how many of them are overdue."""
    told = found(questions.ledgers(unit_id(unit), page.moment), unit or "")
    rows = [{**each, "count": each["total"]} for each in told["ledgers"]]
    columns = {"ledger": "ledger_entry.ledger", "count": "ledger_entry.count", "overdue": "ledger_entry.overdue"}
    return page.show("ledgers.html", told=told, rows=rows, boards=BOARDS, sheet=Sheet("ledgers", columns, rows))


@get("/ledgers/{kind:str}", include_in_schema=False, sync_to_thread=True)
def ledger(
    page: Shown,
    questions: Asks,
    kind: FromPath[str],
    unit: FromQuery[str | None] = None,
    leader: FromQuery[str | None] = None,
    from_: From = None,
    to: FromQuery[str | None] = None,
    entry_state: State = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What stands in one ledger, newest first."""
    if kind not in LEDGERS:
        raise Problem(404, "not-found", f"there is no ledger {kind}")
    told = _entries(page, questions, kind, unit, leader, from_, to, entry_state, cursor)
    rows = [{**entry, "told": about(page, entry)} for entry in told["entries"]]
    return page.show(
        "ledger.html",
        told=told,
        kind=kind,
        rows=rows,
        states=(*STATES[kind], "overdue"),
        sheet=_sheet(kind, rows),
    )


def _sheet(kind: str, rows: list[Answer]) -> Sheet:
    flat = ({**row, "told": "；".join(f"{label} {_flat(text)}" for label, text in row["told"])} for row in rows)
    return Sheet(kind, COLUMNS, flat)


def _flat(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "、".join(text)


def _entries(
    page: Page,
    questions: Asks,
    kind: str,
    unit: str | None,
    leader: str | None,
    from_: str | None,
    to: str | None,
    state: str | None,
    cursor: str | None,
) -> Answer:
    if state and state not in (*STATES[kind], "overdue"):
        raise bad_value("state", f"none of {', '.join(STATES[kind])}, overdue")
    asked: dict[str, Any] = {"unit": unit_id(unit), "leader": official_id(leader)}
    asked |= {"from_": read_date(from_, "from"), "to": read_date(to, "to"), "state": state or None}
    with cursor_read(cursor):
        answer = questions.ledger(kind, **asked, limit=page.limit(PAGE), cursor=cursor or None, as_of=page.moment)
    told = found(answer, unit or leader or kind)
    page.names |= told.get("names", {})
    return told


@get("/supervision", include_in_schema=False, sync_to_thread=True)
def supervision(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    entry_state: State = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What is supervised, on which ground, and by when whoever is supervised has to report."""
    return _board(page, questions, "supervision", unit, None, entry_state, cursor)


@get("/sponsorship", include_in_schema=False, sync_to_thread=True)
def sponsorship(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    leader: FromQuery[str | None] = None,
    entry_state: State = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What leaders sponsor, and which of the five warranties hold."""
    return _board(page, questions, "sponsorship", unit, leader, entry_state, cursor)


def _board(
    page: Page,
    questions: Asks,
    kind: str,
    unit: str | None,
    leader: str | None,
    state: str | None,
    cursor: str | None,
) -> Response[str]:
    told = _entries(page, questions, kind, unit, leader, None, None, state, cursor)
    rows = [{**entry, "told": about(page, entry)} for entry in told["entries"]]
    return page.show(f"{kind}.html", told=told, rows=rows, totals=told["totals"], sheet=_sheet(kind, rows))


HANDLERS = [ledgers, ledger, supervision, sponsorship]
