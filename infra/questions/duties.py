"""The duty calendar with its gaps: what each unit and leader owed, did and missed, period by period."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, or_, select

from domain.duty.owed import Owed, calendar, subject_of
from domain.fact import UnitId
from infra.questions.book import Book, Recalled
from projections.duties import counted, duty_told, period_told, state_of

ACTS = {
    "D01": "briefing", "D02": "contact", "D03": "reception", "D04": "standing", "D05": "standing", "D06": "screening",
    "D07": "report", "D08": "evaluation",
}  # fmt: skip
"""The ledger in which each duty's acts stand."""


class Judged(NamedTuple):
    """A duty of one period, by its name in the rule set, and how it stands."""

    name: str
    owed: Owed
    state: str


def judged(book: Book, record: Recalled, units: Collection[UnitId], from_: date, to: date) -> list[Judged]:
    """Every duty of these units for each period with a day between; what begins after today is not told yet."""
    among = {unit.unit: unit for unit in book.units if unit.unit in units}
    today = book.moment.date()
    record.expect(map(subject_of, among))
    found = calendar(from_, min(to, today), record, among)
    return [Judged(name, each, state_of(each, today, book.rules)) for name, each in found]


def duties(
    book: Book, record: Recalled, unit: str, from_: date, to: date, *, gaps: bool = False, alone: bool = False
) -> dict[str, Any] | None:
    """The calendar of a unit and, unless it is asked for `alone`, of all below it; `gaps` leaves out what is no gap.

    None where nobody knows the unit.
    """
    known = book.units.get(unit)
    if known is None:
        return None
    every = judged(book, record, {known.unit} if alone else book.units.below(unit), from_, to)
    shown = [each for each in every if each.state == "missed"] if gaps else every
    acts, standing = _Acts(book, shown), _standing(book, shown)
    units: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    for name, owed, state in shown:
        board = units.setdefault(owed.unit, {})
        key = (owed.duty.rule, name, owed.body or "", owed.official or "")
        if key not in board:
            told = duty_told(name, owed, book.rules.catalogue[owed.duty.rule])
            who = book.units.official(owed.official) if owed.official else None
            board[key] = {**told, "official_name": who, "periods": []}
        board[key]["periods"].append(period_told(owed, state, acts.of, standing))
    return {
        **book.head(), "unit": unit, "from": from_.isoformat(), "to": to.isoformat(),
        "totals": counted(each.state for each in every),
        "units": [
            {"unit": each, "unit_name": book.units.name(each),
             "duties": [_summed(units[each][key]) for key in sorted(units[each])]}
            for each in sorted(units)
        ],
    }  # fmt: skip


def _summed(duty: dict[str, Any]) -> dict[str, Any]:
    periods = sorted(duty.pop("periods"), key=lambda each: each["first"])
    return {**duty, **counted(each["state"] for each in periods), "periods": periods}


def _standing(book: Book, shown: Iterable[Judged]) -> frozenset[str]:
    """Ids of the findings that stand among those that the clock may have raised."""
    table = book.tables.findings
    subjects = sorted({subject_of(each.owed.unit) for each in shown})
    query = select(table.c.id).where(table.c.subject.in_(subjects), table.c.cleared_at == 0, table.c.raised_at > 0)
    return frozenset(row[0] for row in book.select(query))


class _Acts:
    """The events behind duties that were done: positions by ledger, by whom, and by day."""

    def __init__(self, book: Book, shown: Iterable[Judged]) -> None:
        self._at: dict[tuple[str, str, str], list[int]] = {}
        done = [each.owed for each in shown if each.owed.days]
        if not done:
            return
        days = [day.isoformat() for each in done for day in each.days]
        units = sorted({each.unit for each in done if not each.official})
        leaders = sorted({each.official for each in done if each.official})

        def theirs(table: Table) -> tuple[ColumnElement[bool], ...]:
            return (
                table.c.ledger.in_(sorted(set(ACTS.values()))), table.c.opened_on.between(min(days), max(days)),
                or_(table.c.unit.in_(units), table.c.official.in_(leaders)),
            )  # fmt: skip

        for entry in (*book.acts(*theirs(book.tables.acts)), *book.ledger(*theirs(book.tables.ledgers))):
            who = entry.official if entry.ledger in ("contact", "reception", "report") else entry.unit
            key = (entry.ledger, f"{who} {entry.about.get('body', '')}", entry.opened_on.isoformat())
            at = self._at.setdefault(key, [])
            if entry.steps[0].position not in at:
                at.append(entry.steps[0].position)

    def of(self, owed: Owed) -> list[int]:
        """Positions of the acts on the days on which it was done."""
        who = f"{owed.official or owed.unit} {owed.body or ''}"
        return [at for day in owed.days for at in self._at.get((ACTS[owed.duty.rule], who, day.isoformat()), ())]
