"""What comes out otherwise, and why: the answer of a what-if as JSON (docs/guides/what-if.md)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from threading import Lock
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from domain.calendar import Calendar
from domain.deadlines import PETITIONER, Deadline
from domain.envelope import day_of
from domain.rules.differences import Difference, about_clock, concerning, differences
from domain.rules.law import Rules, Supposed
from domain.unit.state import Units
from infra.log.port import Log
from infra.log.times import micros, of_micros
from infra.questions.findings import facts, told
from infra.whatif.judging import Judged, Progress, judged, unwatched
from projections.comparison import NOW, WAS, Changed, Pair
from projections.findings import StandingFinding

Row = dict[str, Any]


class Known(NamedTuple):
    """By whom and by which rules a finding is told."""

    units: Units
    rules: Rules


class WhatIf:
    """Judges one log again under other rules, beside. Nothing on record changes, and no read model is asked."""

    def __init__(self, log: Log, rules: Rules) -> None:
        self._log = log
        self._rules = rules
        self._one = Lock()
        """One judgement at a time: each keeps a city in memory."""

    def replay(
        self, supposed: Supposed, *, to: int | datetime | None = None, progress: Progress = unwatched
    ) -> Row:  # fmt: skip
        """What would have come out up to a position, or up to a time, to which the clock goes on then."""
        until = day_of(to) if isinstance(to, datetime) else None
        upto = self._upto(to)
        with self._one:
            found = judged(self._log, self._rules, supposed, upto=upto, until=until, progress=progress)
        return {**self._head(upto), **Telling(found).answer()}

    def preview(self, supposed: Supposed, *, progress: Progress = unwatched) -> Row:
        """The same of what is to be adopted from `supposed.since` on; of the deadlines only those that still run.

        If that day is still to come it is supposed to have been in force all along.
        """
        upto, day = self._upto(None), supposed.since
        head = self._head(upto)
        since = day if upto and day <= date.fromisoformat(head["as_of"][:10]) else None
        supposed = replace(supposed, since=since or date.min)
        with self._one:
            found = judged(self._log, self._rules, supposed, upto=upto, progress=progress)
        span = {"adopted_from": day.isoformat(), "supposed_since": since and since.isoformat()}
        note = dict(zip(("zh", "en"), NOTE_AHEAD if since is None else NOTE_BEHIND, strict=True))
        return {**head, **span, "note": note, **Telling(found).answer(open_only=True)}

    def _upto(self, to: int | datetime | None) -> int:
        """A position of the log: its end, the one given, or the last one recorded by a time."""
        if isinstance(to, datetime):
            return self._log.at(micros(to))
        head = self._log.head().position
        return head if to is None else min(to, head)

    def _head(self, position: int) -> Row:
        entry = self._log.get(position)
        moment = of_micros(entry.recorded if entry else 0)
        told = dict.fromkeys(("as_of", "at"), moment.isoformat())
        return {**told, "position": position, "behind": self._log.head().position - position}


NOTE_AHEAD = (
    "已作出的判断不变，施行之日起的新步骤才适用。以下按自始施行推算。",
    "What was decided stays decided; from its day on new steps are judged under it. Shown as if always in force.",
)
NOTE_BEHIND = (
    "已作出的判断不变。以下按自该日起施行推算。",
    "What was decided stays decided. Shown as if in force since that day.",
)


class Telling:
    """Tells what was judged. What differs in the law altogether stands in when the day alone says nothing."""

    def __init__(self, judged: Judged) -> None:
        self.judged = judged
        self.everything = judged.why()
        self._by_law: dict[tuple[int, int], list[Difference]] = {}

    def answer(self, *, open_only: bool = False) -> Row:
        judged = self.judged
        findings: dict[str, list[Row]] = {"appear": [], "vanish": [], "change": []}
        for each in judged.comparison.findings():
            kind, row = self._finding(each)
            if row is not None:
                findings[kind].append(row)
        moved = [self._deadline(pair) for pair in judged.comparison.deadlines() if not open_only or any(pair.open)]
        return {
            "position": judged.position,
            "differences": [_plain(each) for each in self.everything],
            "findings": findings,
            "counts": {
                "by_rule": _counted(findings, "rule"),
                "by_unit": _counted(findings, "unit"),
                "deadlines_by_unit": dict(sorted(Counter(row["owed_by"] for row in moved).items())),
            },
            "deadlines": sorted(moved, key=lambda row: (row["subject"], row["starts_on"], row["clock"])),
            "refused": [_plain(each) for each in judged.refused],
            "absences": dict(zip(("on_record", "what_if"), judged.absences, strict=True)),
        }

    # findings

    def _finding(self, each: Changed) -> tuple[str, Row | None]:
        judged = self.judged
        if each.was is None and each.now is None:
            return "", None
        if each.was is None or each.now is None:
            kind, standing, rules = (
                ("appear", each.now, judged.now) if each.was is None else ("vanish", each.was, judged.was)
            )
            assert standing is not None
            row = told(self._on_record(standing), Known(judged.units, rules))
            return kind, {**row, "why": self._why(standing.finding.rule, standing.finding.since)}
        changed = self._changed(each.was, each.now)
        if not changed:
            return "", None
        row = told(self._on_record(each.now), Known(judged.units, judged.now))
        return "change", {**row, "changed": changed, "why": self._why(row["rule"], each.now.finding.since)}

    def _on_record(self, standing: StandingFinding) -> StandingFinding:
        """Evidence is what lies on record; what the clock would have said has no position."""
        found = standing.finding
        evidence = tuple(at for at in found.evidence if at <= self.judged.position)
        return replace(standing, finding=replace(found, evidence=evidence))

    def _changed(self, was: StandingFinding, now: StandingFinding) -> Row:
        before, after = (replace(each.finding, evidence=()) for each in (was, now))
        if before == after and was.state == now.state:
            return {}
        old, new = facts(was, self.judged.units), facts(now, self.judged.units)
        return {name: {"from": old[name], "to": new[name]} for name in old if old[name] != new[name]}

    # deadlines

    def _deadline(self, pair: Pair) -> Row:
        (subject, clock, _), (was, now) = pair.place, pair.sides
        one = now or was
        assert one is not None
        owed_by, units = one.owed_by, self.judged.units
        return {
            "subject": subject, "clock": clock, "starts_on": one.starts_on.isoformat(),
            "from": was and was.due_on.isoformat(), "to": now and now.due_on.isoformat(),
            "owed_by": owed_by, "owed_by_name": "信访人" if owed_by == PETITIONER else units.name(owed_by),
            "open": pair.open[WAS if was is not None else NOW],
            "why": self._why_moved(clock, [each for each in (was, now) if each is not None]),
        }  # fmt: skip

    def _why_moved(self, clock: str, sides: list[Deadline]) -> list[Row]:
        start = sides[0].starts_on
        days = [start, *(each.due_on for each in sides)]
        found = about_clock(clock, self._on(start)) or about_clock(clock, self.everything)
        found = [*found, *_calendars(self.judged.was.calendar, self.judged.now.calendar, days)]
        return [_plain(each) for each in found]

    # why

    def _on(self, day: date) -> list[Difference]:
        was, now = self.judged.was.on(day), self.judged.now.on(day)
        key = (id(was), id(now))
        if key not in self._by_law:
            self._by_law[key] = differences(was, now)
        return self._by_law[key]

    def _why(self, rule: str, day: date) -> list[Row]:
        law = self.judged.now.on(day)
        found = concerning(rule, self._on(day), law) or concerning(rule, self.everything, law)
        found = found or _calendars(self.judged.was.calendar, self.judged.now.calendar, [day])
        return [_plain(each) for each in found]


def _calendars(was: Calendar, now: Calendar, days: Iterable[date]) -> list[Difference]:
    """Years of these days that are counted by another calendar."""
    years = sorted({day.year for day in days})
    return [
        Difference(
            f"calendar.{year}", *(each.years[year].version if year in each.years else None for each in (was, now))
        )
        for year in years
        if was.years.get(year) != now.years.get(year)
    ]


def _counted(findings: dict[str, list[Row]], key: str) -> dict[str, dict[str, int]]:
    counts = {kind: Counter(row[key] for row in rows) for kind, rows in findings.items()}
    return {
        name: {kind: counts[kind][name] for kind in counts}
        for name in sorted({*counts["appear"], *counts["vanish"], *counts["change"]})
    }


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value)
