"""What comes due, how much of each limit is used, and who is to be warned? One row a running deadline.

Days are counted as the limit counts them: working days for a limit in working days, calendar days without the days of
hearings for any other. What is used may exceed the whole: then the last day is over.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
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


class Running(NamedTuple):
    """A running deadline and what is needed of its item."""

    row: DueRow
    title: str
    unit: str
    """Who holds the item."""
    handler: str | None


class Day(NamedTuple):
    """The day that is asked about, under the rules known then."""

    today: date
    rules: Rules
    units: Units

    @property
    def steps(self) -> tuple[int, ...]:
        """The warning steps of the rule sets in force: percent of a limit used."""
        return self.rules.on(self.today).warnings


def due(running: Running, day: Day) -> dict[str, Any]:
    """One deadline: by when, owed by whom, how much of it is used, which warning step it has reached."""
    row, today, calendar = running.row, day.today, day.rules.calendar
    starts, last = date.fromisoformat(row.starts_on), date.fromisoformat(row.due_on)
    clock = day.rules.on(starts).clocks.get(row.clock)
    working = clock is None or clock.unit == "working"
    if working:
        used, total = max(0, calendar.workdays(starts, today)), calendar.workdays(starts, last)
    else:
        used, total = (max(0, (until - starts).days - row.uncounted) for until in (today, last))
    percent = 100 * used // total if total else 100
    owed_by = day.units.answering(UnitId(row.owed_by))
    handler = running.handler if owed_by == day.units.answering(UnitId(running.unit)) else None
    return {
        "no": row.subject.partition(":")[2], "title": running.title, "clock": row.clock,
        "name": {"zh": clock.zh, "en": clock.en} if clock else SUPERVISION, "started": row.started,
        "starts_on": row.starts_on, "due_on": row.due_on, "owed_by": owed_by, "owed_by_name": day.units.name(owed_by),
        "handler": handler, "handler_name": day.units.official(handler) if handler else None,
        "used_days": used, "total_days": total, "counted_in": "working" if working else "calendar",
        "percent": percent, "warning": max((step for step in day.steps if step <= percent), default=None),
        "days_left": (last - today).days, "working_days_left": calendar.workdays(today, last),
        "missed": overdue(row, today.isoformat()),
    }  # fmt: skip


def grouped(rows: Iterable[dict[str, Any]], steps: Sequence[int]) -> list[dict[str, Any]]:
    """By unit and handler: how many deadlines run, how many are missed, how many others stand at each warning step."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["owed_by"], row["handler"] or ""), []).append(row)
    return [_group(groups[key], steps) for key in sorted(groups)]


def _group(rows: list[dict[str, Any]], steps: Sequence[int]) -> dict[str, Any]:
    first, reached = rows[0], Counter(row["warning"] for row in rows if not row["missed"])
    return {
        "unit": first["owed_by"], "unit_name": first["owed_by_name"], "handler": first["handler"],
        "handler_name": first["handler_name"], "open": len(rows), "missed": sum(row["missed"] for row in rows),
        "warnings": {str(step): reached[step] for step in steps}, "next_due_on": min(row["due_on"] for row in rows),
    }  # fmt: skip
