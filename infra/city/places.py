"""The divisions of Hengyang: facts that the simulated city stands on.

Codes are those of the statistics bureau, but for 华兴街道, which it counts to a development zone: petitions, and who
answers for them, belong to the district (蒸湘区), and so does its code here.
"""

import csv
from importlib.resources import files
from typing import NamedTuple

CITY = "430400"

WEIGHT_OF_COUNTY = {
    "430405": 9, "430406": 8, "430407": 8, "430408": 12, "430412": 3, "430421": 10, "430422": 10, "430423": 6,
    "430424": 8, "430426": 10, "430481": 12, "430482": 10,
}  # fmt: skip
"""How many of a hundred or so matters come from each."""


class Place(NamedTuple):
    """One division of the city, with the villages or neighbourhoods below it."""

    code: str
    name: str
    parent: str
    kind: str
    villages: tuple[str, ...] = ()


def counties() -> list[Place]:
    """The twelve counties, districts and county-level cities, by code."""
    return [place for place in _rows() if place.parent == CITY]


def towns() -> list[Place]:
    """All places of township level, by code, each with its village codes."""
    below: dict[str, list[str]] = {}
    for row in _table("villages.csv"):
        below.setdefault(row["parent"], []).append(row["code"])
    return [place._replace(villages=tuple(below.get(place.code, ()))) for place in _rows() if len(place.code) == 9]


def _rows() -> list[Place]:
    return [Place(row["code"], row["name"], row["parent"], row["kind"]) for row in _table("hengyang.csv")]


def _table(name: str) -> list[dict[str, str]]:
    text = (files("infra.city") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
