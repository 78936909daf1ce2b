"""What one core of a projector folds from Kafka, against its peers, over the same topic in one run.

    make peers && .venv/bin/python benchmarks/distributed.py [--events 500000] [--rounds 2]

One real broker of its own; consumers are pinned to one core, the broker and PostgreSQL to the others. Events are those
of a simulated city, one record each. Every contestant decodes and folds each event with danze's own folds, in memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.relay import fill
from cli.wiring import opened
from infra.kafka.broker import LocalBroker
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from infra.relay import Meter, Relay
from tests.servers import postgres

PEERS = Path(os.environ.get("DANZE_PEERS", ROOT / ".venv-peers/bin/python"))
HERE = Path(__file__).parent / "peers"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=2)
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
        events = published(folder, settings, topics, options.events)
        database = stack.enter_context(postgres())
        pin = ["taskset", "-c", ",".join(map(str, ours))]
        print(f"{events:,} events in 12 partitions; cores: consumer {ours}, broker and database {others}", flush=True)
        best: dict[str, dict] = {}
        for turn in range(options.rounds):
            stores = f"{database}?schema=bench_{turn}"
            runs = [
                [sys.executable, str(HERE / "danze.py"), broker.url, topics.events, str(events)],
                [sys.executable, str(HERE / "danze.py"), broker.url, topics.events, str(events), stores],
                *([sys.executable, str(HERE / "contest.py"), name, broker.url, topics.events, str(events)]
                  for name in ("aiokafka", "faust")[: 1 if turn else 2]),
                *([str(PEERS), str(HERE / "contest.py"), name, broker.url, topics.events, str(events)]
                  for name in ("quix", "bytewax") if PEERS.exists()),
            ]  # fmt: skip
            for command in runs:
                done = subprocess.run([*pin, *command], capture_output=True, text=True, check=False, timeout=1200)
                line = next((each[each.index("{") :] for each in done.stdout.splitlines() if "{" in each), None)
                if line is None:
                    print(f"{command[1:4]}: {done.stderr[-500:]}", file=sys.stderr)
                    continue
                told = json.loads(line)
                print(f"  {_line(told)}", flush=True)
                if told["cpu"] < best.get(told["name"], {"cpu": 1e9})["cpu"]:
                    best[told["name"]] = told
        report(best)


def published(folder: Path, settings: KafkaSettings, topics: Topics, events: int) -> int:
    """The events of a simulated city, in the topic as the relay lays them there."""
    with opened(str(folder / "city.db")) as system, Publisher(settings) as publisher:
        fill(system, events)
        relay = Relay(system.log, publisher, topics, Meter())
        while relay.step():
            pass
        return system.log.head().position


def _line(told: dict) -> str:
    per_cpu, per_second = told["events"] / told["cpu"], told["events"] / told["seconds"]
    return f"{told['name']:<18} {per_cpu:>9,.0f} a second of processor time, {per_second:>9,.0f} by the clock" + (
        f", {told['events at once']:,} at once" if "events at once" in told else ""
    )


GOALS = (
    ("danze", "quix", 2.0), ("danze", "bytewax", 1.0), ("danze", "faust", 10.0), ("danze", "aiokafka", 0.0),
    ("danze with writes", "quix", 1.0),
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
