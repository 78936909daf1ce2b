"""What a scoreboard says beside the items of a unit: duties, supervision, sponsorship, disputes."""

from typing import Any

from sqlalchemy import case, func, select

from infra.questions.book import Book, Recalled, past_year
from infra.questions.duties import judged
from projections.duties import counted

STATES: dict[str, tuple[str, ...]] = {
    "supervision": ("open", "answered", "closed"), "sponsorship": ("open", "ended"),
    "dispute": ("open", "cleared", "became_petition"),
}  # fmt: skip


def of_unit(book: Book, memory: Recalled, unit: str) -> dict[str, Any]:
    """Of the unit and all below it: duties of the twelve months up to the newest event, ledgers as they stand."""
    members = book.units.below(unit)
    found = judged(book, memory, members, *past_year(book, None, None))
    table, today = book.tables.ledgers, book.moment.date().isoformat()
    overdue = case(((table.c.due_on < today) & table.c.ended_on.is_(None), 1), else_=0)
    query = (
        select(table.c.ledger, table.c.state, func.count(), func.sum(overdue))
        .where(table.c.ledger.in_(sorted(STATES)), table.c.unit.in_(sorted(members)))
        .group_by(table.c.ledger, table.c.state)
    )
    told = {ledger: {**dict.fromkeys(states, 0), "overdue": 0} for ledger, states in STATES.items()}
    for ledger, state, number, late in book.select(query):
        told[ledger][state] = number
        told[ledger]["overdue"] += int(late)
    return {
        "duties": counted(each.state for each in found), "supervision": told["supervision"],
        "sponsorship": told["sponsorship"], "disputes": told["dispute"],
    }  # fmt: skip
