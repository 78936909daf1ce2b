"""How timely, how satisfying, how final is the work? The rates of domain.md 1.10, with the items behind each number.

An item counts in the period in which its deadline (or its rating) falls, not its registration. Beside a rate stand the
parts that appraisals ask for. Formula version 1: docs/decisions/0030-how-rates-are-counted.md says what was chosen.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.rules.law import Law
from projections.cases import CaseRow

FORMULA = "1"
SATISFIED = ("satisfied", "basically")
ACCEPTANCE = ("accepted", "accepted_late", "overdue_not_accepted")
"""已受理 (in time or late), 超期受理, 超期未受理."""
ANSWER = ("on_time", "late", "not_due_open", "overdue_open")
"""aqdf 按期答复, cqdf 超期答复, wdf 未到期未答复, cqwdf 超期未答复: together the denominator."""
PARTS: dict[str, tuple[str, ...]] = {
    "timely_acceptance_bureau": ACCEPTANCE, "timely_acceptance_unit": ACCEPTANCE, "on_time_answer": ANSWER,
    "participation_bureau": (), "participation_unit": (), "satisfaction_bureau": (), "satisfaction_unit": (),
    "repeat_rate": (), "repeat_rate_first_items": (), "repeat_rate_closed_first_items": (), "first_time_resolved": (),
}  # fmt: skip
"""The rates, each with the parts that stand beside it."""


class _Rate:
    """Numerator, denominator and parts, as item numbers."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.of: list[str] = []
        self.all: list[str] = []
        self.parts: dict[str, list[str]] = {name: [] for name in parts}

    def count(self, no: str, good: bool, *parts: str) -> None:
        """Counts an item into the denominator, where `good` into the numerator, and into `parts`."""
        self.all.append(no)
        if good:
            self.of.append(no)
        for part in parts:
            self.parts[part].append(no)

    def told(self) -> dict[str, Any]:
        """Numerator, denominator, their items, and the rate, which is None over an empty denominator."""
        parts = {name: {"count": len(nos), "items": sorted(nos)} for name, nos in self.parts.items()}
        return {
            "numerator": len(self.of), "denominator": len(self.all),
            "rate": round(len(self.of) / len(self.all), 4) if self.all else None,
            "numerator_items": sorted(self.of), "denominator_items": sorted(self.all),
            **({"parts": parts} if parts else {}),
        }  # fmt: skip


class Asked(NamedTuple):
    """What the rates are asked of: which units, from one day to another (both included), as known on `today`."""

    members: Collection[str]
    bureaus: Collection[str]
    """All petition bureaus."""
    start: str
    end: str
    today: date
    law: Callable[[date], Law]
    repeated: Collection[str]
    """Numbers of items that another one repeats."""

    def within(self, day: str | None) -> bool:
        """Whether the day lies in the period."""
        return day is not None and self.start <= day <= self.end

    def answers(self, row: CaseRow) -> bool:
        """Whether one of the units is the first handler (首办), of whom ratings and solutions are asked."""
        return (row.first_unit or row.unit) in self.members

    def has(self, row: CaseRow) -> bool:
        """Whether one of the units has the item, and so owes acceptance and answer; with a repeat it may be another."""
        return row.unit in self.members


def countable(row: CaseRow) -> bool:
    """Persons beyond 1-9999 are not counted (GD-SQL)."""
    return 1 <= row.persons <= 9999


def kpis(rows: Iterable[CaseRow], asked: Asked) -> dict[str, Any]:
    """The rates, each with numerator, denominator and their items."""
    rates = {name: _Rate(parts) for name, parts in PARTS.items()}
    for row in rows:
        if countable(row):
            if row.registered_by in asked.members:
                _registering(row, asked, rates)
            if asked.has(row):
                _handling(row, asked, rates)
            if asked.answers(row):
                _first_handling(row, asked, rates)
    return {name: rate.told() for name, rate in rates.items()}


def _registering(row: CaseRow, asked: Asked, rates: dict[str, _Rate]) -> None:
    """What the unit that registered answers for."""
    if asked.within(row.registered_on):
        rates["repeat_rate"].count(row.no, row.first is not None)
        if row.first is None:
            rates["repeat_rate_first_items"].count(row.no, row.no in asked.repeated)
    if row.first is None and asked.within(row.closed_on):
        rates["repeat_rate_closed_first_items"].count(row.no, row.no in asked.repeated)
    if row.registered_by in asked.bureaus:
        if asked.within(row.k1_strict):
            done, late = row.k1_met is not None, bool(row.k1_missed)
            rates["timely_acceptance_bureau"].count(row.no, done and not late, *_acceptance(done, late))
        _rated(rates, "bureau", row, row.bureau_score, row.bureau_rated_on, asked)


def _handling(row: CaseRow, asked: Asked, rates: dict[str, _Rate]) -> None:
    """What the unit that has the item answers for. A refusal decides on acceptance too, and so does channelling."""
    strict, due = _accept_by(row, asked.law)
    if row.unit not in asked.bureaus and asked.within(strict):
        done = row.accepted_on is not None
        late = due < (row.accepted_on or (asked.today.isoformat() if not row.over else ""))
        rates["timely_acceptance_unit"].count(row.no, done and not late, *_acceptance(done, late))
    if asked.within(row.handled_strict):
        done, late = row.handled_met is not None, bool(row.handled_missed)
        rates["on_time_answer"].count(row.no, done and not late, ANSWER[2 * (not done) + late])


def _first_handling(row: CaseRow, asked: Asked, rates: dict[str, _Rate]) -> None:
    """What the first handler answers for: who handles first is rated (SAT14 5), and solves it at once or does not."""
    if row.first is None and asked.within(row.closed_on):
        rates["first_time_resolved"].count(row.no, bool(row.resolved) and row.no not in asked.repeated)
    _rated(rates, "unit", row, row.unit_score, row.unit_rated_on, asked)


def _acceptance(done: bool, late: bool) -> tuple[str, ...]:
    if not late:
        return ("accepted",) if done else ()
    return ("accepted", "accepted_late") if done else ("overdue_not_accepted",)


def _accept_by(row: CaseRow, law: Callable[[date], Law]) -> tuple[str, str]:
    """登记+30 日: 15 to refer and 15 to notify, strictly and rolled."""
    registered = date.fromisoformat(row.registered_on)
    law_then = law(registered)
    dates = law_then.ending(registered, law_then.parameters["accept_unit_days"])
    return dates.strict_on.isoformat(), dates.due_on.isoformat()


def _rated(
    rates: dict[str, _Rate], target: str, row: CaseRow, score: str | None, rated_on: str | None, asked: Asked
) -> None:
    """Only items registered for the first time are rated (SAT14 4); litigation matters are not."""
    if row.first is not None or row.state == "channelled" or row.answered_on is None:
        return
    if score is not None:
        if asked.within(rated_on):
            rates[f"participation_{target}"].count(row.no, good=True)
            rates[f"satisfaction_{target}"].count(row.no, score in SATISFIED)
        return
    answered = date.fromisoformat(row.answered_on)
    window_ends = answered + timedelta(days=asked.law(answered).parameters["rating_days"])
    if window_ends < asked.today and asked.within(window_ends.isoformat()):
        rates[f"participation_{target}"].count(row.no, good=False)
