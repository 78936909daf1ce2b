"""What `make bench` makes of what benchmarks print."""

from datetime import UTC, datetime

from benchmarks.report import Ran, growth, page

MET = Ran("audit", "--events 10", "10 events\nproof   0.4 ms each, goal 5 ms met\n", 3.0, 0)
MISSED = Ran("api", "--items 10", "goal: p99 20 ms at 200/s  MISSED\n", 3.0, 1)
BROKEN = Ran("log", "", "Traceback (most recent call last)\n", 1.0, 1)
SIZES = [
    Ran("embedded", "", f"cost per event at {size:,} events {cost} µs, at 10 9.9 µs  ratio 1.0  goal 1.10  met\n", 1, 0)
    for size, cost in ((1_000_000, 61.5), (100_000, 60.0))
]


def test_every_line_with_a_goal_is_told_met_or_missed():
    assert MET.goals == [("proof   0.4 ms each, goal 5 ms met", True)]
    assert MISSED.goals == [("goal: p99 20 ms at 200/s  MISSED", False)]


def test_an_error_is_no_missed_goal():
    assert (MET.failed, MISSED.failed, BROKEN.failed) == (False, False, True)


def test_the_page_shows_goals_errors_and_how_cost_grows():
    told = page([MET, MISSED, BROKEN, *SIZES], datetime(2026, 11, 25, tzinfo=UTC))
    assert growth(SIZES) == [(100_000, 60.0), (1_000_000, 61.5)]
    assert all(each in told for each in ("error 1", 'class="missed">missed', "<polyline", "1,000,000 events"))
