"""Snapshots of the national exchange record as actions: what a row says that the last known row did not, happened.

The log itself holds the last known row: what each inferred event stands on is kept in its `origin`. A change that the
record gives no date for is dated by when the records were exported, if that is told; no date is made up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from domain.codec import decode_event
from infra.importers.by_time import Action, by_time, in_order
from infra.importers.records_steps import STEPS, Step, Unclear
from infra.importers.records_table import RecordTerms, Snapshot, record_terms, snapshots
from infra.importers.rows import Problem, Problems, moment, pseudonym, stamp
from infra.log.port import Log

SOURCE = "/import/records"
ACTOR = "importer:records"


class Held(NamedTuple):
    """What the log knows of an item from earlier rows: the origins of its events, and the time of the last."""

    said: dict[str, str]
    time: str = ""


def held_by(log: Log) -> Callable[[str], Held]:
    """The last known row of an item, out of the log's events."""

    def held(no: str) -> Held:
        said: dict[str, str] = {}
        time = ""
        for entry in log.stream(f"petition:{no}"):
            event = decode_event(entry.type, entry.body, entry.position)
            if event.source == SOURCE:
                origin = event.data.origin or {}
                said |= {key: str(value) for key, value in origin.items()}
                time = max(time, stamp(event.time))
        return Held(said, time)

    return held


def _nothing(_no: str) -> Held:
    return Held({})


def records(
    path: Path, *, table: Path | None = None, seen: str | None = None, held: Callable[[str], Held] | None = None,
    units: Mapping[str, str] | None = None, problems: Problems | None = None,
) -> Iterator[Action]:  # fmt: skip
    """Establishes the units that nobody has established, a day before the first event; then what is inferred, by time.

    `seen` is when the records were exported (RFC 3339); `units` are the ids of those that stand, by name. Raises
    `ImportProblem` if the file is no such table. What cannot be mapped is told in `problems`.
    """
    told: Problems = problems if problems is not None else []
    reader = _Reader(path.name, record_terms(table), seen, units or {}, told)
    actions = by_time(reader.actions(snapshots(path, reader.terms, told), held or _nothing))
    first = next(actions, None)
    if first is not None:
        yield from reader.established(first["time"])
        yield first
        yield from actions


def looked_at(path: Path, table: Path | None = None) -> None:
    """Raises `ImportProblem` if the file is no such table, or `table` none of terms; before a store is opened."""
    next(snapshots(path, record_terms(table), []), None)


class _Reader:
    """One file being read, and the units that it has named so far."""

    def __init__(
        self, file: str, terms: RecordTerms, seen: str | None, units: Mapping[str, str], problems: Problems
    ) -> None:
        self.file = file
        self.terms = terms
        self.seen = seen
        self.known = units
        self.problems = problems
        self.named: dict[str, str] = {}

    def actions(self, rows: Iterator[Snapshot], held: Callable[[str], Held]) -> Iterator[Action]:
        """Item by item, each with its rows as the file has them."""
        ordered = (msgspec.convert(each, Snapshot) for each in in_order((row.no, row) for row in rows))
        for no, group in groupby(ordered, attrgetter("no")):
            item = _Item(self, no, held(no))
            for row in group:
                yield from item.actions(row)

    def unit(self, name: str) -> str:
        """The unit of that name: one that stands, else one that is established from its name."""
        id = self.known.get(name)
        if id is None:
            id = f"unit:rec-{pseudonym(name)}"
            self.named[name] = id
        return id

    def established(self, earliest: str) -> Iterator[Action]:
        time = stamp(datetime.fromisoformat(earliest) - timedelta(days=1))
        for name, unit in sorted(self.named.items()):
            level, kind = _standing(name)
            origin = {"file": self.file, "inferred": True, "assumed": "level,kind,division,time"}
            data = {"name": name, "level": level, "kind": kind, "division": "000000", "origin": origin}
            yield action(f"{unit}/established", "unit.established.v1", unit, time, unit, data)


class _Item:
    """One item, and what is known of it before the row that is read."""

    def __init__(self, reader: _Reader, no: str, held: Held) -> None:
        self.reader = reader
        self.no = no
        self.said = {field: value for field, value in held.said.items() if field in reader.terms.columns}
        self.time = held.time

    def actions(self, row: Snapshot) -> Iterator[Action]:
        """What happened between the last known row and this one."""
        before = dict(self.said)
        for step in STEPS:
            why = self._news(step, row, before)
            if why is not None:
                try:
                    yield from self._inferred(step, row)
                except Unclear as unclear:
                    self._tell(row, unclear.field or why, unclear.sentence)

    def _news(self, step: Step, row: Snapshot, known: Mapping[str, str]) -> str | None:
        """The field that says something new of the step; a correction of what was inferred is told, never inferred."""
        if not step.happened(row.said, self.reader.terms):
            return None
        for field in step.tells:
            said, before = row.said.get(field, ""), known.get(field, "")
            if said and said != before:
                if before and not step.again:
                    self._tell(row, field, f"it said {before!r} and says {said!r}: a correction is not inferred")
                    return None
                return field
        return None

    def _tell(self, row: Snapshot, field: str, sentence: str) -> None:
        column = self.reader.terms.column(field) if field in self.reader.terms.columns else field
        self.reader.problems.append(Problem(row.row, column, f"{self.no}: {sentence}"))

    def _inferred(self, step: Step, row: Snapshot) -> Iterator[Action]:
        draft = step.made(row, self.reader.terms, self.reader.unit)
        if draft is None:
            return
        time, assumed = self._when(step, row)
        stands_on = {field: row.said[field] for field in step.fields if field in row.said}
        origin = {
            **draft.reported, **stands_on, "file": self.reader.file, "row": row.row, "inferred": True,
            "assumed": ",".join([*draft.assumed, *assumed]),
        }  # fmt: skip
        self.said |= stands_on
        self.time = max(self.time, time)
        id = f"{self.no}/{step.name}" + (f"/{pseudonym(str(stands_on))}" if step.again else "")
        made = action(id, f"petition.{draft.type}.v1", f"petition:{self.no}", time, draft.unit, draft.data)
        made["data"]["origin"] = origin
        made["actor"] = draft.actor or ACTOR
        yield made

    def _when(self, step: Step, row: Snapshot) -> tuple[str, list[str]]:
        """When it happened, and what of that is not said. A day alone is its beginning, or as late as what came before.

        Raises `Unclear` where nobody says it.
        """
        said = row.said.get(step.dated, "")
        if not said:
            if self.reader.seen is None:
                raise Unclear("the record gives no date for it; tell with --seen when the records were exported")
            return self.reader.seen, ["time: not later than the export"]
        exact = moment(said)
        if exact is not None:
            return stamp(exact), []
        day = moment(f"{said[:10]} 00:00") if len(said) <= 10 else None
        if day is None:
            raise Unclear(f"{said!r} is neither a moment like 2020-04-24 16:03:40 nor a day", step.dated)
        first = stamp(day)
        return (self.time if self.time[:10] == first[:10] else first), ["time of day"]


def action(id: str, type_: str, subject: str, time: str, unit: str, data: dict[str, Any]) -> Action:
    return {
        "specversion": "1.0", "id": id, "source": SOURCE, "type": type_, "subject": subject, "time": time,
        "actor": ACTOR, "unit": unit, "data": data,
    }  # fmt: skip


LEVELS = (("乡", "township"), ("镇", "township"), ("街道", "township"), ("县", "county"), ("区", "county"),
          ("市", "city"), ("省", "province"), ("国家", "national"))  # fmt: skip
BUREAUS = ("信访局", "信访办", "信访办公室", "信访中心")


def _standing(name: str) -> tuple[str, str]:
    """Level and kind as the name suggests them; both are marked as assumed."""
    level = next((level for word, level in LEVELS if word in name), "county")
    return level, "bureau" if name.endswith(BUREAUS) else "other"
