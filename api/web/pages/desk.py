"""到期 and 筛重: for whoever works on items."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from api.asked import known_unit, official_id
from api.ports import Asks
from api.problems import bad_value, cursor_read, found
from api.web.page import Shown
from api.web.sheets import Sheet

PAGE = 100
SPANS = ("missed", "today", "week")
DUE = {
    "no": "petition.no", "title": "petition.name", "clock": "deadline.clock", "starts_on": "deadline.starts_on",
    "due_on": "deadline.due_on", "owed_by_name": "deadline.owed_by", "handler_name": "due.handler",
    "used_days": "due.used", "total_days": "due.of", "days_left": "due.days_left", "missed": "deadline.missed",
}  # fmt: skip
ALIKE = {
    "no": "petition.no", "title": "petition.name", "state": "petition.state", "unit_name": "petition.unit",
    "registered_on": "petition.registered_on", "matter": "candidate.first", "likeness": "candidate.likeness",
}  # fmt: skip


@get("/due", include_in_schema=False, sync_to_thread=True)
def due(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    handler: FromQuery[str | None] = None,
    span: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What comes due and what is overdue, by unit and handler, with how much of each limit is used."""
    if span and span not in SPANS:
        raise bad_value("span", f"one of {', '.join(SPANS)}")
    asked = known_unit(questions, unit, page.moment), official_id(handler)
    with cursor_read(cursor):
        told = questions.due(*asked, page.limit(PAGE), cursor or None, page.moment, span=span or None)
    return page.show("due.html", told=told, spans=dict.fromkeys(SPANS), sheet=Sheet("due", DUE, told["due"]))


@get("/petitions/{no:str}/candidates", include_in_schema=False, sync_to_thread=True)
def candidates(page: Shown, questions: Asks, no: FromPath[str]) -> Response[str]:
    """Earlier items that one item may repeat; a human judges."""
    told = found(questions.candidates(no, page.moment), f"item {no}")
    return page.show("candidates.html", told=told, sheet=Sheet(f"alike-{no}", ALIKE, told["candidates"]))


HANDLERS = [due, candidates]
