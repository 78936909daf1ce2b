"""Runs all benchmarks and writes one page: every goal, met or missed, what each printed, how cost grows with the log.

    make bench [ARGS="--quick --only embedded,audit --page build/bench.html"]

One after the other, each in a process of its own. `--quick` takes a tenth of the events: enough to see that all run,
too few to compare with the goals. A benchmark that ends with an error is told as one; the page is written all the same.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import log10
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined

HERE = Path(__file__).parent
TEMPLATE = HERE / "report.html"
RUNS: tuple[tuple[str, str, str], ...] = (
    ("embedded", "--actions 60000", "--actions 6000"),
    ("embedded", "--growth 100000", "--growth 10000"),
    ("embedded", "--growth 300000", "--growth 30000"),
    ("embedded", "--growth 1000000", "--growth 100000"),
    ("log", "--events 1000000", "--events 100000"),
    ("distributed", "--events 500000 --rounds 1", "--events 50000 --rounds 1"),
    ("distributed", "--workers --events 500000 --rounds 1", "--workers --events 50000 --rounds 1"),
    ("latency", "--seconds 20", "--seconds 5"),
    ("relay", "--events 100000", "--events 10000"),
    ("audit", "--events 1000000", "--events 100000"),
    ("columnar", "--events 1000000", "--events 100000"),
    ("past", "--events 1000000", "--events 100000"),
    ("api", "--items 1000000", "--items 20000 --seconds 10"),
    ("what_if", "--scale 0.8", "--scale 0.1"),
    ("year", "--items 100000", "--items 10000"),
)
"""Each benchmark, with its size, and the size of a quick run."""
VERDICT = re.compile(r"\b(met|MISSED)\b")
COST = re.compile(r"cost per event at ([\d,]+) events ([\d.]+) µs")


class Ran(NamedTuple):
    """One benchmark, as it ended."""

    name: str
    arguments: str
    told: str
    seconds: float
    code: int

    @property
    def goals(self) -> list[tuple[str, bool]]:
        """Lines that name a goal, and whether it is met."""
        lines = [line.strip() for line in self.told.splitlines() if "goal" in line and VERDICT.search(line)]
        return [(line, "MISSED" not in line) for line in lines]

    @property
    def failed(self) -> bool:
        """Ended with an error that no missed goal explains."""
        return self.code != 0 and all(met for _, met in self.goals)


def run(name: str, arguments: str) -> Ran:
    """Runs a benchmark to its end; what it prints is shown meanwhile."""
    print(f"== {name} {arguments}", flush=True)
    began, told = time.monotonic(), []
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments.split()]
    environment = os.environ | {"PYTHONPATH": str(HERE.parent), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            told.append(line)
    return Ran(name, arguments, "".join(told), time.monotonic() - began, process.returncode)


def growth(ran: Iterable[Ran]) -> list[tuple[int, float]]:
    """(events in the log, µs an event) of every growth run, by the size of the log."""
    found = [COST.search(each.told) for each in ran]
    return sorted((int(one[1].replace(",", "")), float(one[2])) for one in found if one)


def curve(points: Sequence[tuple[int, float]]) -> str:
    """The points of a polyline in a box of 600 by 200: events by their logarithm, cost from nothing."""
    if len(points) < 2:
        return ""
    low, high, top = log10(points[0][0]), log10(points[-1][0]), max(cost for _, cost in points) * 1.2
    return " ".join(
        f"{(log10(events) - low) / (high - low) * 560 + 20:.0f},{190 - cost / top * 180:.0f}" for events, cost in points
    )


def page(ran: Sequence[Ran], when: datetime) -> str:
    """The page, whole in one file."""
    points = growth(ran)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    return template.render(ran=ran, when=when.date(), machine=machine, points=points, curve=curve(points))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="names of benchmarks, with commas between")
    parser.add_argument("--page", type=Path, default=Path("build/bench.html"))
    options = parser.parse_args()
    names = set(filter(None, options.only.split(",")))
    if unknown := names - {name for name, *_ in RUNS}:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    chosen = [each for each in RUNS if not names or each[0] in names]
    ran = [run(name, quick if options.quick else whole) for name, whole, quick in chosen]
    options.page.parent.mkdir(parents=True, exist_ok=True)
    options.page.write_text(page(ran, datetime.now(UTC)), encoding="utf-8")
    goals = [met for each in ran for _, met in each.goals]
    failed = sum(each.failed for each in ran)
    print(f"{sum(goals)} of {len(goals)} goals met, {failed} benchmarks failed: {options.page}")
    return 0 if all(goals) and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
