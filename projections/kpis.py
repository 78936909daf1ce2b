"""How timely, how satisfying, how final is the work? The rates of domain.md 1.10, with the items behind each number.

An item counts in the period in which its deadline (or its rating) falls, not its registration. Formula version 1.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.rules.law import Law
from projections.cases import CaseRow

FORMULA = "1"
SATISFIED = ("satisfied", "basically")


class _Rate:
    """Numerator and denominator, as item numbers."""

    def __init__(self) -> None:
        self.of: list[str] = []
        self.all: list[str] = []

    def count(self, no: str, good: bool) -> None:
        """Counts an item into the denominator, and where `good` into the numerator; both keep its NO."""
        self.all.append(no)
        if good:
            self.of.append(no)

    def told(self) -> dict[str, Any]:
        """Numerator, denominator, their items, and the rate, which is None over an empty denominator."""
        return {
            "numerator": len(self.of), "denominator": len(self.all),
            "rate": round(len(self.of) / len(self.all), 4) if self.all else None,
            "numerator_items": sorted(self.of), "denominator_items": sorted(self.all),
        }  # fmt: skip


NAMES = (
    "timely_acceptance_bureau", "timely_acceptance_unit", "on_time_answer", "participation_bureau",
    "participation_unit", "satisfaction_bureau", "satisfaction_unit", "repeat_rate", "first_time_resolved",
)  # fmt: skip


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
        return day is not None and self.start <= day <= self.end


def kpis(rows: Iterable[CaseRow], asked: Asked) -> dict[str, Any]:
    """The rates, each with numerator, denominator and their items. Persons beyond 1–9999 are not counted (GD-SQL)."""
    rates = {name: _Rate() for name in NAMES}
    for row in rows:
        if 1 <= row.persons <= 9999:
            if row.registered_by in asked.members:
                _registering(row, asked, rates)
            if (row.first_unit or row.unit) in asked.members:
                _responsible(row, asked, rates)
    return {name: rate.told() for name, rate in rates.items()}


def _registering(row: CaseRow, asked: Asked, rates: dict[str, _Rate]) -> None:
    """What the unit that registered answers for."""
    if asked.within(row.registered_on):
        rates["repeat_rate"].count(row.no, row.first is not None)
    if row.registered_by in asked.bureaus:
        if asked.within(row.k1_strict):
            rates["timely_acceptance_bureau"].count(row.no, row.k1_met is not None and not row.k1_missed)
        _rated(rates, "bureau", row, row.bureau_score, row.bureau_rated_on, asked)


def _responsible(row: CaseRow, asked: Asked, rates: dict[str, _Rate]) -> None:
    """What the unit that handles answers for. A refusal decides on acceptance too."""
    strict, due = _accept_by(row, asked.law)
    if row.unit not in asked.bureaus and asked.within(strict):
        rates["timely_acceptance_unit"].count(row.no, row.accepted_on is not None and row.accepted_on <= due)
    if asked.within(row.handled_strict):
        rates["on_time_answer"].count(row.no, row.handled_met is not None and not row.handled_missed)
    if row.first is None and asked.within(row.closed_on):
        rates["first_time_resolved"].count(row.no, bool(row.resolved) and row.no not in asked.repeated)
    _rated(rates, "unit", row, row.unit_score, row.unit_rated_on, asked)


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
