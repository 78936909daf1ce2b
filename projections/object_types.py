"""What is told of each type of object and of event, and as what: OCEL declares its types before it names any."""

from datetime import date, datetime
from typing import Any

from domain.fact import Count
from domain.petition.events import Days
from domain.vocabulary import SUBJECT_KIND, TYPES
from projections.traces import activity, pointers, speaking

Types = dict[str, dict[str, type]]
"""By name of the type: attributes and what they are."""

OBJECT_TYPES: Types = {
    "petition": {
        **dict.fromkeys(("channel", "purpose", "category", "place", "matter", "state", "procedure", "outcome"), str),
        **dict.fromkeys(("registered_by", "unit", "handler", "about_unit", "about_official"), str),
        **dict.fromkeys(("anonymous", "joint_letter", "collective", "skip_level", "resolved", "desisted"), bool),
        **dict.fromkeys(("persons", "repeat_number", "deadlines_missed"), int),
    },
    "matter": {"items": int},
    "unit": {"level": str, "kind": str, "division": str, "established_on": date, "ended_on": date},
    "official": {},
    "petitioner": {},
    "deadline": {
        "clock": str, "starts_on": date, "strict_on": date, "due_on": date, "met_on": date, "late_by": int,
        "extended": int, "missed": bool, "ended": bool,
    },
    "finding": {
        "rule": str, "axis": str, "ground": str, "since": date, "late_by": int, "state": str, "cleared": bool,
    },
    "supervision": {"ground": str, "report_by": date},
}  # fmt: skip


def _event_types() -> Types:
    """Of each type of fact: position, when it was recorded, and what it says beside the objects that it names."""
    told: Types = {}
    for name, fact in TYPES.items():
        pointing = {field for field, _ in pointers(fact)}
        said = {field: _kind(hint) for field, hint in speaking(fact).items() if field not in pointing}
        between = ("workdays_since_previous", "workdays_since_registration")
        days = dict.fromkeys(between if "petition" in SUBJECT_KIND[name] else (), int)
        told[activity(name)] = {"position": int, "recorded": datetime, **said, **days}
    return told


def _kind(hint: Any) -> type:
    if hint in (Count, Days):
        return int
    return hint if hint in (bool, int, date, datetime) else str


EVENT_TYPES = _event_types()
