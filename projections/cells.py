"""In which cells is a row counted? Some fifteen for an item, two for a finding.

Cells are what sums are of: `("unit", U, "open")`, `("month", "2020-07", "closed")`. What is counted of a row depends on
the row alone, and of an item on whether another one repeats it.
"""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

from domain.rules.law import Law
from projections.cases import CaseRow
from projections.kpis import marks

Cell = tuple[str, str, Any]
"""(what is counted, of whom or when, what of it)."""
WATCHED = ("supervision", "sponsorship", "dispute")
"""The ledgers whose entries a scoreboard counts."""
OF_UNITS = ("ledger", "owing", "ends")
"""Kinds of cells of rows that are of the one unit that the cell names."""


class FoundRow(NamedTuple):
    """What is counted of a finding's row."""

    id: str
    rule: str
    unit: str
    since: str
    cleared_at: int


class EnteredRow(NamedTuple):
    """What is counted of a ledger's row."""

    subject: str
    ledger: str
    name: str
    state: str
    unit: str | None
    due_on: str | None
    ended_on: str | None


class LimitRow(NamedTuple):
    """What is counted of a limit that runs."""

    owed_by: str
    due_on: str
    missed: int


def of_item(row: CaseRow, law: Callable[[date], Law], *, repeated: bool) -> Iterator[Cell]:
    """The cells that an item is counted in."""
    unit, county = row.unit, row.place[:6]
    yield ("unit", unit, "items")
    yield ("county", county, "registered")
    if not row.over:
        yield ("unit", unit, "open")
        yield ("county", county, "open")
        if row.late:
            yield ("unit", unit, "late")
            yield ("county", county, "late")
    if row.resolved:
        yield ("unit", unit, "resolved")
    if row.closed_on is not None:
        yield ("unit", unit, "closed")
        yield ("month", row.closed_on[:7], "closed")
    yield ("category", row.category, "items")
    yield ("month", row.registered_on[:7], "registered")
    for mark in marks(row, law, repeated=repeated):
        yield ("rate", mark.unit, (mark.day, mark.rate, mark.outcome, mark.until))


def of_finding(row: FoundRow) -> Iterator[Cell]:
    """The cells of a finding that stands."""
    if not row.cleared_at:
        yield ("findings", row.unit, row.rule)
        yield ("month", row.since[:7], "findings")


def of_entry(row: EnteredRow) -> Iterator[Cell]:
    """The cells of a ledger's entry."""
    if row.unit is not None:
        yield ("ledger", row.unit, (row.ledger, row.state))
        if row.due_on is not None and row.ended_on is None:
            yield ("owing", row.unit, (row.ledger, row.due_on))


def of_limit(row: LimitRow) -> Iterator[Cell]:
    """The cells of a limit."""
    if row.missed:
        yield ("ends", "", "missed")
    else:
        yield ("ends", row.owed_by, row.due_on)
        yield ("ends", "", row.due_on)
