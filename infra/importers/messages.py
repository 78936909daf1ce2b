"""Citizens' messages to a leader's mailbox, with the answers where there are some, as actions.

Columns: message_id, user_id, title, posted_at, body; reply and replied_at where the file has answers.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from infra.importers.by_time import Action, by_time
from infra.importers.rows import Problem, Problems, Row, misfit, moment, pseudonym, rows, stamp

REQUIRED = ("message_id", "user_id", "title", "posted_at", "body")
KNOWN = (*REQUIRED, "reply", "replied_at")
MAILBOX = "unit:mailbox"
SOURCE = "/import/messages"
ACTOR = "importer:messages"

NEUTRAL = {"purpose": "enquiry", "category": "其他", "place": "000000"}
"""What the file does not say: the purpose that binds nobody, the class of the unclassified, the code of no place."""


def messages(path: str | Path, unit: str = MAILBOX, problems: Problems | None = None) -> Iterator[Action]:
    """One item a row: registered when it was posted, answered at once when it was replied to.

    Raises `ImportProblem` if the file is no such table. A row, or the part of it, that cannot be taken is left out
    and told in `problems`. A unit of one's own must stand already; the mailbox is established first.
    """
    told: Problems = problems if problems is not None else []
    actions = by_time(_all(Path(path), unit, told))
    first = next(actions, None)
    if first is None:
        return
    if unit == MAILBOX:
        yield _mailbox(Path(path).name, first["time"])
    yield first
    yield from actions


def _all(path: Path, unit: str, problems: Problems) -> Iterator[Action]:
    seen: dict[str, int] = {}
    for number, row in rows(path, REQUIRED):
        posted = _usable(number, row, seen, problems)
        if posted is None:
            continue
        origin: dict[str, str | int] = {"file": path.name, "row": number}
        yield _registered(row, posted, unit, origin)
        replied = _replied(number, row, posted, problems)
        if replied is not None:
            yield _answered(row, replied, unit, origin)


def _usable(number: int, row: Row, seen: dict[str, int], problems: Problems) -> datetime | None:
    """When the message was posted, if the row can be taken at all."""
    problem = misfit(number, row, len(row) - 1) or _missing(number, row)
    id = row.get("message_id", "")
    if problem is None and id in seen:
        problem = Problem(number, "message_id", f"the message {id} was in row {seen[id]} already")
    posted = moment(row.get("posted_at", ""))
    if problem is None and posted is None:
        problem = Problem(number, "posted_at", f"{row['posted_at']!r} is not a moment like 2019-04-24 16:03:40")
    if problem is not None:
        problems.append(problem)
        return None
    seen[id] = number
    return posted


def _missing(number: int, row: Row) -> Problem | None:
    for field in ("message_id", "user_id", "title", "posted_at"):
        if not row.get(field):
            return Problem(number, field, "the field is empty; the row is left out")
    return None


def _replied(number: int, row: Row, posted: datetime, problems: Problems) -> datetime | None:
    """When the reply was given, if there is one that can be taken."""
    reply, at = row.get("reply", ""), row.get("replied_at", "")
    if not reply and not at:
        return None
    if not reply or not at:
        missing = "reply" if not reply else "replied_at"
        problems.append(Problem(number, missing, "the field is empty; the message is taken, its reply is not"))
        return None
    replied = moment(at)
    if replied is None:
        problems.append(
            Problem(number, "replied_at", f"{at!r} is not a moment; the message is taken, its reply is not")
        )
    elif replied < posted:
        problems.append(Problem(number, "replied_at", "the reply is earlier than the message; the reply is not taken"))
        return None
    return replied


def _action(id: str, type_: str, subject: str, time: str, unit: str, data: dict[str, Any]) -> Action:
    return {
        "specversion": "1.0", "id": id, "source": SOURCE, "type": type_, "subject": subject, "time": time,
        "actor": ACTOR, "unit": unit, "data": data,
    }  # fmt: skip


def _registered(row: Row, posted: datetime, unit: str, origin: dict[str, str | int]) -> Action:
    kept = {name: value for name, value in row.items() if name not in KNOWN and value}
    data: dict[str, Any] = {
        "channel": "leader_mailbox", **NEUTRAL, "persons": 1, "petitioners": [f"person:{pseudonym(row['user_id'])}"],
        "title": row["title"], "origin": {**kept, **origin, "assumed": "purpose,category,place,persons"},
    }  # fmt: skip
    if row["body"]:
        data["personal"] = {"text": row["body"]}
    id = row["message_id"]
    return _action(f"{id}/registered", "petition.registered.v1", f"petition:mailbox-{id}", stamp(posted), unit, data)


def _answered(row: Row, replied: datetime, unit: str, origin: dict[str, str | int]) -> Action:
    data: dict[str, Any] = {
        "outcome": "explained", "disposition": [], "basis": [], "immediate": True,
        "personal": {"text": row["reply"]}, "origin": {**origin, "assumed": "outcome,immediate"},
    }  # fmt: skip
    id = row["message_id"]
    return _action(f"{id}/answered", "petition.answered.v1", f"petition:mailbox-{id}", stamp(replied), unit, data)


def _mailbox(file: str, earliest: str) -> Action:
    """The unit that the rows speak of without naming it, a day before the first of them."""
    time = stamp(datetime.fromisoformat(earliest) - timedelta(days=1))
    data = {
        "name": "领导信箱", "level": "city", "kind": "other", "division": "000000",
        "origin": {"file": file, "assumed": "unit,name,level,kind,division,time"},
    }  # fmt: skip
    return _action("mailbox/established", "unit.established.v1", MAILBOX, time, MAILBOX, data)
