"""A simulated year of the whole city, taken in with its clock and replayed: which rules trip, and what does it cost?

    .venv/bin/python benchmarks/year.py [--items 100000] [--seed 1] [--start 2020-07-01]

All times are processor time, so a busy machine changes them little. The clock's share is measured inside the run:
what it takes to enter limits on the agenda, find what was not done and record it, against the rest of the intake.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

import orjson

from cli.wiring import System, look_for_garbage_less_often
from domain.codec import decode_event
from infra import batch
from infra.agenda import Agenda
from infra.city.simulation import START, simulate
from infra.log.verify import verify

BATCH, DAYS = 1_000, 365
ITEMS_AT_SCALE_ONE = 30_000
RULES = [*(f"F{n:02}" for n in range(1, 25)), *(f"D{n:02}" for n in range(1, 16))]


class Timer:
    """Processor seconds spent in pieces of work, counted once where one runs within another."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._within = False

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            if self._within:
                return work(*args)
            self._within, began = True, time.process_time()
            try:
                return work(*args)
            finally:
                self._within = False
                self.seconds += time.process_time() - began

        return timed

    def of(self, work: Callable[..., Any]) -> Any:
        return self.around(work)()


def taken(system: System, actions: Iterator[dict[str, Any]], end: date) -> tuple[Counter[str], dict[str, Timer]]:
    """Takes the year as `danze emit --history` does, and ticks on to the first day after it."""
    timers = {name: Timer() for name in ("simulate", "intake", "clock")}
    batch.Batch.advance = timers["clock"].around(batch.Batch.advance)  # type: ignore[method-assign]
    Agenda.take = timers["clock"].around(Agenda.take)  # type: ignore[method-assign]
    intake, outcomes = system.intake(history=True), Counter[str]()
    lines = (orjson.dumps(action) for action in actions)
    while part := timers["simulate"].of(lambda: list(islice(lines, BATCH))):
        outcomes.update(each.outcome for each in timers["intake"].of(lambda: intake.take(part)))
    timers["intake"].of(lambda: intake.advance(end))
    return outcomes, timers


def tripped(system: System) -> tuple[Counter[str], dict[str, set[str]]]:
    """How often each rule tripped, and in which units; and how many events there are of each type."""
    counts, units, position = Counter[str](), {rule: set[str]() for rule in RULES}, 0
    while entries := system.log.read(position, limit=20_000):
        for entry in entries:
            counts[entry.type] += 1
            for found in decode_event(entry.type, entry.body, entry.position).decided.findings:
                counts[found.rule] += 1
                units[found.rule].add(found.unit)
        position = entries[-1].position
    return counts, units


def year(scale: float, seed: int, start: date) -> bool:
    """Prints what was found; false where a rule never tripped, something was refused, or the replay differs."""
    look_for_garbage_less_often()
    with tempfile.TemporaryDirectory() as folder:
        system = System(f"{folder}/year.db")
        outcomes, timers = taken(system, simulate(seed, DAYS, scale, start), start + timedelta(days=DAYS))
        views, replay = Timer(), Timer()
        views.of(system.projector.catch_up)
        differences = replay.of(system.projector.replay).differences
        counts, units = tripped(system)
        spent = {name: timer.seconds for name, timer in timers.items()}
        print(
            f"{counts['petition.registered.v1']:,} items, {counts['unit.established.v1']} units, "
            f"{sum(outcomes.values()):,} actions {dict(outcomes)}, {system.log.head().position:,} events"
        )
        print(
            f"simulate {spent['simulate']:.1f} s ({sum(outcomes.values()) / spent['simulate']:,.0f} actions/s), "
            f"intake {spent['intake']:.1f} s, read models {views.seconds:.1f} s, replay {replay.seconds:.1f} s"
        )
        share = spent["clock"] / (spent["intake"] - spent["clock"])
        print(f"clock {spent['clock']:.2f} s: {share:.1%} of the intake without it  goal 10%  {met(share <= 0.10)}")
        print(f"replay: {sum(differences.values())} rows differ {differences}")
        print("verify:", verify(system.log))
        for rule in RULES:
            print(f"{rule} {counts[rule]:>7,} in {len(units[rule]):>3} units")
        tripping = sum(1 for rule in RULES if counts[rule])
        print(f"rules that trip: {tripping} of {len(RULES)}, goal all  {met(tripping == len(RULES))}")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
        system.close()
    return all(counts[rule] for rule in RULES) and not outcomes["rejected"] and not any(differences.values())


def met(holds: bool) -> str:
    return "met" if holds else "MISSED"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=date.fromisoformat, default=START)
    args = parser.parse_args()
    sys.exit(0 if year(args.items / ITEMS_AT_SCALE_ONE, args.seed, args.start) else 1)
