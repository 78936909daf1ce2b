"""What does the columnar replay cost beside the folds? The same answers over the same log, in turns, in one process.

    .venv/bin/python benchmarks/columnar.py [--events 1000000] [--store FILE] [--archive FOLDER]

Answers are: the state of every item, every deadline, the counters by every key, the rates of the whole record.
The goal is judged by processor time, each on one core, which other work on the machine changes less than the clock; by
the clock the columns have all cores and the folds the one that they can use. The least of some rounds.
`--store` and `--archive` keep the log for another run.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.relay import fill
from cli.wiring import System, look_for_garbage_less_often, opened
from infra.columnar.replay import Archive
from infra.columnar.second_opinion import book_of
from infra.exporters import segments
from infra.questions import figures
from infra.questions.book import Book
from infra.views.anew import take
from infra.views.opened import sqlite_views
from infra.views.projector import LogSource, Projector
from infra.views.store import Views
from projections.counters import KEYS
from projections.fold import Fold

ROUNDS = 3
GOAL = 10
ALWAYS = (date.min, date.max)


class Costs:
    """The least processor and wall seconds of each piece of work over some rounds."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = {}
        self.wall: dict[str, float] = {}

    def of(self, name: str, work: Callable[[], Any]) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.cpu[name] = min(self.cpu.get(name, 1e9), time.process_time() - cpu)
        self.wall[name] = min(self.wall.get(name, 1e9), time.perf_counter() - wall)
        return result


def folded(system: System) -> int:
    """Reading, decoding, the folds of all read models, and their rows; nothing is written."""
    fold = Fold(1 << 40)
    for entries in LogSource(system.log).chunks(system.log.head().position):
        take(fold, entries)
    return len(fold.changes().cases)


def rebuilt(system: System, path: Path) -> None:
    """What `danze replay` does before it compares."""
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()
    views = sqlite_views(str(path), Views)
    views.switch(Projector(system.log, views).rebuild()[0])
    views.close()


def answered(book: Book, unit: str) -> list[Any]:
    """Counters and rates from the rows."""
    return [figures.counters(book, by)["rows"] for by in KEYS] + [figures.kpi(book, unit, *ALWAYS)["kpis"]]


def asked(archive: Archive, unit: str) -> list[Any]:
    """Counters and rates from the columns."""
    return [archive.counters(by)["rows"] for by in KEYS] + [archive.kpi(unit, *ALWAYS)["kpis"]]


def report(system: System, folder: Path, temporary: Path) -> None:
    events, costs = system.log.head().position, Costs()
    book = book_of(system.log, system.views, system.rules, events)
    unit = figures.top(book)
    assert unit is not None
    for _ in range(ROUNDS):
        costs.of("folds", lambda: folded(system))
        costs.of("rebuild", lambda: rebuilt(system, temporary / "views"))
        costs.of("answers", lambda: answered(book, unit))
        archive = costs.of("replay", lambda: Archive(folder, system.rules, threads=1))
        costs.of("questions", partial(asked, archive, unit))
        costs.of("everything", lambda: asked(Archive(folder, system.rules), unit))
    cpu, wall = costs.cpu, costs.wall
    for name, what in (
        ("folds", "folds of all read models"), ("rebuild", "rebuild with its writes and indexes"),
        ("answers", "counters and rates from rows"), ("replay", "columnar: states and deadlines"),
        ("questions", "columnar: counters and rates"), ("everything", "columnar: all of it, on all cores"),
    ):  # fmt: skip
        each = f"{cpu[name] / events * 1e6:6.2f} µs an event, {events / cpu[name]:>10,.0f}/s"
        print(f"{what:<36} {each}  by the clock {wall[name]:5.1f} s")
    for name, what in (("rebuild", "a rebuild"), ("folds", "the folds alone")):
        ratio = (cpu[name] + cpu["answers"]) / (cpu["replay"] + cpu["questions"])
        met = "met" if ratio >= GOAL else "MISSED"
        bare = f"states and deadlines {cpu[name] / cpu['replay']:.1f} times"
        print(f"by processor time, all answers against {what}: {ratio:.1f} times, goal {GOAL} {met}; {bare}")
    for name, what in (("rebuild", "a rebuild"), ("folds", "the folds alone")):
        ratio = (wall[name] + wall["answers"]) / wall["everything"]
        print(f"by the clock, columns on {os.cpu_count()} cores, all answers against {what}: {ratio:.1f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--store")
    parser.add_argument("--archive", type=Path)
    options = parser.parse_args()
    look_for_garbage_less_often()
    with tempfile.TemporaryDirectory() as temporary, opened(options.store or f"{temporary}/city.db") as system:
        if (short := options.events - system.log.head().position) > 0:
            fill(system, short)
        system.projector.catch_up()
        folder, head = options.archive or Path(temporary) / "archive", system.log.head().position
        segments.export(system.log, folder / "events", head, lambda _: None)
        print(f"{head:,} events", flush=True)
        report(system, folder, Path(temporary))


if __name__ == "__main__":
    main()
