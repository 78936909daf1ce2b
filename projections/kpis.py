"""How timely, how satisfying, how final is the work? The rates of domain.md 1.10, with the items behind each number.

An item counts in the period in which its deadline (or its rating) falls, not its registration. Beside a rate stand the
parts that appraisals ask for. Formula version 1: docs/decisions/0030-how-rates-are-counted.md says what was chosen.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
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
"""The rates, each with the parts beside it: 及时受理率, 按期答复率, 参评率, 满意率, 重复信访率, 一次性化解率."""


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


class Mark(NamedTuple):
    """One item counted once: in which rate, with which unit, on which day, and how it came out."""

    rate: str
    unit: str
    day: str
    outcome: str
    until: str = ""
    """Of what is still open: the last day on which it is not overdue."""


OUTCOMES: dict[str, tuple[bool, tuple[str, ...]]] = {
    "yes": (True, ()), "no": (False, ()), "unrated": (False, ()), "open": (False, ()), "never": (False, ()),
    "accepted": (True, ("accepted",)), "accepted_late": (False, ("accepted", "accepted_late")),
    "overdue": (False, ("overdue_not_accepted",)), "running": (False, ("not_due_open",)),
    "answered": (True, ("on_time",)), "answered_late": (False, ("late",)), "missed": (False, ("overdue_open",)),
}  # fmt: skip
"""Of each outcome, whether it is good, and the parts that it counts in."""


class Asked(NamedTuple):
    """What the rates are asked of: which units, from one day to another (both included), as known on `today`."""

    members: Collection[str]
    bureaus: Collection[str]
    """All petition bureaus."""
    start: str
    end: str
    today: str
    law: Callable[[date], Law]
    repeated: Collection[str]
    """Numbers of items that another one repeats."""

    def within(self, day: str | None) -> bool:
        """Whether the day lies in the period."""
        return day is not None and self.start <= day <= self.end

    def has(self, row: CaseRow) -> bool:
        """Whether one of the units has the item, and so owes acceptance and answer; with a repeat it may be another."""
        return row.unit in self.members

    def takes(self, mark: Mark) -> bool:
        """Whether a mark counts: of one of the units, in the period, and no rating that may still be given."""
        return (
            mark.unit in self.members and self.start <= mark.day <= self.end
            and concerns(mark.rate, mark.unit in self.bureaus) and (mark.outcome != "unrated" or mark.day < self.today)
        )  # fmt: skip

    def outcome(self, mark: Mark) -> tuple[bool, tuple[str, ...]]:
        """Whether it is good as known today, and its parts."""
        return OUTCOMES["overdue" if mark.outcome == "open" and mark.until < self.today else mark.outcome]


def concerns(rate: str, bureau: bool) -> bool:
    """Whether a rate is asked of a unit: some of petition bureaus only, acceptance by units of all others only."""
    return bureau if rate in OF_BUREAUS else not (bureau and rate == "timely_acceptance_unit")


OF_BUREAUS = ("timely_acceptance_bureau", "participation_bureau", "satisfaction_bureau")


def countable(row: CaseRow) -> bool:
    """Persons beyond 1-9999 are not counted (GD-SQL)."""
    return 1 <= row.persons <= 9999


def kpis(rows: Iterable[CaseRow], asked: Asked) -> dict[str, Any]:
    """The rates, each with numerator, denominator and their items."""
    rates = {name: _Rate(parts) for name, parts in PARTS.items()}
    for row in rows:
        for mark in marks(row, asked.law, repeated=row.no in asked.repeated):
            if asked.takes(mark):
                good, parts = asked.outcome(mark)
                rates[mark.rate].count(row.no, good, *parts)
    return {name: rate.told() for name, rate in rates.items()}


def counts(marked: Iterable[tuple[Mark, int]], asked: Asked) -> dict[str, Any]:
    """The same rates without the items: of marks, and how many alike there are of each."""
    good, all_, parts = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for mark, number in marked:
        if asked.takes(mark):
            fine, of = asked.outcome(mark)
            all_[mark.rate] += number
            good[mark.rate] += number * fine
            parts.update({(mark.rate, part): number for part in of})
    return {
        name: {
            "numerator": good[name], "denominator": all_[name],
            "rate": round(good[name] / all_[name], 4) if all_[name] else None,
            **({"parts": {part: {"count": parts[name, part]} for part in of}} if of else {}),
        }
        for name, of in PARTS.items()
    }  # fmt: skip


SIDES = ("numerator", "denominator")


def on_side(rate: str, side: str, row: CaseRow, asked: Asked) -> bool:
    """Whether an item is behind a rate's numerator, denominator or part."""
    for mark in marks(row, asked.law, repeated=row.no in asked.repeated):
        if mark.rate == rate and asked.takes(mark):
            good, parts = asked.outcome(mark)
            if side == "denominator" or (good if side == "numerator" else side in parts):
                return True
    return False


def marks(row: CaseRow, law: Callable[[date], Law], *, repeated: bool) -> Iterator[Mark]:
    """Where an item counts, whoever asks and on whatever day; `repeated` says that another item repeats it."""
    if countable(row):
        yield from _registering(row, law, repeated=repeated)
        yield from _handling(row, law)
        yield from _first_handling(row, law, repeated=repeated)


def _registering(row: CaseRow, law: Callable[[date], Law], *, repeated: bool) -> Iterator[Mark]:
    """What the unit that registered answers for."""
    unit, again = row.registered_by, "yes" if repeated else "no"
    yield Mark("repeat_rate", unit, row.registered_on, "no" if row.first is None else "yes")
    if row.first is None:
        yield Mark("repeat_rate_first_items", unit, row.registered_on, again)
        if row.closed_on is not None:
            yield Mark("repeat_rate_closed_first_items", unit, row.closed_on, again)
    if row.k1_strict is not None:
        outcome = _acceptance(row.k1_met is not None, bool(row.k1_missed))
        yield Mark("timely_acceptance_bureau", unit, row.k1_strict, outcome)
    yield from _rated("bureau", unit, row, row.bureau_score, row.bureau_rated_on, law)


def _handling(row: CaseRow, law: Callable[[date], Law]) -> Iterator[Mark]:
    """What the unit that has the item answers for. A refusal decides on acceptance too, and so does channelling."""
    strict, due = _accept_by(row.registered_on, law)
    if row.accepted_on is not None:
        yield Mark("timely_acceptance_unit", row.unit, strict, _acceptance(True, due < row.accepted_on))
    else:
        yield Mark("timely_acceptance_unit", row.unit, strict, *(("never",) if row.over else ("open", due)))
    if row.handled_strict is not None:
        done, late = row.handled_met is not None, bool(row.handled_missed)
        yield Mark("on_time_answer", row.unit, row.handled_strict, _ANSWER[done, late])


_ANSWER = {
    (True, False): "answered", (True, True): "answered_late", (False, False): "running", (False, True): "missed",
}  # fmt: skip


def _first_handling(row: CaseRow, law: Callable[[date], Law], *, repeated: bool) -> Iterator[Mark]:
    """What the first handler (首办) answers for: he is rated (SAT14 5), and solves it at once or does not."""
    unit = row.first_unit or row.unit
    if row.first is None and row.closed_on is not None:
        yield Mark("first_time_resolved", unit, row.closed_on, "yes" if row.resolved and not repeated else "no")
    yield from _rated("unit", unit, row, row.unit_score, row.unit_rated_on, law)


def _acceptance(done: bool, late: bool) -> str:
    if late:
        return "accepted_late" if done else "overdue"
    return "accepted" if done else "never"


def _accept_by(registered_on: str, law: Callable[[date], Law]) -> tuple[str, str]:
    """登记+30 日: 15 to refer and 15 to notify, strictly and rolled."""
    registered = date.fromisoformat(registered_on)
    law_then = law(registered)
    dates = law_then.ending(registered, law_then.parameters["accept_unit_days"])
    return dates.strict_on.isoformat(), dates.due_on.isoformat()


def _rated(
    target: str, unit: str, row: CaseRow, score: str | None, rated_on: str | None, law: Callable[[date], Law]
) -> Iterator[Mark]:
    """Only items registered for the first time are rated (SAT14 4); litigation matters are not."""
    if row.first is not None or row.state == "channelled" or row.answered_on is None:
        return
    if score is None:
        answered = date.fromisoformat(row.answered_on)
        window_ends = answered + timedelta(days=law(answered).parameters["rating_days"])
        yield Mark(f"participation_{target}", unit, window_ends.isoformat(), "unrated")
    elif rated_on is not None:
        yield Mark(f"participation_{target}", unit, rated_on, "yes")
        yield Mark(f"satisfaction_{target}", unit, rated_on, "yes" if score in SATISFIED else "no")
