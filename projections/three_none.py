"""Where was none of the three (三无, Art 12), and where some: which items, by township and by village?

No irregular registration in Beijing and no repeated visit there past the proper level; no collective visit to the
province or above; no extreme incident. These count what people did, not what was done for them: on their own they would
reward whoever stops petitioners. So whoever tells them tells findings and outcomes beside them, and never a rank.
"""

from collections.abc import Iterable
from typing import NamedTuple

INDICATORS: dict[str, tuple[str, str]] = {
    "irregular_in_beijing": ("进京非访登记", "irregular registrations in Beijing"),
    "repeated_to_beijing": ("进京重复越级访", "matters taken to Beijing past the proper level more than once"),
    "collective_to_province": ("到省级以上集体访", "collective visits to the province or above"),
    "extreme_incidents": ("极端恶性事件", "extreme incidents"),
}
CAUTION = {
    "zh": "指标只计人员上行，须与引发、化解不力的认定和化解结果一并看，不作排名依据（谁引发、谁担责）。",
    "en": "These count people going up; read them beside the findings and the outcomes, never as a rank.",
}
HIGH = ("province", "national")


class Went(NamedTuple):
    """A visit to a higher level or an incident, and the item that it grew from."""

    no: str
    matter: str
    place: str
    kind: str
    """Of a visit individual, collective or irregular; of an incident mass or extreme."""
    level: str | None = None
    """None for an incident."""
    beyond: bool = False


def three_none(went: Iterable[Went], digits: int) -> dict[str, dict[str, list[str]]]:
    """NOs behind each indicator, by the first `digits` of the place; a place told less exactly stays whole."""
    places: dict[str, dict[str, list[str]]] = {}
    to_beijing: dict[tuple[str, str], list[str]] = {}
    for each in went:
        place = each.place[:digits]
        told = places.setdefault(place, {name: [] for name in INDICATORS})
        if each.level is None:
            if each.kind == "extreme":
                told["extreme_incidents"].append(each.no)
            continue
        if each.kind == "irregular" and each.level == "national":
            told["irregular_in_beijing"].append(each.no)
        if each.kind == "collective" and each.level in HIGH:
            told["collective_to_province"].append(each.no)
        if each.level == "national" and each.beyond:
            to_beijing.setdefault((place, each.matter), []).append(each.no)
    for (place, _), visits in to_beijing.items():
        if len(visits) > 1:
            places[place]["repeated_to_beijing"].append(visits[0])
    return places
