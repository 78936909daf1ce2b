"""How fast is each question answered over HTTP, while the log grows?

    .venv/bin/python benchmarks/api.py [--store URL] [--items 1000000] [--rate 200] [--seconds 60] [--kept FOLDER]
                                 [--as ROLE:UNIT]…

A simulated year of Hengyang is taken in, and each of its items goes into the log so many times under other numbers,
with all that refers to it, until there are as many items as asked for. So do the disputes that units log, and what
their leaders do of their duties. No leader receives people sixty times a day: Hengyang has a million items after some
thirty years, and so many acts as well, which here all lie in one. A day counts once however many acts it has, so what
is judged is one year as any other, and what is read are the acts of decades. Units, what the clock misses of their
duties and what the whole city adopts are there once. A million items make fifteen million events.
`danze api` serves it from a process of its own, and this one asks: at a steady rate, whether or not the answers before
have come, so that who waits in a queue is measured too. Meanwhile an item is registered twice a second, so that no
answer can be kept.

With --kept what was made stays there (an SQLite store), or in the schema of --store, and is used again.
With `--as supervisor:unit:430481-xfj`, `--as clerk:unit:430481-zjj` each of these asks after the operator, who sees
all: what he may see, by a token. His first overview is the first of anybody who sees what he does.

The overview is opened in Chromium, too, by the first who asks: when something of it is seen, and what it weighs.
"""

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple, cast

import msgspec
import orjson

from cli.wiring import System, look_for_garbage_less_often, now
from domain.envelope import SHANGHAI
from domain.reader import Reader, Role, mistake
from infra.city.simulation import START, simulate
from infra.doors.tokens import Tokens, tokens_of
from infra.log.port import Log, NewEntry, RawEntry, key_of
from infra.log.urls import parse
from infra.questions import Answers

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.painting import painted

SCALE, DAYS = 0.54, 365
"""Of the simulated year: some 16,000 items, 15 events to each, with what is around them."""
DIGITS, SERIAL = 6, 4
"""Digits of an item's running number, and how many of them a simulated one of this year needs."""
ONCE = "duty.missed.v1"
"""Of what is told of duties: the clock misses each once."""
PERSON = re.compile(rb"person:[0-9a-f]{2}")
EVIDENCE = re.compile(rb'"evidence":\[([\d,]+)\]')
IDLE = 10.0
"""Seconds after which a connection is not used again; the server closes one after 30."""
GOALS = {"sqlite": 50, "postgresql": 20}
"""Milliseconds within which 99 of 100 answers are there."""


def taken(folder: Path) -> System:
    """A year as `danze emit --history` takes it in."""
    system = System(f"sqlite:///{folder}/year.db")
    if system.log.head().position == 0:
        intake = system.intake(history=True)
        lines = map(orjson.dumps, simulate(1, DAYS, SCALE))
        while part := list(islice(lines, 1_000)):
            intake.take(part)
        intake.advance(START + timedelta(days=DAYS))
    return system


class Said(msgspec.Struct):
    """What an event's key is made of. The id of most that tell of an item holds the item's number."""

    source: str
    id: str

    def counted(self, body: bytes, number: int) -> bytes:
        """The event as another of that id."""
        before, after = (b'"id":' + msgspec.json.encode(id) for id in (self.id, f"{self.id}/{number}"))
        return body.replace(before, after, 1)


_decode = msgspec.json.Decoder(Said).decode


class Many:
    """One year's log, each item and all that is about it so many times; its running numbers need `serial` digits."""

    def __init__(self, year: Log, times: int, serial: int = SERIAL) -> None:
        self._year, self._times, self._copy = year, times, DIGITS - serial
        self._no = re.compile(rb"(\d{6,9}-(?:[a-z]+-)?20\d\d-)0*(\d{%d})\b" % serial)
        self._first = [0]
        """Of each position of the year the first that it becomes; the last is the next free one."""
        self._versions: dict[str, int] = {}
        """Of subjects that are there once, with acts that are not."""

    def several(self, row: RawEntry) -> bool:
        """Whether it is there as many times as asked for."""
        if row.subject.startswith("duty:"):
            return row.type != ONCE
        return self._no.search(row.subject.encode()) is not None

    def entries(self) -> Iterator[NewEntry]:
        after, free = 0, 1
        while rows := self._year.raw_entries(after):
            touches = self._year.touched(after, rows[-1].position)
            for row in rows:
                times = self._times if self.several(row) else 1
                self._first.append(free)
                free += times
                for number in range(times):
                    yield self._under(row, touches.get(row.position, ()), number)
            after = rows[-1].position

    def _under(self, row: RawEntry, touches: tuple[str, ...], number: int) -> NewEntry:
        """The event as it is under the numbers of one copy."""
        other = rb"\g<1>%0*d\g<2>" % (self._copy, number)

        def renamed(text: str) -> str:
            return self._no.sub(other, text.encode()).decode()

        body = EVIDENCE.sub(lambda found: self._evidence(found, number), self._no.sub(other, row.body))
        body = PERSON.sub(b"person:%02x" % number, body)
        said, version = _decode(body), row.version
        if number and not self._no.search(_decode(row.body).id.encode()):
            body, said.id = said.counted(body, number), f"{said.id}/{number}"
        if row.subject.startswith("duty:"):
            version = self._versions[row.subject] = self._versions.get(row.subject, 0) + 1
            body = body.removesuffix(b'"version":%d}' % row.version) + b'"version":%d}' % version
        return NewEntry(
            renamed(row.subject),
            version,
            row.type,
            row.recorded,
            body,
            key_of(said.source, said.id),
            row.digest,
            tuple(map(renamed, touches)),
        )

    def _evidence(self, found: re.Match[bytes], number: int) -> bytes:
        """Positions move: of events that are there several times, to the copy's own."""
        moved = []
        for position in map(int, found[1].split(b",")):
            first, after = self._first[position], self._first[min(position + 1, len(self._first) - 1)]
            moved.append(first + number if after - first > 1 or position + 1 == len(self._first) else first)
        return b'"evidence":[%s]' % b",".join(b"%d" % each for each in moved)


def filled(system: System, folder: Path, items: int) -> None:
    """Puts the year into an empty store so often that it holds as many items, and makes the read models."""
    _ = system.vault  # its keys are made while the store is empty
    with closing(taken(folder)) as year:
        (found,) = {year.answers.overview()["totals"]["items"]}
        times = min(10 ** (DIGITS - SERIAL) - 1, -(-items // found))
        entries, began = Many(year.log, times).entries(), time.perf_counter()
        while part := list(islice(entries, 50_000)):
            head = system.log.append(part, [], after=system.log.head().position)
            print(f"\r{head.position:,} events", end="", file=sys.stderr)
    print(f"\nlog: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    system.projector.replay()
    system.answers.keep_sums()  # as `danze replay` does
    print(f"with read models: {time.perf_counter() - began:.0f} s", file=sys.stderr)


class Asked(NamedTuple):
    """One kind of question, and the addresses that it is asked under, one after the other."""

    name: str
    paths: list[str]


class Asker(NamedTuple):
    """Somebody, by his token, and what he asks. The operator needs none on this machine."""

    name: str
    token: str
    asked: list[Asked]


def items_of(system: System, chance: random.Random) -> Iterator[str]:
    """Items by chance, some more than once: those that events at places by chance tell of."""
    head = system.log.head().position
    while True:
        entry = system.log.get(chance.randint(1, head))
        if entry is not None and entry.subject.startswith("petition:"):
            yield entry.subject.partition(":")[2]


def asker(system: System, store: str, who: str) -> Asker:
    """The operator, where nobody is named; else who has a role in a unit: `clerk:unit:430481-zjj`."""
    role, _, unit = who.partition(":")
    if not who:
        return Asker("operator", "", questions(system, system.answers))
    if wrong := mistake(role, [unit], None):
        sys.exit(wrong)
    reader = Reader(cast(Role, role), (unit,))
    token, _ = Tokens(tokens_of(parse(store))).issue(reader.role, reader.units, None, days=1, now=now())
    return Asker(who, token, questions(system, system.answers.for_(reader)))


def questions(system: System, ask: Answers) -> list[Asked]:
    """The five questions of the goal, of items and units by chance; of a reader his newest items."""
    chance = random.Random(1)
    units = [each["unit"] for each in ask.units()["units"]]
    if ask is system.answers:
        items = [*islice(items_of(system, chance), 1_000)]
    else:
        items = [each["no"] for each in ask.search(limit=1_000)["petitions"]]
    return [
        Asked("item", [f"/v1/petitions/{no}" for no in items]),
        Asked("timeline", [f"/v1/petitions/{no}/timeline" for no in items]),
        Asked("dossier", [f"/v1/petitions/{no}/dossier" for no in items]),
        Asked("scoreboard", [f"/v1/units/{unit}/scoreboard" for unit in chance.sample(units, len(units))]),
        Asked("overview", ["/v1/overview"]),
    ]


class Client:
    """Connections that stay open, each with one request under way at most."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port, self._sent = port, f"Authorization: Bearer {token}\r\n" if token else ""
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []
        """Each with the moment since when, the newest last."""

    async def get(self, path: str, body: bytes = b"") -> int:
        """The length of a good answer."""
        reader, writer = await self._connection()
        verb = "POST" if body else "GET"
        head = f"{verb} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{self._sent}"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status, *headers = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        length = next(int(each.split(b":")[1]) for each in headers if each.lower().startswith(b"content-length:"))
        await reader.readexactly(length)
        if status.split()[1] not in (b"200", b"207"):
            sys.exit(f"{path}: {status.decode()}")
        self._idle.append((time.monotonic(), reader, writer))
        return length

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that the server has not closed for having been idle, or a new one."""
        while self._idle:
            since, reader, writer = self._idle.pop()
            if time.monotonic() - since < IDLE:
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)


async def measured(port: int, who: Asker, rate: int, seconds: int) -> dict[str, list[float]]:
    """Milliseconds from the moment at which each question was to be asked until its answer was there."""
    client, took, under_way = Client(port, who.token), defaultdict[str, list[float]](list), []
    writer, asked = Client(port), who.asked
    loop = asyncio.get_running_loop()
    began = loop.time() + 0.5

    async def ask(name: str, path: str, due: float) -> None:
        await client.get(path)
        took[name].append((loop.time() - due) * 1000)

    for number in range(rate * seconds):
        due = began + number / rate
        await asyncio.sleep(due - loop.time())
        kind = asked[number % len(asked)]
        path = kind.paths[number // len(asked) % len(kind.paths)]
        under_way.append(asyncio.create_task(ask(kind.name, path, due)))
        if number % (rate // 2) == 0:
            under_way.append(asyncio.create_task(writer.get("/v1/actions", registration(number))))
    await asyncio.gather(*under_way)
    return took


def registration(number: int) -> bytes:
    """An item that comes in while others ask."""
    now = datetime.now(SHANGHAI).isoformat(timespec="seconds")
    return orjson.dumps({
        "specversion": "1.0", "id": f"{now}/{number}", "source": "/bench", "type": "petition.registered.v1",
        "subject": f"petition:bench-{time.time_ns()}", "time": now, "actor": "official:430400-xfj-clerk",
        "unit": "unit:430400-xfj",
        "data": {"channel": "letter", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1,
                 "petitioners": ["person:b1"], "title": "小区停车收费"},
    })  # fmt: skip


def shares(took: list[float]) -> str:
    """The times within which so many answers were there."""
    ordered = sorted(took)
    at = {share: ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95, 0.99)}
    return (
        "  ".join(f"p{round(share * 100)} {ms:6.1f} ms" for share, ms in at.items()) + f"  most {ordered[-1]:7.1f} ms"
    )


async def first(port: int, who: Asker) -> None:
    """What the first one who asks waits for, and the second."""
    client = Client(port, who.token)
    for path in ("/v1/overview", "/v1/overview", "/", "/"):
        began = time.perf_counter()
        length = await client.get(path)
        print(f"{who.name}: {path:14} {(time.perf_counter() - began) * 1000:8.1f} ms, {length / 1000:.0f} kB")


def served(store: str, askers: list[Asker], rate: int, seconds: int) -> bool:
    """Serves the store in another process and prints how long its answers took."""
    command: list[str | Path] = [Path(sys.executable).with_name("danze"), "api", "--store", store, "--port", "0"]
    anything = {**os.environ, "DANZE_HTTP_RATE": "0"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=anything) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().split("/")[2].rpartition(":")[2])
        took: list[tuple[str, dict[str, list[float]]]] = []
        try:
            seen = painted(f"http://127.0.0.1:{port}/")
            for who in askers:
                asyncio.run(first(port, who))
                asyncio.run(measured(port, who, min(rate, 50), 5))  # warm
                took.append((who.name, asyncio.run(measured(port, who, rate, seconds))))
            status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
        finally:
            server.terminate()
    peak = re.search(r"VmHWM:\s+(\d+)", status)
    print(f"memory of the server {int(peak[1]) // 1024 if peak else 0} MiB")
    goal = GOALS[store.partition(":")[0]]
    met = [told(name, times, goal, rate) for name, times in took]
    return all(met) and seen


def told(name: str, took: dict[str, list[float]], goal: int, rate: int) -> bool:
    """Prints what somebody waited for; whether the goal was met."""
    for kind, times in took.items():
        print(f"{name}: {kind:10} {shares(times)}")
    every = sorted(ms for times in took.values() for ms in times)
    met = every[int(0.99 * len(every))] < goal
    print(f"{name}: all        {shares(every)}\ngoal: p99 {goal} ms at {rate}/s  {'met' if met else 'MISSED'}")
    return met


def main() -> bool:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--as", dest="who", action="append", default=[], metavar="ROLE:UNIT")
    args = parser.parse_args()
    look_for_garbage_less_often()
    with tempfile.TemporaryDirectory() as folder:
        kept = args.kept or Path(folder)
        store = args.store or f"sqlite:///{kept}/many.db"
        with closing(System(store)) as system:
            if system.log.head().position == 0:
                filled(system, kept, args.items)
            askers = [asker(system, store, who) for who in ("", *args.who)]
            items, events = system.answers.overview()["totals"]["items"], system.log.head().position
            print(f"{items:,} items, {events:,} events, {store.partition(':')[0]}")
        return served(store, askers, args.rate, args.seconds)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
