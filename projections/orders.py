"""The orders in which a list may be asked for: a name, or the name after a minus for the other way round."""

from typing import Literal

Items = Literal[
    "registered_on", "-registered_on", "due_on", "-due_on", "persons", "-persons", "repeat_number", "-repeat_number"
]
Findings = Literal["id", "-id", "since", "-since", "unit", "-unit", "rule", "-rule"]
Due = Literal["due_on", "-due_on", "percent", "-percent", "owed_by", "-owed_by"]
Entries = Literal["opened_on", "-opened_on", "due_on", "-due_on"]
Units = Literal["division", "-division", "open", "-open", "late", "-late", "findings", "-findings"]
Counts = Literal[
    "key", "-key", "registrations", "-registrations", "repeat", "-repeat", "skip_level", "-skip_level", "collective",
    "-collective", "beyond", "-beyond",
]  # fmt: skip
Leaders = Literal["unit", "-unit", "since", "-since"]

Log = Literal["position", "-position"]
Candidates = Literal["likeness", "-likeness", "registered_on", "-registered_on", "no", "-no"]
Deliveries = Literal["at", "-at", "milliseconds", "-milliseconds"]


def split(sort: str) -> tuple[str, bool]:
    """What is ordered by, and whether the other way round."""
    return sort.removeprefix("-"), sort.startswith("-")
