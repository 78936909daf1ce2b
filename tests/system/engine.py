"""The distributed engine as it runs: real processes on one store and one broker, and what can be asked of them."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

import orjson

from cli.wiring import System
from domain.periods import containing
from domain.rules.law import Supposed
from infra.kafka.client import admin
from infra.kafka.publisher import Publisher
from infra.kafka.settings import KafkaSettings
from infra.kafka.topics import LONGEST, Topics
from infra.shipped import shipped_rules
from projections.counters import KEYS
from projections.ledgers.kinds import LEDGERS
from tests.patience import PATIENCE, until
from tests.system.command import DANZE, Danze

UNITS_ASKED = 40
"""Of the units that have work, at most so many are asked about one by one."""
FINDINGS_EXPLAINED = 150


class Engine:
    """Workers by name, each started again by `revive` when it has ended, as a supervisor would."""

    def __init__(
        self, danze: Danze, kafka: str, topics: Topics, folder: Path, call: tuple[str, ...] = (DANZE,)
    ) -> None:
        self.danze = danze
        self.folder = folder
        self._danze = call
        """How danze is called."""
        self.to = ("--kafka", kafka, "--topics", topics.prefix)
        self._calls: dict[str, tuple[str, ...]] = {}
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self._before: dict[str, int] = {}
        """How much a worker had said before it was begun the last time."""

    def start(self, name: str, *options: str) -> None:
        """`name` is a verb and, for several of it, a number: `project-2`."""
        self._calls[name] = (*self._danze, name.partition("-")[0], *self.to, *options)
        self._begin(name)

    def start_other(self, name: str, *arguments: object) -> None:
        """A worker that is a program of the tests, as the arguments of Python say."""
        self.start_this(name, sys.executable, *map(str, arguments))

    def start_this(self, name: str, *call: str) -> None:
        """A worker begun by another command line."""
        self._calls[name] = call
        self._begin(name)

    def _begin(self, name: str) -> None:
        with self.said_by(name).open("ab") as said:
            self._before[name] = len(self.said(name))
            self.workers[name] = subprocess.Popen(
                self._calls[name], env=self.danze.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )

    def signal(self, name: str, how: signal.Signals) -> None:
        self.workers[name].send_signal(how)

    def stop(self, name: str) -> None:
        """In order, and for good. One that has not said a word yet may still be about to begin."""
        self.signal(name, signal.SIGTERM)
        code, said = self.workers.pop(name).wait(PATIENCE), self.said(name)[self._before[name] :]
        assert code == 0 or (code == -signal.SIGTERM and not said), f"{code}: {said[-2000:]}"

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.workers[name].wait()

    def revive(self) -> list[str]:
        """Starts what has ended again, and says what that was."""
        ended = [name for name, process in self.workers.items() if process.poll() is not None]
        for name in ended:
            self._begin(name)
        return ended

    def said_by(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        return self.said_by(name).read_text(encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.workers.values():
            process.kill()
            process.wait()

    def all_said(self) -> str:
        return "\n".join(f"== {name}\n{self.said(name)[-2000:]}" for name in self._calls)

    # how far it is

    def recorded(self, events: int) -> None:
        """Returns when the log holds so many events."""
        with self.system() as system:
            until(
                lambda: system.log.head().position >= events,
                lambda: f"{system.log.head().position} of {events} events\n{self.all_said()}",
            )
            assert system.log.head().position == events, f"{system.log.head().position} instead of {events} events"

    def read(self) -> None:
        """Returns when the read models hold all that the log holds."""
        with self.system() as system:
            until(lambda: system.answers.health()["behind"] == 0, lambda: f"{health(system)}\n{self.all_said()}")

    @contextmanager
    def system(self) -> Iterator[System]:
        with closing(System(self.danze.store)) as system:
            yield system


def health(system: System) -> Any:
    return system.answers.health()


def made(kafka: str, topics: Topics, *, actions: int, events: int) -> None:
    """Makes the topics; so many partitions of actions and of all others."""
    settings = KafkaSettings(tuple(kafka.split(",")))
    with admin(settings) as client:
        configs = {"max.message.bytes": str(LONGEST)}
        client.create_topics({topics.actions: {"num_partitions": actions, "replication_factor": 1, "configs": configs}})
    topics.create(settings, partitions=events)


def send(kafka: str, topics: Topics, lines: Iterable[bytes]) -> None:
    """Actions as producers send them: under the key of their subject."""
    with Publisher(KafkaSettings((kafka,))) as publisher:
        publisher.send((topics.actions, orjson.loads(line)["subject"].encode(), line, []) for line in lines)


def answers(system: System) -> dict[str, bytes]:
    """Every question about every item, and what was answered, as JSON.

    The Merkle root is left out: each store seals personal fields in its own way.
    """
    ask = system.answers
    asked: dict[str, Any] = {"overview": ask.overview(), "units": ask.units(), "findings": ask.findings()}
    busy = [each["unit"] for each in asked["units"]["units"] if each["open"] or each["findings"]]
    for unit in busy[:: len(busy) // UNITS_ASKED + 1]:
        asked[f"scoreboard {unit}"] = ask.scoreboard(unit)
        asked[f"kpi {unit}"] = ask.kpi(unit, date(2019, 1, 1), date(2021, 12, 31))
        asked[f"due {unit}"] = ask.due(unit)
        asked[f"findings of {unit}"] = ask.findings(unit=unit)["total"]
    for by in KEYS:
        asked[f"counters {by}"] = ask.counters(by=by)
    asked.update(_about_duties(ask, asked))
    for page, told in enumerate(_pages(ask.findings, limit=400)):
        asked[f"findings, page {page}"] = told
    asked["what if"] = ask.what_if.replay(Supposed(shipped_rules().sets["cn-2022"]))
    last = ask.present().moment
    asked["diff"] = ask.diff(last - timedelta(days=60), last)
    found = asked["findings"]["findings"]
    for finding in found[:: len(found) // FINDINGS_EXPLAINED + 1]:
        asked[f"explain {finding['id']}"] = ask.explain(finding["id"])
        asked[f"finding {finding['id']}"] = ask.finding(finding["id"])
    for words in ("", "小区", "停车", "征收 补偿", "430408"):
        for page, told in enumerate(_pages(ask.search, q=words, limit=40)):
            asked[f"search {words!r}, page {page}"] = told
    for no in sorted(row["no"] for told in _pages(ask.search, limit=100) for row in told["petitions"]):
        for name in ("case", "timeline", "dossier", "matter", "candidates"):
            asked[f"{name} {no}"] = getattr(ask, name)(no)
    return {question: orjson.dumps(_without_root(told)) for question, told in asked.items()}


def _about_duties(ask: Any, asked: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Duties, records of leaders, ledgers."""
    for unit in (each["unit"] for each in asked["units"]["units"] if each["level"] == "city"):
        yield f"duties {unit}", ask.duties(unit, date(2020, 4, 1), date(2021, 3, 31))
    yield "three-none", ask.three_none()
    for unit in (each["unit"] for each in asked["units"]["units"] if each["level"] in ("city", "county")):
        yield f"evaluation {unit}", ask.evaluation(unit, containing("half_year", date(2020, 6, 1)))
    leaders = {each["official"] for found in asked["findings"]["findings"] for each in found["answers"]}
    for official in sorted(leaders - {None})[::9]:
        yield f"record {official}", ask.record(official)
    for kind in LEDGERS:
        for page, told in enumerate(_pages(ask.ledger, kind=kind, limit=200)):
            yield f"ledger {kind}, page {page}", told


def _pages(ask: Callable[..., Any], **wanted: Any) -> Iterator[Any]:
    cursor = None
    while True:
        told = ask(**wanted, cursor=cursor)
        yield told
        if (cursor := told["next"]) is None:
            return


def _without_root(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _without_root(value) for name, value in told.items() if name not in ("checkpoint", "personal")}
    return [_without_root(each) for each in told] if isinstance(told, list) else told


def differing(one: dict[str, bytes], two: dict[str, bytes]) -> list[str]:
    """Questions that two engines answer differently."""
    return [question for question in sorted({*one, *two}) if one.get(question) != two.get(question)]
