"""How fast is the log, and does it stay so? Appends and verifies a million events, and compares with the library.

    python benchmarks/log.py [--events 1000000] [--batch 2000] [--open-items 20000] [--store URL]

One core, fsync on every append. The events are like a city's: 13 divisions, eight events an item, `--open-items` of
them open at any time, 600 bytes each. `control` writes the same rows to a bare SQLite table without any index: what
the machine can do at that moment. Wall time swings with the neighbours of a virtual machine; CPU time less so.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

from infra.log.open import open_log
from infra.log.port import NewEntry, key_of, leaf_of
from infra.log.times import micros
from infra.log.verify import verify

SEGMENT = 100_000
LIBRARY_STREAMS = 200
START = datetime(2020, 1, 1, tzinfo=UTC)
TITLE = "小区停车收费不合理，多次反映未果，请求核实并予以答复"
SOURCE = "/430400/reception-centre/window-3"


def batches(events: int, size: int, open_items: int) -> Iterator[list[NewEntry]]:
    """The same city every time."""
    chance = random.Random(20200410)
    active: list[list] = []
    last = [0] * 13
    number = 0
    while number < events:
        recorded = START + timedelta(seconds=number // size)
        made = []
        for _ in range(size):
            number += 1
            if len(active) < open_items or chance.random() < 1 / 8:
                place = chance.randrange(13)
                last[place] += 1
                item = [f"petition:4304{place:02}-2020-{last[place]:06}", 0]
                if len(active) < open_items:
                    active.append(item)
                else:
                    active[chance.randrange(open_items)] = item
            else:
                item = active[chance.randrange(open_items)]
            item[1] += 1
            made.append(event(item[0], item[1], number, recorded))
        yield made


def event(subject: str, version: int, number: int, recorded: datetime) -> NewEntry:
    kind = "petition.registered.v1" if version == 1 else "petition.referred.v1"
    said = recorded.isoformat()
    body = (
        f'{{"actor":"official:430400-xfj-017","data":{{"note":"{TITLE}","reason":"{TITLE}","to_unit":"unit:430408-zjj"}},'
        f'"decided":{{"deadlines":[{{"clock":"K1","due_on":"2020-05-02","starts_on":"2020-04-11"}}]}},"id":"w3/{number}",'
        f'"recorded":"{said}","ruleset":["cn-2005","hengyang-2020"],"source":"{SOURCE}","specversion":"1.0",'
        f'"subject":"{subject}","time":"{said}","type":"{kind}","unit":"unit:430400-xfj","version":{version}}}'
    ).encode()
    key = key_of(SOURCE, f"w3/{number}")
    return NewEntry(subject, version, kind, micros(recorded), body, key, key, ())


def measured(name: str, events: int, work: Iterator[Callable[[], int]]) -> list[float]:
    """Run thunks that each take some events; print wall and CPU microseconds an event for each segment."""
    costs = []
    wall = cpu = slowest = 0.0
    done = counted = 0
    for thunk in work:
        began, began_cpu = time.perf_counter(), time.process_time()
        done += thunk()
        took = time.perf_counter() - began
        wall, cpu, slowest = wall + took, cpu + time.process_time() - began_cpu, max(slowest, took)
        if done - counted >= min(SEGMENT, events):
            n = done - counted
            costs.append(cpu / n * 1e6)
            print(
                f"{name:24} {done:9,} events {n / wall:9,.0f} events/s  {wall / n * 1e6:6.1f} us wall"
                f"  {cpu / n * 1e6:6.1f} us CPU  slowest batch {slowest * 1000:4.0f} ms",
                flush=True,
            )
            wall = cpu = slowest = 0.0
            counted = done
    return costs


def appending(url: str, options: argparse.Namespace) -> None:
    log = open_log(url)
    after = log.head().position

    def work() -> Iterator[Callable[[], int]]:
        for batch in batches(options.events, options.batch, options.open_items):

            def take(batch: list[NewEntry] = batch) -> int:
                nonlocal after
                assert not log.known([e.key for e in batch])
                after = log.append(batch, [], after=after).position
                return len(batch)

            yield take

    costs = measured("append (known + append)", options.events, work())
    if len(costs) >= 6:
        print(f"{'':24} CPU an event, last three segments to first three: {sum(costs[-3:]) / sum(costs[:3]):.2f}")
    marks: list[float] = []
    began, began_cpu = time.perf_counter(), time.process_time()
    found = verify(log, progress=lambda _: marks.append(time.perf_counter()))
    took, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    assert found["ok"], found
    print(f"{'verify':24} {after:9,} events {after / took:9,.0f} events/s  {cpu / after * 1e6:6.1f} us CPU")
    log.close()


def control(folder: Path, options: argparse.Namespace) -> None:
    raw = sqlite3.connect(folder / "control.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "secure_delete=OFF"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("CREATE TABLE t (rowid INTEGER PRIMARY KEY, a, b, c, d, e, f, g, h)")

    def work() -> Iterator[Callable[[], int]]:
        for batch in batches(min(options.events, 3 * SEGMENT), options.batch, options.open_items):

            def take(batch: list[NewEntry] = batch) -> int:
                blob = bytearray
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany(
                    "INSERT INTO t VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [
                        (e.subject, e.version, e.type, blob(e.body), e.recorded, blob(e.key), blob(e.digest),
                         blob(leaf_of(e.body)))
                        for e in batch
                    ],
                )  # fmt: skip
                raw.execute("COMMIT")
                return len(batch)

            yield take

    measured("control: no index", options.events, work())


def library_recorder(folder: Path, options: argparse.Namespace) -> None:
    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(folder / "recorder.db"), originator_id_type="text"))
    recorder.create_table()

    def work() -> Iterator[Callable[[], int]]:
        for batch in batches(min(options.events, 3 * SEGMENT), LIBRARY_STREAMS, options.open_items):
            stored = [StoredEvent(e.subject, e.version, e.type, e.body) for e in batch]

            def take(stored: list[StoredEvent] = stored) -> int:
                recorder.insert_events(stored)
                return len(stored)

            yield take

    measured("library: insert 200", options.events, work())


class Item(Aggregate):
    class Referred(Aggregate.Event):
        note: str
        reason: str
        to_unit: str
        clock: str
        due_on: str

    def refer(self) -> None:
        self.trigger_event(
            self.Referred, note=TITLE, reason=TITLE, to_unit="unit:430408-zjj", clock="K1", due_on="2020-05-02"
        )


def library_save(folder: Path, options: argparse.Namespace) -> None:
    app: Application = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "application.db")}
    )
    open_items = [Item() for _ in range(options.open_items)]
    chance = random.Random(1)

    def work() -> Iterator[Callable[[], int]]:
        for _ in range(min(options.events, 3 * SEGMENT) // LIBRARY_STREAMS):

            def take() -> int:
                chosen = chance.sample(open_items, LIBRARY_STREAMS)
                for item in chosen:
                    item.refer()
                return len(app.save(*chosen)) and LIBRARY_STREAMS

            yield take

    measured("library: save 200", options.events, work())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=2_000)
    parser.add_argument("--open-items", type=int, default=20_000)
    parser.add_argument("--store", help="a store URL; without one a fresh SQLite file")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(dir=os.environ.get("DANZE_BENCH_DIR")) as name:
        folder = Path(name)
        control(folder, options)
        appending(options.store or f"sqlite:///{folder / 'log.db'}", options)
        if options.store is None:
            library_recorder(folder, options)
            library_save(folder, options)


if __name__ == "__main__":
    main()
