"""How long something waits here, as one process sees it."""

from infra.waiting import MOST, Waiting

LONG_AGO = 1_586_000_000.0


def test_what_is_recorded_while_we_look_has_waited_since():
    here = Waiting()
    assert here.since(1, 3, recorded=100.0, now=100.1) == 100.1
    assert here.since(1, 5, recorded=100.0, now=400.0) == 100.1
    assert here.since(4, 5, recorded=350.0, now=400.0) == 400.0, "first seen now"


def test_what_was_recorded_since_we_looked_has_waited_since_then():
    here = Waiting()
    here.since(1, 9, recorded=100.0, now=100.0)
    assert here.since(8, 9, recorded=130.0, now=160.0) == 130.0


def test_a_past_waits_since_it_came():
    here = Waiting()
    assert here.since(1, 1_000, recorded=LONG_AGO, now=LONG_AGO + 2e8) == LONG_AGO + 2e8
    assert here.since(900, 2_000, recorded=LONG_AGO, now=LONG_AGO + 2e8 + 60) == LONG_AGO + 2e8
    assert here.since(1_001, 3_000, recorded=LONG_AGO, now=LONG_AGO + 2e8 + 90) == LONG_AGO + 2e8 + 60


def test_a_log_that_is_taken_on_anew_waits_since_that_was_begun():
    here = Waiting()
    here.since(1_000, 1_000, recorded=LONG_AGO, now=10.0 + LONG_AGO)
    assert here.since(1, 1_000, recorded=LONG_AGO, now=900.0 + LONG_AGO) == 900.0 + LONG_AGO
    here.nothing()
    assert here.since(1_001, 1_001, recorded=LONG_AGO, now=999.0 + LONG_AGO) == 999.0 + LONG_AGO


def test_it_forgets_looks_rather_than_grow_for_ever():
    here = Waiting()
    for n in range(1, 10 * MOST):
        assert here.since(1, n, recorded=0.0, now=float(n)) == 1.0
    assert len(here._looks) <= MOST
    assert 5_000.0 <= here.since(5_000, 10 * MOST, recorded=0.0, now=10.0 * MOST) < 10 * MOST
