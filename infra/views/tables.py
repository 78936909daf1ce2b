"""The tables of one generation of read models. Columns are those of the rows in `projections`."""

from collections.abc import Iterator
from typing import Any, get_type_hints

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.types import TypeEngine

from projections.cases import CaseRow, DueRow, PersonRow, RaisedRow
from projections.findings import FindingRow
from projections.ledgers.duties import ActRow
from projections.ledgers.entry import LedgerRow

KEYS: dict[str, tuple[str, ...]] = {
    "cases": ("no",), "due": ("subject", "clock", "started"), "findings": ("id",),
    "ledgers": ("subject", "ledger", "name"), "acts": ("id",), "raised": ("no", "position"),
    "persons": ("person", "no"),
}  # fmt: skip
ROWS: dict[str, Any] = {
    "cases": CaseRow, "due": DueRow, "findings": FindingRow, "ledgers": LedgerRow, "acts": ActRow,
    "raised": RaisedRow, "persons": PersonRow,
}  # fmt: skip
LISTED = (
    "registered_on", "no", "unit", "registered_by", "state", "over", "resolved", "late", "place", "category", "channel",
    "purpose", "persons", "repeat_number", "first", "due_on", "closed_on", "unit_score", "skip_level", "collective",
    "first_unit", "about_unit", "about_official",
)  # fmt: skip
"""All that items are listed, counted and ordered by. Most of a row is its body: who walks this index instead reads a
sixth as much.
"""
INDEXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "cases": (
        ("unit", "over"), ("registered_by", "registered_on", "first", "skip_level", "collective"), LISTED, ("first",),
        ("first_unit",), ("accepted_on", "registered_on", "unit", "persons"),
        ("answered_on", "registered_on", "unit", "persons"),
    ),
    "due": (("due_on", "subject", "clock", "started", "missed"), ("owed_by", "due_on")),
    "findings": (
        ("unit", "cleared_at"), ("rule", "cleared_at"), ("subject",),
        ("since", "id", "rule", "unit", "axis", "state", "cleared_at", "subject"),
    ),
    "ledgers": (
        ("ledger", "opened_on", "position", "name", "state", "unit", "due_on", "ended_on", "official"), ("official",),
    ),
    "acts": (("ledger", "opened_on", "id", "unit", "official", "petition"), ("official",)),
    "raised": (("day",),),
    "persons": (),
}  # fmt: skip
"""Of each table the columns of its indexes. Some hold more than is looked up by: counts are read from them alone."""

ALL_KEY = frozenset({"due", "raised", "persons"})
"""Tables of which a row is hardly more than its key: in SQLite they are one tree, by key, instead of two."""
ACCUSED = ("about_unit", "about_official")
"""Columns by which accusations alone are looked up: what a reader may not see is found by whom it accuses."""


class Tables:
    """The tables of generation `number`."""

    def __init__(self, number: int, metadata: MetaData) -> None:
        self.number = number
        self.cases = _table("cases", number, metadata)
        self.due = _table("due", number, metadata)
        self.findings = _table("findings", number, metadata)
        self.ledgers = _table("ledgers", number, metadata)
        self.acts = _table("acts", number, metadata)
        self.raised = _table("raised", number, metadata)
        self.persons = _table("persons", number, metadata)
        self.titles = f"titles_{number}"
        self.seen: dict[Any, Any] = {}
        """Selections of these tables, by who may see them (`infra.questions.seen`)."""

    def __iter__(self) -> Iterator[Table]:
        return iter((self.cases, self.due, self.findings, self.ledgers, self.acts, self.raised, self.persons))


def _table(name: str, number: int, metadata: MetaData) -> Table:
    hints = get_type_hints(ROWS[name])
    columns = [
        Column(field, _kind(hints[field]), primary_key=field in KEYS[name], nullable="None" in str(hints[field]))
        for field in ROWS[name]._fields
    ]
    return Table(f"{name}_{number}", metadata, *columns, sqlite_with_rowid=name not in ALL_KEY)


WHOLE = BigInteger().with_variant(Integer, "sqlite")
"""Positions outgrow 32 bits; SQLite's INTEGER, of which a key is no column beside the row's number, has 64."""


def _kind(hint: object) -> TypeEngine[Any]:
    if hint is int:
        return WHOLE
    return LargeBinary() if hint is bytes else Text()


def bytewise(table: Table) -> str:
    """PostgreSQL's sentence that has texts compared by bytes, as SQLite does: order then means the same on every
    server, and beginnings are found by index.
    """
    texts = [column.name for column in table.c if isinstance(column.type, Text)]
    return ", ".join(f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for name in texts)


def indexed(name: str) -> tuple[tuple[str, ...], ...]:
    """What decides where a row stands in each index of a table: its columns, and those of its condition."""
    partial = {"cases": tuple((column, "purpose") for column in ACCUSED), "ledgers": (("petition",),)}
    return (*INDEXES[name], *partial.get(name, ()))


def indexes(name: str, table: Table) -> list[Index]:
    """Made after a rebuild has loaded its rows, which is faster than keeping them up while loading."""
    made = [
        Index(f"{table.name}_by_{'_'.join(columns[:2])}", *(table.c[c] for c in columns)) for columns in INDEXES[name]
    ]
    if name == "ledgers":
        return [*made, _of_items(table)]
    return [*made, *(_accused(table, column) for column in ACCUSED)] if name == "cases" else made


def _accused(table: Table, column: str) -> Index:
    where = text("purpose = 'accusation'")
    return Index(f"{table.name}_accused_{column}", table.c[column], sqlite_where=where, postgresql_where=where)


def _of_items(table: Table) -> Index:
    """Of the entries about an item: what goes on about hidden items alone is looked for whenever the record grew."""
    where = text("petition IS NOT NULL")
    return Index(f"{table.name}_by_petition", table.c.petition, sqlite_where=where, postgresql_where=where)
