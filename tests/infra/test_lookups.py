"""Who alters what the log is looked up by is found, and is told that the record itself is whole."""

from __future__ import annotations

import sqlite3
import sys
from array import array
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from infra.log import index, lookups
from infra.log.open import open_log
from infra.log.port import Log, StoreError
from infra.log.verify import verify
from infra.log.verify_stretches import stretches
from infra.seals.audit import Sealed
from infra.seals.memory import Memory, resumed
from infra.seals.sealer import Folder
from tests.infra.samples import entries

EVENTS, LENGTH = 300, 64
SUBJECTS = [f"petition:{(n * n) % 23}" for n in range(EVENTS)]


@pytest.fixture
def path(tmp_path: Path, monkeypatch) -> Path:
    """A log with runs of several levels, and a tail."""
    monkeypatch.setattr(index, "TAIL", 16)
    monkeypatch.setattr(lookups, "AT_ONCE", 40)
    with closing(open_log(str(tmp_path / "danze.db"))) as log:
        events = entries(SUBJECTS)
        for at in range(0, EVENTS, 10):
            log.append(events[at : at + 10], [], after=at)
    return tmp_path / "danze.db"


@pytest.fixture
def log(path: Path) -> Iterator[Log]:
    with closing(open_log(str(path))) as opened:
        yield opened


def sql(path: Path, statement: str, *parameters: object) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        store.execute(statement, parameters)


def at_fault(log: Log) -> tuple[int, str]:
    """The first bad position, and why; the same where several processes look."""
    said = verify(log)
    beside = stretches(f"sqlite:///{log.store.path}", EVENTS, processes=2, length=LENGTH)
    assert verify(log, stretches=beside)["first_bad"] == said["first_bad"]
    assert said["first_bad"]["why"].startswith("the look-up index is at fault, not the record: ")
    assert said["first_bad"]["why"].endswith("danze replay --index makes it again")
    return said["first_bad"]["position"], said["first_bad"]["why"]


def runs(path: Path) -> list[tuple[int, int, array]]:
    with closing(sqlite3.connect(path)) as store:
        found = store.execute("SELECT first, last, entries FROM runs ORDER BY first").fetchall()
    return [(first, last, array("Q", blob)) for first, last, blob in found]


def test_a_sound_index_is_no_fault(log, path):
    assert len(runs(path)) > 2
    assert verify(log)["ok"]
    assert verify(log, stretches=stretches(f"sqlite:///{path}", EVENTS, processes=2, length=LENGTH))["ok"]


def lost(entries, at):
    del entries[at]


def emptied(entries, at):
    entries[at] = 0


def led_elsewhere(entries, at):
    entries[at] ^= 1 << 40


def said_twice(entries, at):
    entries.insert(at, entries[at])


def led_to_another_event(entries, at):
    """The same subject or key, and the place of an earlier event."""
    entries[at] -= 1


@pytest.mark.parametrize("alter", [lost, emptied, led_elsewhere, said_twice, led_to_another_event])
@pytest.mark.skipif(sys.byteorder == "big", reason="runs are read as they lie")
def test_every_alteration_of_a_run_is_found_where_it_leads_astray(log, path, alter):
    random = Random(alter.__name__)
    for first, last, sound in runs(path):
        at = random.randrange(len(sound))
        changed = array("Q", sound)
        alter(changed, at)
        changed = array("Q", sorted(changed))
        sql(path, "UPDATE runs SET entries = ? WHERE first = ?", changed.tobytes(), first)
        wrong = {each & index.POSITION for each in set(sound) ^ set(changed)} or {sound[at] & index.POSITION}
        within = {each for each in wrong if first <= each <= last}
        found = at_fault(log)[0]
        assert found == min(within) if within == wrong else found <= min(within)
        sql(path, "UPDATE runs SET entries = ? WHERE first = ?", sound.tobytes(), first)
    assert verify(log)["ok"]


def test_a_run_in_no_order_is_found(log, path):
    first, _, sound = runs(path)[0]
    sql(path, "UPDATE runs SET entries = ? WHERE first = ?", array("Q", reversed(sound)).tobytes(), first)
    assert at_fault(log) == (first, at_fault(log)[1])
    assert "is in no order" in at_fault(log)[1]


@pytest.mark.parametrize("entries", [b"\1\2\3", b"", "text", 7, bytes(8 * 64)])
def test_a_damaged_run_is_a_fault_and_to_who_looks_up_a_sentence(log, path, entries):
    sql(path, "UPDATE runs SET entries = ? WHERE first = 1", entries)
    assert at_fault(log)[0] == 1
    for ask in (lambda: log.stream("petition:1"), lambda: log.known([b"k" * 16]), lambda: [*log.of_kind("petition")]):
        with pytest.raises(StoreError, match="look-up index of this store, not the record, is damaged at position 1"):
            ask()


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("DELETE FROM runs WHERE first = 1", 1),
        ("UPDATE runs SET last = last - 1 WHERE first = 1", None),
        ("UPDATE runs SET last = 'x' WHERE first = 1", 1),
        ("UPDATE runs SET last = last + 1000 WHERE first = (SELECT max(first) FROM runs)", None),
        ("INSERT INTO runs SELECT 400, 500, 0, entries FROM runs WHERE first = 1", None),
    ],
)
def test_stretches_that_are_missing_or_cover_what_they_should_not_are_found(log, path, statement, position):
    sql(path, statement)
    assert at_fault(log)[0] == (position or at_fault(log)[0])


def test_without_any_run_the_events_themselves_are_read(log, path):
    sql(path, "DELETE FROM runs")
    assert verify(log)["ok"]
    assert len(log.stream("petition:1")) == SUBJECTS.count("petition:1")


def test_the_index_made_again_leads_to_every_event_also_who_has_the_old_one_in_memory(log, path):
    blob = runs(path)[0][2]
    sql(path, "UPDATE runs SET entries = ? WHERE first = 1", array("Q", [each ^ 1 << 40 for each in blob]).tobytes())
    assert log.known([entries(SUBJECTS)[0].key]) == {}
    with closing(open_log(str(path))) as other:
        assert other.reindex() == EVENTS
    assert verify(log)["ok"]
    assert [*log.known([entries(SUBJECTS)[0].key]).values()] == [(1, entries(SUBJECTS)[0].digest)]
    assert len(log.stream("petition:1")) == SUBJECTS.count("petition:1")
    more = entries([*SUBJECTS, *[f"petition:{n}" for n in range(100, 160)]])[EVENTS:]
    log.append(more, [], after=EVENTS)
    assert verify(log)["ok"]


def test_a_record_at_fault_is_told_before_its_index(log, path):
    sql(path, "DELETE FROM runs WHERE first = 1")
    sql(path, "UPDATE stored_events SET leaf = x'00' WHERE rowid = 200")
    assert verify(log)["first_bad"] == {"position": 200, "why": "the stored leaf is not the hash of the stored bytes"}


def test_who_goes_on_from_the_last_time_finds_it_in_what_is_read_again(log, path, tmp_path):
    def going_on() -> dict:
        memory = Memory(tmp_path / "verified")
        answer = resumed(log, memory, Sealed(Folder(tmp_path / "seals")), 2 * EVENTS)
        memory.save()
        return answer

    assert going_on()["ok"]
    assert going_on()["ok"]
    first, _, sound = runs(path)[0]
    changed = array("Q", sorted(each ^ (1 << 40 if each & index.POSITION == 5 else 0) for each in sound))
    sql(path, "UPDATE runs SET entries = ? WHERE first = ?", changed.tobytes(), first)
    assert going_on()["first_bad"]["position"] == 5
