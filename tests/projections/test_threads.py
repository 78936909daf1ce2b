"""Which events may hide from somebody what others go on about, and which cannot."""

from contextlib import closing
from itertools import islice

import orjson
import pytest

from cli.wiring import System
from domain.petition.state import evolve
from infra.city.simulation import simulate
from infra.office import decoded
from projections.ledgers.writing import WRITES, written
from projections.visibility import moves_threads


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """Two months of a small city."""
    with closing(System(f"sqlite:///{tmp_path_factory.mktemp('city')}/city.db")) as system:
        intake, lines = system.intake(history=True), map(orjson.dumps, simulate(1, days=60, scale=0.3, counties=3))
        while part := list(islice(lines, 2_000)):
            intake.take(part)
        return [*decoded(system.log.read(0))]


def test_whom_an_item_accuses_and_what_it_repeats_is_told_by_events_that_move_threads(events):
    items, moved, still = {}, 0, 0
    for event in (each for each in events if each.subject.startswith("petition:")):
        before = items.get(event.subject)
        known = accused(before) if before else (None, None, None)
        items[event.subject] = item = evolve(before, event)
        still += not moves_threads(event)
        if accused(item) != known:
            moved += 1
            assert moves_threads(event), event
    assert moved > 0
    assert still > 10 * moved, "else it would be looked again after most events"


def accused(item):
    about = (item.about_unit, item.about_official) if item.purpose == "accusation" else (None, None)
    return *about, item.first


def test_what_is_gone_on_about_is_told_by_events_that_move_threads(events):
    entries, told = {}, set()
    for event in (each for each in events if type(each.data) in WRITES):
        for entry in written(entries.get(event.subject, ()), [event]):
            entries.setdefault(event.subject, []).append(entry)
            if entry.ledger in ("conference", "dispute", "gathering"):
                told.add(entry.ledger)
                assert moves_threads(event), event
    assert told == {"conference", "dispute", "gathering"}
