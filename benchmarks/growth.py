"""Does anything cost more when the log is long? A store of so many events, and what each piece of work takes on it.

    .venv/bin/python benchmarks/growth.py [--points 100000,1000000,10000000,20000000] [--folder FOLDER]

A simulated year of a small city, each of its items as often as it takes: the mix of work is the same at each point.
Then, each in a process of its own: the read models are rebuilt, the log is verified, questions are asked, and what the
city does in the weeks after is taken in on top. Costs are processor time, memory is the most that the process had.
Each is measured on the smallest log just before, so that what else the machine does slows both. A point of 20 million
events takes 25 GB of disk, which are free again when it is done; one that the disk has no room for is left out.
"""

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from datetime import time as clock
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import orjson

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.api import Many, items_of
from cli.wiring import System, look_for_garbage_less_often, opened
from domain.envelope import SHANGHAI
from infra.city.simulation import START, simulate
from infra.log.port import RawEntry
from infra.log.verify import verify

SCALE, COUNTIES, DAYS, MORE = 0.2, 6, 365, 60
"""Of the simulated city: some 100,000 events a year, and the days after it whose actions come on top."""
SERIAL = 3
"""Digits that the running numbers of its items need; the other three are those of the copy."""
BATCH, WARM, TURNS = 1_000, 5, 15
APPENDED = 50_000
ASKED, WARMED = 1_000, 1_500
"""Items that are asked for, and others before them: SQLite's cache of 64 MiB is new memory until it is full."""
STORED = 1_300
"""Bytes of disk that an event takes, with its rows and what waits to be written."""
FLAT = 1.10
"""What the cost of an event may be against that in the smallest log."""
GROWING: dict[str, str] = {
    "rebuild": "µs an event",
    "verify": "µs an event",
    "intake": "µs an event",
    "catch-up": "µs an event",
    "item": "ms",
    "timeline": "ms",
    "scoreboard": "ms",
}
"""What has to stay flat, and in which unit it is told."""
Found = dict[str, float]


def year_of(folder: Path) -> str:
    """A store with a year of the small city, as `danze emit --history` takes it in; the actions after it lie beside."""
    url, later = f"sqlite:///{folder}/year.db", folder / "later.jsonl"
    if later.exists():
        return url
    actions = simulate(1, DAYS + MORE, SCALE, counties=COUNTIES)
    ends = datetime.combine(START + timedelta(days=DAYS), clock(), SHANGHAI)
    with opened(url) as year:
        intake = year.intake(history=True)
        while part := list(islice(actions, BATCH)):
            if datetime.fromisoformat(part[0]["time"]) >= ends:
                break
            intake.take([orjson.dumps(action) for action in part])
    later.write_bytes(b"\n".join(map(orjson.dumps, (*part, *islice(actions, BATCH * (WARM + TURNS))))))
    return url


def fill(year: str, store: str, events: int) -> Found:
    """Puts the year in so often that there are as many events, and answers what an append costs."""
    with opened(year) as once, opened(store) as system:
        _ = system.vault  # its keys are made while the store is empty
        have = once.log.head().position
        once_only = Many(once.log, 1, SERIAL)
        several = sum(map(once_only.several, rows(once)))
        times = max(1, 1 + round((events - have) / several))
        entries, cpu = Many(once.log, times, SERIAL).entries(), 0.0
        while part := list(islice(entries, APPENDED)):
            began = time.process_time()
            system.log.append(part, [], after=system.log.head().position)
            cpu += time.process_time() - began
        head = system.log.head().position
        return {"events": head, "append": cpu / head * 1e6}


def rows(system: System) -> Iterator[RawEntry]:
    after = 0
    while found := system.log.raw_entries(after):
        yield from found
        after = found[-1].position


def rebuild(store: str) -> Found:
    with opened(store) as system:
        began = time.process_time()
        tables, position = system.projector.rebuild()
        system.views.switch(tables)
        return {"rebuild": (time.process_time() - began) / position * 1e6}


def check(store: str) -> Found:
    with opened(store) as system:
        began = time.process_time()
        found = verify(system.log)
        assert found["ok"], found
        return {"verify": (time.process_time() - began) / found["events"] * 1e6}


def ask(store: str) -> Found:
    """The middle of so many answers, of items and units by chance, once each; the first overview counts every row.

    Before, it is judged what every unit owed by its duties, once: `danze api` does it while nobody asks.
    """
    with opened(store) as system:
        answers, chance = system.answers, Random(1)
        first = each_takes(lambda _: answers.overview(), [None])[0]
        judged = each_takes(lambda _: answers.judge_duties(), [None])[0]
        units = [unit["unit"] for unit in answers.units()["units"]]
        by_chance = items_of(system, chance)
        for number in islice(by_chance, WARMED):
            answers.case(number)
        numbers = [*islice(by_chance, ASKED)]
        answers.scoreboard(units[0])
        took = {
            "item": each_takes(answers.case, numbers),
            "timeline": each_takes(answers.timeline, numbers),
            "scoreboard": each_takes(answers.scoreboard, chance.sample(units, len(units))),
        }
        return {"first overview": first, "all duties": judged, **{name: middle(times) for name, times in took.items()}}


def take_in(store: str, folder: Path) -> Found:
    """What the city does next, in batches as they come from a queue, and the read models behind it."""
    lines = (folder / "later.jsonl").read_bytes().split(b"\n")
    today = datetime.combine(START + timedelta(days=DAYS + MORE + 30), clock(), SHANGHAI)
    with opened(store) as system:
        intake, costs, follows, longest = system.intake(now=lambda: today), [], [], 0.0
        for at in range(0, len(lines), BATCH):
            before, began, clocked = system.log.head().position, time.process_time(), time.perf_counter()
            intake.take(lines[at : at + BATCH])
            longest = max(longest, time.perf_counter() - clocked)
            taken, events = time.process_time(), system.log.head().position - before
            system.projector.catch_up()
            costs.append((taken - began) / events * 1e6)
            follows.append((time.process_time() - taken) / events * 1e6)
        return {"intake": middle(costs[WARM:]), "catch-up": middle(follows[WARM:]), "longest batch": longest * 1e3}


def each_takes(question: Callable[[Any], Any], asked: Sequence[Any]) -> list[float]:
    """Milliseconds of processor time of each."""
    took = []
    for one in asked:
        began = time.process_time()
        question(one)
        took.append((time.process_time() - began) * 1e3)
    return took


def middle(found: Sequence[float]) -> float:
    return sorted(found)[len(found) // 2]


def apart(name: str, work: Callable[[], Found]) -> Found:
    """Does one piece of work in a process of its own, and adds how much memory that had."""
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        return alone.submit(_alone, name, work).result()


def _alone(name: str, work: Callable[[], Found]) -> Found:
    look_for_garbage_less_often()  # as the command line does
    found = work()
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    peak = re.search(r"VmHWM:\s+(\d+)", status)  # that of getrusage begins with what the parent had
    return {**found, f"memory of {name}": int(peak[1]) / 1024 if peak else 0.0}


def pieces(folder: Path, place: Path) -> dict[str, Callable[[], Found]]:
    """What is measured on one store, in this order: the last changes it."""
    store = f"sqlite:///{place}/many.db"
    return {
        "rebuild": partial(rebuild, store),
        "verify": partial(check, store),
        "questions": partial(ask, store),
        "intake": partial(take_in, store, folder),
    }


def point(folder: Path, events: int, smallest: Path) -> tuple[Found, Found]:
    """What each piece of work takes on a log of so many events, and on a copy of the smallest one just before."""
    place, beside = folder / str(events), folder / "beside"
    place.mkdir()
    shutil.copytree(smallest, beside)
    found = apart("append", partial(fill, year_of(folder), f"sqlite:///{place}/many.db", events))
    against: Found = {}
    both = pieces(folder, beside), pieces(folder, place)
    for name in both[0]:
        against |= apart(name, both[0][name])
        found |= apart(name, both[1][name])
        print(f"  {events:,} events: {name} done at {time.strftime('%X')}", file=sys.stderr, flush=True)
    found["disk"] = sum(file.stat().st_size for file in place.iterdir() if file.is_file()) / 2**20
    shutil.rmtree(beside)
    shutil.rmtree(place)
    return found, against


def told(points: Sequence[tuple[Found, Found]]) -> bool:
    """Says of each cost whether it is what it is in the smallest log, measured in the same minutes."""
    flat = True
    for name, unit in GROWING.items():
        each = ", ".join(f"{found[name]:.3g} {unit} at {found['events']:,.0f}" for found, _ in points)
        ratio = points[-1][0][name] / points[-1][1][name]
        flat &= ratio <= FLAT
        print(f"{name}: {each}; of that in the smallest log  ratio {ratio:.2f}  goal {FLAT:.2f}  {met(ratio)}")
    return flat


def met(ratio: float) -> str:
    return "met" if ratio <= FLAT else "MISSED"


def main() -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", default="100000,1000000,10000000,20000000", help="events, with commas between")
    parser.add_argument("--folder", type=Path, help="where the stores are made; without it a temporary folder")
    options = parser.parse_args()
    points = []
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder, sizes = Path(name), sorted(map(int, options.points.split(",")))
        (smallest := folder / "smallest").mkdir()
        apart("append", partial(fill, year_of(folder), f"sqlite:///{smallest}/many.db", sizes[0]))
        for events in sizes:
            if (free := shutil.disk_usage(folder).free) < events * STORED:
                print(f"{events:,} events left out: they take {events * STORED:,} bytes of disk, {free:,} are free")
                continue
            points.append(point(folder, events, smallest))
            found, against = points[-1]
            ratios = {f"ratio of {name}": found[name] / against[name] for name in GROWING}
            print(
                f"point {json.dumps({name: round(number, 4) for name, number in (found | ratios).items()})}", flush=True
            )
    return told(points)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
