"""What people ask, of real stores with stories in them."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from litestar.testing import TestClient

from api.app import create_app
from cli.wiring import System
from domain.codec import encode
from domain.envelope import Action
from infra.questions import Answers
from infra.webhooks.subscriptions import Subscriptions
from tests.projections.test_ledgers import HISTORY
from tests.system.command import Danze


class Told:
    """Takes stories as history, each into a store of its own, and gives the answers."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._folder, self._opened, self._stores = folder, opened, 0

    def __call__(self, *actions, until: str | None = None) -> Answers:
        """`until` is the day up to which the clock ran."""
        self._stores += 1
        return self.going_on(*actions, until=until)

    def going_on(self, *actions, until: str | None = None) -> Answers:
        """The story of the last store goes on, by an intake that knows nothing yet."""
        system = self._opened.enter_context(closing(System(f"sqlite:///{self._folder}/{self._stores}.db")))
        intake = system.intake(history=True)
        outcomes = intake.take([encode(action) for action in actions])
        assert {each.outcome for each in outcomes} == {"recorded"}, outcomes
        if until is not None:
            intake.advance(date.fromisoformat(until))
        system.projector.catch_up()
        return system.answers


@pytest.fixture
def after(tmp_path: Path) -> Iterator[Told]:
    """The answers after a story was taken."""
    with ExitStack() as opened:
        yield Told(tmp_path, opened)


class City(NamedTuple):
    """The system itself, its HTTP, and its command line."""

    system: System
    http: TestClient[Any]
    danze: Danze

    @property
    def ask(self) -> Any:
        return self.system.answers


def told(system: System, actions: list[Action], until: date) -> None:
    """Takes a history, each action in a batch of its own, with the read models following step by step."""
    intake = system.intake(history=True)
    for action in sorted(actions, key=lambda each: each.recordedat or each.time):
        (outcome,) = intake.take([encode(action)])
        assert outcome.outcome == "recorded", (action.type, outcome)
        system.projector.catch_up()
    intake.advance(until)
    system.projector.catch_up()


@pytest.fixture(scope="session")
def open_city(tmp_path_factory) -> Iterator[Callable[[list[Action], date], City]]:
    """Makes cities that are closed at the end."""
    with pytest.MonkeyPatch.context() as patch:
        opened: list[City] = []

        def make(actions: list[Action], until: date) -> City:
            folder: Path = tmp_path_factory.mktemp("city")
            patch.setenv("XDG_DATA_HOME", str(folder / "share"))
            system = System(f"sqlite:///{folder / 'danze.db'}")
            told(system, actions, until)
            city = City(
                system, TestClient(create_app(system.answers, None, version="test")), Danze(folder / "danze.db")
            )
            opened.append(city)
            return city

        yield make
        for city in opened:
            with closing(city.system):
                assert not any(city.system.projector.replay().differences.values())


@pytest.fixture(scope="session")
def city(open_city) -> City:
    """The history of the ledgers, up to the end of September 2020."""
    return open_city(HISTORY, date(2020, 10, 1))


class Mailbox:
    """An address that keeps what it gets, and answers with the next of its statuses; at the end with 204."""

    def __init__(self):
        self.statuses, self.got = [], []
        box = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                box.got.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(box.statuses.pop(0) if box.statuses else 204)
                self.send_header("location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/news?from=danze"

    def subjects(self):
        return [json.loads(body)["subject"] for _, body in self.got]


@pytest.fixture
def mailbox(monkeypatch):
    box = Mailbox()
    threading.Thread(target=box.server.serve_forever, daemon=True).start()
    monkeypatch.setenv("DANZE_WEBHOOK_HOSTS", f"https://hooks.example.org, {box.url}")
    yield box
    box.server.shutdown()
    box.server.server_close()


@pytest.fixture
def book(tmp_path):
    return Subscriptions(tmp_path / "webhooks")
