"""What does the past cost? Random moments of a simulated city's log: one item, any unit, the city, and the archive.

    .venv/bin/python benchmarks/past.py [--events 1000000] [--moments 40] [--store URL]

`first` is the first question of a moment, `again` the second; the city is asked for as often as any unit. Goals are
judged by processor time, that of a server on this machine with it, which a busy machine changes little; the time on the
wall stands beside it. Without --store a fresh SQLite file is filled.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.relay import fill
from cli.wiring import System, files_of, look_for_garbage_less_often, opened
from domain.moments import both
from infra.log.times import of_micros
from infra.past.archive import MARK

ITEM, BOARD = 0.050, 2.0
"""Goals of issue 5, in seconds: one item, a unit's scoreboard, as of any moment."""


class Spent(NamedTuple):
    """Seconds of the processor, and on the wall."""

    cpu: float
    wall: float


def timed(work: Callable[[], Any], server: Server | None = None) -> Spent:
    before = server.spent() if server else {}
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    after = server.spent() if server else {}
    return Spent(cpu + sum(spent - before.get(pid, 0.0) for pid, spent in after.items()), wall)


class Server:
    """The processes of a PostgreSQL server on this machine that answer; none for SQLite."""

    def __init__(self, system: System) -> None:
        self._engine = system.views.engine if system.views.postgres else None

    def spent(self) -> dict[int, float]:
        """Seconds of the processor, by process: measured in hundredths."""
        if self._engine is None:
            return {}
        with self._engine.connect() as connection:
            pids = connection.execute(text("SELECT pid FROM pg_stat_activity WHERE usename IS NOT NULL")).scalars()
            stats = {pid: Path(f"/proc/{pid}/stat") for pid in pids}
        fields = {pid: stat.read_text().rpartition(") ")[2].split() for pid, stat in stats.items() if stat.exists()}
        return {pid: (int(each[11]) + int(each[12])) / os.sysconf("SC_CLK_TCK") for pid, each in fields.items()}


class Asking:
    """Questions at random moments, and what each took."""

    def __init__(self, system: System, seed: int) -> None:
        self.ask, self.log, self.chance = system.answers, system.log, Random(seed)
        self.timed = partial(timed, server=Server(system))
        self.head = system.log.head().position
        self.took: defaultdict[str, list[Spent]] = defaultdict(list)

    def moment(self) -> datetime:
        entry = self.log.get(self.chance.randint(1, self.head))
        assert entry is not None
        return of_micros(entry.recorded)

    def item(self) -> str:
        while True:
            entry = self.log.get(self.chance.randint(1, self.head))
            if entry is not None and entry.subject.startswith("petition:"):
                return entry.subject[9:]

    def items(self) -> None:
        when, no = self.moment(), self.item()
        for name in ("case", "timeline", "matter", "dossier", "explain"):
            named = f"petition:{no}" if name == "explain" else no
            self.took[f"item: {name}"].append(self.timed(lambda n=name, i=named: getattr(self.ask, n)(i, when)))
        later = both(None, when)
        for name in ("case", "timeline", "dossier"):
            self.took[f"item: {name}, at"].append(self.timed(lambda n=name: getattr(self.ask, n)(no, later)))

    def board(self, name: str, unit: str) -> None:
        when = self.moment()
        for which in ("first", "again"):
            self.took[f"scoreboard: {name}, {which}"].append(self.timed(lambda: self.ask.scoreboard(unit, when)))

    def lists(self) -> None:
        when = self.moment()
        self.took["overview, first"].append(self.timed(lambda: self.ask.overview(when)))
        self.took["findings, 200"].append(self.timed(lambda: self.ask.findings(when, limit=200)))
        self.took["search"].append(self.timed(lambda: self.ask.search("反映", as_of=when)))
        self.took["findings, at"].append(self.timed(lambda: self.ask.findings(both(None, when), limit=200)))

    def report(self) -> None:
        for name, took in self.took.items():
            cpu, wall = (sorted(getattr(each, kind) for each in took) for kind in Spent._fields)
            goal = ITEM if name.startswith("item") else BOARD if "first" in name else None
            said = "" if goal is None else f"  goal {goal * 1e3:,.0f} ms {'met' if high(cpu) <= goal else 'MISSED'}"
            print(f"{name:28} {len(took):>3}  CPU p50 {ms(cpu):>7} p99 {high(cpu) * 1e3:>8,.1f} ms  "
                  f"wall p50 {ms(wall):>7} p99 {high(wall) * 1e3:>8,.1f} ms{said}")  # fmt: skip


def told(spent: Spent) -> str:
    return f"{spent.cpu * 1e3:,.0f} ms of CPU, {spent.wall * 1e3:,.0f} ms on the wall"


def ms(took: list[float]) -> str:
    return f"{took[len(took) // 2] * 1e3:,.1f}"


def high(took: list[float]) -> float:
    return took[min(len(took) - 1, int(len(took) * 0.99))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--moments", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", help="a store URL")
    options = parser.parse_args()
    look_for_garbage_less_often()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = options.store or f"sqlite:///{folder / 'log.db'}"
        system = stack.enter_context(opened(store))
        if system.log.head().position == 0:
            fill(system, options.events)
        head = system.log.head().position
        print(f"{head:,} events; read models: {timed(system.projector.catch_up).cpu:.1f} s of CPU")
        made = timed(lambda: system.past.archive.follow(system.log, head))
        sizes = {path.name: path.stat().st_size / 1e6 for path in files_of(store) if path.exists()}
        print(f"archive, a mark each {MARK:,} events: {made.cpu:.1f} s of CPU, {made.wall:.1f} s on the wall")
        print("MB: " + ", ".join(f"{name} {size:,.0f}" for name, size in sizes.items()))

        units = {each["unit"]: each for each in system.answers.units()["units"]}
        asking = Asking(system, options.seed)
        counties = [unit for unit, each in units.items() if (each["level"], each["kind"]) == ("county", "government")]
        city = next(unit for unit, each in units.items() if (each["level"], each["kind"]) == ("city", "government"))
        once = stack.enter_context(opened(store))
        cold = Asking(once, options.seed + 1)
        print(f"first questions of a process, eight about one item: {told(cold.timed(cold.items))}")
        board = cold.timed(lambda: once.answers.scoreboard(city, cold.moment()))
        print(f"first question of a process about many, the scoreboard of the city: {told(board)}")
        for _ in range(options.moments):
            for _ in range(5):
                asking.items()
        for number in range(options.moments):
            asking.board("any unit", asking.chance.choice([*units]))
            asking.board("a county", asking.chance.choice(counties))
            asking.board("the city", city)
            if number % 5 == 0:
                asking.lists()
        asking.report()


if __name__ == "__main__":
    main()
