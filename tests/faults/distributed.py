"""The distributed engine: workers, broker and PostgreSQL, each on a line that can be cut, and who brings them back."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

import orjson

from cli.wiring import System
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings, Unreachable
from infra.kafka.topics import Topics
from infra.log.port import StoreError
from infra.relay import RELAYED
from tests.faults.cluster import Broker, cluster
from tests.faults.embedded import kept_apart, mounted
from tests.faults.machine import Machine
from tests.faults.proxy import Proxy
from tests.faults.town import FIRST, LAST, Undisturbed
from tests.faults.wires import Wire, entered, inside
from tests.infra.kafka_reading import records
from tests.local_postgres import LocalPostgres
from tests.servers import free_port
from tests.system.command import Danze
from tests.system.engine import Engine, made

WORKERS = ("intake", "relay", "project-1", "project-2")
CLOCKS = ("clock-1", "clock-2")
"""Begun when all was sent."""
ROOM = 400
"""Megabytes of PostgreSQL's disk."""
STUCK = 180
"""Seconds after the last fault in which all must have got through."""
NEXT = 30
"""Seconds after which something breaks though nothing has got through since the last time."""
LONGEST = 4.0
"""Seconds that a fault lasts at most, where nobody says otherwise."""
REST = 4
"""This part of what is sent between two faults, the fourth, comes while something is broken."""
TOWNS_PATIENCE = 25
"""Seconds for which the town's client tries by itself, and twice as long as a fault lasts: the topic gets a batch once
in them. Who sends again after that asks again: what was refused as too early is taken then, and the undisturbed run
would not have it.
"""
CLOCK_SPEED = 3
"""Days a second, when the clock runs."""


class Progress(NamedTuple):
    """How far log, bus and read models are."""

    recorded: int
    relayed: int
    folded: int


class Distributed:
    """The engine on servers of its own. Workers reach them over lines; what checks them does not.

    With `wires`, one more than brokers, workers stand in a network namespace of their own.
    """

    name = "distributed"
    longest = LONGEST

    def __init__(self, folder: Path, random: Random, brokers: int = 1, wires: Sequence[Wire] = ()) -> None:
        self.random, self.folder = random, folder
        self.disk = folder / "disk"
        first, *others = wires or [None] * (brokers + 1)
        self.namespace = first.workers if first else None
        self.brokers: list[Broker] = cluster(folder, others)
        self.disk.mkdir()
        self.small = mounted(self.disk, ROOM)
        self.postgres = LocalPostgres(self.disk / "postgres", free_port())
        self.database = Proxy(free_port(), self.postgres.port, first)
        self.cables = [self.database, *(each.line for each in self.brokers)]
        self.machine = Machine(folder / "ahead")
        """That of the workers."""
        self.machine.set(0)
        self.topics = Topics()
        self._master = folder / "master"
        keys = {"DANZE_MASTER_KEY_FILE": str(self._master), "DANZE_SEALS": str(folder / "seals")}
        self.danze = Danze(f"{self.postgres.url}?schema=chaos", **keys)
        over_the_line = self.postgres.url.replace(f"127.0.0.1:{self.postgres.port}", self.database.url)
        self._python = (*(inside(self.namespace) if self.namespace else ()), sys.executable, "-m")
        self.engine = Engine(
            Danze(f"{over_the_line}?schema=chaos", **keys), ",".join(each.line.url for each in self.brokers),
            self.topics, folder, call=(*self._python, "tests.faults.machine", str(self.machine.ahead)),
        )  # fmt: skip
        self.ended: Counter[str] = Counter()
        """Workers that ended by themselves, and were begun again."""
        self.down: set[Broker | LocalPostgres] = set()
        """Servers that stand no more, until somebody starts them again."""
        self.lines: list[bytes] = []
        self.town: Town | None = None
        self.upto = 0
        """So many may be sent until something else breaks."""
        self.at = Progress(0, 0, 0)
        self.sources = (("--from", "store"), ("--from", "kafka", "--kafka", self.kafka))

    @property
    def cannot(self) -> dict[str, str]:
        """Faults that this machine does not let us try, and why."""
        return {} if self.small else {"full-disk": "a small file system can be mounted by root only"}

    @property
    def kafka(self) -> str:
        """For who checks."""
        return ",".join(each.url for each in self.brokers)

    @contextmanager
    def standing(self) -> Iterator[None]:
        with ExitStack() as stack:
            if self.small:
                stack.callback(subprocess.run, ["umount", "-l", str(self.disk)], check=True)
            for each in self.brokers:
                stack.callback(each.kill)
                stack.callback(each.line.close)
            start_all(self.brokers)
            self.postgres.start()
            stack.callback(self.postgres.kill)
            stack.callback(self.database.close)
            made(self.kafka, self.topics, actions=1, events=5)
            kept_apart(self._master)
            self._system = System(self.danze.store)
            stack.callback(self._leave)
            with self.engine:
                for name in WORKERS:
                    self.engine.start(name, *(["--history"] if name == "intake" else []))
                kafka = ",".join(each.line.url for each in self.brokers)
                patience = TOWNS_PATIENCE + 2 * self.longest
                self.town = Town(self.lines, kafka, self.topics.actions, self.namespace, patience)
                self.town.start()
                yield

    @contextmanager
    def system(self) -> Iterator[System]:
        yield self._system

    def begin(self, upto: int) -> None:
        """Allows so many to be sent but for a rest, and returns when something has got through since the last time."""
        assert self.town is not None
        self.upto = upto
        self.town.allowed = upto - (upto - self.town.allowed) // REST
        last = self.at
        self.at = self.moved(lambda now: now.folded > last.folded)
        time.sleep(self.random.random())

    def send_on(self) -> None:
        """The rest is sent, too, whatever is broken."""
        assert self.town is not None
        self.town.allowed = self.upto

    def recover(self) -> None:
        self.revive()

    def revive(self, killed: Sequence[str] = ()) -> None:
        """What a supervisor does: starts what has ended."""
        workers_first = self.random.random() < 0.5
        if workers_first:
            self._revive_workers(killed)
        start_all([each for each in self.brokers if each in self.down])
        if self.postgres in self.down:
            self.postgres.start()
        self.down.clear()
        self._revive_workers(() if workers_first else killed)

    def _revive_workers(self, killed: Sequence[str]) -> None:
        self.ended.update(name for name in self.engine.revive() if name not in killed)

    def _leave(self) -> None:
        self._system.close()

    def lost(self) -> None:
        """The machine of the store is no more, with its seals; nobody works. An empty one takes its place."""
        for name in self.engine.workers:
            self.engine.kill(name)
        self._leave()
        self.postgres.kill()
        self.postgres.lose()
        shutil.rmtree(self.folder / "seals", ignore_errors=True)
        self.postgres.start()

    def restored(self, backup: Path) -> None:
        """As docs/guides/backup.md says; the bus is ahead of what is restored."""
        assert self.danze("restore", backup, "--forgotten", "nobody").code == 0
        assert len(self.danze("topics", "--anew", "--kafka", self.kafka, "--json").json["made"]) == 3
        self._system = System(self.danze.store)
        self.at = self.progress()
        self.revive([*WORKERS])

    def moved(self, true: Callable[[Progress], bool], seconds: float = NEXT) -> Progress:
        """Where log, bus and read models are when they have come so far, or the time is over.

        The supervisor does its work meanwhile.
        """
        at, give_up = Progress(0, 0, 0), time.monotonic() + seconds
        while not true(at) and time.monotonic() < give_up:
            time.sleep(0.05)
            self.revive()
            with suppress(StoreError):
                at = self.progress()
        return at

    def progress(self) -> Progress:
        health = self._system.answers.health()
        return Progress(health["position"], self._system.log.mark(RELAYED), health["views_position"])

    def through(self, true: Callable[[Progress], bool]) -> None:
        at = self.moved(true, STUCK)
        assert true(at), f"stuck at {at}\n{self.engine.all_said()}"

    def checked(self) -> None:
        """What can be said at any time, without stopping anybody."""
        assert self.danze("verify", "--json").json["ok"]

    def finish(self, alone: Undisturbed) -> None:
        """All that was sent is through; then the days pass, and two clocks write what was missed."""
        town = self.town
        assert town is not None
        town.allowed = len(self.lines)
        self.through(lambda now: now.recorded >= alone.quarter and not town.is_alive())
        for name in CLOCKS:
            store, speed = self.engine.danze.store, str(CLOCK_SPEED * 5)
            self.engine.start_this(name, *self._python, "tests.system.past_clock", store, FIRST, LAST, speed)
        self.through(lambda now: min(now) >= alone.total)
        time.sleep(1)  # whoever would double something has had the time
        for name in list(self.engine.workers):
            self.engine.stop(name)
        for name in (*WORKERS, *CLOCKS):
            _, broken, told = self.engine.said(name).partition("Traceback")
            assert not broken, f"{name}: {told[:3000]}"

    def sent_twice(self) -> list[bytes]:
        """Actions that the topic holds more than once: whoever sent asked again."""
        (held,) = records(self.kafka, self.topics.actions, 1).values()
        return [line for line, times in Counter(record.value for record in held).items() if times > 1]


def start_all(brokers: Sequence[Broker]) -> None:
    """All are begun before one is waited for: a controller answers when it has found others."""
    for each in brokers:
        each.begin()
    for each in brokers:
        each.wait_until_it_answers()


class Town(threading.Thread):
    """A producer that sends a history in its order, as fast as it is allowed to, and sends again what was not taken."""

    def __init__(
        self, lines: Sequence[bytes], kafka: str, topic: str, namespace: str | None, patience: float
    ) -> None:  # fmt: skip
        super().__init__(daemon=True)
        self._patience = patience
        self._namespace = namespace
        self._lines = lines
        self._kafka = kafka
        self._topic = topic
        self.allowed = 0
        """So many actions may be on their way."""
        self.sent = 0
        self.repeated = 0

    def run(self) -> None:
        if self._namespace:
            entered(self._namespace)
        with Publisher(KafkaSettings(tuple(self._kafka.split(","))), patience=self._patience) as publisher:
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
