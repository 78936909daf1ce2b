"""Kills whatever is part of the distributed engine while producers emit: `make chaos N=1000`.

Afterwards nothing may be lost and nothing doubled, and every question is answered as in one process that nobody
disturbed. Victims and moments come from a seed; what the machine does between them nobody can repeat.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

import orjson

from cli.wiring import System
from infra.city.simulation import simulate
from infra.kafka.broker import LocalBroker
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings, Unreachable
from infra.kafka.topics import Topics
from infra.log.port import StoreError
from infra.relay import RELAYED
from tests.local_postgres import LocalPostgres
from tests.servers import free_port
from tests.system.command import Danze
from tests.system.engine import Engine, answers, differing, made

FIRST, LAST = "2020-04-01", "2020-05-31"
"""The clock begins where the simulated quarter ends."""
DAYS = 91
WORKERS = ("intake", "relay", "project-1", "project-2")
SERVERS = ("broker", "postgres")
TOGETHER = (1, 1, 1, 1, 2, 2, 3)
"""How many are killed at the same moment."""
STUCK = 120
"""Seconds after the last kill in which all must have got through."""
NEXT = 30
"""Seconds after which somebody is killed though nothing has got through since the last time."""
Say = Callable[[str], object]


class Progress(NamedTuple):
    """How far log, bus and read models are."""

    recorded: int
    relayed: int
    folded: int


class Chaos:
    """The engine on servers of its own, what was killed of it, and who brings it back."""

    def __init__(self, folder: Path, seed: int, say: Say) -> None:
        self.random = Random(seed)
        self.say = say
        self.broker = LocalBroker(folder / "broker", free_port())
        self.postgres = LocalPostgres(folder / "postgres", free_port())
        self.topics = Topics()
        self.engine = Engine(Danze(f"{self.postgres.url}?schema=chaos"), self.broker.url, self.topics, folder)
        self.kills: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        """Workers that ended by themselves, and were begun again."""
        self._down: set[str] = set()

    @contextmanager
    def standing(self) -> Iterator[System]:
        with ExitStack() as stack:
            self.broker.start()
            stack.callback(self.broker.kill)
            self.postgres.start()
            stack.callback(self.postgres.stop)
            made(self.broker.url, self.topics, actions=1, events=5)
            with self.engine, self.engine.system() as system:
                for name in WORKERS:
                    self.engine.start(name, *(["--history"] if name == "intake" else []))
                yield system

    def kill(self, most: int) -> None:
        """Kills one or some at the same moment."""
        victims = self.random.sample([*self.engine.workers, *SERVERS], min(most, self.random.choice(TOGETHER)))
        for victim in victims:
            self.kills[victim] += 1
            if victim in SERVERS:
                getattr(self, victim).kill()
                self._down.add(victim)
            else:
                self.engine.kill(victim)
        time.sleep(self.random.random() * 0.5)
        self.revive(victims)

    def revive(self, killed: Sequence[str] = ()) -> None:
        """What a supervisor does: starts what has ended."""
        workers_first = self.random.random() < 0.5
        if workers_first:
            self._revive_workers(killed)
        for server in self.random.sample(sorted(self._down), len(self._down)):
            getattr(self, server).start()
        self._down.clear()
        self._revive_workers(() if workers_first else killed)

    def _revive_workers(self, killed: Sequence[str]) -> None:
        self.ended.update(name for name in self.engine.revive() if name not in killed)

    def moved(self, true: Callable[[Progress], bool], system: System, seconds: float = NEXT) -> Progress:
        """Where log, bus and read models are when they have come so far, or the time is over.

        The supervisor does its work meanwhile.
        """
        at, give_up = Progress(0, 0, 0), time.monotonic() + seconds
        while not true(at) and time.monotonic() < give_up:
            time.sleep(0.05)
            self.revive()
            with suppress(StoreError):
                at = progress(system)
        return at

    def through(self, true: Callable[[Progress], bool], system: System) -> None:
        at = self.moved(true, system, STUCK)
        assert true(at), f"stuck at {at}\n{self.engine.all_said()}"


def progress(system: System) -> Progress:
    health = system.answers.health()
    return Progress(health["position"], system.log.mark(RELAYED), health["views_position"])


class Town(threading.Thread):
    """A producer that sends a history in its order, as fast as it is allowed to, and sends again what was not taken."""

    def __init__(self, lines: Sequence[bytes], kafka: str, topic: str) -> None:
        super().__init__(daemon=True)
        self._lines = lines
        self._kafka = kafka
        self._topic = topic
        self.allowed = 0
        """So many actions may be on their way."""
        self.sent = 0
        self.repeated = 0

    def run(self) -> None:
        with Publisher(KafkaSettings((self._kafka,)), patience=5) as publisher:
            while self.sent < len(self._lines):
                upto = min(self.allowed, self.sent + max(1, (self.allowed - self.sent) // 5))
                if upto > self.sent:
                    self._send(publisher, self._lines[self.sent : upto])
                time.sleep(0.1)

    def _send(self, publisher: Publisher, lines: Sequence[bytes]) -> None:
        records = [(self._topic, subject(line), line, []) for line in lines]
        try:
            self.sent += publisher.send(records)
        except Unreachable:
            self.repeated += 1


def subject(line: bytes) -> bytes:
    """The key that goes with an action; what is none goes somewhere."""
    try:
        return str(orjson.loads(line)["subject"]).encode()
    except orjson.JSONDecodeError:
        return b"?"


def run(folder: Path, kills: int, *, seed: int = 1, say: Say = print) -> Chaos:
    """Takes a history through the engine under so many kills, and compares; an AssertionError says what went wrong."""
    scale = min(0.3, max(0.03, 0.03 * kills / 100))
    lines = history(scale)
    undisturbed = Danze(folder / "undisturbed.db")
    undisturbed("emit", "--history", "-", sent=b"\n".join(lines))
    quarter = undisturbed.events()
    undisturbed("tick", "--history", "--now", LAST)
    total = undisturbed.events()
    say(f"{len(lines):,} actions become {quarter:,} events, and the clock's {total - quarter:,}")
    chaos = Chaos(folder, seed, say)
    with chaos.standing() as system:
        say("all stand")
        _load(chaos, system, lines, kills * 2 // 3, quarter)
        _time_passes(chaos, system, kills, total)
        time.sleep(1)  # whoever would double something has had the time
        _same(chaos, system, undisturbed)
    return chaos


def _load(chaos: Chaos, system: System, lines: Sequence[bytes], kills: int, quarter: int) -> None:
    """Kills while actions come in: each time when something has got through since the last."""
    town = Town(lines, chaos.broker.url, chaos.topics.actions)
    town.start()
    at = Progress(0, 0, 0)
    while (done := chaos.kills.total()) < kills:
        town.allowed = len(lines) * (done + 1) // (kills + 1)
        at = chaos.moved(lambda now, last=at: now.folded > last.folded, system)
        time.sleep(chaos.random.random())
        chaos.kill(kills - done)
        chaos.say(f"{chaos.kills.total():5} kills; {town.sent:,} sent, {at}; ended by itself: {dict(chaos.ended)}")
    town.allowed = len(lines)
    chaos.through(lambda now: now.recorded >= quarter and not town.is_alive(), system)


def _time_passes(chaos: Chaos, system: System, kills: int, total: int) -> None:
    """The same while nobody sends and the clock writes what was missed."""
    speed = max(3, 40 // max(1, kills - chaos.kills.total()))
    for name in ("clock-1", "clock-2"):
        chaos.engine.start_other(name, "-m", "tests.system.past_clock", system.url, FIRST, LAST, speed)
    at = progress(system)
    while (done := chaos.kills.total()) < kills:
        at = chaos.moved(lambda now, last=at: now.recorded > last.recorded, system)
        time.sleep(chaos.random.random())
        chaos.kill(kills - done)
        chaos.say(f"{chaos.kills.total():5} kills; {at}; ended by itself: {dict(chaos.ended)}")
    chaos.through(lambda now: min(now) >= total, system)


def _same(chaos: Chaos, system: System, undisturbed: Danze) -> None:
    """Nothing lost, nothing doubled, and every answer is that of the undisturbed run."""
    engine = chaos.engine
    for name in list(engine.workers):
        engine.stop(name)
    assert engine.danze.events() == undisturbed.events()  # `danze verify` found both in order and without gaps
    with closing(System(undisturbed.store)) as alone:
        assert events(system) == events(alone)
        assert refused(system) == refused(alone)
        wanted = answers(alone)
        assert differing(wanted, answers(system)) == []
        for source in ("store", "kafka"):
            rebuilt = engine.danze("replay", "--from", source, "--kafka", chaos.broker.url, "--json").json
            assert (rebuilt["position"], {*rebuilt["differences"].values()}) == (len(events(alone)), {0}), source
    assert "Traceback" not in engine.all_said()
    chaos.say(f"{len(wanted):,} questions are answered as by the undisturbed run")


def events(system: System) -> list[tuple[object, ...]]:
    """All but the bytes, for each store seals personal fields in its own way."""
    entries = system.log.raw_entries(limit=10**9)
    return [(e.position, e.subject, e.version, e.type, e.recorded, e.key) for e in entries]


def refused(system: System) -> set[tuple[bytes, str]]:
    return {(rejection.key, rejection.code) for _, rejection, _ in system.log.rejected(limit=10**9)}


def history(scale: float) -> list[bytes]:
    """A quarter of the city; and now and then what nobody can read, and work told before its item is known."""
    lines = []
    for number, action in enumerate(simulate(3, days=DAYS, scale=scale, counties=1)):
        if action["type"] == "petition.registered.v1" and number % 5 == 0:
            early = {"id": f"early {number}", "type": "petition.worked.v1", "data": {"what": "来电询问"}}
            lines.append(orjson.dumps({**action, **early}))
        if number % 500 == 499:
            lines.append(b"{%d" % number)
        lines.append(orjson.dumps(action))
    return lines


@contextmanager
def folder() -> Iterator[Path]:
    """Where all servers and stores lie; PostgreSQL is let in, which runs as another user where we are root."""
    with TemporaryDirectory(prefix="danze-chaos-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o755)
        yield Path(path)


def main() -> None:
    """Says how it goes, round by round."""
    say = partial(print, flush=True)
    parser = argparse.ArgumentParser(description="Kill the distributed engine at random moments.")
    parser.add_argument("kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with folder() as place:
        os.environ["XDG_DATA_HOME"] = str(place / "share")
        chaos = run(
            place,
            options.kills,
            seed=options.seed,
            say=lambda text: say(f"{time.monotonic() - began:6.1f} s  {text}"),
        )
    told = ", ".join(f"{name} {count}" for name, count in chaos.kills.most_common())
    say(f"{chaos.kills.total():,} kills in {time.monotonic() - began:,.0f} s: {told}")


if __name__ == "__main__":
    main()
