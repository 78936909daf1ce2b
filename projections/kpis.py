"""How timely, how satisfying, how final is the work? The rates of domain.md 1.10, with the items behind each number.

An item counts in the period in which its deadline (or its rating) falls, not its registration. Formula version 1.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import Any

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


def kpis(
    rows: Iterable[CaseRow],
    members: Collection[str],
    bureaus: Collection[str],
    from_: date,
    to: date,
    today: date,
    law: Callable[[date], Law],
    repeated: Collection[str],
) -> dict[str, Any]:
    """Rates of the units in `members` from one day to another, both included, as they were known on `today`.

    `bureaus` are the petition bureaus; `repeated` the numbers of items that another one repeats.
    """
    names = (
        "timely_acceptance_bureau", "timely_acceptance_unit", "on_time_answer", "participation_bureau",
        "participation_unit", "satisfaction_bureau", "satisfaction_unit", "repeat_rate", "first_time_resolved",
    )  # fmt: skip
    rates = {name: _Rate() for name in names}
    start, end = from_.isoformat(), to.isoformat()

    def within(day: str | None) -> bool:
        return day is not None and start <= day <= end

    for row in rows:
        if not 1 <= row.persons <= 9999:
            continue
        registering, responsible = row.registered_by in members, (row.first_unit or row.unit) in members
        if registering:
            if row.registered_by in bureaus and within(row.k1_strict):
                rates["timely_acceptance_bureau"].count(row.no, row.k1_met is not None and not row.k1_missed)
            if within(row.registered_on):
                rates["repeat_rate"].count(row.no, row.first is not None)
        if responsible:
            limit = _accept_by(row, law)
            if row.unit not in bureaus and within(limit[0]):
                accepted = row.accepted_on or (row.closed_on if row.state == "refused" else None)
                rates["timely_acceptance_unit"].count(row.no, accepted is not None and accepted <= limit[1])
            if within(row.handled_strict):
                rates["on_time_answer"].count(row.no, row.handled_met is not None and not row.handled_missed)
            if row.first is None and within(row.closed_on):
                rates["first_time_resolved"].count(row.no, bool(row.resolved) and row.no not in repeated)
        if registering and row.registered_by in bureaus:
            _rated(rates, "bureau", row, row.bureau_score, row.bureau_rated_on, within, today, law)
        if responsible:
            _rated(rates, "unit", row, row.unit_score, row.unit_rated_on, within, today, law)
    return {name: rate.told() for name, rate in rates.items()}


def _accept_by(row: CaseRow, law: Callable[[date], Law]) -> tuple[str, str]:
    """登记+30 日: 15 to refer and 15 to notify, strictly and rolled."""
    registered = date.fromisoformat(row.registered_on)
    law_then = law(registered)
    dates = law_then.ending(registered, law_then.parameters["accept_unit_days"])
    return dates.strict_on.isoformat(), dates.due_on.isoformat()


def _rated(
    rates: dict[str, _Rate],
    target: str,
    row: CaseRow,
    score: str | None,
    rated_on: str | None,
    within: Callable[[str | None], bool],
    today: date,
    law: Callable[[date], Law],
) -> None:
    """Only items registered for the first time are rated (SAT14 4); litigation matters are not."""
    if row.first is not None or row.state == "channelled" or row.answered_on is None:
        return
    if score is not None:
        if within(rated_on):
            rates[f"participation_{target}"].count(row.no, good=True)
            rates[f"satisfaction_{target}"].count(row.no, score in SATISFIED)
        return
    answered = date.fromisoformat(row.answered_on)
    window_ends = answered + timedelta(days=law(answered).parameters["rating_days"])
    if window_ends < today and within(window_ends.isoformat()):
        rates[f"participation_{target}"].count(row.no, good=False)
