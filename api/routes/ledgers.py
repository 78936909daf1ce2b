"""What is asked about everything that is no item: ledgers, duties, leaders, places, half years."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.params import FromPath, QueryParameter

from api.asked import Moment, official_id, read_date, unit_id
from api.ports import Answer, Asks
from api.problems import Problem, answers, bad_value, cursor_read, found
from api.routes import examples, shapes
from api.routes.figures import DATE, IS_DATE
from api.routes.petitions import Cursor, Limit
from projections.ledgers.kinds import LEDGERS

From = Annotated[str | None, QueryParameter(name="from", description=DATE, schema_extra=IS_DATE)]
To = Annotated[str | None, QueryParameter(description=DATE, schema_extra=IS_DATE)]


@get(
    "/v1/ledgers/{kind:str}",
    operation_id="ledger",
    tags=["ledgers"],
    sync_to_thread=True,
    responses=answers(shapes.LedgerPage, examples.LEDGER, missing="No such ledger, unit or official"),
    description=f"What stands in a ledger (台账)? Ledgers: {', '.join(LEDGERS)}.",
)
def ledger(
    questions: Asks,
    moment: Moment,
    kind: FromPath[str],
    unit: Annotated[str | None, QueryParameter(description="The unit; its subordinates are taken in")] = None,
    leader: Annotated[str | None, QueryParameter(description="The official whose entries they are")] = None,
    from_: From = None,
    to: To = None,
    entry_state: Annotated[
        str | None, QueryParameter(name="state", description="A state of the ledger, or overdue")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Answer:
    """What stands in a ledger (台账)?"""
    if kind not in LEDGERS:
        raise Problem(404, "not-found", f"there is no ledger {kind}; there are {', '.join(LEDGERS)}")
    begins, ends = read_date(from_, "from"), read_date(to, "to")
    if begins and ends and ends < begins:
        raise bad_value("to", "before from")
    with cursor_read(cursor):
        told = questions.ledger(
            kind,
            unit=unit_id(unit),
            leader=official_id(leader),
            from_=begins,
            to=ends,
            state=entry_state,
            limit=limit,
            cursor=cursor,
            as_of=moment,
        )
    return found(told, " or ".join(each for each in (unit_id(unit), official_id(leader)) if each))


HANDLERS = [ledger]
