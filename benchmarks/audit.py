"""What does it cost to check, to seal and to prove a log? Against bare hashing of the same bytes, in one run.

    .venv/bin/python benchmarks/audit.py [--events 1000000] [--store FILE]

Processor time, which other work on the machine changes little; on all cores it is the clock, which says nothing while
others work: what all processes spent stands below it. `--store` keeps the log for another run. The bare loop
reads position and bytes of every event from the same file and hashes them; `verify` reads every column and compares.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.relay import fill
from cli.wiring import look_for_garbage_less_often, opened
from infra.log.port import Log, leaf_of
from infra.log.verify import verify
from infra.log.verify_stretches import stretches
from infra.seals.audit import Sealed
from infra.seals.keys import fresh
from infra.seals.memory import Memory, resumed
from infra.seals.notes import LOG
from infra.seals.prove import inclusion
from infra.seals.sealer import Folder, Sealer

ROUNDS = 3
PROOFS = 500
AGAIN = 16_384


def measured(work: Callable[[], object], clock: Callable[[], float] = time.process_time, rounds: int = ROUNDS) -> float:
    """Seconds of this process's processor time, or by another clock: the least of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        before = clock()
        work()
        best = min(best, clock() - before)
    return best


def bare(log: Log) -> None:
    """Reads and hashes, and nothing else."""
    after = 0
    while entries := log.read(after, limit=512):
        for entry in entries:
            sha256(entry.body).digest()
        after = entries[-1].position


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--store")
    options = parser.parse_args()
    look_for_garbage_less_often()
    with tempfile.TemporaryDirectory() as temporary:
        store = Path(options.store or f"{temporary}/city.db")
        with opened(str(store)) as system:
            took = 0.0
            if system.log.head().position < options.events:
                before = time.process_time()
                fill(system, options.events - system.log.head().position)
                took = time.process_time() - before
            report(system.log, str(store), Path(temporary), took)


def compared(
    work: Callable[[], object], floor: Callable[[], object], clock: Callable[[], float]
) -> tuple[float, float]:
    """Least seconds of each, in turns: what else the machine does then slows both."""
    rounds = [(measured(work, clock, 1), measured(floor, clock, 1)) for _ in range(ROUNDS)]
    return min(took for took, _ in rounds), min(least for _, least in rounds)


def report(log: Log, url: str, temporary: Path, intake: float) -> None:
    events = log.head().position
    print(f"{events:,} events, load {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores", flush=True)
    seals = sealed(log, temporary, events, intake)
    took, floor = compared(lambda: verify(log, seals=Sealed(seals)), lambda: bare(log), time.process_time)
    print(f"read and SHA-256       {floor / events * 1e6:6.2f} µs an event", flush=True)
    print(f"verify on one core     {took / events * 1e6:6.2f} µs an event, {floor / took:.2f} of that", flush=True)
    one, (took, floor) = took, compared(lambda: on_all_cores(log, url, seals), lambda: bare(log), time.perf_counter)
    goal = "met" if floor / took >= 0.5 else "MISSED"
    clock = f"{took / events * 1e6:6.2f} µs an event by the clock"
    print(f"verify on all cores    {clock}, {floor / took:.2f} of {floor / events * 1e6:.2f} on one, goal 0.5 {goal}")
    took = min(spent(lambda: on_all_cores(log, url, seals)) for _ in range(ROUNDS))
    print(
        f"  in all its processes {took / events * 1e6:6.2f} µs of processor time, {took / one:.2f} of one core's",
        flush=True,
    )
    file = temporary / "verified"
    gone_on(log, seals, file)
    took = measured(lambda: gone_on(log, seals, file))
    print(f"verify --resume        {took:6.2f} s with nothing new, {AGAIN:,} events read again", flush=True)


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of this process and of all that it started: some of them are no children of its own."""
    before = _of_all()
    work()
    time.sleep(0.5)  # until those that ended are counted by who started them
    return _of_all() - before


def _of_all() -> float:
    own = os.getpid()
    pids = [own, *Path(f"/proc/{own}/task/{own}/children").read_text().split()]
    times = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15] for pid in pids)
    return sum(int(ticks) for each in times for ticks in each) / os.sysconf("SC_CLK_TCK")


def gone_on(log: Log, seals: Folder, file: Path) -> None:
    """As an auditor does it each night."""
    memory = Memory(file)
    assert resumed(log, memory, Sealed(seals, kept=memory.kept()), AGAIN)["ok"]
    memory.save()


def on_all_cores(log: Log, url: str, seals: Folder) -> None:
    """As `danze verify` does it."""
    held = Sealed(seals)
    assert verify(log, seals=held, stretches=stretches(url, log.head().position, held))["ok"]


def sealed(log: Log, temporary: Path, events: int, intake: float) -> Folder:
    """Seals the log, some times over, and proves some of its events."""
    folders = iter([Folder(temporary / f"seals{turn}") for turn in range(ROUNDS)])
    key, folder = fresh(LOG, "example.org/bench"), Folder(temporary / f"seals{ROUNDS - 1}")
    took = measured(lambda: Sealer(log, next(folders), key).seal(datetime.now(UTC)))
    share = f", {took / intake:.1%} of intake, goal 5 % {'met' if took / intake < 0.05 else 'MISSED'}" if intake else ""
    print(f"seal                   {took / events * 1e6:6.2f} µs an event{share}", flush=True)
    random = Random(1)
    positions = [random.randint(1, events) for _ in range(PROOFS)]
    leaves = {position: leaf_of(log.get(position).body) for position in positions}
    cold = Folder(folder.path)
    before = time.perf_counter()
    for position in positions:
        inclusion(cold, position, leaves[position])
    took = (time.perf_counter() - before) / PROOFS
    print(
        f"proof                  {took * 1e3:6.2f} ms each, goal 5 ms {'met' if took < 0.005 else 'MISSED'}", flush=True
    )
    return folder


if __name__ == "__main__":
    main()
