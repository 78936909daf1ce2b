"""What one core of a projector folds from Kafka, against its peers, over the same topic in one run.

    make peers && .venv/bin/python benchmarks/distributed.py [--events 500000] [--rounds 2] [--java]
    .venv/bin/python benchmarks/distributed.py --workers [--events 500000] [--rounds 2]

One real broker of its own; consumers are pinned to one core, the broker and PostgreSQL to the others. Events are those
of a simulated city, one record each. Every contestant in Python decodes and folds each event with danze's own folds, in
memory. Kafka Streams in Java decodes each and folds what danze's counters ask for, no more: an eighth of an item. Its
counters have to be danze's. In memory it runs at least once, as the others do; with stores exactly once, in RocksDB
with a changelog on the broker, as danze with its writes in PostgreSQL. With --java nobody else comes but danze.

With --workers no peers: one worker on one core against two on two cores, each half of the partitions, without writes
and with writes. Where there are no more cores than workers, the broker and PostgreSQL run on the same ones.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.relay import fill
from cli.wiring import opened
from infra.kafka.broker import QUIET, LocalBroker
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import PARTITIONS, Topics
from infra.relay import Meter, Relay
from projections.counters import COUNTED
from tests.servers import postgres

PEERS = Path(os.environ.get("DANZE_PEERS", ROOT / ".venv-peers/bin/python"))
HERE = Path(__file__).parent / "peers"
THEIRS = ("quix", "bytewax") if PEERS.exists() else ()
STREAMS = HERE / "kafka-streams"
JAVA = ("kafka streams", "kafka streams with stores")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--workers", action="store_true", help="one worker against two")
    parser.add_argument("--java", action="store_true", help="only danze and Kafka Streams")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    ours, others = cores[-1:], cores[:-1] or cores
    os.sched_setaffinity(0, set(others))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = LocalBroker(folder / "kafka")
        broker.start()
        stack.callback(broker.kill)
        topics = Topics("bench.")
        settings = KafkaSettings.parse(broker.url, {})
        topics.create(settings)
        events, counters = published(folder, settings, topics, options.events)
        database = stack.enter_context(postgres())
        pin = ["taskset", "-c", ",".join(map(str, ours))]
        print(f"{events:,} events in 12 partitions; cores: consumer {ours}, broker and database {others}", flush=True)
        contest = Contest(broker.url, topics.events, str(events), f"{database}?schema=bench", pin, cores)
        if options.workers:
            scaling([contest.workers(turn, many) for turn in range(options.rounds) for many in (1, 2)])
        else:
            others = () if options.java else ("aiokafka", "faust", *THEIRS)
            best = contest.peers(options.rounds, ("danze", "danze with writes", *java(), *others))
            report(best)
            same(best, counters)


Counters = dict[str, dict[str, int]]
"""Of each unit that registered, how many of each kind."""


class Contest(NamedTuple):
    """One topic, and how its contestants are started."""

    broker: str
    topic: str
    events: str
    store: str
    pin: list[str]
    cores: list[int]

    def peers(self, rounds: int, names: Sequence[str]) -> dict[str, dict]:
        """Each contestant's best of the rounds, stock Faust's only one."""
        best: dict[str, dict] = {}
        for turn in range(rounds):
            for name in (each for each in names if each != "faust" or not turn):
                told = self.told(self.start([*self.pin, *self.command(name, turn)]))
                print(f"  {_line(told)}", flush=True) if told else None
                if told and told["cpu"] < best.get(name, {"cpu": 1e9})["cpu"]:
                    best[name] = told
        return best

    def command(self, name: str, turn: object) -> list[str]:
        if name in ("danze", "danze with writes"):
            store = ["--store", f"{self.store}_{turn}"] if name == "danze with writes" else []
            return [sys.executable, str(HERE / "danze.py"), self.broker, self.topic, *store]
        if name in JAVA:
            classes = f"{STREAMS / 'target/classes'}:{STREAMS / 'target/lib'}/*"
            kept = ["kept"] if name == "kafka streams with stores" else []
            return ["java", *QUIET, "-cp", classes, "contest.Contest", self.broker, self.topic, self.events, *kept]
        python = str(PEERS) if name in THEIRS else sys.executable
        return [python, str(HERE / "contest.py"), name, self.broker, self.topic, self.events]

    def workers(self, turn: int, many: int) -> dict[str, list[dict]]:
        """What `many` workers of one group told, each on a core of its own, without writes and with."""
        found = {}
        for name in ("danze", "danze with writes"):
            group = ["--group", f"{name.replace(' ', '-')}-{turn}-{many}", "--share", str(PARTITIONS // many)]
            command = self.command(name, f"{turn}_{many}")
            pins = [["taskset", "-c", str(core)] for core in self.cores[-many:]]
            running = [self.start([*pin, *command, *group]) for pin in pins]
            found[name] = [self.told(each) for each in running]
        return found

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def told(self, running: subprocess.Popen[str]) -> dict | None:
        out, errors = running.communicate(timeout=1200)
        line = next((each[each.index("{") :] for each in out.splitlines() if "{" in each), None)
        if line is None:
            print(f"{running.args}: {errors[-500:]}", file=sys.stderr)
        return json.loads(line) if line else None


def java() -> tuple[str, ...]:
    """Kafka Streams, built where it is not; without Maven nobody."""
    maven = shutil.which("mvn")
    if maven is None or shutil.which("java") is None:
        print("no Maven, no Java: Kafka Streams stays away")
        return ()
    subprocess.run([maven, "-q", "-B", "-Dstyle.color=never", "-f", str(STREAMS / "pom.xml"), "package"], check=True)
    return JAVA


def same(best: dict[str, dict], counters: Counters) -> None:
    """Ends where a contestant counted otherwise than danze."""
    for name in (name for name, told in best.items() if "counters" in told):
        if (theirs := best[name]["counters"]) != counters:
            unit = next(unit for unit in {**counters, **theirs} if counters.get(unit) != theirs.get(unit))
            sys.exit(f"{name} counts for {unit} {theirs.get(unit)}, danze {counters.get(unit)}")
        print(f"{name} has danze's counters of {len(counters)} units")


def published(folder: Path, settings: KafkaSettings, topics: Topics, events: int) -> tuple[int, Counters]:
    """The events of a simulated city, in the topic as the relay lays them there, and danze's counters of them."""
    with opened(str(folder / "city.db")) as system, Publisher(settings) as publisher:
        fill(system, events)
        relay = Relay(system.log, publisher, topics, Meter())
        while relay.step():
            pass
        system.projector.replay()
        rows = system.answers.counters(by="unit")["rows"]
        counters = {row["key"]: {name: row[name] for name in COUNTED} for row in rows}
        return system.log.head().position, counters


def _line(told: dict) -> str:
    per_cpu, per_second = told["events"] / told["cpu"], told["events"] / told["seconds"]
    return (
        f"{told['name']:<18} {per_cpu:>9,.0f} a second of processor time, {per_second:>9,.0f} by the clock"
        + (f", {told['events at once']:,} at once" if "events at once" in told else "")
        + (f", {told['warm']:,.0f} of processor time in its second half" if "warm" in told else "")
    )


def scaling(rounds: list[dict[str, list[dict]]]) -> None:
    """What two workers fold against one: by the clock, and by the processor time that each of them had."""
    for name in ("danze", "danze with writes"):
        clock: dict[int, float] = {}
        cpu: dict[int, float] = {}
        for workers in (each[name] for each in rounds):
            many, events = len(workers), sum(told["events"] for told in workers)
            ended = max(told["began"] + told["seconds"] for told in workers)
            by_clock = events / (ended - min(told["began"] for told in workers))
            by_cpu = sum(told["events"] / told["cpu"] for told in workers)
            print(f"  {name}, {many} at work: {by_clock:,.0f} a second by the clock, {by_cpu:,.0f} by processor time")
            clock[many], cpu[many] = max(clock.get(many, 0), by_clock), max(cpu.get(many, 0), by_cpu)
        print(
            f"{name}, two against one: {clock[2] / clock[1]:.2f} by the clock, {cpu[2] / cpu[1]:.2f} by processor time"
        )


GOALS = (
    ("danze", "quix", 2.0), ("danze", "bytewax", 1.0), ("danze", "faust", 10.0), ("danze", "aiokafka", 0.0),
    ("danze with writes", "quix", 1.0), ("danze", "kafka streams", 1.0),
    ("danze with writes", "kafka streams with stores", 1.0),
)  # fmt: skip


def report(best: dict[str, dict]) -> None:
    rates = {name: told["events"] / told["cpu"] for name, told in best.items()}
    print("best of the rounds; ratios are of processor time, which other work on the machine changes little:")
    for told in sorted(best.values(), key=lambda told: told["cpu"]):
        print(f"  {_line(told)}")
    for mine, theirs, goal in GOALS:
        if mine in rates and theirs in rates:
            ratio = rates[mine] / rates[theirs]
            told = f"  goal {goal:.0f}  {'met' if ratio >= goal else 'MISSED'}" if goal else ""
            print(f"{mine} against {theirs}: {ratio:.2f}{told}")


if __name__ == "__main__":
    main()
