"""The line to PostgreSQL is cut around a commit: who asked does not know whether it came through, and asks again."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from itertools import count
from threading import Event

import psycopg
import pytest

from cli.wiring import System
from consumers.intake import Intake
from infra.log.port import StoreAway
from infra.log.urls import parse
from infra.vault.sealed_box import in_clear
from infra.views.partitions import Partitions
from tests.consumers.test_intake import EARLY, FIRST, Batch, Record, refusals, worked, worker
from tests.consumers.test_projector import PARTITIONS, all_of, city, equal
from tests.patience import PATIENCE, until
from tests.system.command import city as founded
from tests.system.command import registered

pytestmark = pytest.mark.postgres
__all__ = ["city"]
SENT = Batch((EARLY, FIRST, Record(2, worked(1, id="W-2"))))
Transaction = Callable[[], AbstractContextManager[object]]


@pytest.fixture
def system(postgres_store_url: str) -> Iterator[System]:
    with closing(System(postgres_store_url)) as system:
        system.intake().take([Record(0, action).value for action in founded()])
        yield system


def cut(transaction: Transaction, *, committed: bool) -> Transaction:
    """Nobody hears how it ended."""

    @contextmanager
    def unheard() -> Iterator[object]:
        with transaction() as given:
            yield given
            if not committed:
                raise StoreAway("the line is cut")
        raise StoreAway("the line is cut")

    return unheard


class Late:
    """Transactions that come to their end, and are committed when `go` is set: the server has not noticed the cut."""

    def __init__(self) -> None:
        self.at_its_end, self.go = Event(), Event()

    def __call__(self, transaction: Transaction) -> Transaction:
        @contextmanager
        def late() -> Iterator[object]:
            with transaction() as given:
                yield given
                self.at_its_end.set()
                assert self.go.wait(PATIENCE)

        return late


def one_waits(url: str) -> bool:
    """For a lock that somebody else on this store has."""
    place = parse(url)
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid IN (SELECT pid FROM pg_locks l "
        "JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE starts_with(nspname, %s))"
    )
    with psycopg.connect(**place.connection()) as connection:  # type: ignore[arg-type,union-attr]
        return connection.execute(query, (place.schema,)).fetchone() == (1,)  # type: ignore[union-attr]


def assert_taken_once(system: System) -> None:
    assert [entry.type for entry in system.log.read(3)] == ["petition.registered.v1", "petition.worked.v1"]
    assert refusals(system) == [("unknown-subject", 1)]


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "not"])
def test_a_batch_is_taken_once_whether_its_commit_came_through_or_not(system, monkeypatch, committed):
    intake = worker(system)
    with monkeypatch.context() as line:
        line.setattr(system.log, "turn", cut(system.log.turn, committed=committed))
        with pytest.raises(StoreAway):
            intake.take([SENT])
    assert (system.log.head().position == 5) == committed
    for each in (intake, worker(system)):
        each.take([SENT])
        assert_taken_once(system)


def test_who_takes_a_lost_workers_batch_sees_what_is_committed_late(system, monkeypatch):
    late = Late()
    monkeypatch.setattr(system.log, "turn", late(system.log.turn))
    with closing(System(system.url)) as other, ThreadPoolExecutor() as threads:
        lost = threads.submit(worker(system).take, [SENT])
        until(late.at_its_end.is_set)
        next_one = threads.submit(worker(other).take, [SENT])
        until(lambda: one_waits(system.url))
        late.go.set()
        for each in (lost, next_one):
            each.result(PATIENCE)
        assert_taken_once(other)


def test_a_lost_worker_that_comes_back_changes_nothing(system):
    lost = worker(system)
    lost.take([Batch(SENT.records[:1])])
    with closing(System(system.url)) as other:
        worker(other).take([SENT])
        worker(other).take([Batch((Record(3, registered(2)),))])
    lost.take([SENT])
    assert refusals(system) == [("unknown-subject", 1)]
    assert system.log.head().position == 6


class Unheard(Partitions):
    """Of two transactions with rows the first one's answer is lost, committed or not."""

    turns = count()

    def write(self, changes, places):
        views, turn = self._views, next(self.turns)
        if turn % 2:
            return super().write(changes, places)
        with pytest.MonkeyPatch.context() as line:
            line.setattr(views, "writing", cut(views.writing, committed=turn % 4 == 0))
            return super().write(changes, places)


def test_rows_are_those_of_the_log_whether_each_commit_came_through_or_not(city):
    unlucky = city.projector()
    unlucky._rows = Unheard(city.system.views, PARTITIONS)
    unlucky.take_over(range(PARTITIONS))
    for partition in range(PARTITIONS):
        for batch in city.batches(partition, 60):
            with suppress(StoreAway):
                unlucky.fold([batch])
            unlucky.fold([batch])
    assert next(Unheard.turns) > 10
    assert equal(city)


def test_who_takes_a_partition_over_begins_behind_what_is_committed_late(city, monkeypatch):
    late, first = Late(), city.batches(0, 60)[0]
    with closing(System(city.system.url)) as there, ThreadPoolExecutor() as threads:
        lost, other = city.projector(), city.projector()
        lost._rows = Partitions(there.views, PARTITIONS)
        lost.take_over([0])
        monkeypatch.setattr(there.views, "writing", late(there.views.writing))
        writes = threads.submit(lost.fold, [first])
        until(late.at_its_end.is_set)
        takes = threads.submit(other.take_over, range(PARTITIONS))
        until(lambda: one_waits(city.system.url))
        late.go.set()
        writes.result(PATIENCE)
        assert takes.result(PATIENCE)[0] == first.next_offset
    all_of(city, other, *range(PARTITIONS))
    assert equal(city)


def test_a_lost_worker_that_folds_on_writes_over_nobody(city):
    lost, other = city.projector(), city.projector()
    lost.take_over([0])
    first, second, *_ = city.batches(0, 60)
    lost.fold([first])
    other.take_over(range(PARTITIONS))
    all_of(city, other, *range(PARTITIONS))
    last = other.held[0].claim.position
    lost.fold([second])
    assert lost.held[0].claim.position == last
    assert equal(city)


def test_a_lost_worker_that_folds_on_keeps_nobody_from_being_up_to_date(city):
    """It takes its partition back for a moment; no rebalance follows, and nothing new comes."""
    lost, other = city.projector(), city.projector()
    lost.take_over([0])
    other.take_over(range(PARTITIONS))
    all_of(city, other, *range(PARTITIONS))
    lost.fold(city.batches(0, 60)[:1])
    head, ends = city.system.log.head().position, {number: len(held) for number, held in city.topic.items()}
    for _ in range(2):
        other.caught_up(ends, head)
    assert city.system.views.live().position == head


def test_a_history_that_cannot_reach_its_deadlines_at_first_misses_them_none_the_less(postgres_store_url, monkeypatch):
    with closing(System(postgres_store_url)) as system:
        line = [Record(at, each).value for at, each in enumerate([*founded(), registered(1)])]
        system.intake(history=True).take(line)
        before, later = system.log.head().position, registered(2) | {"time": "2021-04-10T09:12:00+08:00"}
        intake = Intake(system.intake(history=True), in_clear, queue="petition.actions")
        with monkeypatch.context() as cable:
            cable.setattr(system.views, "live", away)
            with pytest.raises(StoreAway):
                intake.take([Batch((Record(0, later),))])
        intake.take([Batch((Record(0, later),))])
        assert "deadline.missed.v1" in [entry.type for entry in system.log.read(before)]


def away() -> None:
    raise StoreAway("the line is cut")
