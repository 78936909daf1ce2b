"""Where adapters meet ports: one store URL becomes a log, a vault, read models, an intake and answers."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.envelope import SHANGHAI
from infra.agenda import Agenda
from infra.doors.query_codes import QueryCodes
from infra.doors.tokens import tokens_of
from infra.intake import Intake
from infra.kafka.settings import KafkaSettings
from infra.log.open import open_log
from infra.log.port import Log
from infra.log.urls import SQLiteUrl, parse
from infra.machine_time import MachineTime
from infra.past.archive import Archive
from infra.past.then import Past
from infra.questions import Answers
from infra.seals.keys import folder_of
from infra.seals.sealer import Folder
from infra.shipped import shipped_rules
from infra.sqlite import unwritable
from infra.vault.vault import Vault, open_vault
from infra.views.opened import V, postgres_views, sqlite_views
from infra.views.projector import Projector
from infra.views.store import Views

DEFAULT_STORE = "sqlite:///danze.db"
DEFAULT_KAFKA = "127.0.0.1:9092"


def now() -> datetime:
    """The machine's time: the only clock in the product besides `--now` of history mode."""
    return datetime.now(SHANGHAI)


def look_for_garbage_less_often() -> None:
    """What lives long here are petition items by the thousand, which hold no cycles: looking at them is in vain."""
    gc.set_threshold(50_000, 25, 100)


class System:
    """Everything on one store."""

    def __init__(self, url: str, *, create: bool = True, kept: bool = False) -> None:
        """With `kept` read models are those beside the store, or none."""
        self.url = url
        self.time = MachineTime(now)
        self.rules = shipped_rules()
        with ExitStack() as begun:
            self.log: Log = begun.enter_context(closing(open_log(url, create=create)))
            beside = begun.enter_context(nullcontext(url) if kept else _room(url))
            self.views: Views = begun.enter_context(closing(open_views(beside)))
            self._ending = begun.pop_all()
        self.projector = Projector(self.log, self.views)
        self.seals = Folder(folder_of(parse(url)))
        self.past = Past(self.log, lambda: open_archive(beside))
        self.answers = Answers(
            self.log, self.views, self.rules, self.projector, self.seals, lambda: self.vault, self.past,
            query_codes_of(url),
        )  # fmt: skip

    @cached_property
    def vault(self) -> Vault:
        """The keys of personal fields. A question does not need them: an auditor may have the log alone."""
        empty = self.log.head().position == 0 and not self.log.rejected(limit=1)
        return open_vault(self.url, create=empty)

    def agenda(self) -> Agenda:
        """The open deadlines, as the read models know them after catching up."""
        return Agenda(self.log, self.projector.open_deadlines)

    def intake(
        self, *, history: bool = False, clock: bool = False, now: Callable[[], datetime] | None = None
    ) -> Intake:
        """The door of the log. History mode and the clock need the agenda; plain intake does not.

        While the machine's time jumped ahead it takes nothing (`TimeJumped`).
        """
        self.projector.check()
        agenda = self.agenda() if history or clock else None
        made = Intake(self.log, self.vault, self.rules, now=now or self.time.now, agenda=agenda, history=history)
        made.erase()
        return made

    def close(self) -> None:
        with self._ending:
            self.past.close()
            if "vault" in self.__dict__:
                self.vault.close()


@contextmanager
def opened(url: str, *, create: bool = True, kept: bool = False) -> Iterator[System]:
    system = System(url, create=create, kept=kept)
    try:
        yield system
    finally:
        system.close()


def kafka_settings(kafka: str) -> KafkaSettings:
    """Where Kafka is, and from the environment how one gets in."""
    return KafkaSettings.parse(kafka, os.environ)


def query_codes_of(url: str) -> QueryCodes:
    """The codes of a store; their key lies with that of its tokens."""
    return QueryCodes(tokens_of(parse(url)) / "query-codes")


@contextmanager
def _room(url: str) -> Iterator[str]:
    """The store beside which read models lie: this one, or where nothing can be written there, one of that name in a
    folder that goes with the process.
    """
    place = parse(url)
    if not (isinstance(place, SQLiteUrl) and unwritable(place.path)):
        yield url
        return
    with TemporaryDirectory(prefix="danze-") as folder:
        yield str(Path(folder) / place.path.name)


def open_views(url: str) -> Views:
    """The read models of a store: a file beside an SQLite log, a schema beside a PostgreSQL one."""
    return _beside(url, "views", Views)


def open_archive(url: str) -> Archive:
    """The read models of its past, in the same way."""
    return _beside(url, "past", Archive)


def _beside(url: str, name: str, kind: type[V]) -> V:
    place = parse(url)
    if isinstance(place, SQLiteUrl):
        return sqlite_views(str(place.beside(name)), kind)
    return postgres_views(place.connection(), place.beside(name), place.place, kind)


def files_of(url: str) -> list[Path]:
    """The files of a store that lies in files."""
    place = parse(url)
    names = ("views", "past", "keys", "master", "access")
    return [place.path, *map(place.beside, names)] if isinstance(place, SQLiteUrl) else []
