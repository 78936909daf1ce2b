"""A map of tiles: where each county of Hengyang lies among the others, shaded by a number (decision 0056)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TILES = {
    "430412": (2, 0), "430423": (3, 0),
    "430421": (1, 1), "430407": (2, 1), "430424": (3, 1),
    "430408": (1, 2), "430406": (2, 2), "430405": (3, 2),
    "430426": (0, 3), "430422": (2, 3),
    "430482": (1, 4), "430481": (3, 4),
}  # fmt: skip
"""Where each county of Hengyang lies, in columns and rows of equal tiles: neighbours stay neighbours, areas do not
matter. It is no survey of borders, of which no freely licensed one comes along."""
TILE, SHADES = 92, 5


@dataclass
class Tile:
    """One county on the map; `shade` is 0 (least) to 4 (most)."""

    x: int
    y: int
    county: dict[str, Any]
    value: int
    shade: int


def legend(counties: Sequence[dict[str, Any]], measure: str) -> list[tuple[int, int, int]]:
    """What each shade stands for: its least and its greatest number. One that no number can have is left out."""
    most = max((each[measure] for each in counties), default=0)
    firsts = [-(-shade * (most + 1) // SHADES) for shade in range(SHADES + 1)]
    return [
        (shade, firsts[shade], firsts[shade + 1] - 1) for shade in range(SHADES) if firsts[shade] < firsts[shade + 1]
    ]


def tiles(counties: Sequence[dict[str, Any]], measure: str) -> list[Tile]:
    """The counties on their tiles, shaded by one of their numbers; those that the map does not know in a row below."""
    most = max((each[measure] for each in counties), default=0)
    strangers = (place for place in range(len(counties)))
    drawn = []
    for each in counties:
        column, row = TILES.get(each["division"]) or (next(strangers), 5)
        shade = min(SHADES - 1, each[measure] * SHADES // (most + 1)) if most else 0
        drawn.append(Tile(column * TILE, row * TILE, each, each[measure], shade))
    return drawn
