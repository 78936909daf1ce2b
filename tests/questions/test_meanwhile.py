"""What is told of the present is right, whatever happens in the middle of counting it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Event, current_thread

import pytest

from cli.wiring import System
from domain.codec import encode
from domain.periods import half_year
from domain.reader import Reader
from infra.log.port import StoreError
from infra.questions import evaluations, figures
from infra.questions.present import Present
from infra.questions.share import Share
from infra.questions.whole import Whole
from tests.patience import PATIENCE
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
            assert on_.wait(PATIENCE)
        look(share, book, rows)

    assert items(ask) == 29
    take(system, *ACCUSATIONS)
    monkeypatch.setattr(Share, "look", slow)
    with ThreadPoolExecutor(2) as two:
        first = two.submit(items, ask)
        assert looking.wait(PATIENCE)
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


def test_duties_that_could_not_be_judged_are_judged_when_the_store_is_back(system, monkeypatch):
    def away(*asked):
        raise StoreError("the server went away")

    take(system, on("2020-09-10", raised(), no="90"))
    with monkeypatch.context() as gone:
        gone.setattr("infra.questions.owing.judged", away)
        with pytest.raises(StoreError):
            system.answers.scoreboard(COUNTY)
    assert system.answers.scoreboard(COUNTY)["duties"]["owed"] > 0


SPAN = (date(2020, 1, 1), date(2020, 6, 30))
SLOW = [
    (figures, "_lasting", lambda ask: ask.rates(COUNTY, *SPAN)),
    (evaluations, "_outcomes", lambda ask: ask.evaluation(COUNTY, half_year("2020H1"), items=False)),
]
"""Questions that read rows for a while beside what is counted, and what reads them."""


@pytest.fixture(params=SLOW)
def between(request, monkeypatch):
    """Asks one of the questions; each time that it reads rows the next thing happens first."""
    where, name, question = request.param
    reading = getattr(where, name)

    def asking(answers, *happening):
        happens = iter(happening)

        def slow(*asked):
            next(happens, lambda: None)()
            return reading(*asked)

        monkeypatch.setattr(where, name, slow)
        return question(answers)

    return asking


def test_nobody_waits_while_rows_are_read_for_what_is_counted(system, between):
    with ThreadPoolExecutor(1) as another:
        between(system.answers, lambda: another.submit(system.answers.case, "1").result(PATIENCE))


@pytest.mark.parametrize("times", [1, 2])
def test_what_is_counted_and_what_is_read_are_of_one_moment(system, between, times):
    """An item is registered and accepted in between, once, or as often as it is begun anew."""

    def goes_on(no):
        take(system, on("2020-04-11", raised(), no=no), on("2020-04-11", accept(), no=no))

    told = between(system.answers, *(partial(goes_on, no) for no in ("90", "91")[:times]))
    with closing(System(system.url)) as other:
        assert told == between(other.answers)
