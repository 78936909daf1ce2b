"""What benchmarks printed, read again: goals, ratios against peers, points of growth, and what the limit was."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log10
from types import MappingProxyType
from typing import Any, NamedTuple

VERDICT = re.compile(r"\b(met|MISSED)\b")
AGAINST = re.compile(r"^(?P<ours>\S[^:]*?) against (?P<theirs>[^:]+?): (?P<ratio>[\d.]+)", re.MULTILINE)
RATED = re.compile(r"^(?P<ours>\S.*?) {2,}[\d,]+/s {2}against +[\d,]+/s of (?P<theirs>.+?) {2}ratio +(?P<ratio>[\d.]+)",
                   re.MULTILINE)  # fmt: skip
POINT = re.compile(r"^point (\{.*\})$", re.MULTILINE)
SHARE = 0.03
"""Of the processor time, what a piece of work has to have to be told of."""
CURVES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Cost of an event", "µs of processor time", ("append", "verify", "rebuild", "intake", "catch-up")),
    ("Cost of an answer", "ms of processor time", ("item", "timeline", "scoreboard")),
    ("Memory", "MiB at most", tuple(f"memory of {name}" for name in ("rebuild", "verify", "questions", "intake"))),
)
"""Of the points of growth, what is drawn together."""


_ONCE = (
    "Cause: not found whole; each is asked for once, by chance, so that none of its pages is at hand, and a cache of "
    "6 GiB instead of 64 MiB changed nothing (1.09 and 1.10 at four million); limit: SQLite 61 %, folding 22 %"
)
CAUSES = {
    "rebuild": (
        "Cause: indexes and pages of SQLite; an item is taken in hand as seldom as in a small log "
        "(decision 0099: it was 1.34 at ten million); limit: SQLite 56 %, folding 30 %"
    ),
    "intake": "Cause: the append in it, 7 µs behind 100,124 events and 20 behind twenty million; limit: SQLite",
    "catch-up": (
        "Cause: nearly each row that a batch changes lies on a page of its own (decision 0085), and the "
        "city is larger; limit: SQLite's pages"
    ),
    "item": _ONCE,
    "timeline": _ONCE,
    "scoreboard": (
        "Cause: the city is larger, with the same 280 units: one question finds more rows of a unit (fetching "
        "them took 52 µs of an answer at four million, under 18 at 100,000); limit: SQLite 61 %, folding 22 %"
    ),
}
"""Of what missed its goal as the log grows: what is known of why, from the run of 27 November 2026 up to 20 million."""


class Ratio(NamedTuple):
    """How often as much one gets done as the other with the same processor time."""

    ours: str
    theirs: str
    times: float
    line: str

    @property
    def verdict(self) -> str:
        found = VERDICT.search(self.line)
        return found[1] if found else ""

    @property
    def bar(self) -> tuple[float, float]:
        """Where its bar begins and how long it is, in a box of 600: 1 is in the middle, a decade is 150."""
        end = 300 + 150 * max(-1.9, min(1.9, log10(max(self.times, 0.01))))
        return min(300, end), abs(end - 300)


NOTHING: Mapping[str, Counter[str]] = MappingProxyType({})


class Ran(NamedTuple):
    """One benchmark, as it ended; `limits` is processor time by piece of work and kind."""

    name: str
    arguments: str
    told: str
    seconds: float
    code: int
    limits: Mapping[str, Counter[str]] = NOTHING
    day: str = ""
    others: float = 0.0
    """The share of the machine's processor time that went to other processes meanwhile, servers it left behind too."""

    @property
    def command(self) -> str:
        return f"benchmarks/{self.name}.py {self.arguments}".strip()

    @property
    def goals(self) -> list[tuple[str, bool]]:
        """Lines that name a goal, and whether it is met."""
        lines = [line.strip() for line in self.told.splitlines() if "goal" in line and VERDICT.search(line)]
        return [(line, "MISSED" not in line) for line in lines]

    def why(self, line: str, met: bool) -> str:
        """What a line was limited by, and what is known of why it missed its goal."""
        cause = CAUSES.get(line.partition(":")[0]) if self.name == "growth" and not met else None
        return f"{self.limit}. {cause}" if cause else self.limit

    @property
    def ratios(self) -> list[Ratio]:
        """Against a peer in the same run."""
        found = [each for pattern in (AGAINST, RATED) for each in pattern.finditer(self.told)]
        return [
            Ratio(each["ours"], each["theirs"], float(each["ratio"]), self.told[each.start() :].partition("\n")[0])
            for each in sorted(found, key=lambda each: each.start())
        ]

    @property
    def failed(self) -> bool:
        """Ended with an error that no missed goal explains."""
        return self.code != 0 and all(met for _, met in self.goals)

    @property
    def spent(self) -> list[tuple[str, float, str]]:
        """Pieces of its work: which, what share of its processor time, and on what that was spent, most first."""
        every = sum(seen.total() for seen in self.limits.values())
        pieces = sorted(self.limits.items(), key=lambda each: -each[1].total())
        return [(name, seen.total() / every, shares(seen)) for name, seen in pieces if seen.total() >= SHARE * every]

    @property
    def limit(self) -> str:
        """What most of its processor time goes to."""
        every = sum(self.limits.values(), Counter[str]())
        return shares(every, most=2)


def shares(seen: Counter[str], most: int = 6) -> str:
    total = seen.total()
    return ", ".join(f"{kind} {count / total:.0%}" for kind, count in seen.most_common(most) if count >= 0.02 * total)


def growth(ran: Iterable[Ran]) -> list[dict[str, Any]]:
    """The points that the growth benchmark measured, by the size of the log."""
    points = [json.loads(found) for each in ran for found in POINT.findall(each.told)]
    return sorted(points, key=lambda point: point["events"])


class Curve(NamedTuple):
    """One line of a chart: what is drawn, its polyline, and its last place."""

    name: str
    points: str
    x: float
    y: float


def curves(points: list[dict[str, Any]], names: Iterable[str]) -> list[Curve]:
    """Lines in a box of 600 by 240: events by their logarithm, and so what they cost, three decades high at most."""
    drawn = [name for name in names if all(name in point for point in points)]
    if len(points) < 2 or not drawn:
        return []
    low, high = log10(points[0]["events"]), log10(points[-1]["events"])
    top = log10(max(point[name] for point in points for name in drawn))
    bottom = max(log10(max(1e-3, min(point[name] for point in points for name in drawn))), top - 3)

    def place(point: dict[str, Any], name: str) -> tuple[float, float]:
        above = (log10(max(point[name], 1e-3)) - bottom) / ((top - bottom) or 1)
        return (log10(point["events"]) - low) / (high - low) * 440 + 20, 220 - max(above, 0) * 200

    lines = {name: [place(point, name) for point in points] for name in drawn}
    return [Curve(name, " ".join(f"{x:.0f},{y:.0f}" for x, y in line), *line[-1]) for name, line in lines.items()]
