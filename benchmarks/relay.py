"""How fast does the relay publish? A simulated city's events, from the store to a real broker, all acknowledged.

    python benchmarks/relay.py [--events 100000] [--store URL] [--kafka HOST:PORT]

Without --store a fresh SQLite file, without --kafka a broker of its own on this machine's Java. CPU is this process's
own; the broker has its.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import orjson

from cli.taking import take
from cli.wiring import System, opened
from infra.city.simulation import simulate
from infra.kafka.broker import LocalBroker
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from infra.relay import BATCH, RELAYED, Meter, Relay


def fill(system: System, events: int) -> None:
    actions = simulate(1, days=365, scale=events / 300_000)
    before = system.log.head().position
    while (short := events - (system.log.head().position - before)) > 0:
        batch = [orjson.dumps(action) for action in islice(actions, short)]
        if not batch:
            break
        take(system, batch, history=True, title="simulate")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--store", help="a store URL")
    parser.add_argument("--kafka", help="a broker")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        kafka = options.kafka
        if kafka is None:
            broker = LocalBroker(folder / "kafka")
            broker.start()
            stack.callback(broker.kill)
            kafka = broker.url
        settings, topics = KafkaSettings((kafka,)), Topics("bench-relay.")
        topics.delete(settings)
        topics.create(settings)
        stack.callback(topics.delete, settings)
        system = stack.enter_context(opened(options.store or f"sqlite:///{folder / 'log.db'}"))
        fill(system, options.events)
        publisher = stack.enter_context(Publisher(settings))
        publisher.send([(topics.dead, b"warm", b"up", [])])
        relay = Relay(system.log, publisher, topics, Meter())
        began, began_cpu = time.perf_counter(), time.process_time()
        while relay.step():
            pass
        took, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        events = system.log.mark(RELAYED)
        size = sum(len(entry.body) for entry in system.log.read(0, limit=BATCH)) // BATCH
        print(
            f"relay  {events:,} events of {size} bytes in {took:.2f} s: {events / took:,.0f} events/s, "
            f"{cpu / events * 1e6:.1f} us CPU an event"
        )


if __name__ == "__main__":
    main()
