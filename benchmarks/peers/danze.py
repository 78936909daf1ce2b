"""danze's projector as a contestant: `python danze.py BROKER TOPIC EVENTS [STORE]`; with a store it writes there."""

import gc
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from consumers.batching import SCHEME, run
from consumers.dead_letters import DeadLetters
from consumers.patience import Patience
from consumers.projector import Projector
from consumers.workers import project_worker
from infra.kafka.settings import KafkaSettings
from infra.views.partitions import Claim, Partitions

BROKER, TOPIC, EVENTS = sys.argv[1], sys.argv[2], int(sys.argv[3])
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

    def fold(self, batches) -> None:
        if not self.began:
            self.began, self.cpu = time.perf_counter(), _cpu()
        if len(sys.argv) > 4:
            super().fold(batches)
        else:
            for batch in batches:
                held = self.held[batch.partition]
                position, _ = self._take(held.fold, batch.records, held.claim)
                held.claim = held.claim.at(position, batch.next_offset, 0)
        self.writes += 1
        self.seen += sum(len(batch.records) for batch in batches)
        if self.seen >= EVENTS:
            told = {"name": "danze with writes" if len(sys.argv) > 4 else "danze", "events": self.seen}
            seconds, cpu = time.perf_counter() - self.began, _cpu() - self.cpu
            each = round(self.seen / self.writes)
            print(json.dumps({**told, "seconds": seconds, "cpu": cpu, "events at once": each}), flush=True)
            os._exit(0)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    if len(sys.argv) > 4:
        from cli.wiring import System

        rows = Partitions(System(sys.argv[4]).views, 12)
    else:
        rows = Nowhere()
    dead = DeadLetters(list, topic="none", source=TOPIC)
    projector = Counted(rows, list, dead, findings="none")
    settings = KafkaSettings.parse(BROKER, {})
    app = project_worker(
        f"danze-{time.time()}", settings.faust(SCHEME), projector, Patience(), topic=TOPIC, relayed=lambda: 0,
        alive=lambda: None,
    )  # fmt: skip
    run(app)


main()
