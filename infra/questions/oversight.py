"""What a scoreboard says beside the items of a unit: duties, supervision, sponsorship, disputes."""

from typing import Any

from infra.questions.book import Book
from infra.questions.counted import Counted

STATES: dict[str, tuple[str, ...]] = {
    "supervision": ("open", "answered", "closed"), "sponsorship": ("open", "ended"),
    "dispute": ("open", "cleared", "became_petition"),
}  # fmt: skip


def of_unit(book: Book, counted: Counted, unit: str) -> dict[str, Any]:
    """Of the unit and all below it: duties of the twelve months up to the newest event, ledgers as they stand."""
    members = counted.owing.below(unit)
    told = {ledger: {**dict.fromkeys(states, 0), "overdue": 0} for ledger, states in STATES.items()}
    entries, overdue = counted.tally.entries(members)
    for (ledger, state), number in entries.items():
        told[ledger][state] = number
    for ledger, number in overdue.items():
        told[ledger]["overdue"] = number
    return {
        "duties": counted.owing.duties(book, members), "supervision": told["supervision"],
        "sponsorship": told["sponsorship"], "disputes": told["dispute"],
    }  # fmt: skip
