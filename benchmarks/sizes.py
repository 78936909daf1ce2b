"""How many bytes an event and an item take, where they lie: the figures under docs/capacity.md.

    nice .venv/bin/python benchmarks/sizes.py [--scale 0.1]

A simulated year of Hengyang is taken into PostgreSQL and into SQLite; its events are published to a broker of its own.
Prints bytes an event of the log, the keys, the read models and the topic, after VACUUM FULL (what a table takes at
least), and bytes an item.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import orjson
import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from cli.taking import take
from cli.wiring import files_of, opened
from infra.city.simulation import START, simulate
from infra.kafka.broker import LocalBroker
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import Topics
from infra.log.urls import parse
from infra.relay import Meter, Relay
from tests import servers

SIZES = """
    SELECT n.nspname, sum(pg_total_relation_size(c.oid)), sum(pg_indexes_size(c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname LIKE 'sizes%' AND c.relkind = 'r' GROUP BY 1
"""


def filled(url: str, scale: float) -> tuple[int, int]:
    """How many events and items the store holds."""
    with opened(url) as system:
        actions = simulate(1, days=365, scale=scale, start=START)
        take(system, map(orjson.dumps, actions), history=True, title="simulate")
        system.projector.catch_up()
        return system.log.head().position, system.answers.overview()["totals"]["items"]


def on_postgres(server: str, scale: float) -> dict[str, float]:
    url = f"{server}{'&' if '?' in server else '?'}schema=sizes"
    events, items = filled(url, scale)
    with psycopg.connect(**parse(url).connection(), autocommit=True) as connection:
        connection.execute("VACUUM FULL")
        rows = connection.execute(SIZES).fetchall()
    told = {name: float(size) / events for name, size, _ in rows} | {
        f"{name}, indexes of it": float(indexes) / events for name, _, indexes in rows
    }
    return {"events": events, "items": items, **told, **on_topic(url)}


def on_topic(url: str) -> dict[str, float]:
    """Bytes an event on the broker's disk, one replica."""
    with tempfile.TemporaryDirectory() as folder, opened(url) as system:
        broker, topics = LocalBroker(Path(folder)), Topics()
        broker.start()
        settings = KafkaSettings((broker.url,))
        topics.create(settings)
        with Publisher(settings) as publisher:
            relay = Relay(system.log, publisher, topics, Meter())
            while relay.step():
                pass
        broker.stop()
        files = Path(folder).rglob(f"{topics.events}-*/*.log")
        size = sum(file.stat().st_size for file in files)
        body = sum(len(entry.body) for entry in system.log.read(0, limit=20_000)) / 20_000
        return {"topic": size / system.log.head().position, "stored bytes of an event": body}


def on_sqlite(scale: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"{folder}/danze.db"
        events, _ = filled(url, scale)
        return {f"SQLite {file.name}": file.stat().st_size / events for file in files_of(url) if file.exists()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1)
    options = parser.parse_args()
    with servers.postgres() as server:
        told = on_postgres(server, options.scale) | on_sqlite(options.scale)
    print(json.dumps({name: round(value, 1) for name, value in told.items()}, indent=2))


if __name__ == "__main__":
    main()
