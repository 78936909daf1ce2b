"""The intake between Kafka and the log: in which order, and what becomes of what comes twice."""

import json
from dataclasses import dataclass, replace

import pytest

from cli.wiring import System
from consumers import intake as module
from consumers.intake import Intake
from infra.vault.sealed_box import in_clear
from tests.system.command import city, registered


@dataclass(frozen=True)
class Record:
    offset: int
    action: dict
    timestamp: int = 0
    partition: int = 0
    headers: tuple = ()

    @property
    def key(self) -> bytes:
        return self.action["subject"].encode()

    @property
    def value(self) -> bytes:
        return json.dumps(self.action).encode()


@dataclass(frozen=True)
class Batch:
    records: tuple
    current: bool = True

    @property
    def partition(self) -> int:
        return self.records[0].partition

    @property
    def next_offset(self) -> int:
        return self.records[-1].offset + 1


@pytest.fixture
def system(store_url):
    system = System(store_url)
    system.intake().take([json.dumps(action).encode() for action in city()])
    yield system
    system.close()


def worker(system):
    """One that was begun just now: all it knows stands in the store."""
    return Intake(system.intake(), in_clear, queue="petition.actions")


def worked(number, **more):
    told = {**registered(number), "id": f"W-{number}", "type": "petition.worked.v1", "data": {"what": "来电询问"}}
    return {**told, **more}


def refusals(system):
    return [(rejection.code, times) for _, rejection, times in system.log.rejected()]


EARLY, FIRST = Record(0, worked(1)), Record(1, registered(1))


def test_what_was_refused_and_comes_again_stays_refused(system):
    for _ in range(3):
        worker(system).take([Batch((EARLY, FIRST))])
    assert system.log.head().position == 4
    assert refusals(system) == [("unknown-subject", 1)]


def test_what_was_refused_and_is_sent_again_is_taken(system):
    worker(system).take([Batch((EARLY, FIRST))])
    worker(system).take([Batch((EARLY, FIRST, replace(EARLY, offset=2)))])
    assert [entry.type for entry in system.log.read(3)] == ["petition.registered.v1", "petition.worked.v1"]


def test_a_topic_made_again_under_its_name_is_read_from_its_beginning(system):
    worker(system).take([Batch((EARLY, FIRST))])
    again = Intake(system.intake(), in_clear, queue="petition.actions, another one")
    again.take([Batch((EARLY,))])
    assert system.log.head().position == 5


def test_where_the_mark_is_wrong_nothing_is_lost(system):
    """A cluster that lost its newest records gives their offsets to others."""
    worker(system).take([Batch((EARLY, FIRST))])
    worker(system).take([Batch((Record(0, registered(2)), Record(1, registered(3))))])
    assert system.log.head().position == 6


def test_how_far_it_is_stands_in_the_store(system):
    worker(system).take([Batch((EARLY, FIRST)), Batch((Record(6, registered(2), partition=1),))])
    assert worker(system).places([0, 1, 2]) == {0: 2, 1: 7, 2: 0}


def test_several_partitions_come_in_the_order_of_sending_and_each_in_its_own(system):
    """Of two batches of one partition, the second one's producer has a clock that is late."""
    first, second = Record(0, registered(1), 50), Record(1, worked(1), 40)
    other = [Record(0, registered(2), 45, partition=1), Record(1, worked(2), 60, partition=1)]
    worker(system).take([Batch((first,)), Batch((second,)), Batch(tuple(other))])
    assert refusals(system) == []
    assert [entry.subject[-1] for entry in system.log.read(3)] == ["2", "1", "1", "2"]


def test_a_record_that_does_not_say_when_it_was_sent_is_taken_too(system):
    timeless = Record(0, registered(2), None, partition=1)
    worker(system).take([Batch((Record(0, registered(1), 50),)), Batch((timeless,))])
    assert [entry.subject[-1] for entry in system.log.read(3)] == ["2", "1"]


def test_personal_fields_in_clear_are_told_once_a_minute_and_in_one_line(system, caplog, monkeypatch):
    minutes = iter([1000.0, 1001.0, 1002.0, 1061.0])
    monkeypatch.setattr(module, "monotonic", lambda: next(minutes))
    intake = worker(system)
    told = [registered(number, personal={"name": "李大山"}) for number in range(4)]
    told[0]["subject"] = told[3]["subject"] = "petition:1\nERROR danze: all is lost"
    for number, action in enumerate(told):
        intake.take([Batch((Record(number, action),))])
    key = "'petition:1\\nERROR danze: all is lost'"
    see = f"came with personal fields in clear, the last under {key}; see docs/decisions/0018"
    assert caplog.messages == [f"1 actions {see}", f"3 actions {see}"]
