"""Of several processes that serve one store, one keeps what is counted and one carries letters; when it ends, another
does.
"""

import threading
from contextlib import closing, contextmanager

import pytest
from prometheus_client import CollectorRegistry

from cli.besides import Besides
from cli.running import Keeper, Post
from cli.wiring import System
from infra.views.sums import Sums
from infra.watching import FailWatch
from infra.webhooks.postman import Postman
from infra.webhooks.subscriptions import Subscriptions
from tests.patience import until
from tests.system.command import Danze, city


@pytest.fixture
def system(tmp_path):
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    with closing(System(danze.store)) as system:
        yield system


def test_when_the_keeper_ends_another_keeps(system):
    keeper, another = system.log.claim("sums"), Keeper(system)
    with working(sums=another.step, end=another.end) as stop:
        stop.wait(0.3)
        assert not _kept(system)
        keeper.release()
        until(lambda: _kept(system), lambda: "nobody keeps")
    assert system.log.claim("sums") is not None, "it let go when it ended"


def test_who_carries_letters_lets_go_when_asked_to_end(system, tmp_path):
    book = Subscriptions(tmp_path / "book")
    post = Post(Postman(book, system.answers), book)
    with working(letters=post.step, end=post.end):
        until(lambda: not _alone(book), lambda: "nobody carries letters")
    assert _alone(book)


@contextmanager
def working(**work):
    """Beside the test, again and again; the event ends it."""
    besides = Besides(threading.Event(), FailWatch(CollectorRegistry()))
    besides.begin(0.05, **work)
    with besides:
        yield besides.stop


def _alone(book):
    with book.alone() as alone:
        return alone


def _kept(system):
    kept = Sums(system.views, system.views.live().tables.number)
    with system.views.reading() as connection:
        return kept._kept(connection) is not None
