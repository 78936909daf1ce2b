"""Runs all benchmarks and writes one page: goals, ratios against peers, growth, and what processor time is spent on.

    make bench [ARGS="--full --only embedded,audit --page build/bench.html"]

One after the other, each in a process of its own. `--full` takes the sizes that the goals speak of, and hours;
`--quick` minutes: enough to see that all run, too few events to compare with the goals. With `--only` what others
printed before stays on the page, with its day. The page is written after each; one that ends with an error is told so.
How to read it: docs/guides/measuring.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from jinja2 import Environment, StrictUndefined

from benchmarks.figures import CURVES, Ran, curves, growth
from benchmarks.limits import FOLDER, found

HERE = Path(__file__).parent
TEMPLATE = HERE / "report.html"
RUNS: tuple[tuple[str, str, str, str], ...] = (
    ("embedded", "--actions 60000", "--actions 60000", "--actions 6000"),
    ("embedded", "--growth 1000000", "--growth 1000000", "--growth 30000"),
    ("log", "--events 1000000", "--events 300000", "--events 100000"),
    ("growth", "", "--points 100000,1000000,10000000", "--points 100000,300000"),
    ("distributed", "--events 500000 --rounds 2", "--events 200000 --rounds 1", "--events 50000 --rounds 1"),
    ("distributed", "--workers --events 500000", "--workers --events 200000", "--workers --events 50000 --rounds 1"),
    ("latency", "--seconds 20", "--seconds 20", "--seconds 5"),
    ("relay", "--events 100000", "--events 100000", "--events 10000"),
    ("audit", "--events 1000000", "--events 1000000", "--events 50000"),
    ("columnar", "--events 1000000", "--events 1000000", "--events 50000"),
    ("past", "--events 1000000", "--events 300000", "--events 50000 --moments 10"),
    ("api", "--items 1000000", "--items 100000 --seconds 30", "--items 10000 --seconds 10"),
    ("what_if", "--scale 0.8", "--scale 0.3", "--scale 0.1"),
    ("year", "--items 100000", "--items 20000", "--items 5000"),
)
"""Each benchmark: its full size, what it takes in half an hour of all on two cores, and the size of a quick run."""
COLOUR = re.compile(r"\x1b\[[\d;]*m")
"""What Maven colours a terminal with, whether or not there is one."""
WHOSE = {"distributed": "peers/danze.py", "api": "danze api", "latency": "danze"}
"""Whose processor time is told, by what stands in its command line; of the others it is their own process."""


def run(name: str, arguments: str) -> Ran:
    """Runs a benchmark to its end; what it prints is shown meanwhile."""
    print(f"== {name} {arguments}", flush=True)
    began, told, others = time.monotonic(), [], seconds_of_others()
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments.split()]
    path = os.pathsep.join(map(str, (HERE / "limits_everywhere", HERE.parent)))
    quiet = {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
    with tempfile.TemporaryDirectory() as limits:
        environment = os.environ | quiet | {FOLDER: limits}
        how = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "env": environment}
        with subprocess.Popen(command, **how) as process:
            for line in process.stdout:
                print(line, end="", flush=True)
                told.append(COLOUR.sub("", line))
        spent = found(Path(limits), WHOSE.get(name, f"{name}.py"))
    seconds = time.monotonic() - began
    shared = max(0.0, seconds_of_others() - others) / seconds / (os.cpu_count() or 1)
    day = datetime.now(UTC).date().isoformat()
    return Ran(name, arguments, "".join(told), seconds, process.returncode, spent, day, shared)


def seconds_of_others() -> float:
    """Processor time, since the machine began, of all but what this process has started and seen end."""
    first, *_ = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    user, nice, system, _, _, irq, softirq, stolen = map(int, first.split()[1:9])
    every = (user + nice + system + irq + softirq + stolen) / os.sysconf("SC_CLK_TCK")
    mine = os.times()
    return every - mine.children_user - mine.children_system


def page(ran: Sequence[Ran], when: datetime, *, quick: bool = False) -> str:
    """The page, whole in one file."""
    points = growth(ran)
    shared = sum(each.others * each.seconds for each in ran) / sum(each.seconds for each in ran)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    charts = [(title, unit, curves(points, names)) for title, unit, names in CURVES]
    return template.render(
        ran=ran, when=when.date(), machine=machine, shared=shared, points=points, charts=charts, quick=quick
    )


def keep(ran: Sequence[Ran], file: Path) -> None:
    told = [{**each._asdict(), "limits": dict(each.limits)} for each in ran]
    file.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def kept(file: Path) -> list[Ran]:
    """What was measured before, as it lies beside the page."""
    told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    counted = [{piece: Counter(seen) for piece, seen in each["limits"].items()} for each in told]
    return [Ran(**{**each, "limits": limits}) for each, limits in zip(told, counted, strict=True)]


def in_order(ran: Iterable[Ran]) -> list[Ran]:
    names = [name for name, *_ in RUNS]
    return sorted(ran, key=lambda each: names.index(each.name))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true")
    size.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="names of benchmarks, with commas between")
    parser.add_argument("--page", type=Path, default=Path("build/bench.html"))
    options = parser.parse_args()
    names = set(filter(None, options.only.split(",")))
    if unknown := names - {name for name, *_ in RUNS}:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    file, size = options.page.with_suffix(".json"), 1 if options.full else 3 if options.quick else 2
    chosen = [each for each in RUNS if not names or each[0] in names]
    again = {name for name, *_ in chosen}
    ran = [] if options.quick else [each for each in kept(file) if each.name not in again]
    options.page.parent.mkdir(parents=True, exist_ok=True)
    for each in chosen:
        ran = in_order([*ran, run(each[0], each[size])])
        options.page.write_text(page(ran, datetime.now(UTC), quick=options.quick), encoding="utf-8")
        if not options.quick:
            keep(ran, file)
    goals = [met for each in ran for _, met in each.goals]
    failed = sum(each.failed for each in ran)
    print(f"{sum(goals)} of {len(goals)} goals met, {failed} benchmarks failed: {options.page}")
    return 0 if all(goals) and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
