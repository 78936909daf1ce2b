"""What is told of the present is right, whatever happens in the middle of counting it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event, current_thread

import pytest

from cli.wiring import System
from domain.codec import encode
from domain.reader import Reader
from infra.log.port import StoreError
from infra.questions.present import Present
from infra.questions.share import Share
from infra.questions.whole import Whole
from tests.samples import *

ACCUSES = raised(purpose="accusation", about_unit=HOUSING)
ACCUSATIONS = [on("2020-05-03", ACCUSES, no=str(no), by=CITY_BUREAU) for no in range(90, 95)]
AUDITOR = Reader("auditor", (HOUSING,))


@pytest.fixture
def system(tmp_path):
    with closing(System(f"sqlite:///{tmp_path}/danze.db")) as system:
        take(system, *CITY_UNITS, *(on("2020-04-10", raised(), no=str(no)) for no in range(1, 30)))
        yield system


def take(system, *actions):
    outcomes = system.intake(history=True).take([encode(each) for each in actions])
    assert {each.outcome for each in outcomes} == {"recorded"}, outcomes
    system.projector.catch_up()


def items(ask):
    return ask.overview()["totals"]["items"]


def test_nobody_is_told_of_accusations_while_another_with_his_reach_takes_them_out(system, monkeypatch):
    """As many rows at once as others do not wait for."""
    monkeypatch.setattr("infra.questions.share.AT_ONCE", 2)
    ask, look, looking, on_ = system.answers.for_(AUDITOR), Share.look, Event(), Event()

    def slow(share, book, rows):
        if current_thread().name.endswith("_0"):
            looking.set()
            on_.wait(20)
        look(share, book, rows)

    assert items(ask) == 29
    take(system, *ACCUSATIONS)
    monkeypatch.setattr(Share, "look", slow)
    with ThreadPoolExecutor(2) as two:
        first = two.submit(items, ask)
        assert looking.wait(20)
        second = two.submit(items, ask)
        on_.wait(0.5)
        on_.set()
        assert [first.result(), second.result(), items(ask)] == [29, 29, 29]


def test_rows_of_before_are_not_counted_in_read_models_made_anew(system, monkeypatch):
    """Another process makes them, and another thread asks of them, before a reader's share is loaded."""
    load, ask = Present.load, system.answers.for_(AUDITOR)

    def late(present, book):
        monkeypatch.setattr(Present, "load", load)
        with closing(System(system.url)) as other:
            other.projector.replay()
            take(other, *ACCUSATIONS)
        with ask._tallies._whole() as (everything, whole):
            assert present.of(ask._tallies._seen(everything), whole) is None
        present.load(book)

    monkeypatch.setattr(Present, "load", late)
    assert items(ask) == 29


def test_what_a_store_that_went_away_left_half_counted_is_not_gone_on_from(system, monkeypatch):
    """Between an item and the one that it came to repeat."""
    counting, times = Whole.items, iter([False, True])

    def away(whole, book, nos=None):
        if next(times, False):
            raise StoreError("the server went away")
        return counting(whole, book, nos)

    def rates(ask):
        return ask.overview()["kpis"]

    rates(system.answers)
    take(system, on("2020-04-12", repeats("1"), no="2"))
    monkeypatch.setattr(Whole, "items", away)
    with pytest.raises(StoreError):
        rates(system.answers)
    with closing(System(system.url)) as other:
        assert rates(system.answers) == rates(other.answers)
