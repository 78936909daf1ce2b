"""Where adapters meet ports: one store URL becomes a log, a vault, read models, an intake and answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from domain.envelope import SHANGHAI
from infra.agenda import Agenda
from infra.intake import Intake
from infra.log.open import open_log
from infra.log.port import Log
from infra.log.urls import SQLiteUrl, parse
from infra.questions import Answers
from infra.shipped import shipped_rules
from infra.vault import Vault, open_vault
from infra.views.projector import Projector
from infra.views.store import Views, postgres_views, sqlite_views

DEFAULT_STORE = "sqlite:///danze.db"


def now() -> datetime:
    """The machine's time: the only clock in the product besides `--now` of history mode."""
    return datetime.now(SHANGHAI)


class System:
    """Everything on one store."""

    def __init__(self, url: str, *, create: bool = True) -> None:
        self.url = url
        self.rules = shipped_rules()
        self.log: Log = open_log(url, create=create)
        self.vault: Vault = open_vault(url)
        self.views: Views = open_views(url)
        self.projector = Projector(self.log, self.views)
        self.answers = Answers(self.log, self.views, self.rules, self.projector)

    def agenda(self) -> Agenda:
        """The open deadlines, as the read models know them after catching up."""
        return Agenda(self.projector.open_deadlines)

    def intake(self, *, history: bool = False, clock: bool = False, now: Callable[[], datetime] = now) -> Intake:
        """The door of the log. History mode and the clock need the agenda; plain intake does not."""
        agenda = self.agenda() if history or clock else None
        return Intake(self.log, self.vault, self.rules, now=now, agenda=agenda, history=history)

    def close(self) -> None:
        self.views.close()
        self.vault.close()
        self.log.close()


@contextmanager
def opened(url: str, *, create: bool = True) -> Iterator[System]:
    system = System(url, create=create)
    try:
        yield system
    finally:
        system.close()


def open_views(url: str) -> Views:
    """The read models of a store: a file beside an SQLite log, a schema beside a PostgreSQL one."""
    place = parse(url)
    if isinstance(place, SQLiteUrl):
        return sqlite_views(str(place.beside("views")))
    return postgres_views(place.connection(), place.beside("views"))
