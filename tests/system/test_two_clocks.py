"""Two clocks on one store: one is at work, the other takes over, and what was missed is recorded once."""

from __future__ import annotations

from collections import Counter

import pytest

from cli.wiring import System, opened
from domain.codec import decode_event
from infra.batch import CLOCK
from infra.kafka.topics import Topics
from tests.patience import until
from tests.system.command import Danze, city, registered
from tests.system.engine import Engine

ITEMS = 30
NAMES = ("clock-1", "clock-2", "clock-3")


def absences(system: System) -> Counter[str]:
    events = (decode_event(each.type, each.body, each.position) for each in system.log.read(0, limit=1_000_000))
    return Counter(event.id for event in events if event.source == CLOCK)


@pytest.fixture
def wanted(tmp_path, monkeypatch) -> Counter[str]:
    """What one clock, alone and undisturbed, records."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    alone = Danze(tmp_path / "alone.db")
    alone.emit(*city(), *map(registered, range(ITEMS)))
    alone("tick")
    with opened(alone.store) as system:
        return absences(system)


def test_what_was_missed_is_recorded_once_also_when_the_clock_at_work_is_killed(store_url, tmp_path, wanted):
    danze = Danze(store_url)
    danze.emit(*city(), *map(registered, range(ITEMS)))
    with Engine(danze, "", Topics(), tmp_path) as clocks, opened(store_url) as system:
        for name in NAMES:
            clocks.start_other(name, "-m", "cli", "clock", "--every", "0.1")
        waiting = "another clock is at work on this store; standing by"
        until(lambda: sum(waiting in clocks.said(name) for name in NAMES) == 2, clocks.all_said)
        until(lambda: absences(system) == wanted, clocks.all_said)
        (at_work,) = (name for name in NAMES if waiting not in clocks.said(name))
        clocks.kill(at_work)
        danze.emit(*map(registered, range(ITEMS, 2 * ITEMS)))
        until(lambda: absences(system).total() >= wanted.total() + ITEMS, clocks.all_said)
        for name in {*NAMES} - {at_work}:
            clocks.stop(name)
        assert set(absences(system).values()) == {1}
    assert danze("verify").code == 0
