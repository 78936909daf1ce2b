"""到期 and 筛重: for whoever works on items."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from api.asked import official_id, unit_id
from api.ports import Asks
from api.problems import cursor_read, found
from api.web.page import Shown

PAGE = 100


@get("/due", include_in_schema=False, sync_to_thread=True)
def due(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    handler: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """What comes due and what is overdue, by unit and handler, with how much of each limit is used."""
    asked = {"unit": unit_id(unit) or None, "handler": official_id(handler) or None}
    with cursor_read(cursor):
        told = questions.due(**asked, limit=PAGE, cursor=cursor or None, as_of=page.moment)
    return page.show("due.html", told=told)


@get("/petitions/{no:str}/candidates", include_in_schema=False, sync_to_thread=True)
def candidates(page: Shown, questions: Asks, no: FromPath[str]) -> Response[str]:
    """Earlier items that one item may repeat; a human judges."""
    return page.show("candidates.html", told=found(questions.candidates(no, page.moment), f"item {no}"))


HANDLERS = [due, candidates]
