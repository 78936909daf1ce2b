"""What a what-if costs: events judged again a second, against taking the same past in, and memory at its highest.

    .venv/bin/python benchmarks/what_if.py [--scale S] [--days N]

Of processor time, so a busy machine changes it little. A regulation with 45 days for 60 is supposed.
"""

import argparse
import resource
import tempfile
import time
from contextlib import closing
from datetime import date
from itertools import islice

import orjson
from msgspec.structs import replace

from cli.wiring import System, look_for_garbage_less_often
from domain.rules.law import Supposed
from infra.city.simulation import simulate

BATCH = 1_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=0.8)
    parser.add_argument("--days", type=int, default=365)
    asked = parser.parse_args()
    look_for_garbage_less_often()
    with tempfile.TemporaryDirectory() as folder, closing(System(f"sqlite:///{folder}/danze.db")) as system:
        taken = filled(system, asked.days, asked.scale)
        law = system.rules.shipped["cn-2005"].law
        short = replace(law, clocks={**law.clocks, "K5": replace(law.clocks["K5"], days=45)}, until=None)
        events, began = system.log.head().position, time.process_time()
        answer = system.answers.what_if.replay(Supposed(short, date.min))
        judged = time.process_time() - began
    found = {kind: len(rows) for kind, rows in answer["findings"].items()}
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{events:,} events: taken {events / taken:,.0f}/s, judged again {events / judged:,.0f}/s of CPU")
    print(f"{found}, {len(answer['deadlines']):,} deadlines move; memory at its highest {highest:,} MiB")


def filled(system: System, days: int, scale: float) -> float:
    """Takes a simulated past in; gives the seconds of CPU that the intake needed."""
    intake, spent = system.intake(history=True), 0.0
    lines = (orjson.dumps(action) for action in simulate(1, days=days, scale=scale))
    while batch := list(islice(lines, BATCH)):
        began = time.process_time()
        intake.take(batch)
        spent += time.process_time() - began
    return spent


if __name__ == "__main__":
    main()
