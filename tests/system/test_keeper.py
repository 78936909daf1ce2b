"""Of several processes that serve one store, one keeps what is counted and one carries letters; when it ends, another
does.
"""

import threading
from contextlib import closing

import pytest

from cli import running
from cli.wiring import System
from infra.views.sums import Sums
from infra.webhooks.postman import Postman
from infra.webhooks.subscriptions import Subscriptions
from tests.patience import PATIENCE, until
from tests.system.command import Danze, city


@pytest.fixture
def system(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    with closing(System(danze.store)) as system:
        yield system


def test_when_the_keeper_ends_another_keeps(system, monkeypatch):
    monkeypatch.setattr(running, "MINUTE", 0.05)
    stop, keeper = threading.Event(), system.log.claim("sums")
    another = threading.Thread(target=running._kept, args=(system, stop))
    another.start()
    try:
        stop.wait(0.3)
        assert (_kept(system), another.is_alive()) == (False, True)
        keeper.release()
        until(lambda: _kept(system), lambda: "nobody keeps")
    finally:
        stop.set()
        another.join(PATIENCE)
    assert system.log.claim("sums") is not None, "it let go when it ended"


def test_who_carries_letters_lets_go_when_asked_to_end(system, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "MINUTE", 0.05)
    stop, book = threading.Event(), Subscriptions(tmp_path / "book")
    carries = threading.Thread(target=running._carried, args=(Postman(book, system.answers), book, stop), daemon=True)
    carries.start()
    until(lambda: not _alone(book), lambda: "nobody carries letters")
    stop.set()
    carries.join(PATIENCE)
    assert (carries.is_alive(), _alone(book)) == (False, True)


def _alone(book):
    with book.alone() as alone:
        return alone


def _kept(system):
    kept = Sums(system.views, system.views.live().tables.number)
    with system.views.reading() as connection:
        return kept._kept(connection) is not None
