"""What `make bench` makes of what benchmarks print, and of what their processes spend their time on."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from benchmarks import report
from benchmarks.figures import Ran, Ratio, curves, growth
from benchmarks.limits import found, kind, stack
from benchmarks.report import page, run

MET = Ran("audit", "--events 10", "10 events\nproof   0.4 ms each, goal 5 ms met\n", 3.0, 0)
MISSED = Ran("api", "--items 10", "goal: p99 20 ms at 200/s  MISSED\n", 3.0, 1)
BROKEN = Ran("log", "", "Traceback (most recent call last)\n", 1.0, 1)
PEERS = Ran(
    "distributed",
    "--events 10",
    "  danze   5 a second\ndanze against kafka streams: 3.24  goal 1  met\ndanze with writes against quix: 0.50\n",
    9.0,
    0,
    {"Counted.fold": Counter({"decode": 60, "fold and decide": 40}), "main": Counter({"network": 1})},
)
DECODE = Ran(
    "embedded",
    "",
    "folds of all read models      432/s  against     1,501/s of bare decode  ratio  0.29  goal 0.25  met\n",
    1.0,
    0,
)
SIZES = Ran(
    "growth",
    "",
    "".join(
        f"point {json.dumps({'events': size, 'rebuild': cost, 'memory of rebuild': 200.0})}\n"
        for size, cost in ((20_000_000, 12.5), (100_000, 12.0))
    ),
    5.0,
    0,
)
DAY = datetime(2026, 11, 25, tzinfo=UTC)


def test_every_line_with_a_goal_is_told_met_or_missed():
    assert MET.goals == [("proof   0.4 ms each, goal 5 ms met", True)]
    assert MISSED.goals == [("goal: p99 20 ms at 200/s  MISSED", False)]


def test_an_error_is_no_missed_goal():
    assert (MET.failed, MISSED.failed, BROKEN.failed) == (False, False, True)


def test_growth_that_missed_its_goal_says_what_is_known_of_why():
    line = "item: 0.7 ms at 100,124; of that in the smallest log  ratio 1.40  goal 1.10  MISSED"
    assert "Cause: not found whole" in SIZES.why(line, False)
    assert SIZES.why(line, True) == SIZES.limit
    assert MISSED.why(line, False) == MISSED.limit


def test_ratios_say_who_was_measured_against_whom():
    told = [(each.ours, each.theirs, each.times, each.verdict) for each in (*PEERS.ratios, *DECODE.ratios)]
    assert told == [
        ("danze", "kafka streams", 3.24, "met"),
        ("danze with writes", "quix", 0.5, ""),
        ("folds of all read models", "bare decode", 0.29, "met"),
    ]


@pytest.mark.parametrize(("times", "bar"), [(10, (300, 150)), (0.1, (150, 150)), (1, (300, 0)), (1e9, (300, 285))])
def test_a_bar_grows_from_the_middle(times: float, bar: tuple[float, float]):
    assert Ratio("a", "b", times, "").bar == pytest.approx(bar)


def test_points_of_growth_are_in_the_order_of_the_log():
    points = growth([MET, SIZES])
    assert [point["events"] for point in points] == [100_000, 20_000_000]
    (line,) = curves(points, ["rebuild", "nothing"])
    assert (line.name, line.x) == ("rebuild", 460)
    assert curves(points[:1], ["rebuild"]) == []


def test_the_page_shows_goals_errors_peers_growth_and_limits():
    told = page([MET, MISSED, BROKEN, PEERS, SIZES], DAY)
    assert all(each in told for each in ("error 1", 'class="MISSED">missed', "<polyline", "20,000,000 events", "3.24"))
    assert PEERS.spent == [("Counted.fold", pytest.approx(100 / 101), "decode 60%, fold and decide 40%")]
    assert "decode 59%, fold and decide 40%" in told
    assert "A quick run" not in told
    assert "A quick run" in page([MET], DAY, quick=True)


def test_what_others_printed_before_stays_on_the_page(tmp_path, monkeypatch):
    file, costs = tmp_path / "bench.html", iter((5, 6, 7))
    monkeypatch.setattr(report, "run", lambda name, _: Ran(name, "", f"{next(costs)} µs, goal 9 met", 1, 0))
    for only in ("audit", "growth", "audit"):
        monkeypatch.setattr("sys.argv", ["report.py", "--only", only, "--page", str(file)])
        assert report.main() == 0
    told = file.read_text(encoding="utf-8")
    assert [f"{cost} µs, goal" in told for cost in (5, 6, 7)] == [False, True, True]
    assert [each.name for each in report.kept(file.with_suffix(".json"))] == ["growth", "audit"]


def test_samples_of_other_processes_and_of_loading_are_left_out(tmp_path):
    for number, (command, seen) in enumerate((
        (["danze.py"], [["fold", "decode", 3], ["<module>", "other", 90]]), (["contest.py"], [["fold", "hash", 7]]),
    )):  # fmt: skip
        (tmp_path / f"{number}.json").write_text(json.dumps({"command": command, "seen": seen}))
    assert found(tmp_path, "danze.py") == {"fold": Counter({"decode": 3})}


def test_a_frame_tells_what_it_does_by_its_line_or_its_file(monkeypatch):
    import sys

    from infra.log import merkle, port

    seen = []
    monkeypatch.setattr(merkle, "sha256", lambda *_: seen.append(kind(stack(sys._getframe(1)))) or port.sha256())
    merkle.Tree().extend([b"1" * 32, b"2" * 32])
    assert set(seen) == {"hash"}


@pytest.mark.slow
def test_a_real_benchmark_ends_on_the_page(capsys):
    ran = run("embedded", "--actions 3000")
    assert not ran.failed
    assert {each.theirs for each in ran.ratios} == {"eventsourcing", "bare decode"}
    assert "taken" in ran.limits
    assert sum(ran.limits["taken"].values()) > 100
    told = page([ran], DAY)
    assert "benchmarks/embedded.py --actions 3000" in told
    assert "bare decode" in told
