"""danze's projector as a contestant: `python danze.py BROKER TOPIC [--store STORE] [--group NAME --share N]`.

With a store it writes there. With a share it begins when it holds so many of the topic's partitions, beside others of
its group, and reads them from their beginning. Prints one line of JSON when it has read all that it holds.
"""

import argparse
import gc
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from kafka import KafkaConsumer, TopicPartition

from consumers.batching import SCHEME, run
from consumers.dead_letters import DeadLetters
from consumers.patience import Patience
from consumers.projector import Projector
from consumers.workers import project_worker
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import PARTITIONS
from infra.views.partitions import Claim, Partitions
from infra.watching import Watch

parser = argparse.ArgumentParser()
parser.add_argument("broker")
parser.add_argument("topic")
parser.add_argument("--store")
parser.add_argument("--group", default=f"danze-{time.time()}")
parser.add_argument("--share", type=int, default=PARTITIONS)
options = parser.parse_args()
gc.set_threshold(50_000, 25, 100)  # as the command line does
logging.basicConfig(level=logging.ERROR)


class Nowhere:
    """Rows that nobody keeps: what folding alone costs."""

    def claim(self, wanted):
        return {partition: Claim(None, partition, 1, 0, 0, 0) for partition in wanted}

    def items(self, claim, subjects):
        return dict.fromkeys(subjects)

    def write(self, changes, places):
        return frozenset()

    def through(self, claims, position): ...


class Counted(Projector):
    """Folds, and with a store makes rows and writes them, as the worker does."""

    seen = writes = 0
    began = 0.0
    ends: dict[int, int]

    def fold(self, batches) -> None:
        if len(self.held) > options.share:
            return  # others will join: then all are read from their beginning
        if not self.began:
            self.began, self.clock, self.cpu = time.perf_counter(), time.time(), _cpu()
        if options.store:
            super().fold(batches)
        else:
            for batch in batches:
                held = self.held[batch.partition]
                position, _ = self.take(held.fold, batch.records, held.claim)
                held.claim = held.claim.at(position, batch.next_offset, 0)
        self.writes += 1
        self.seen += sum(batch.next_offset - batch.first_offset for batch in batches)  # nothing is compacted
        if all(held.claim.offset >= self.ends[partition] for partition, held in self.held.items()):
            self.done()

    def done(self) -> None:
        told = {"name": "danze with writes" if options.store else "danze", "events": self.seen, "began": self.clock}
        seconds, cpu = time.perf_counter() - self.began, _cpu() - self.cpu
        each = round(self.seen / self.writes)
        print(json.dumps({**told, "seconds": seconds, "cpu": cpu, "events at once": each}), flush=True)
        os._exit(0)


def ends(settings) -> dict[int, int]:
    """Where each partition of the topic ends."""
    consumer = KafkaConsumer(**settings.client())
    places = [TopicPartition(options.topic, partition) for partition in range(PARTITIONS)]
    found = {place.partition: offset for place, offset in consumer.end_offsets(places).items()}
    consumer.close()
    return found


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    settings = KafkaSettings.parse(options.broker, {})
    if options.store:
        from cli.wiring import System

        rows = Partitions(System(options.store).views, PARTITIONS)
    else:
        rows = Nowhere()
    dead = DeadLetters(list, topic="none", source=options.topic)
    projector = Counted(rows, list, dead, findings="none")
    projector.ends = ends(settings)
    app = project_worker(
        options.group, settings.faust(SCHEME), projector, Patience(), topic=options.topic, relayed=lambda: 0,
        alive=lambda: None, watch=Watch("bench"),
    )  # fmt: skip
    run(app)


main()
