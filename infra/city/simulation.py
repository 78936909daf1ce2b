"""A year of an invented city's petition work, as actions in the order they happened."""

from collections.abc import Iterator
from datetime import date
from heapq import heappop, heappush, heapreplace
from random import Random
from typing import Any

from infra.city.arrivals import Arrival, Dawn, unfold
from infra.city.rhythm import DAY
from infra.city.staffing import changes, founding
from infra.city.thread import CLERK, Thread
from infra.city.world import World

START = date(2020, 1, 1)

SUFFIX = tuple(f"/{n:02d}" for n in range(100))
"""The running number of a step within its item, which makes its id stable."""


def simulate(seed: int, days: int = 365, scale: float = 1.0, start: date = START) -> Iterator[dict[str, Any]]:
    """Actions of `days` days from `start`, ordered by time; the units are established in the days before.

    `scale` 1.0 is about 30,000 items a year. The same arguments always give the same actions; what is still open at
    the end stays open. Memory grows with the items that are open at one time, not with the length of the run.
    """
    random = Random(f"danze/city/{seed}")
    world = World(random, start, days, scale)
    source = f"/danze/city/{seed}"
    end = days * DAY
    minutes, seconds = world.days.minute, world.days.second
    today, midnight = "", -DAY * 1_000
    heap: list[tuple[int, int, Thread | Arrival | Dawn]] = []
    number = emitted = 0
    for thread in [*founding(world), *changes(world, days)]:
        heappush(heap, (thread.steps[-1][0], number, thread))
        number += 1
    heappush(heap, (0, number, Dawn(0)))
    while heap:
        moment, order, coming = heap[0]
        if moment >= end:
            break
        if not isinstance(coming, Thread):
            heappop(heap)
            for later, next_ in unfold(world, moment, coming):
                number += 1
                heappush(heap, (later, number, next_))
            continue
        steps = coming.steps
        _, kind, unit, who, data = steps.pop()
        if unit.into is not None and moment >= unit.merged_at:
            unit = unit.into
        actor = unit.clerk if who == CLERK else unit.desk[coming.desk % len(unit.desk)]
        if data.__class__ is not dict:
            world.emitted = emitted
            data = data(unit, actor)  # type: ignore[operator]
        done = coming.done = coming.done + 1
        emitted += 1
        second = moment - midnight
        if second >= DAY:
            today, midnight = world.days.text(moment // DAY), moment // DAY * DAY
            second = moment - midnight
        if steps:
            heapreplace(heap, (steps[-1][0], order, coming))
        else:
            heappop(heap)
        yield {
            "specversion": "1.0",
            "id": coming.stem + (SUFFIX[done] if done < 100 else f"/{done}"),
            "source": source,
            "type": kind,
            "subject": coming.subject,
            "time": today + minutes[second // 60] + seconds[second % 60],
            "actor": actor,
            "unit": unit.id,
            "data": data,
        }
