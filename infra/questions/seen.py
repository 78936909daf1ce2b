"""The read models as one reader may see them: selections that stand wherever the tables stand."""

from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal_column, or_, select, true

from infra.questions.one_of import one_of
from infra.views.tables import Tables
from projections.visibility import Reach

ACCUSATION: ColumnElement[str] = literal_column("'accusation'")
"""Written out, not bound: only so does SQLite take the index that holds accusations alone."""


class SeenTables:
    """`Tables` of a generation with the rows that a reach takes in; the conditions are part of every query.

    A question that joins, counts or groups needs to know nothing of it.
    """

    def __init__(self, tables: Tables, reach: Reach, unread: Select[tuple[str]] | None = None) -> None:
        """`unread` selects those of the reach."""
        self.number, self.titles, self._unread = tables.number, tables.titles, unread
        self._tables, self._all, self._reach = tables, tables.cases, reach
        self._secret = self.hidden()

    @cached_property
    def cases(self) -> Any:
        return _rows(self._all, self._item(self._all), self._open(self._all.c.no))

    @cached_property
    def findings(self) -> Any:
        table = self._tables.findings
        of = case((table.c.subject.like("petition:%"), func.substr(table.c.subject, 10)), else_="")
        elsewhere = ~self.on_threads(table) if self._reach.threads else true()
        return _rows(table, self._of(table.c.unit, of), self._open(of), self._turned(table.c.rule, of), elsewhere)

    @cached_property
    def due(self) -> Any:
        table = self._tables.due
        of = func.substr(table.c.subject, 10)
        return _rows(table, self._governed(of), self._open(of))

    @cached_property
    def ledgers(self) -> Any:
        table = self._tables.ledgers
        threads = sorted(self._reach.threads)
        return self._entries(table, table.c.subject.not_in(threads) if threads else true())

    @cached_property
    def acts(self) -> Any:
        return self._entries(self._tables.acts)

    @cached_property
    def raised(self) -> Any:
        return self._of_item(self._tables.raised)

    @cached_property
    def persons(self) -> Any:
        return self._of_item(self._tables.persons)

    def _of_item(self, table: Any) -> Any:
        return _rows(table, self._governed(table.c.no), self._open(table.c.no))

    def _entries(self, ledger: Any, *conditions: ColumnElement[bool]) -> Any:
        """What is of no unit and no item is everybody's."""
        unit, no = ledger.c.unit, ledger.c.petition
        everybodys = and_(unit.is_(None), no.is_(None))
        return _rows(ledger, or_(self._of(unit, no), everybodys), or_(no.is_(None), self._open(no)), *conditions)

    # jurisdiction

    def _of(self, unit: Any, no: Any) -> ColumnElement[bool]:
        """That a row is of a unit of the jurisdiction, or about an item of it."""
        return or_(self._governs(unit), self._governed(no))

    def _governs(self, unit: Any) -> ColumnElement[bool]:
        within = self._reach.within
        return true() if within is None else one_of(unit, within)

    def _item(self, cases: Any) -> ColumnElement[bool]:
        return or_(*map(self._governs, (cases.c.unit, cases.c.registered_by, cases.c.first_unit)))

    def _governed(self, no: Any) -> ColumnElement[bool]:
        """That an item of the jurisdiction has this number."""
        if self._reach.within is None:
            return true()
        cases = self._all.alias()
        return exists().where(cases.c.no == no, self._item(cases))

    # secrecy

    def _open(self, no: Any) -> ColumnElement[bool]:
        return no.not_in(self._secret) if self._reach.secret else true()

    def threads(self) -> Any:
        """Ledger and body of what is hidden because it is about a hidden item alone; the petition that it became."""
        table = self._tables.ledgers
        ledger = table.c.ledger.concat("")  # not by the index of ledgers, in which all disputes stand
        return select(table.c.ledger, table.c.body).where(
            ledger.in_(("conference", "dispute", "gathering")), table.c.petition.in_(self.hidden(whoever=True))
        )

    def on_threads(self, findings: Any) -> ColumnElement[bool]:
        """That a finding is on what goes on about a hidden item alone (`visibility.found_on`)."""
        threads = sorted(self._reach.threads)
        return or_(findings.c.subject.in_(threads), findings.c.id.in_([f"D13:{each}" for each in threads]))

    def hidden(self, *, whoever: bool = False) -> Any:
        """NOs of accusations of the reader's organ, and step by step of what repeats them; of who left it also those
        that are in the reader's hands, where it is to be `whoever` has them: who that is changes with each routing.
        """
        first, repeat = self._all.alias("accusing"), self._all.alias("repeating")
        accused = select(first.c.no).where(first.c.purpose == ACCUSATION)
        organs, own = sorted(self._reach.organs), sorted(self._reach.own)
        unit = accused.where(first.c.about_unit.in_(organs))
        official = accused.where(first.c.about_official.in_(sorted(self._reach.officials)))
        left = accused.where(first.c.about_official.in_(sorted(self._reach.former)))
        if not whoever:
            left = left.where(first.c.unit.not_in(own), first.c.registered_by.not_in(own))
        hidden = unit.cte("secret", recursive=True)
        repeats = select(repeat.c.no).join(hidden, repeat.c.first == hidden.c.no)
        unread = () if self._unread is None else (self._unread,)
        hidden = hidden.union(official, left, *unread, repeats)  # each of its index: an OR would read all accusations
        return select(hidden.c.no)

    def _turned(self, rule: Any, of: Any) -> ColumnElement[bool]:
        """An item is no first turned repeat (F23) to whom all its repeats are hidden."""
        if not self._reach.secret:
            return true()
        hidden, seen = self._all.alias(), self._all.alias()
        return or_(
            rule != "F23",
            ~exists().where(hidden.c.first == of, hidden.c.no.in_(self._secret)),
            exists().where(seen.c.first == of, seen.c.no.not_in(self._secret)),
        )


def _rows(table: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(table).where(*conditions).subquery(table.name)
