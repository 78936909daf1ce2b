"""The rows of an archive that sums are counted over, before some of them changed and after."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.engine import Connection

from domain.kinds import LAW, kind_of
from infra.log.port import Entry
from infra.parts import parts
from infra.views.tables import Tables
from projections.cases import CaseRow
from projections.cells import EnteredRow, FoundRow
from projections.fold import Changes
from projections.sums import Part


def of_law(entries: Iterable[Entry]) -> bool:
    """Whether one of these events changed the law, by which every row counts."""
    return any(kind_of(each.subject) in LAW for each in entries)


class StandingRows:
    """Rows that stand, of those in some tables."""

    def __init__(self, connection: Connection, tables: Tables, *conditions: Any) -> None:
        """Each of the conditions is asked of a table, and answers what its rows have to meet."""
        self._connection, self._tables, self._conditions = connection, tables, conditions

    def before(self, changes: Changes) -> Part:
        """The rows that changed, as they stand, with the items that they repeat: these may count otherwise, too."""
        nos = {row.no for row in changes.cases}
        cases = self._cases(nos)
        firsts = {row.first for row in (*cases, *changes.cases) if row.first is not None}
        cases += self._cases(firsts - nos)
        return Part(cases, self.found(changes), self.entered(changes), self._repeats(nos | firsts))

    def found(self, changes: Changes) -> list[FoundRow]:
        """Findings of which something was said."""
        return [FoundRow(*row) for row in self._rows(self._tables.findings, "id", changes.findings, FoundRow._fields)]

    def entered(self, changes: Changes) -> list[EnteredRow]:
        """Entries of ledgers of the subjects that wrote into one."""
        rows = self._rows(self._tables.ledgers, "subject", changes.ledgers, EnteredRow._fields)
        return [EnteredRow(*row) for row in rows]

    def everything(self) -> Part:
        """All rows."""
        cases = [CaseRow(*(*row, b"")) for row in self._select(self._tables.cases, CaseRow._fields[:-1])]
        return Part(
            cases, [FoundRow(*row) for row in self._select(self._tables.findings, FoundRow._fields)],
            [EnteredRow(*row) for row in self._select(self._tables.ledgers, EnteredRow._fields)],
            Counter(row.first for row in cases if row.first is not None),
        )  # fmt: skip

    def _cases(self, nos: Collection[str]) -> list[CaseRow]:
        return [CaseRow(*(*row, b"")) for row in self._rows(self._tables.cases, "no", nos, CaseRow._fields[:-1])]

    def _repeats(self, nos: Collection[str]) -> Counter[str]:
        first = self._tables.cases.c.first
        query = select(first, func.count()).where(*self._stands(self._tables.cases)).group_by(first)
        told: Counter[str] = Counter()
        for part in parts(sorted(nos)):
            told.update({row[0]: row[1] for row in self._connection.execute(query.where(first.in_(part)))})
        return told

    def _rows(self, table: Table, key: str, keys: Collection[str], fields: Iterable[str]) -> Iterator[Any]:
        for part in parts(sorted(keys)):
            yield from self._select(table, fields, table.c[key].in_(part))

    def _select(self, table: Table, fields: Iterable[str], *conditions: Any) -> Iterator[Any]:
        query = select(*(table.c[name] for name in fields)).where(*self._stands(table), *conditions)
        yield from self._connection.execute(query)

    def _stands(self, table: Table) -> list[Any]:
        return [condition(table) for condition in self._conditions]


def changed(before: Part, changes: Changes, rows: StandingRows) -> Part:
    """The same rows as they are now: items by what changed, findings and entries as they stand."""
    new = {row.no for row in changes.cases}
    repeats = Counter(before.repeats)
    repeats.subtract(Counter(row.first for row in before.cases if row.no in new and row.first is not None))
    repeats.update(Counter(row.first for row in changes.cases if row.first is not None))
    cases = [*changes.cases, *(row for row in before.cases if row.no not in new)]
    return Part(cases, rows.found(changes), rows.entered(changes), repeats)
