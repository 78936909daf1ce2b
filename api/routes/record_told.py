"""Shapes and examples of the log itself, and of how the system does."""

from typing import Any, NotRequired, TypedDict

from api.routes.told import TOLD, Told


class Event(TypedDict):
    """One event of the log (a CloudEvent and what the log added)."""

    position: int
    id: NotRequired[str]
    source: NotRequired[str]
    type: str
    time: str
    recorded: str
    actor: str
    unit: str | None
    data: dict[str, Any]
    decided: NotRequired[dict[str, Any]]


class LogPage(Told):
    """Events in log order; go on after `next`."""

    events: list[Event]
    next: int | None


class Checkpoint(TypedDict):
    """Size and Merkle root of the log (base64), as a note signed with the log's key (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: str
    note: str
    keys: list[str]


class Proof(TypedDict):
    """One event's stored bytes and hashes in base64, the nearest hash first (RFC 6962), and the signed checkpoint."""

    form: str
    position: int
    type: str
    event: str
    proof: list[str]
    checkpoint: str
    keys: str


class Health(TypedDict):
    """Positions of the log and of the read models."""

    ok: bool
    position: int
    views_position: int
    behind: int


EVENT = {
    "position": 17,
    "type": "petition.registered.v1",
    "time": "2020-04-10T09:12:00+08:00",
    "recorded": "2020-04-10T09:12:03+08:00",
    "actor": "official:430408-xfj-clerk",
    "unit": "unit:430408-xfj",
    "data": {"channel": "visit"},
    "decided": {},
}
LOG = {**TOLD, "events": [EVENT], "next": 412}
NOTE = """\
example.org/hengyang
1
lcyGNz0GGrRP7rRr9IWBH3N9mIy5n8yLMzhG7oEBlXQ=

— example.org/hengyang 8RAuojDVnH+Sv/aT8cbCUNWS+x99tYDmFy7FR8JwgA1RU3vg48Gkot/Jmd/aTJ5zM3lciQS9CmYxce8yPTOduivLjwY=
"""
KEY = "example.org/hengyang+f1102ea2+AWmw51Ii8lmHXtfU0d7TGavZYjvHEUFAiFD0G5NE24xW"
CHECKPOINT = {
    "origin": "example.org/hengyang", "size": 1, "root": "lcyGNz0GGrRP7rRr9IWBH3N9mIy5n8yLMzhG7oEBlXQ=", "note": NOTE,
    "keys": [KEY],
}  # fmt: skip
PROOF = {
    "form": "danze proof 1", "position": 1, "type": "unit.established.v1", "event": "e30=", "proof": [],
    "checkpoint": NOTE, "keys": f"{KEY}\n",
}  # fmt: skip
HEALTH = {"ok": True, "position": 412, "views_position": 412, "behind": 0}
