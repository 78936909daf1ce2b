"""`make rolling OLD=commit`: a rolling upgrade from an older commit's own program, on a real broker and PostgreSQL.

Workers of both releases stand in one group and on one store, while actions come in without a pause. Whatever each of
them folded, afterwards every answer is that of one process of this release alone, and the old one's rows are whole too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

from cli.wiring import System
from infra.kafka.topics import Topics
from infra.views.store import FORMAT
from tests import servers
from tests.faults.distributed import Town
from tests.faults.harness import folder
from tests.faults.town import FIRST, LAST, Undisturbed, same, undisturbed
from tests.patience import PATIENCE
from tests.system.command import DANZE, Danze
from tests.system.engine import Engine, made, until

SPEED = "15"
"""Days a second of the clock afterwards."""
PARTS = 10
"""More than steps: the history does not end before them."""
say = partial(print, flush=True)


class Upgrade:
    """The engine, its workers named after their release: `old-intake`, `new-intake`."""

    def __init__(self, engine: Engine, old: str, town: Town, part: int, seconds: float) -> None:
        self.engine, self.town, self.part, self.seconds = engine, town, part, seconds
        self.programs = {"old": old, "new": DANZE}

    def start(self, release: str, worker: str) -> None:
        verb = worker.partition("-")[0]
        more = ("--history",) if verb == "intake" else ()
        self.engine.start_this(f"{release}-{worker}", self.programs[release], verb, *self.engine.to, *more)

    def asked(self, release: str) -> int:
        """How many items its rows hold."""
        call = [self.programs[release], "search", "--limit", "1", "--json"]
        done = subprocess.run(call, env=self.engine.danze.environment, capture_output=True, check=False)
        assert done.returncode == 0, done
        return int(json.loads(done.stdout)["total"])

    def goes_on(self, step: str) -> None:
        """Actions come in for a while after a step; then both releases find the same, while both have workers."""
        self.town.allowed += self.part
        until(lambda: self.town.sent >= self.town.allowed, self.engine.all_said)
        time.sleep(self.seconds)
        ended = [name for name, process in self.engine.workers.items() if process.poll() is not None]
        assert not ended, f"{ended} ended by themselves\n{self.engine.all_said()}"
        if {"old-project-2", "new-project-1"} <= {*self.engine.workers}:
            until(lambda: self.asked("old") == self.asked("new"), self.engine.all_said)
        items = {release: self.asked(release) for release in self.programs}
        say(f"{step:50} {self.recorded():6,} events; items that are found: {items}")

    def recorded(self) -> int:
        with self.engine.system() as system:
            return system.log.head().position


def upgraded(upgrade: Upgrade) -> None:
    """The order of the guide: one question first, then readers, then writers."""
    start, stop = upgrade.start, upgrade.engine.stop
    for worker in ("intake", "relay", "project-1", "project-2"):
        start("old", worker)
    upgrade.town.start()
    upgrade.town.allowed += upgrade.part
    steps = (
        ("the old release alone; a question to the new one", ()),
        ("a new projector beside two old ones", (partial(start, "new", "project-1"),)),
        ("two new ones beside two old ones", (partial(start, "new", "project-2"),)),
        ("a new relay takes over", (partial(start, "new", "relay"), partial(stop, "old-relay"))),
        ("a new intake takes over", (partial(stop, "old-intake"), partial(start, "new", "intake"))),
        ("an old projector is ended", (partial(stop, "old-project-1"),)),
        ("the last old one is ended", (partial(stop, "old-project-2"),)),
    )
    for said, calls in steps:
        for call in calls:
            call()
        upgrade.goes_on(said)


def finished(upgrade: Upgrade, alone: Undisturbed) -> None:
    """All is sent and through, and the clock of the new release has written what was missed."""
    engine = upgrade.engine
    upgrade.town.allowed = len(alone.lines)
    engine.recorded(alone.quarter)
    engine.start_other("clock", "-m", "tests.system.past_clock", engine.danze.store, FIRST, LAST, SPEED)
    engine.recorded(alone.total)
    engine.read()
    for name in list(engine.workers):
        engine.stop(name)
    assert "Traceback" not in engine.all_said(), engine.all_said()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make rolling")
    parser.add_argument("old", type=Path, help="`danze` of an older commit, in an environment of its own")
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument(
        "--seconds", type=float, default=6, help="between two steps, while a part of the history comes in"
    )
    options = parser.parse_args()
    with ExitStack() as stack:
        place = stack.enter_context(folder())
        alone = undisturbed(place, options.scale, early=True)
        kafka = stack.enter_context(servers.kafka())
        store = f"{stack.enter_context(servers.postgres())}?schema=rolling"
        topics = Topics()
        made(kafka, topics, actions=1, events=12)
        engine = stack.enter_context(Engine(Danze(store), kafka, topics, place))
        town = Town(alone.lines, kafka, topics.actions, None, PATIENCE)
        upgrade = Upgrade(engine, str(options.old.absolute()), town, len(alone.lines) // PARTS, options.seconds)
        upgraded(upgrade)
        finished(upgrade, alone)
        with closing(System(store)) as system:
            asked = same(system, engine.danze, alone, (("--from", "store"), ("--from", "kafka", "--kafka", kafka)))
        say(f"format {FORMAT}: {asked:,} questions are answered as by one process of this release alone")


if __name__ == "__main__":
    main()
