"""Runs all benchmarks and writes one page: goals, ratios against peers, growth, and what processor time is spent on.

    make bench [ARGS="--quick --only embedded,audit --page build/bench.html"]

One after the other, each in a process of its own. `--quick` takes a tenth of the events and less: enough to see that
all run, too few to compare with the goals. A benchmark that ends with an error is told as one; the page is written all
the same. How to read it: docs/guides/measuring.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from jinja2 import Environment, StrictUndefined

from benchmarks.figures import CURVES, Ran, curves, growth
from benchmarks.limits import FOLDER, found

HERE = Path(__file__).parent
TEMPLATE = HERE / "report.html"
RUNS: tuple[tuple[str, str, str], ...] = (
    ("embedded", "--actions 60000", "--actions 6000"),
    ("embedded", "--growth 1000000", "--growth 30000"),
    ("log", "--events 1000000", "--events 100000"),
    ("growth", "", "--points 100000,300000"),
    ("distributed", "--events 500000 --rounds 1", "--events 50000 --rounds 1"),
    ("distributed", "--workers --events 500000 --rounds 1", "--workers --events 50000 --rounds 1"),
    ("latency", "--seconds 20", "--seconds 5"),
    ("relay", "--events 100000", "--events 10000"),
    ("audit", "--events 1000000", "--events 50000"),
    ("columnar", "--events 1000000", "--events 50000"),
    ("past", "--events 1000000", "--events 50000 --moments 10"),
    ("api", "--items 1000000", "--items 10000 --seconds 10"),
    ("what_if", "--scale 0.8", "--scale 0.1"),
    ("year", "--items 100000", "--items 5000"),
)
"""Each benchmark, with its size, and the size of a quick run."""
WHOSE = {"distributed": "peers/danze.py", "api": "danze api", "latency": "danze"}
"""Whose processor time is told, by what stands in its command line; of the others it is their own process."""


def run(name: str, arguments: str) -> Ran:
    """Runs a benchmark to its end; what it prints is shown meanwhile."""
    print(f"== {name} {arguments}", flush=True)
    began, told = time.monotonic(), []
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments.split()]
    path = os.pathsep.join(map(str, (HERE / "limits_everywhere", HERE.parent)))
    with tempfile.TemporaryDirectory() as limits:
        environment = os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", FOLDER: limits}
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "env": environment}
        with subprocess.Popen(command, **how) as process:
            for line in process.stdout:
                print(line, end="", flush=True)
                told.append(line)
        spent = found(Path(limits), WHOSE.get(name, f"{name}.py"))
    return Ran(name, arguments, "".join(told), time.monotonic() - began, process.returncode, spent)


def page(ran: Sequence[Ran], when: datetime, *, quick: bool = False) -> str:
    """The page, whole in one file."""
    points = growth(ran)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    charts = [(title, unit, curves(points, names)) for title, unit, names in CURVES]
    return template.render(ran=ran, when=when.date(), machine=machine, points=points, charts=charts, quick=quick)


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
    options.page.write_text(page(ran, datetime.now(UTC), quick=options.quick), encoding="utf-8")
    goals = [met for each in ran for _, met in each.goals]
    failed = sum(each.failed for each in ran)
    print(f"{sum(goals)} of {len(goals)} goals met, {failed} benchmarks failed: {options.page}")
    return 0 if all(goals) and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
