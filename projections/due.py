"""What comes due, how much of each limit is used, and who is to be warned? One row a running deadline.

Days are counted as the limit counts them: working days for a limit in working days, calendar days without the days of
hearings for any other. What is used may exceed the whole: then the last day is over.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.fact import UnitId
from domain.rules.law import Rules
from domain.unit.state import Units
from projections.cases import DueRow
from projections.show import SUPERVISION


def over(last: Any, today: str) -> Any:
    """Whether a last day is over on a day (ISO text); asked of a column, the condition for it."""
    return last < today


def overdue(limit: Any, today: str) -> Any:
    """Whether a limit that runs is overdue: missed on record, or its last day over. Of a row or of columns, as over."""
    return (limit.missed > 0) | over(limit.due_on, today)


class Alike(NamedTuple):
    """What limits have in common that are told alike, but for their item; columns of `DueRow`."""

    clock: str
    starts_on: str
    due_on: str
    owed_by: str
    missed: int
    uncounted: int
    unit: str
    handler: str | None


class Used(NamedTuple):
    """How much of a limit is used on a day."""

    days: int
    of: int
    working: bool
    percent: int
    warning: int | None
    missed: bool
    owed_by: UnitId
    """Who answers for it by now."""
    handler: str | None
    """Who handles the item, if it is his unit that owes."""


class Day(dict[Alike, Used]):
    """The day that is asked about, under the rules known then. Many limits are alike: of these each is counted once."""

    def __init__(self, today: date, rules: Rules, units: Units) -> None:
        self.today, self.rules, self.units = today, rules, units
        self.steps = rules.on(today).warnings
        """The warning steps of the rule sets in force: percent of a limit used."""

    def __missing__(self, limit: Alike) -> Used:
        starts, last = date.fromisoformat(limit.starts_on), date.fromisoformat(limit.due_on)
        calendar, clock = self.rules.calendar, self.rules.on(starts).clocks.get(limit.clock)
        working = clock is None or clock.unit == "working"
        if working:
            used, total = max(0, calendar.workdays(starts, self.today)), calendar.workdays(starts, last)
        else:
            used, total = (max(0, (until - starts).days - limit.uncounted) for until in (self.today, last))
        percent, owed_by = 100 * used // total if total else 100, self.units.answering(UnitId(limit.owed_by))
        told = self[limit] = Used(
            used, total, working, percent, max((step for step in self.steps if step <= percent), default=None),
            overdue(limit, self.today.isoformat()), owed_by,
            limit.handler if owed_by == self.units.answering(UnitId(limit.unit)) else None,
        )  # fmt: skip
        return told


def alike(row: DueRow) -> Alike:
    return Alike._make(getattr(row, name) for name in Alike._fields)


def due(row: DueRow, title: str, day: Day) -> dict[str, Any]:
    """One deadline: by when, owed by whom, how much of it is used, which warning step it has reached."""
    told, last = day[alike(row)], date.fromisoformat(row.due_on)
    clock = day.rules.on(date.fromisoformat(row.starts_on)).clocks.get(row.clock)
    return {
        "no": row.subject.partition(":")[2], "title": title, "clock": row.clock,
        "name": {"zh": clock.zh, "en": clock.en} if clock else SUPERVISION, "started": row.started,
        "starts_on": row.starts_on, "due_on": row.due_on, "owed_by": told.owed_by,
        "owed_by_name": day.units.name(told.owed_by), "handler": told.handler,
        "handler_name": day.units.official(told.handler) if told.handler else None,
        "used_days": told.days, "total_days": told.of, "counted_in": "working" if told.working else "calendar",
        "percent": told.percent, "warning": told.warning, "days_left": (last - day.today).days,
        "working_days_left": day.rules.calendar.workdays(day.today, last), "missed": told.missed,
    }  # fmt: skip


def grouped(counts: Mapping[Alike, int], day: Day) -> list[dict[str, Any]]:
    """By unit and handler: how many deadlines run, how many are missed, how many others stand at each warning step."""
    groups: dict[tuple[str, str], list[tuple[Alike, int]]] = {}
    for limit, number in counts.items():
        told = day[limit]
        groups.setdefault((told.owed_by, told.handler or ""), []).append((limit, number))
    return [_group(groups[key], day) for key in sorted(groups)]


def _group(limits: Sequence[tuple[Alike, int]], day: Day) -> dict[str, Any]:
    first, reached, missed = day[limits[0][0]], Counter[int | None](), 0
    for limit, number in limits:
        told = day[limit]
        if told.missed:
            missed += number
        else:
            reached[told.warning] += number
    return {
        "unit": first.owed_by, "unit_name": day.units.name(first.owed_by), "handler": first.handler,
        "handler_name": day.units.official(first.handler) if first.handler else None,
        "open": sum(number for _, number in limits), "missed": missed,
        "warnings": {str(step): reached[step] for step in day.steps},
        "next_due_on": min(limit.due_on for limit, _ in limits),
    }  # fmt: skip
