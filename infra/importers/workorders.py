"""A hotline's work orders as actions: registered by the hotline, assigned to the unit that the row names.

The file tells no person, no text and no closing time, and none is made up: what it says of archiving stays in `origin`.
"""

import tomllib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from domain.digits import digits
from infra.importers.by_time import Action, by_time
from infra.importers.rows import Problem, Problems, Row, misfit, moment, pseudonym, rows, stamp

MOST_DIGITS = 9
"""Of a count; a longer number is kept as it was written."""
ARCHIVE = ("OPERATE_NUM", "INTIME_ARCHIVE_NUM", "INTIME_TO_ARCHIVE_NUM", "OVERTIME_ARCHIVE_NUM")
REPORTED = (
    "EVENT_SRC_NAME", "EVENT_PROPERTY_NAME", "EVENT_TYPE_NAME", "MAIN_TYPE_NAME", "SUB_TYPE_NAME", "STREET_NAME",
    "COMMUNITY_NAME", "DISPOSE_UNIT_NAME",
)  # fmt: skip
REQUIRED = ("REC_ID", "CREATE_TIME", *REPORTED, *ARCHIVE)
HOTLINE = "unit:hotline"
SOURCE = "/import/workorders"
ACTOR = "importer:workorders"
NOWHERE = "000000"
EMPTY = ("", "-")
"""How the file writes that it says nothing."""


def workorders(path: str | Path, problems: Problems | None = None) -> Iterator[Action]:
    """Establishes the hotline and every unit named, a day before the first order; then the orders by time.

    Raises `ImportProblem` if the file is no such table. Rows that cannot be taken, and orders that name no unit and
    are therefore registered only, are told in `problems`.
    """
    told: Problems = problems if problems is not None else []
    names: dict[str, None] = {}
    actions = by_time(_all(Path(path), names, told))
    first = next(actions, None)
    if first is None:
        return
    yield from _units(Path(path).name, names, first["time"])
    yield first
    yield from actions


@cache
def terms() -> dict[str, dict[str, str]]:
    """How the file's words are read (workorder_terms.toml)."""
    return tomllib.loads((files("infra.importers") / "workorder_terms.toml").read_text(encoding="utf-8"))


def _all(path: Path, names: dict[str, None], problems: Problems) -> Iterator[Action]:
    seen: dict[str, int] = {}
    for number, row in rows(path, REQUIRED):
        created = _usable(number, row, seen, problems)
        if created is None:
            continue
        origin = _origin(path.name, number, row)
        name = row["DISPOSE_UNIT_NAME"]
        if name in EMPTY:
            problems.append(Problem(number, "DISPOSE_UNIT_NAME", "no unit is named; the order is registered only"))
            yield _registered(row, created, {**origin, "not_routed": "no unit is named"})
            continue
        names.setdefault(name)
        yield _registered(row, created, origin)
        yield _assigned(row, created, {"file": path.name, "row": number, "assumed": "time"})


def _usable(number: int, row: Row, seen: dict[str, int], problems: Problems) -> datetime | None:
    """When the order was made, if the row can be taken at all."""
    id, created = row.get("REC_ID", ""), moment(row.get("CREATE_TIME", ""))
    problem = misfit(number, row, len(REQUIRED))
    if problem is None and id in EMPTY:
        problem = Problem(number, "REC_ID", "the field is empty; the row is left out")
    if problem is None and id in seen:
        problem = Problem(number, "REC_ID", f"the order {id} was in row {seen[id]} already")
    if problem is None and created is None:
        problem = Problem(number, "CREATE_TIME", f"{row['CREATE_TIME']!r} is not a moment like 2018-07-04 17:24:41")
    if problem is not None:
        problems.append(problem)
        return None
    seen[id] = number
    return created


def _origin(file: str, number: int, row: Row) -> dict[str, str | int]:
    """What the row reports, under its own column names; figures as figures."""
    origin: dict[str, str | int] = {"file": file, "row": number}
    for name in (*REPORTED, *ARCHIVE):
        value = row[name]
        figure = digits(value, 10**MOST_DIGITS - 1) if name in ARCHIVE else None
        origin[name.lower()] = value if figure is None else figure
    return origin


def _read(row: Row) -> tuple[str, str, str, list[str]]:
    """Channel, purpose, category, and which of them the file does not say in words that are clear."""
    known, assumed = terms(), []
    channel = known["channel"].get(row["EVENT_SRC_NAME"])
    purpose = known["purpose"].get(row["EVENT_PROPERTY_NAME"])
    category = known["main_type"].get(row["MAIN_TYPE_NAME"]) or known["event_type"].get(row["EVENT_TYPE_NAME"])
    if channel is None:
        assumed.append("channel")
    if purpose is None:
        assumed.append("purpose")
    if category is None:
        assumed.append("category")
    return channel or "phone", purpose or "enquiry", category or "其他", assumed


def _action(id: str, type_: str, subject: str, time: str, unit: str, data: dict[str, Any]) -> Action:
    return {
        "specversion": "1.0", "id": id, "source": SOURCE, "type": type_, "subject": subject, "time": time,
        "actor": ACTOR, "unit": unit, "data": data,
    }  # fmt: skip


def _registered(row: Row, created: datetime, origin: dict[str, str | int]) -> Action:
    """Nobody is named, so nobody can be notified: the item stands as anonymous (R2005 22), and that is marked."""
    channel, purpose, category, unclear = _read(row)
    assumed = ",".join([*unclear, "place", "persons", "anonymous", "title"])
    data: dict[str, Any] = {
        "channel": channel, "purpose": purpose, "category": category, "place": NOWHERE, "persons": 1,
        "petitioners": [], "anonymous": True, "title": _title(row), "origin": {**origin, "assumed": assumed},
    }  # fmt: skip
    id = row["REC_ID"]
    return _action(
        f"{id}/registered", "petition.registered.v1", f"petition:hotline-{id}", stamp(created), HOTLINE, data
    )


def _title(row: Row) -> str:
    """The file has no title: what kind of trouble it is, and where."""
    kinds = dict.fromkeys(row[name] for name in ("MAIN_TYPE_NAME", "SUB_TYPE_NAME") if row[name] not in EMPTY)
    where = "".join(row[name] for name in ("STREET_NAME", "COMMUNITY_NAME") if row[name] not in EMPTY)
    what = "：".join(kinds) or row["EVENT_TYPE_NAME"] or "工单"
    return f"{what}（{where}）" if where else what


def _assigned(row: Row, created: datetime, origin: dict[str, str | int]) -> Action:
    id = row["REC_ID"]
    data = {"to_unit": unit_id(row["DISPOSE_UNIT_NAME"]), "origin": origin}
    return _action(f"{id}/assigned", "petition.assigned.v1", f"petition:hotline-{id}", stamp(created), HOTLINE, data)


def unit_id(name: str) -> str:
    """A stable id for a unit that the file only names."""
    return f"unit:wo-{pseudonym(name)}"


def _units(file: str, names: dict[str, None], earliest: str) -> Iterator[Action]:
    time = stamp(datetime.fromisoformat(earliest) - timedelta(days=1))
    yield _established(file, HOTLINE, "12345热线", "county", "other", time, "unit,name,level,kind,division,time")
    for name in sorted(names):
        level, kind = _standing(name)
        yield _established(file, unit_id(name), name, level, kind, time, "level,kind,division,time")


def _established(file: str, unit: str, name: str, level: str, kind: str, time: str, assumed: str) -> Action:
    origin = {"file": file, "assumed": assumed}
    data = {"name": name, "level": level, "kind": kind, "division": NOWHERE, "origin": origin}
    return _action(f"{unit.removeprefix('unit:')}/established", "unit.established.v1", unit, time, HOTLINE, data)


def _standing(name: str) -> tuple[str, str]:
    """Level and kind as the name suggests them; both are marked as assumed."""
    bare = name.partition("（")[0]
    if bare.endswith(("社区", "社区工作站")):
        return "village", "village"
    if "办事处" in name or "街道" in bare:
        return "township", "township" if bare.endswith("办事处") else "other"
    return "county", "department" if bare.endswith(("局", "分局", "委", "部")) else "other"
