"""What the embedded engine costs, in ratios against its own libraries, measured in one run on one core.

    .venv/bin/python benchmarks/embedded.py [--actions N] [--growth N]

Ratios are of processor time, so a busy machine changes them little; the clock on the wall is printed beside.
"""

import argparse
import gc
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cli.wiring import System, look_for_garbage_less_often
from domain.codec import decode_event, event_decoder
from infra.city.simulation import simulate
from infra.log.port import Entry
from infra.views.anew import PIECE, take
from projections.findings import finding_row, heard
from projections.fold import Fold
from projections.ledgers.entry import ledger_row
from projections.ledgers.writing import written

BATCH = 1_000
STREAMS = 200
TURNS = 60
"""Batches that each of two logs takes in turn."""


class Timed:
    """Processor and wall seconds of one piece of work."""

    def __init__(self, work: Callable[[], Any]) -> None:
        gc.collect()
        gc.freeze()  # what earlier pieces of work left behind is none of this one's garbage
        wall, cpu = time.perf_counter(), time.process_time()
        self.result = work()
        self.cpu, self.wall = time.process_time() - cpu, time.perf_counter() - wall

    def per_second(self, count: int) -> float:
        return count / self.cpu


def best(work: Callable[[], Any]) -> Timed:
    """The quickest of three: a shared machine makes work slower, never faster."""
    return min((Timed(work) for _ in range(3)), key=lambda timed: timed.cpu)


def lines(count: int, scale: float) -> list[bytes]:
    """The first `count` actions of a simulated city."""
    return [orjson.dumps(action) for action in islice(simulate(1, days=366, scale=scale), count)]


def taken(system: System, actions: Sequence[bytes]) -> int:
    """Intake as of the days of the actions: decide, idempotency, append, clock. Returns the events recorded."""
    intake = system.intake(history=True)
    for at in range(0, len(actions), BATCH):
        intake.take(actions[at : at + BATCH])
    return system.log.head().position


def saved_by_library(path: Path, bodies: Sequence[bytes]) -> None:
    """The eventsourcing library's own `save` of as many events of the same bytes, 200 streams at a time, SQLite."""
    from uuid import uuid4

    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class Item(Aggregate):
        def __init__(self, body: str) -> None:
            self.body = body

        @event("Taken")
        def take(self, body: str) -> None:
            self.body = body

    app: Application[Any] = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path), "SQLITE_LOCK_TIMEOUT": "10"}
    )
    texts = [body.decode() for body in bodies]
    items: list[Item] = []
    for at in range(0, len(texts), STREAMS):
        batch = texts[at : at + STREAMS]
        if at % (STREAMS * 10) == 0:
            items = [Item(text) for text in batch]
        else:
            for item, text in zip(items, batch, strict=False):
                item.take(text)
        app.save(*items)
    del uuid4


def read_all(system: System) -> list[Entry]:
    entries: list[Entry] = []
    while part := system.log.read(len(entries), limit=50_000):
        entries += part
    return entries


def bare_decode(entries: Sequence[Entry]) -> None:
    """Nothing but typed msgspec decoding of the stored bytes, whole: what the folds read is less."""
    decoders = {name: event_decoder(name) for name in {entry.type for entry in entries}}
    for entry in entries:
        decoders[entry.type](entry.body)


def folds(entries: Sequence[Entry]) -> int:
    """Decoding and the folds of all read models, down to the rows, as a rebuild does it, without writing them."""
    fold = Fold()
    for at in range(0, len(entries), PIECE):
        take(fold, entries[at : at + PIECE])
    changes = fold.changes()
    findings = [finding_row(id, heard((), words)) for id, words in changes.findings.items()]
    ledgers = [ledger_row(entry) for events in changes.ledgers.values() for entry in written((), events)]
    return len(changes.cases) + len(findings) + len(changes.acts) + len(ledgers)


def rebuilt(system: System) -> None:
    """What `danze replay` does, without comparing."""
    system.views.switch(system.projector.rebuild()[0])


def report(name: str, ours: Timed, theirs: Timed, count: int, goal: float, peer: str = "bare decode") -> None:
    ratio = theirs.cpu / ours.cpu
    print(
        f"{name:<52} {ours.per_second(count):>10,.0f}/s  against {theirs.per_second(count):>10,.0f}/s of {peer}"
        f"  ratio {ratio:5.2f}  goal {goal:.2f}  {'met' if ratio >= goal else 'MISSED'}"
    )


def ratios(count: int) -> None:
    actions = lines(count, scale=max(0.2, count / 300_000))
    with tempfile.TemporaryDirectory() as folder:
        system = System(f"{folder}/bench.db")
        intake = Timed(lambda: taken(system, actions))
        events = intake.result
        entries = read_all(system)
        library = Timed(lambda: saved_by_library(Path(folder) / "library.db", [entry.body for entry in entries]))
        print(f"{events:,} events from {len(actions):,} simulated actions; rates per second of processor time")
        report("intake: decide, idempotency, append", intake, library, events, 0.6, "eventsourcing")
        decode = best(lambda: bare_decode(entries))
        report("folds of all read models", best(lambda: folds(entries)), decode, events, 0.25)
        rebuild = best(lambda: rebuilt(system))
        report("rebuild with its writes and indexes", rebuild, decode, events, 0.15)
        print(f"wall: intake {intake.wall:.1f} s, library {library.wall:.1f} s, rebuild {rebuild.wall:.1f} s")
        system.close()


def memory(count: int) -> None:
    """Bytes per open item that an intake keeps at hand; a projector keeps the same."""
    import tracemalloc

    from domain.petition.state import evolve
    from projections.shelf import Shelf

    actions = lines(count, scale=1.0)
    with tempfile.TemporaryDirectory() as folder:
        system = System(f"{folder}/memory.db")
        taken(system, actions)
        streams: dict[str, list[Entry]] = {}
        for entry in read_all(system):
            if entry.subject.startswith("petition:"):
                streams.setdefault(entry.subject, []).append(entry)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        shelf = Shelf(1_000_000)
        for subject, entries in streams.items():
            item = None
            for entry in entries:
                item = evolve(item, decode_event(entry.type, entry.body, entry.position))
            if item is not None and not item.over:
                shelf.put(subject, item)
                shelf.lay_down()
        gc.collect()
        used = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        each = used / max(1, len(shelf))
        print(
            f"memory per open item: {each:,.0f} bytes ({len(shelf):,} open items)  goal 1,500  "
            + ("met" if each <= 1500 else "MISSED")
        )
        system.close()


class City:
    """A simulated city that has kept its log since some day."""

    def __init__(self, path: str, since: date, scale: float) -> None:
        self.system = System(path)
        self.intake = self.system.intake(history=True)
        self.actions = (orjson.dumps(action) for action in simulate(1, days=2_200, scale=scale, start=since))
        self.cpu = 0.0

    @property
    def events(self) -> int:
        return self.system.log.head().position

    def take(self) -> None:
        """One batch more; only the taking is timed."""
        part = list(islice(self.actions, BATCH))
        before = time.process_time()
        self.intake.take(part)
        self.cpu += time.process_time() - before


def growth(total: int) -> None:
    """Processor time per event in a log of `total` events, against one of a tenth of them.

    Two cities of one size at about the same date, one with a log of five years, one with half a year's. Batches go to
    them in turn: both do the same mix of work on the same machine at the same moment, only the size of the log differs.
    """
    scale = total / 1_800_000
    with tempfile.TemporaryDirectory() as folder:
        old = City(f"{folder}/old.db", date(2020, 1, 1), scale)
        young = City(f"{folder}/young.db", date(2024, 7, 1), scale)
        for city, size in ((old, total), (young, total // 10)):
            while city.events < size:
                city.take()
        for city in (old, young):
            city.cpu = 0.0
        before = old.events, young.events
        gc.collect()
        gc.freeze()
        for _ in range(TURNS):
            old.take()
            young.take()
        each = [city.cpu / (city.events - start) * 1e6 for city, start in zip((old, young), before, strict=True)]
        ratio = each[0] / each[1]
        print(
            f"cost per event at {before[0]:,} events {each[0]:.1f} µs, at {before[1]:,} {each[1]:.1f} µs"
            f"  ratio {ratio:4.2f}  goal 1.10  {'met' if ratio <= 1.10 else 'MISSED'}"
        )
        print(
            f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB, both cities simulated in it"
        )
        for city in (old, young):
            city.system.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--actions", type=int, default=100_000)
    parser.add_argument(
        "--growth", type=int, nargs="?", const=1_000_000, help="instead: cost per event in a log of so many"
    )
    args = parser.parse_args()
    look_for_garbage_less_often()  # as the command line does
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if args.growth:
        growth(args.growth)
        return
    ratios(args.actions)
    memory(min(args.actions, 100_000))


if __name__ == "__main__":
    main()
