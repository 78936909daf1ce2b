"""A year of an invented city's petition work, as actions in the order they happened."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from infra.city.adoption import adopt
from infra.city.arrivals import receive
from infra.city.meetings import found_conferences
from infra.city.rhythm import DAY
from infra.city.routine import Routine
from infra.city.staffing import change, found
from infra.city.thread import CLERK
from infra.city.world import FOUNDING_DAYS, World

START = date(2020, 7, 1)
"""The first half year that began under the opinion of 10 April 2020."""

SUFFIX = tuple(f"/{n:02d}" for n in range(100))
"""The running number of a step within its item, which makes its id stable."""


def simulate(
    seed: int, days: int = 365, scale: float = 1.0, start: date = START, counties: int = 12
) -> Iterator[dict[str, Any]]:
    """Actions of `days` days from `start`, ordered by when they are entered; units are founded in the 30 days before.

    `scale` 1.0 is about 30,000 items a year; what leaders and units owe follows from how many there are, and with fewer
    `counties` there are fewer. The same arguments always give the same actions; what is still open at the end stays
    open. Memory grows with the items that are open at one time, not with the length of the run.
    """
    world = World(Random(f"danze/city/{seed}"), start, days, scale, counties)
    found(world)
    change(world, days)
    found_conferences(world, days)
    adopt(world, days)
    routine = Routine(world, days)
    for day in range(-FOUNDING_DAYS, days):
        if day >= 0:
            receive(world, day)
        routine.plan(day)
        yield from _happen(world, seed, day)


def _happen(world: World, seed: int, day: int) -> Iterator[dict[str, Any]]:
    """The day's acts as actions. Who acts is settled now: by then an official may have left, or a unit be gone."""
    source = f"/danze/city/{seed}"
    midnight, today = day * DAY, world.days.text(day)
    minutes, seconds = world.days.minute, world.days.second
    for entered, _, thread, kind, planned, who, data, moment in world.diary.page(day):
        unit = planned
        if unit.into is not None and entered >= unit.merged_at:
            unit = unit.into
        actor = unit.clerk if who == CLERK else unit.desk[thread.desk % len(unit.desk)]
        fact = data if isinstance(data, dict) else data(unit, actor)
        if fact is None:
            continue
        done = thread.done = thread.done + 1
        world.emitted += 1
        second = entered - midnight
        clock = today + minutes[second // 60] + seconds[second % 60]
        action = {
            "specversion": "1.0",
            "id": thread.stem + (SUFFIX[done] if done < 100 else f"/{done}"),
            "source": source,
            "type": kind,
            "subject": thread.subject,
            "time": clock,
            "actor": actor,
            "unit": unit.id,
            "data": fact,
        }
        if moment != entered:
            action["time"], action["recordedat"] = world.days.stamp(moment), clock
        yield action
