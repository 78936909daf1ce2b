"""From action sent to visible in the read model, through Kafka and back: how long, at so many actions a second?

    .venv/bin/python benchmarks/latency.py [--rate 1000] [--seconds 20]

A broker and a PostgreSQL of its own; `danze intake`, `relay` and `project` as processes. Each action registers an item;
it is visible when its row is committed. The first seconds, while workers join, are not counted.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import orjson
from sqlalchemy import text

from cli.wiring import System
from domain.envelope import SHANGHAI
from infra.kafka.broker import LocalBroker
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from tests.servers import postgres

UNIT = "unit:430408-xfj"
STEP = 0.02
"""Seconds between two sendings."""


def action(type_: str, subject: str, data: dict) -> bytes:
    now = datetime.now(SHANGHAI).isoformat()
    return orjson.dumps({
        "specversion": "1.0", "id": subject + type_, "source": "/latency", "type": type_, "subject": subject,
        "time": now, "actor": "official:x", "unit": UNIT, "data": data,
    })  # fmt: skip


def registered(no: str) -> bytes:
    return action("petition.registered.v1", f"petition:{no}", {
        "channel": "letter", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1,
        "petitioners": [f"person:{no}"], "title": "小区停车收费",
    })  # fmt: skip


class Watch:
    """Looks for rows of what was sent, and notes how long each took."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.sent: dict[str, float] = {}
        self.took: list[float] = []
        self.stop = threading.Event()

    def run(self) -> None:
        tables = self.system.views.live().tables
        query = text(f"SELECT no FROM {self.system.views.q(tables.cases.name)} WHERE no = ANY(:wanted)")
        with self.system.views.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SET enable_seqscan = off"))  # a new table has no statistics yet
            while not self.stop.wait(0.01):
                waiting = dict(self.sent)
                seen = connection.execute(query, {"wanted": list(waiting)}).fetchall() if waiting else []
                now = time.perf_counter()
                for (no,) in seen:
                    self.took.append(now - self.sent.pop(no))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = LocalBroker(folder / "kafka")
        broker.start()
        stack.callback(broker.kill)
        settings, topics = KafkaSettings.parse(broker.url, {}), Topics("latency.")
        topics.create(settings)
        store = f"{stack.enter_context(postgres())}?schema=latency"
        system = System(store)
        stack.callback(system.close)
        told = {"name": "区信访局", "level": "county", "kind": "bureau", "division": "430408"}
        system.intake().take([action("unit.established.v1", UNIT, told)])
        for verb in ("intake", "relay", "project"):
            command = [
                sys.executable,
                "-m",
                "cli",
                verb,
                "--store",
                store,
                "--kafka",
                broker.url,
                "--topics",
                "latency.",
            ]
            stack.callback(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL).kill)
        watch = Watch(system)
        publisher = stack.enter_context(Publisher(settings))
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.start()
        send(publisher, topics, watch, "warm", options.rate, 8)
        _until_seen(watch)
        watch.took.clear()
        send(publisher, topics, watch, "item", options.rate, options.seconds)
        _until_seen(watch)
        watch.stop.set()
        thread.join()
        took = sorted(watch.took)
        at = {share: took[min(len(took) - 1, int(len(took) * share))] * 1000 for share in (0.5, 0.95, 0.99)}
        goal = "met" if at[0.99] < 250 else "MISSED"
        shares = ", ".join(f"{share:.0%} {ms:.0f} ms" for share, ms in at.items())
        print(f"{len(took):,} actions at {options.rate}/s, sent to visible: {shares}, longest {took[-1] * 1000:.0f} ms")
        print(f"goal: 99 % under 250 ms  {goal}")


def send(publisher: Publisher, topics: Topics, watch: Watch, name: str, rate: int, seconds: int) -> None:
    """At a steady rate; an action counts as sent when it is handed to the producer."""
    each = max(1, round(rate * STEP))
    began = time.perf_counter()
    for step in range(int(seconds / STEP)):
        numbers = [f"{name}-{step}-{place}" for place in range(each)]
        lines = [(topics.actions, f"petition:{no}".encode(), registered(no), []) for no in numbers]
        now = time.perf_counter()
        watch.sent |= dict.fromkeys(numbers, now)
        publisher.send(lines)
        time.sleep(max(0.0, began + (step + 1) * STEP - time.perf_counter()))


def _until_seen(watch: Watch) -> None:
    until = time.perf_counter() + 60
    while watch.sent and time.perf_counter() < until:
        time.sleep(0.05)
    if watch.sent:
        sys.exit(f"{len(watch.sent)} actions were not to be seen after a minute")


if __name__ == "__main__":
    main()
