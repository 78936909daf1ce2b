"""The duty calendar with its gaps: what each unit and leader owed, did and missed, period by period."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, or_, select

from domain.duty.owed import Owed, calendar, subject_of
from domain.fact import UnitId
from infra.parts import parts
from infra.questions.book import Book, Recalled
from infra.questions.order import Place, cursor_of, later, place_of
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


class Asked(NamedTuple):
    """The calendar of a unit and, unless it is asked for `alone`, of all below it; `gaps` leaves out what is no gap."""

    unit: str
    from_: date
    to: date
    gaps: bool = False
    alone: bool = False
    limit: int | None = None
    """Units on a page, by their ids; None tells all."""
    cursor: str | None = None

    def units(self, book: Book) -> list[UnitId]:
        """Whose duties are asked about; none where nobody knows the unit."""
        known = book.units.get(self.unit)
        return [] if known is None else [known.unit] if self.alone else sorted(book.units.below(self.unit))

    def judged(self, book: Book, record: Recalled, units: Collection[UnitId]) -> list[Judged]:
        return judged(book, record, units, self.from_, self.to)


def totals(book: Book, record: Recalled, asked: Asked) -> dict[str, int]:
    """How all that is asked about stands, whatever a page shows of it."""
    return counted(each.state for each in asked.judged(book, record, asked.units(book)))


def duties(book: Book, record: Recalled, asked: Asked, totals: dict[str, int]) -> dict[str, Any] | None:
    """What was owed, by unit. None where nobody knows the unit. Raises ValueError for what is no cursor of it."""
    members = asked.units(book)
    if not members:
        return None
    boards, after = _page(book, record, asked, members)
    shown = [each for board in boards.values() for each in board]
    acts, standing = _Acts(book, shown), _standing(book, shown)
    return {
        **book.head(), "unit": asked.unit, "from": asked.from_.isoformat(), "to": asked.to.isoformat(),
        "totals": totals,
        "units": [
            {"unit": unit, "unit_name": book.units.name(unit), "duties": _board(book, board, acts, standing)}
            for unit, board in boards.items()
        ],
        "next": after,
    }  # fmt: skip


def _page(
    book: Book, record: Recalled, asked: Asked, members: list[UnitId]
) -> tuple[dict[UnitId, list[Judged]], str | None]:
    """Units with something to show, and the cursor of those after them; so many are judged as there is room for."""
    begins = place_of(asked.cursor, "unit", [str])[0] if asked.cursor else ""
    found: dict[UnitId, list[Judged]] = {}
    for some in parts((unit for unit in members if unit > begins), asked.limit or len(members)):
        for each in asked.judged(book, record, some):
            if each.state == "missed" or not asked.gaps:
                found.setdefault(each.owed.unit, []).append(each)
        if asked.limit and len(found) > asked.limit:
            break
    units = sorted(found)[: asked.limit]
    return {unit: found[unit] for unit in units}, cursor_of("unit", (units[-1],)) if len(units) < len(found) else None


def _board(book: Book, shown: Iterable[Judged], acts: "_Acts", standing: frozenset[str]) -> list[dict[str, Any]]:
    """The duties of one unit, each with its periods."""
    board: dict[tuple[str, ...], dict[str, Any]] = {}
    for each in shown:
        duty = board.setdefault(_key(each), {**_duty(book, each), "periods": []})
        duty["periods"].append(period_told(each.owed, each.state, acts.of, standing))
    return [_summed(board[key]) for key in sorted(board)]


def _key(each: Judged) -> tuple[str, ...]:
    return each.owed.duty.rule, each.name, each.owed.body or "", each.owed.official or ""


def _duty(book: Book, each: Judged) -> dict[str, Any]:
    told = duty_told(each.name, each.owed, book.rules.catalogue[each.owed.duty.rule])
    return {**told, "official_name": book.units.official(each.owed.official) if each.owed.official else None}


NEWEST = "-first"
GAP = [str] * 6
"""What a gap's place among others is made of: its first day, its unit, and what `_key` tells of the duty."""
LOOKED = 31
"""Days in which gaps are looked for first."""


def gaps(book: Book, record: Recalled, asked: Asked, totals: dict[str, int]) -> dict[str, Any] | None:
    """What was missed, the newest first, period by period; `limit` is of how many. None where nobody knows the unit.

    Raises ValueError for what is no cursor of it.
    """
    placed = _newest(book, record, asked)
    shown = [each for _, each in placed[: asked.limit]]
    acts, standing = _Acts(book, shown), _standing(book, shown)
    rows = [
        {"unit": each.owed.unit, "unit_name": book.units.name(each.owed.unit), **_duty(book, each),
         **period_told(each.owed, each.state, acts.of, standing)}
        for each in shown
    ]  # fmt: skip
    after = cursor_of(NEWEST, placed[len(shown) - 1][0]) if len(shown) < len(placed) else None
    told = {**book.head(), "unit": asked.unit, "totals": totals, "gaps": rows, "next": after}
    return told if asked.units(book) else None


def _newest(book: Book, record: Recalled, asked: Asked) -> list[tuple[Place, Judged]]:
    """More gaps after the cursor than there is room for, or all; of as few days as will do."""
    members, last, days = asked.units(book), min(asked.to, book.moment.date()), LOOKED
    while True:
        begins = last - timedelta(days=min(days, (last - asked.from_).days))
        found = asked._replace(from_=begins).judged(book, record, members)
        newest = [
            ((each.owed.period.first.isoformat(), each.owed.unit, *_key(each)), each) for each in found
            if each.state == "missed" and (begins == asked.from_ or each.owed.period.first >= begins)
        ]  # fmt: skip
        placed = later(newest, NEWEST, GAP, asked.cursor)
        if begins == asked.from_ or (asked.limit and len(placed) > asked.limit):
            break
        days *= 3
    return placed


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
