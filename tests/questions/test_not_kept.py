"""Sums that could not be kept, as on a full disk: nobody goes on from other sums than those that are there."""

import zlib
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text

from cli.wiring import System
from domain.codec import encode
from infra.log.port import StoreError
from tests.questions.test_tallies import asked, asked_anew
from tests.samples import *


@pytest.fixture
def system(tmp_path):
    with closing(System(f"sqlite:///{tmp_path}/danze.db")) as system:
        take(system, *CITY_UNITS, *(on("2020-04-10", raised(), no=str(no)) for no in range(1, 30)))
        system.answers.keep_sums()
        yield system


def take(system, *actions):
    outcomes = system.intake(history=True).take([encode(each) for each in actions])
    assert {each.outcome for each in outcomes} == {"recorded"}, outcomes
    system.projector.catch_up()


def referred(day, unit):
    return [on(day, refer(unit), no=str(no)) for no in range(1, 20)]


@contextmanager
def full_disk(system):
    """Beside the sums, where their rows stand: an error of the driver's own."""
    counted = f"counted_{system.views.live().tables.number}"
    with system.views.writing() as connection:
        full = "SELECT RAISE(ABORT, 'database or disk is full')"
        connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON {counted} BEGIN {full}; END"))
    yield
    with system.views.writing() as connection:
        connection.execute(text("DROP TRIGGER full"))


def test_what_could_not_be_kept_is_kept_the_next_time(system):
    asked(system.answers)
    take(system, *referred("2020-04-11", HOUSING))
    with full_disk(system), pytest.raises(StoreError):
        system.answers.keep_sums()
    take(system, on("2020-04-12", raised(), no="99"))
    system.answers.keep_sums()
    with closing(System(system.url)) as other:
        assert asked(other.answers) == asked(system.answers)
        take(system, *referred("2020-04-13", LABOUR))
        assert asked(other.answers) == asked(system.answers)


@pytest.mark.parametrize("body", [b"\0\1", zlib.compress(b"\xc1")], ids=["not packed", "no sums"])
def test_kept_sums_that_cannot_be_read_are_counted_anew_and_replaced(system, caplog, body):
    before = asked(system.answers)
    system.answers.keep_sums()
    with system.views.writing() as connection:
        connection.execute(text(f"UPDATE tally_{system.views.live().tables.number} SET body = :body"), {"body": body})
    for told, day, unit in ((1, "2020-04-11", HOUSING), (0, "2020-04-13", LABOUR)):
        with closing(System(system.url)) as other:
            caplog.clear()
            assert asked(other.answers) == before
            assert caplog.text.count("the kept sums cannot be read") == told
            other.answers.keep_sums()
            take(other, *referred(day, unit))
            before = asked(other.answers)
            assert before == asked_anew(system.url)


def test_sums_that_another_process_kept_instead_are_not_taken_for_ones_own(system):
    """Both number cells that they meet since in their own order."""
    with closing(System(system.url)) as one, closing(System(system.url)) as other:
        asked(one.answers), asked(other.answers)
        take(system, on("2020-04-11", raised(category="新的"), no="77"))
        asked(one.answers)
        with full_disk(system), pytest.raises(StoreError):
            one.answers.keep_sums()
        take(system, on("2020-04-12", raised(category="别的"), no="78"), *referred("2020-04-13", HOUSING))
        asked(other.answers)
        other.answers.keep_sums()
        asked(one.answers)
        take(system, *referred("2020-04-14", LABOUR))
        assert asked(one.answers) == asked_anew(system.url)
