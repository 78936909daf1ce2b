"""Shapes and examples of what is asked by whoever works on items."""

from typing import Any, NotRequired, TypedDict

from api.routes.told import NO, TOLD, Told


class DueRow(TypedDict):
    """A running deadline; days are counted as its limit counts them."""

    no: str
    title: str
    clock: str
    name: dict[str, str]
    started: int
    starts_on: str
    due_on: str
    owed_by: str
    owed_by_name: str
    handler: str | None
    handler_name: str | None
    used_days: int
    total_days: int
    counted_in: str
    percent: int
    warning: int | None
    days_left: int
    working_days_left: int
    missed: bool


class DueGroup(TypedDict):
    """The running deadlines of one unit and handler; those missed are in no warning step."""

    unit: str
    unit_name: str
    handler: str | None
    handler_name: str | None
    open: int
    missed: int
    warnings: dict[str, int]
    next_due_on: str


class Due(Told):
    """What comes due and what is overdue on a day; ask again with cursor = next for more."""

    on: str
    unit: str | None
    handler: str | None
    warning_steps: list[int]
    total: int
    missed: int
    groups: NotRequired[list[DueGroup]]
    due: list[DueRow]
    next: str | None


class Coming(Told):
    """How many limits stand how, on the day asked about; `until` is the last day of its week."""

    on: str
    until: str
    missed: int
    today: int
    week: int


COMING = {**TOLD, "on": "2020-06-30", "until": "2020-07-05", "missed": 12, "today": 3, "week": 17}


class Candidate(TypedDict):
    """An earlier item, what speaks for it, and the judgement that a human would emit."""

    no: str
    title: str
    state: str
    registered_on: str
    unit: str
    unit_name: str
    matter: str
    basis: list[str]
    likeness: int
    shared_terms: list[str]
    shared_petitioners: int
    why: list[dict[str, str]]
    emit: dict[str, Any]


class Candidates(Told):
    """What an item may repeat; `judged` is the first item that a human found already."""

    no: str
    title: str
    judged: str | None
    alike: int
    candidates: list[Candidate]


DUE = {
    **TOLD,
    "on": "2020-06-11",
    "unit": "unit:430408-zjj",
    "handler": None,
    "warning_steps": [50, 75, 90],
    "total": 1,
    "missed": 0,
    "groups": [
        {
            "unit": "unit:430408-zjj",
            "unit_name": "区住建局",
            "handler": "official:430408-zjj-clerk",
            "handler_name": "李敏",
            "open": 1,
            "missed": 0,
            "warnings": {"50": 0, "75": 1, "90": 0},
            "next_due_on": "2020-06-24",
        }
    ],
    "due": [
        {
            "no": NO,
            "title": "小区停车收费",
            "clock": "K5",
            "name": {"zh": "办结", "en": "organ handles the item"},
            "started": 4,
            "starts_on": "2020-04-25",
            "due_on": "2020-06-24",
            "owed_by": "unit:430408-zjj",
            "owed_by_name": "区住建局",
            "handler": "official:430408-zjj-clerk",
            "handler_name": "李敏",
            "used_days": 47,
            "total_days": 60,
            "counted_in": "calendar",
            "percent": 78,
            "warning": 75,
            "days_left": 13,
            "working_days_left": 9,
            "missed": False,
        }
    ],
    "next": None,
}
CANDIDATES = {
    **TOLD,
    "no": NO,
    "title": "小区停车收费不公示",
    "judged": None,
    "alike": 40,
    "candidates": [
        {
            "no": "430408-2020-000001",
            "title": "小区停车收费",
            "state": "closed",
            "registered_on": "2020-01-06",
            "unit": "unit:430408-zjj",
            "unit_name": "区住建局",
            "matter": "430408-2020-000001",
            "basis": ["same_person", "same_facts"],
            "likeness": 76,
            "shared_terms": ["小区停车收费"],
            "shared_petitioners": 1,
            "why": [
                {"sign": "petitioner", "zh": "至少一名信访人相同", "en": "at least one petitioner is the same"},
                {"sign": "title", "zh": "标题相近", "en": "the titles are alike"},
            ],
            "emit": {
                "type": "petition.repeat_judged.v1",
                "subject": f"petition:{NO}",
                "data": {"first": "430408-2020-000001", "basis": ["same_person", "same_facts"]},
            },
        }
    ],
}
