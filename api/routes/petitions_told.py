"""Shapes and examples of what is asked about items and matters."""

from typing import Any, TypedDict

from api.routes.accountability_told import FINDING, Finding
from api.routes.record_told import EVENT, Event
from api.routes.told import NO, TOLD, Told


class PetitionRow(TypedDict):
    """One item in a list."""

    no: str
    title: str
    state: str
    unit: str | None
    unit_name: str | None
    registered_on: str
    channel: str
    purpose: str
    category: str
    place: str
    persons: int
    repeat_number: int
    collective: bool
    due_on: str | None
    late: bool


class PetitionList(Told):
    """Items that match; ask again with cursor = next for more."""

    total: int
    petitions: list[PetitionRow]
    next: str | None


class Deadline(TypedDict):
    """One clock of an item; a breach exists after due_on."""

    clock: str
    starts_on: str
    strict_on: str
    due_on: str
    met_on: str | None
    missed: bool
    owed_by: str
    article: str
    calendar: str
    not_counted: list[Any]


class Case(Told):
    """Where one item stands."""

    subject: str
    state: str
    unit: str | None
    handler: str | None
    first_handler: dict[str, str | None] | None
    matter: str
    repeat_number: int
    collective: bool
    skip_level: bool
    deadlines: list[Deadline]


class Timeline(Told):
    """All events of an item, each with a sentence."""

    subject: str
    events: list[Event]


class Dossier(Told):
    """Who caused it, who answers for it, in whose hands it was, and the proof."""

    caused_by: list[dict[str, Any]]
    answers: list[Finding]
    custody: list[dict[str, Any]]
    verified: dict[str, Any]


class Matter(Told):
    """The first item and all its repeats."""

    first: str
    items: list[str]
    repeats: int
    first_time_resolved: bool | None
    collective: int
    skip_level: int
    raised: list[dict[str, Any]]


PETITIONS = {
    **TOLD,
    "total": 1,
    "next": None,
    "petitions": [
        {
            "no": NO,
            "title": "小区停车收费",
            "state": "answered",
            "unit": "unit:430408-zjj",
            "unit_name": "区住建局",
            "registered_on": "2020-04-10",
            "channel": "visit",
            "purpose": "settlement",
            "category": "城乡建设",
            "place": "430408",
            "persons": 1,
            "repeat_number": 1,
            "collective": False,
            "due_on": "2020-06-24",
            "late": True,
        }
    ],
}
DEADLINE = {
    "clock": "K5",
    "starts_on": "2020-04-25",
    "strict_on": "2020-06-24",
    "due_on": "2020-06-24",
    "met_on": "2020-07-03",
    "missed": True,
    "owed_by": "unit:430408-zjj",
    "article": "R2005 33",
    "calendar": "cn-2020.1",
    "not_counted": [],
}
CASE = {
    **TOLD,
    "subject": f"petition:{NO}",
    "state": "answered",
    "unit": "unit:430408-zjj",
    "handler": "official:430408-zjj-clerk",
    "first_handler": {"unit": "unit:430408-zjj", "official": "official:430408-zjj-clerk"},
    "matter": NO,
    "repeat_number": 1,
    "collective": False,
    "skip_level": False,
    "deadlines": [DEADLINE],
}
TIMELINE = {**TOLD, "subject": f"petition:{NO}", "events": [{**EVENT, "sentence": {"zh": "登记", "en": "Registered"}}]}
DOSSIER = {
    **TOLD,
    "caused_by": [],
    "answers": [FINDING],
    "custody": [{"unit": "unit:430408-zjj", "official": None, "from": "2020-04-20", "until": None, "why": "assigned"}],
    "verified": {"checkpoint": None, "proofs": []},
}
MATTER = {
    **TOLD,
    "first": NO,
    "items": [NO],
    "repeats": 0,
    "first_time_resolved": True,
    "collective": False,
    "skip_level": 0,
    "raised": [{"level": "city", "kind": "individual", "times": 1}],
}
