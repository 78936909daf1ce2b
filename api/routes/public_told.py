"""Shapes and examples of what a petitioner is told, and of what is told of him."""

from __future__ import annotations

from typing import TypedDict

from api.routes.told import NO, TOLD, Told


class PublicStep(TypedDict):
    """A step of an item, in words, and its local day."""

    step: str
    zh: str
    en: str
    on: str


class PublicRating(TypedDict):
    """A petitioner's own rating of the bureau or the unit, and whether he may still give it."""

    target: str
    score: str | None
    on: str | None
    open: bool
    until: str | None


class PublicView(TypedDict):
    """What a petitioner is told of his item."""

    no: str
    steps: list[PublicStep]
    ratings: list[PublicRating]


class QueryCode(Told):
    """A petitioner's code for his item."""

    no: str
    query_code: str


class PersonalFields(TypedDict):
    """What one event holds of a person, opened; null where the person was forgotten."""

    position: int
    type: str
    time: str
    fields: dict[str, str] | None


class Personal(Told):
    """The personal fields of an item."""

    no: str
    personal: list[PersonalFields]


PERSONAL = {
    **TOLD,
    "no": NO,
    "personal": [
        {
            "position": 3,
            "type": "petition.registered.v1",
            "time": "2020-04-10T09:12:00+08:00",
            "fields": {"name": "王某", "phone": "13800000000"},
        }
    ],
}
PUBLIC = {
    "no": NO,
    "steps": [
        {"step": "petition.registered", "zh": "登记", "en": "registered", "on": "2020-04-10"},
        {"step": "petition.answered", "zh": "作出处理意见", "en": "answered", "on": "2020-06-30"},
    ],
    "ratings": [
        {"target": "bureau", "score": None, "on": None, "open": True, "until": "2020-07-30"},
        {"target": "unit", "score": "satisfied", "on": "2020-07-02", "open": False, "until": "2020-07-30"},
    ],
}
QUERY_CODE = {**TOLD, "no": NO, "query_code": "7K3M-Q9TP-2XWB"}
