"""The projector without Kafka in between: batches of partitions, in any order, twice, by several workers at once."""

import asyncio
import random
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date

import orjson
import pytest

from cli.wiring import System
from consumers.batching import SCHEME
from consumers.dead_letters import DeadLetters, TooManyDead
from consumers.patience import Patience
from consumers.projector import Projector
from consumers.workers import project_worker
from domain.codec import LaterType
from infra.city.simulation import simulate
from infra.kafka.partition import partition_of
from infra.questions.agreement import Agreement
from infra.views import store
from infra.views.partitions import Partitions
from infra.views.projector import LogSource
from infra.watching import Watch
from tests.patience import PATIENCE

PARTITIONS = 4
pytestmark = pytest.mark.postgres


@dataclass(frozen=True)
class Record:
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple = ()
    timestamp: int = 0


@dataclass(frozen=True)
class Batch:
    partition: int
    records: tuple
    current: bool = True

    @property
    def next_offset(self) -> int:
        return self.records[-1].offset + 1


class OfTheTopic:
    """Gives what the log holds, and is another source."""

    def __init__(self, log) -> None:
        self.chunks = LogSource(log).chunks


class City:
    """Three months of the simulated city in a PostgreSQL store, and its log as the relay would lay it in Kafka."""

    def __init__(self, url: str) -> None:
        self.system = System(url)
        actions = simulate(7, days=90, scale=0.02, start=date(2021, 1, 1), counties=1)
        intake = self.system.intake(history=True)
        intake.take([orjson.dumps(action) for action in actions])
        intake.advance(date(2021, 4, 2))
        self.topic: dict[int, list[Record]] = {number: [] for number in range(PARTITIONS)}
        for entry in self.system.log.read(0, limit=100_000):
            records = self.topic[partition_of(entry.subject, PARTITIONS)]
            headers = (("position", str(entry.position).encode()), ("type", entry.type.encode()))
            records.append(Record(len(records), entry.subject.encode(), entry.body, headers))
        self.sent: list = []

    def projector(self, cap: int = 100) -> Projector:
        dead = DeadLetters(self.sent.extend, topic="petition.dead", source="petition.events", cap=cap)
        rows = Partitions(self.system.views, PARTITIONS)
        return Projector(rows, self.sent.extend, dead, findings="petition.findings")

    def batches(self, partition: int, size: int, start: int = 0) -> list[Batch]:
        records = self.topic[partition]
        return [Batch(partition, tuple(records[at : at + size])) for at in range(start, len(records), size)]

    def first_bad(self) -> dict | None:
        agreement = Agreement(self.system.log, self.system.views, self.system.rules)
        self.system.projector.beside(agreement.look)
        return agreement.first_bad

    def differences(self) -> dict[str, int]:
        """Rows that differ from those of a rebuild from the log."""
        return self.system.projector.replay().differences


@pytest.fixture
def city(postgres_store_url):
    city = City(postgres_store_url)
    yield city
    city.system.close()


def equal(city: City) -> bool:
    return set(city.differences().values()) == {0}


def test_partitions_folded_one_after_the_other_give_what_the_log_gives(city):
    worker = city.projector()
    assert worker.take_over(range(PARTITIONS)) == dict.fromkeys(range(PARTITIONS), 0)
    for partition in reversed(range(PARTITIONS)):
        for batch in city.batches(partition, 50):
            worker.fold([batch])
    assert equal(city)
    assert len(city.system.answers.findings()["findings"]) > 20


def test_batches_of_two_workers_in_any_order_and_twice_give_what_the_log_gives(city):
    chance = random.Random(1)
    workers = [city.projector(), city.projector()]
    workers[0].take_over([0, 1])
    workers[1].take_over([2, 3])
    queues = {partition: city.batches(partition, chance.randint(5, 60)) for partition in range(PARTITIONS)}
    while any(queues.values()):
        partition = chance.choice([each for each, queue in queues.items() if queue])
        batch = queues[partition].pop(0)
        for _ in range(chance.choice((1, 1, 2))):
            workers[partition // 2].fold([batch])
    assert equal(city)


def test_a_worker_that_lost_a_partition_writes_nothing_more(city):
    old, new = city.projector(), city.projector()
    old.take_over([0])
    first, second, *_ = city.batches(0, 40)
    old.fold([first])
    offsets = new.take_over([0])
    assert offsets == {0: first.next_offset}
    stale = replace(second, current=False)
    old.fold([stale])
    assert city.system.views.live().position == 0
    new.fold([second])
    assert new.held[0].claim.offset == second.next_offset


def test_who_takes_partitions_over_while_a_store_holds_a_batch_up_hears_of_all_else_meanwhile(city):
    """Among it that the worker is asked to end: who waited was the loop that hears of it."""
    worker, folds, written, heard = city.projector(), threading.Event(), threading.Event(), []

    def folding():
        with worker._lock:
            folds.set()
            heard.append(written.wait(PATIENCE))

    async def story():
        taking = asyncio.create_task(app.hooks.starting_offsets({0}))
        await asyncio.sleep(0.1)
        written.set()
        return await taking

    app = project_worker(
        "project", {"broker": [f"{SCHEME}://127.0.0.1:1"]}, worker, Patience(), topic="petition.events",
        relayed=lambda: 0, alive=lambda: None, watch=Watch("project"),
    )  # fmt: skip
    threading.Thread(target=folding, daemon=True).start()
    assert folds.wait(PATIENCE)
    assert (asyncio.run(story()), heard) == ({0: 0}, [True])


def test_a_lag_accuses_nobody_and_hides_no_forged_row(city):
    worker = city.projector()
    worker.take_over(range(PARTITIONS))
    queues = {partition: city.batches(partition, 40) for partition in range(PARTITIONS)}
    for number, queue in queues.items():
        worker.fold([queue.pop(0) for _ in range(len(queue) // 2 + number)])
    city.system.answers.keep_sums()
    assert city.first_bad() is None
    worker.fold([queues[1].pop(0)])
    assert city.first_bad() is None, "sums that are older than some rows"
    with city.system.views.writing() as connection:
        cases = city.system.views.live().tables.cases
        no = connection.execute(cases.select().with_only_columns(cases.c.no).order_by(cases.c.no)).scalar()
        forged = cases.update().where(cases.c.no == no).values(over=1 - cases.c.over)
        assert connection.execute(forged).rowcount == 1
    assert f"table cases, row {no!r}" in city.first_bad()["why"]


def test_two_workers_that_both_believe_to_hold_a_partition_do_no_harm(city):
    one, two = city.projector(), city.projector()
    for worker in (one, two):
        worker.take_over(range(PARTITIONS))
    for partition in range(PARTITIONS):
        for batch in city.batches(partition, 30):
            one.fold([batch])
            two.fold([batch])
    assert equal(city)
    rows = Partitions(city.system.views, PARTITIONS).claim(range(PARTITIONS))
    assert {number: claim.offset for number, claim in rows.items()} == {n: len(r) for n, r in city.topic.items()}


def test_a_rebuild_while_workers_go_on(city):
    worker = city.projector()
    worker.take_over(range(PARTITIONS))
    halves = {partition: city.batches(partition, 40) for partition in range(PARTITIONS)}
    for partition, batches in halves.items():
        for batch in batches[: len(batches) * partition // PARTITIONS]:
            worker.fold([batch])
    assert equal(city)
    for batches in halves.values():
        worker.fold(batches)
    assert equal(city)


def test_the_position_is_that_up_to_which_nothing_is_missing(city):
    worker = city.projector()
    worker.take_over(range(PARTITIONS))
    for partition in (0, 1, 2):
        for batch in city.batches(partition, 1000):
            worker.fold([batch])
    assert city.system.views.live().position == 0
    for batch in city.batches(3, 1000):
        worker.fold([batch])
    last = {number: worker.held[number].claim.position for number in range(PARTITIONS)}
    assert city.system.views.live().position == min(last.values())
    head = city.system.log.head().position
    Partitions(city.system.views).through([held.claim for held in worker.held.values()], head)
    assert city.system.views.live().position == head
    assert city.system.answers.health()["behind"] == 0


def test_what_cannot_be_read_is_laid_aside_and_the_partition_goes_on(city):
    good = city.topic[0][:3]
    position = ("position", b"999999")
    broken = [
        Record(10, b"petition:1", b"\xff\xfe", (position, ("type", b"petition.closed.v1"))),
        Record(11, b"petition:1", b"{}", (("type", b"petition.closed.v1"),)),
        Record(12, b"petition:1", b"{}", (position, ("type", b"once upon a time"))),
        replace(city.topic[0][3], offset=13, key=None),
        replace(city.topic[0][3], offset=14, key=b"petition:other"),
        *(replace(city.topic[0][3], offset=15 + n, key=key) for n, key in enumerate((b"", b"\xff", b"\xfe"))),
    ]
    worker = city.projector()
    worker.take_over([0])
    worker.fold(
        [Batch(0, (*good, *broken, *[replace(each, offset=18 + n) for n, each in enumerate(city.topic[0][3:])]))]
    )
    letters = [each for each in city.sent if each.topic == "petition.dead"]
    why = [dict(letter.headers)["danze-why"].decode() for letter in letters]
    assert [dict(letter.headers)["danze-offset"] for letter in letters] == [b"%d" % n for n in range(10, 18)]
    assert why[1:3] == ["the header `position` is no number", "there is no type 'once upon a time'"]
    assert all(each.startswith("the key is not the subject") for each in why[3:])
    assert worker.held[0].claim.dead == 8
    for partition in range(1, PARTITIONS):
        worker.take_over([partition])
        worker.fold(city.batches(partition, 10_000))
    assert equal(city)


def test_what_was_laid_aside_counts_until_read_models_are_made_of_the_log_or_the_topic_anew(city):
    worker = city.projector(cap=2)
    worker.take_over(range(PARTITIONS))
    broken = [Record(at, b"petition:X", b"\xff") for at in range(3)]
    first, second = Batch(0, tuple(broken[:2])), Batch(0, tuple(broken[2:3]))
    worker.fold([first])
    assert worker.dead == 2
    city.system.projector.replay(source=OfTheTopic(city.system.log))
    worker.take_over(range(PARTITIONS))
    assert worker.dead == 2, "of the topic they are made without what it did not give"
    assert city.system.projector.replay()
    worker.take_over(range(PARTITIONS))
    assert worker.dead == 0
    worker.fold([second])
    assert worker.dead == 1
    Partitions(city.system.views).from_the_beginning()
    worker.take_over(range(PARTITIONS))
    assert worker.dead == 0


def test_a_type_of_a_later_release_stops_the_worker_and_nothing_is_lost(city):
    later = [replace(each, headers=(each.headers[0], ("type", b"petition.closed.v9"))) for each in city.topic[0][5:6]]
    worker = city.projector()
    worker.take_over([0])
    with pytest.raises(LaterType, match=r"the log holds petition\.closed\.v9.*Upgrade"):
        worker.fold([Batch(0, (*city.topic[0][:5], *later))])
    assert (worker.held[0].claim.position, city.sent) == (0, []), "neither folded nor laid aside"
    upgraded = city.projector()
    for partition in range(PARTITIONS):
        upgraded.take_over([partition])
        for batch in city.batches(partition, 1000):
            upgraded.fold([batch])
    assert equal(city)


def test_workers_of_two_releases_each_fold_into_their_own_rows_until_the_old_ones_end(city, monkeypatch):
    """A rolling upgrade to other read models: partitions go over one by one."""
    old = city.projector()
    old.take_over(range(PARTITIONS))
    for partition in range(PARTITIONS):
        old.fold(city.batches(partition, 60)[:2])
    before = city.system.answers.search(q="", limit=50)
    of_today, of_next = store.FORMAT, store.FORMAT + 1
    monkeypatch.setattr(store, "FORMAT", of_next)
    with closing(System(city.system.url)) as newer:
        city.system, older = newer, city.system
        new = city.projector()
        assert new.take_over([0, 1]) == {0: 0, 1: 0}, "its own rows begin with the first record"
        all_of(city, new, 0, 1)
        monkeypatch.setattr(store, "FORMAT", of_today)
        old.let_go([0, 1])
        assert older.answers.search(q="", limit=50) == before, "who reads the old rows is not disturbed"
        all_of(city, old, 2, 3)
        monkeypatch.setattr(store, "FORMAT", of_next)
        new.take_over([2, 3])
        all_of(city, new, 2, 3)
        assert equal(city)
        city.system = older


def all_of(city, worker, *partitions):
    for partition in partitions:
        for batch in city.batches(partition, 60):
            worker.fold([batch])


def test_an_event_that_comes_before_the_one_before_it_is_laid_aside(city):
    keys = [record.key for record in city.topic[1]]
    subject = next(key for key in keys if key.startswith(b"petition:") and keys.count(key) > 3)
    records = [record for record in city.topic[1] if record.key == subject]
    worker = city.projector()
    worker.take_over([1])
    worker.fold([Batch(1, (records[0], records[2]))])
    [letter] = [each for each in city.sent if each.topic == "petition.dead"]
    assert dict(letter.headers)["danze-why"].decode() == (
        f"version 3 of {subject.decode()} came before the one before it"
    )


def test_past_the_cap_the_partition_stops_and_nothing_of_the_batch_is_written(city):
    broken = tuple(Record(n, b"x", b"?", (("position", b"1"), ("type", b"?"))) for n in range(4))
    worker = city.projector(cap=3)
    worker.take_over([0])
    with pytest.raises(TooManyDead, match="more than 3 records of this partition could not be read"):
        worker.fold([Batch(0, broken)])
    assert city.projector().take_over([0]) == {0: 0}


def test_findings_are_told_as_they_are_raised_and_cleared(city):
    worker = city.projector()
    worker.take_over(range(PARTITIONS))
    worker.fold([batch for partition in range(PARTITIONS) for batch in city.batches(partition, 10_000)])
    told = {}
    for record in city.sent:
        said = orjson.loads(record.value)
        assert record.topic == "petition.findings"
        assert record.key.decode() == said["id"]
        told[said["id"], said["position"]] = said
    standing = set()
    for (id, _), said in sorted(told.items(), key=lambda each: each[0][1]):
        if said.get("raised"):
            standing.add(id)
        elif said.get("cleared"):
            standing.discard(id)
    assert standing == {each["id"] for each in city.system.answers.findings()["findings"]}
