"""Shapes and examples of what is reported, and what became of it."""

from typing import Any, NotRequired, TypedDict

from api.routes.told import NO


class Rejection(TypedDict):
    """Why an action was not taken; it is kept whole and can be sent again."""

    code: str
    message: str
    path: str | None


class Taken(TypedDict):
    """What became of one action: recorded, duplicate (with the first position) or rejected."""

    outcome: str
    position: NotRequired[int]
    rejection: NotRequired[Rejection]


class TakenAll(TypedDict):
    """What became of each action, in the order sent."""

    results: list[Taken]
    recorded: int
    duplicate: int
    rejected: int


ACTION: dict[str, Any] = {
    "specversion": "1.0",
    "id": "window-3/2020-04-10/000017",
    "source": "/430408/reception-centre/window-3",
    "type": "petition.registered.v1",
    "subject": f"petition:{NO}",
    "time": "2020-04-10T09:12:00+08:00",
    "actor": "official:430408-xfj-clerk",
    "unit": "unit:430408-xfj",
    "data": {
        "channel": "visit",
        "purpose": "settlement",
        "category": "城乡建设",
        "place": "430408",
        "persons": 1,
        "petitioners": ["person:9f3a"],
        "title": "小区停车收费",
    },
}
TAKEN: dict[str, Any] = {
    "results": [
        {"outcome": "recorded", "position": 413},
        {"outcome": "duplicate", "position": 17},
        {
            "outcome": "rejected",
            "rejection": {"code": "missing-field", "message": "place is missing", "path": "data.place"},
        },
    ],
    "recorded": 1,
    "duplicate": 1,
    "rejected": 1,
}
