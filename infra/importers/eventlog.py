"""An event log of any process as actions: who had which case when. Hand-overs between groups become routing.

The first row of a case registers it. A table of terms says which activities are steps; all others are work on the item.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from domain.envelope import SHANGHAI
from domain.petition.steps import OPEN_TO
from domain.vocabulary import TYPES
from infra.importers.by_time import Action, by_time, in_order
from infra.importers.eventlog_table import Done, done
from infra.importers.eventlog_terms import Term, Terms, terms, type_of
from infra.importers.rows import Problem, Problems, pseudonym, stamp

ACTOR = "importer:eventlog"
SAFE = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A name that can stand in an id as it is."""

STANDING = "level,kind,division,time"
"""What no event log says of a unit."""

LEADS_TO = {
    "referred": "routed", "accepted": "accepted", "answered": "answered", "not_accepted": "refused",
    "no_longer_accepted": "refused", "channelled": "channelled", "review_requested": "under_review",
    "review_answered": "answered", "rereview_requested": "under_rereview", "rereview_answered": "answered",
    "closed": "closed", "withdrawn": "withdrawn", "determined": "determined", "reopened": "routed",
}  # fmt: skip
"""The state after a step; all others leave it. Enough to know what cannot be taken, and to say so."""


def name_of(path: Path) -> str:
    """What a log is called if nobody says it: its file, without endings. It stands in each number and id."""
    return path.name.partition(".")[0]


def eventlog(
    path: Path, *, name: str | None = None, columns: Mapping[str, str] | None = None, zone: tzinfo = SHANGHAI,
    table: Path | None = None, problems: Problems | None = None,
) -> Iterator[Action]:  # fmt: skip
    """Establishes the groups, a day before the first row; then what was done, by time.

    Raises `ImportProblem` if the file is no event log, or `table` none of terms. What cannot be mapped is told in
    `problems`, complete before the first action comes.
    """
    told: Problems = problems if problems is not None else []
    reader = _Reader(path, name or name_of(path), terms(table), told)
    actions = by_time(reader.actions(done(path, columns or {}, zone, told)))
    first = next(actions, None)
    if first is not None:
        yield from reader.established(first["time"])
        yield first
        yield from actions


class _Reader:
    """One log being read, and the units that it has named so far."""

    def __init__(self, path: Path, name: str, terms: Terms, problems: Problems) -> None:
        self.file = path.name
        self.name = name
        self.terms = terms
        self.problems = problems
        self.units: dict[str, dict[str, str]] = {}

    def actions(self, rows: Iterator[Done]) -> Iterator[Action]:
        """What was done, case by case, in each by time and then as the file has it."""
        keyed = ((f"{row.case}\0{row.time}", row) for row in rows)
        ordered = (msgspec.convert(each, Done) for each in in_order(keyed))
        for _, case in groupby(ordered, attrgetter("case")):
            yield from _Case(self, list(case)).actions()

    def unit(self, group: str) -> str:
        """The unit of a group; where the log names none, one that stands for the log itself."""
        if group:
            return self._unit(group, {"name": group, "assumed": STANDING})
        return self._unit("the-log", {"name": self.name, "assumed": f"unit,name,{STANDING}"})

    def named(self, key: str) -> str:
        """A unit of the table of terms; a name that is not in it is taken as an id."""
        unit = self.terms.units.get(key)
        if unit is None:
            return key
        said = {"name": unit.name, "level": unit.level, "kind": unit.kind, "assumed": f"unit,name,{STANDING}"}
        return self._unit(key, said)

    def _unit(self, key: str, said: dict[str, str]) -> str:
        id = f"unit:{self.name}-{_safe(key)}"
        self.units.setdefault(id, said)
        return id

    def established(self, earliest: str) -> Iterator[Action]:
        time = stamp(datetime.fromisoformat(earliest) - timedelta(days=1))
        for unit, said in sorted(self.units.items()):
            data = {
                "name": said["name"], "level": said.get("level", "county"), "kind": said.get("kind", "other"),
                "division": "000000", "origin": {"file": self.file, "assumed": said["assumed"]},
            }  # fmt: skip
            id = f"{unit.removeprefix('unit:')}/established"
            yield self.action(id, "unit.established.v1", unit, time, ACTOR, unit, data)

    def action(
        self, id: str, type_: str, subject: str, time: str, actor: str, unit: str, data: dict[str, Any]
    ) -> Action:
        return {
            "specversion": "1.0", "id": id, "source": f"/import/eventlog/{self.name}", "type": type_,
            "subject": subject, "time": time, "actor": actor, "unit": unit, "data": data,
        }  # fmt: skip


class _Case:
    """The rows of one case in their order, and how far the item they become has got."""

    def __init__(self, log: _Reader, rows: Sequence[Done]) -> None:
        self.log = log
        self.rows = rows
        self.state = ""
        self.group = ""
        self.handler: str | None = None
        steps = [log.terms.of(row.activity, row.what) for row in rows]
        self.steps = [_Step(place, row, step) for place, (row, step) in enumerate(zip(rows, steps, strict=True), 1)]
        held = [rows[0].group]
        for row in rows:
            held.append(row.group or held[-1])
        self.moves = [place for place in range(2, len(held)) if held[place] != held[place - 1]]
        self.last_move = max(self.moves, default=0)
        ends = [step.place for step in self.steps if step.name in ("accepted", "closed")]
        self.last_end = max([*ends, self.last_move])

    def actions(self) -> Iterator[Action]:
        """An item that moved on had not been accepted, and one that was worked on again had not been closed."""
        for step in self.steps:
            moved = step.place in self.moves
            if step.place == 1:
                yield self._registered(step)
            elif moved:
                yield from self._taken(step, "referred", {"to_unit": self.log.unit(step.row.group)}, ["type"])
            self.group = step.row.group or self.group
            name = self._counting(step)
            if name == "worked":
                if step.place > 1 and not moved:
                    yield self._action(step, "worked", {"what": step.row.what}, [])
            elif step.term is not None:
                yield from self._taken(step, name, *self._said(step.term, name, step))

    def _counting(self, step: "_Step") -> str:
        """The step that a row counts as: what was not the end of it was work."""
        if step.name == "accepted":
            if step.place < self.last_move:
                return "worked"
            if self.state in ("accepted", "answered"):
                return "handler_changed" if self._official(step) not in (None, self.handler) else "worked"
        if step.name == "closed" and step.place < self.last_end:
            return "worked"
        return step.name

    def _said(self, term: Term, name: str, step: "_Step") -> tuple[dict[str, Any], list[str]]:
        """Data of the step, and which of them the log does not say."""
        if name == "handler_changed":
            return {"handler": self._official(step), "reason": step.row.what}, ["reason"]
        data = {
            key: self.log.named(value) if key in ("to_unit", "by_unit") else value for key, value in term.data.items()
        }
        if name == "accepted":
            data["handler"] = self._official(step)
        return data, sorted(term.data)

    def _taken(self, step: "_Step", name: str, data: dict[str, Any], assumed: list[str]) -> Iterator[Action]:
        """The step, if the item is open to it; else it is told, and taken as work."""
        if self.state not in OPEN_TO[TYPES[type_of(name)]]:
            sentence = f"{step.row.what!r} would be petition.{name}, but the item is {self.state}: taken as work on it"
            self.log.problems.append(Problem(step.row.row, "", sentence))
            yield self._action(step, "worked", {"what": step.row.what}, [])
            return
        yield self._action(step, name, data, assumed)
        self.state = "accepted" if data.get("outcome") == "revoked" else LEADS_TO.get(name, self.state)
        self.handler = data.get("handler", self.handler)

    def _registered(self, step: "_Step") -> Action:
        """Nobody is named who asked for it, so nobody can be notified: the item stands as anonymous (R2005 22)."""
        self.state, self.group = "registered", step.row.group
        data = {
            "channel": "online", "purpose": "enquiry", "category": "其他", "place": "000000", "persons": 1,
            "petitioners": [], "anonymous": True, "title": step.row.case,
        }  # fmt: skip
        assumed = ["channel", "purpose", "category", "place", "persons", "anonymous", "title"]
        return self._action(step, "registered", data, assumed)

    def _official(self, step: "_Step") -> str | None:
        return f"official:{self.log.name}-{_safe(step.row.resource)}" if step.row.resource else None

    def _action(self, step: "_Step", name: str, data: dict[str, Any], assumed: list[str]) -> Action:
        row, log = step.row, self.log
        if row.dated_only:
            assumed = [*assumed, "time of day"]
        said = {"activity": row.activity, "lifecycle": row.lifecycle, "resource": row.resource, "group": row.group}
        origin = {**row.other, **said, "file": log.file, "row": row.row, "assumed": ",".join(assumed)}
        data = {**data, "origin": {key: value for key, value in origin.items() if value != ""}}
        unit = data.get("by_unit") or log.unit(self.group)
        return log.action(
            f"{row.case}/{step.place}/{name}", type_of(name), f"petition:{log.name}-{row.case}", row.time,
            self._official(step) or ACTOR, unit, data,
        )  # fmt: skip


class _Step:
    """A row in its place (from 1) in the case, and the term that reads it."""

    def __init__(self, place: int, row: Done, term: Term | None) -> None:
        self.place = place
        self.row = row
        self.term = term
        self.name = term.step if term is not None else "worked"


def _safe(name: str) -> str:
    return name if SAFE.fullmatch(name) else pseudonym(name)
