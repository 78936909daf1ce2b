"""A rebuild of the read models has few items at hand at a time; it reads the log once, and writes each item once."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from cli.wiring import System, opened
from infra.city.simulation import simulate
from infra.views import anew, projector, store
from infra.views.partitions import Partitions
from infra.views.store import Views
from tests.system.histories import histories
from tests.system.test_properties import STORED, stored


def few_at_once(patched: pytest.MonkeyPatch, items: int, *, part: int, events: int) -> None:
    patched.setattr(anew, "AT_HAND", items)
    patched.setattr(anew, "BESIDE", items)
    patched.setattr(anew, "PART", part)
    patched.setattr(anew, "ACTS", part)
    patched.setattr(anew, "PIECE", events)
    patched.setattr(projector, "READ", events)


@STORED
@given(histories(), st.integers(0, 2), st.integers(1, 7))
def test_a_rebuild_that_lets_items_go_writes_the_rows_of_the_live_ones(history, items, events):
    with (
        TemporaryDirectory() as folder,
        closing(stored(history, folder, 60)[0]) as system,
        pytest.MonkeyPatch.context() as patched,
    ):
        few_at_once(patched, items, part=1, events=events)
        assert not any(system.projector.replay().differences.values())


@pytest.fixture
def a_town(store_url):
    """Two months of a small town in the log, and nothing in the read models."""
    actions = simulate(1, days=60, scale=0.2, counties=2)
    with opened(store_url) as system:
        system.intake(history=True).take([orjson.dumps(action) for action in actions])
        yield system


def test_an_item_is_written_again_only_when_it_was_quiet_for_long(a_town, monkeypatch):
    a_town.projector.catch_up()
    few_at_once(monkeypatch, 600, part=100, events=500)
    written, put = Counter[str](), Views.put
    monkeypatch.setattr(
        Views, "put", lambda views, connection, tables, changes, *, fresh: (
            written.update(row.no for row in changes.cases), put(views, connection, tables, changes, fresh=fresh)
        ),
    )  # fmt: skip
    tables, position = a_town.projector.rebuild()
    assert a_town.views.differing(tables, position) == []
    assert 300 < len(written) <= written.total() < 1.25 * len(written)


def test_a_first_replay_reads_the_log_once(a_town):
    assert a_town.projector.replay().position == a_town.log.head().position
    with a_town.views.reading() as connection:
        told = connection.execute(text(f"SELECT position, live FROM {a_town.views.q('generations')} ORDER BY number"))
        assert [*told] == [(0, 0), (a_town.log.head().position, 1)]


def test_a_store_of_the_release_before_is_filled_by_one_rebuild_and_the_old_rows_stay(a_town, monkeypatch):
    before, old = a_town.answers.search(q="", limit=50), a_town.views.live()
    with monkeypatch.context() as upgraded:
        upgraded.setattr(store, "FORMAT", store.FORMAT + 1)
        upgraded.setattr(projector, "BATCH", 500)
        upgraded.setattr(projector.Projector, "batch", None)  # no batch after the other
        with closing(System(a_town.url)) as newer:
            assert newer.answers.search(q="", limit=50) == before
            assert newer.views.live().tables.number != old.tables.number
            assert newer.views.differing(old.tables, old.position) == []
    assert a_town.answers.search(q="", limit=50) == before, "a process of the release before goes on"


def test_workers_that_take_over_while_a_store_is_filled_keep_what_they_took(a_town, monkeypatch):
    monkeypatch.setattr(projector, "BATCH", 500)
    workers, live = Partitions(a_town.views, 2), a_town.views.live()
    claims = []
    a_town.projector.catch_up(lambda *_: claims or claims.append(workers.claim([0, 1])))
    assert {claim.tables for claim in claims[0].values()} == {live.tables}
    assert a_town.views.live().tables is live.tables
    with a_town.views.reading() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {a_town.views.q('generations')}")).scalar() == 1


def test_an_item_whose_first_event_is_lost_is_left_out(a_town, monkeypatch):
    few_at_once(monkeypatch, 10, part=5, events=50)
    lost, entries = "430400-2020-000001", a_town.log.read(0, limit=100_000)
    rebuilt = anew.Anew(a_town.views)
    for at in range(0, len(entries), 50):
        some = entries[at : at + 50]
        rebuilt.take([each for each in some if (each.subject, each.version) != (f"petition:{lost}", 1)])
    rebuilt.end(entries[-1].position)
    with a_town.views.reading() as connection:
        nos = {no for (no,) in connection.execute(text(f"SELECT no FROM {a_town.views.q(rebuilt.tables.cases.name)}"))}
    assert {entry.subject[9:] for entry in entries if entry.subject.startswith("petition:")} - nos == {lost}


def test_what_units_do_beside_the_items_is_not_gathered_without_end(a_town, monkeypatch):
    few_at_once(monkeypatch, 300, part=100, events=50)
    rebuilt, entries, most = anew.Anew(a_town.views), a_town.log.read(0, limit=100_000), 0
    for at in range(0, len(entries), 50):
        rebuilt.take(entries[at : at + 50])
        most = max(most, rebuilt._fold.waiting, rebuilt._fold.acts_waiting)
    rebuilt.end(entries[-1].position)
    a_town.projector.catch_up()
    assert a_town.views.differing(rebuilt.tables, entries[-1].position) == []
    assert most <= 300 < a_town.views.live().position
