"""The log keeps what it promises, on every store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.log.open import open_log
from infra.log.port import Conflict, Cut, Head, Log, NewEntry, StoreError, StoreTooNew
from tests.infra.samples import START, entries, entry, microseconds, rejection

A, B, UNIT = "petition:430400-2020-000001", "petition:430408-2020-000002", "unit:430400-xfj"


@pytest.fixture
def log(store_url: str) -> Iterator[Log]:
    opened = open_log(store_url)
    yield opened
    opened.close()


def put(log: Log, *new: NewEntry) -> Head:
    return log.append(new, [], after=log.head().position)


def test_an_empty_log_is_at_zero(log: Log) -> None:
    assert log.head() == Head(0, 0)
    assert log.read(0) == []
    assert log.at(microseconds(START)) == 0
    assert log.remembered() is None


def test_a_log_that_was_closed_says_so_and_opens_nothing_anew(log: Log) -> None:
    """Who still works on it, as a thread of a process that ends, is told as of any other trouble."""
    put(log, *entries([A]))
    log.close()
    for ask in (log.head, lambda: log.append([], [], after=1), lambda: log.set_mark("relay", 1)):
        with pytest.raises(StoreError, match="closed"):
            ask()


def test_events_get_positions_in_order_and_keep_their_bytes(log: Log) -> None:
    new = entries([A, B, A])
    assert put(log, *new) == Head(3, new[2].recorded)
    assert [(e.position, e.subject, e.version, e.body) for e in log.read(0)] == [
        (1, A, 1, new[0].body),
        (2, B, 1, new[1].body),
        (3, A, 2, new[2].body),
    ]
    assert log.get(2) == log.read(1, upto=2)[0]
    assert log.get(4) is None


def test_a_cut_tells_how_far_all_of_it_is(log: Log) -> None:
    assert log.cut() == Cut(0, 0, {})
    put(log, *entries([A, B]))
    log.append([], [rejection(1)], after=2)
    for name, place in (("relay", 2), ("petition.actions x 0", 7)):
        log.set_mark(name, place)
    assert log.cut() == Cut(2, 1, {"relay": 2, "petition.actions x 0": 7})
    log.forget_mark("relay")
    assert (log.mark("relay"), log.cut().marks) == (0, {"petition.actions x 0": 7})


def test_a_stream_holds_one_subject_in_version_order(log: Log) -> None:
    put(log, *entries([A, B, A, A]))
    assert [e.version for e in log.stream(A)] == [1, 2, 3]
    assert [e.version for e in log.stream(A, upto=3)] == [1, 2]
    assert [e.position for e in log.streams([A, B, "petition:none"])] == [1, 2, 3, 4]
    assert log.stream("petition:none") == []


def test_a_kind_is_not_mistaken_for_another_that_begins_alike(log: Log) -> None:
    put(log, *entries([UNIT, "unitary:1", A, UNIT]))
    assert [e.position for e in log.of_kind("unit")] == [1, 4]
    assert [e.position for e in log.of_kind("unit", upto=3)] == [1]


def test_who_reads_a_kind_may_ask_meanwhile(log: Log) -> None:
    put(log, *entries([UNIT, A, UNIT, UNIT]))
    with log.turn():
        asked = [(e.position, log.head().position, len(log.stream(A))) for e in log.of_kind("unit")]
    assert asked == [(1, 4, 1), (3, 4, 1), (4, 4, 1)]


def test_touches_find_events_of_other_subjects(log: Log) -> None:
    put(log, entry(A, 1, 1), entry(B, 1, 2, touches=(f"matter:{A}",)), entry(B, 2, 3))
    assert [e.position for e in log.touching(f"matter:{A}")] == [2]
    assert log.touching(f"matter:{A}", upto=1) == []
    assert log.touched(0, 3) == {2: (f"matter:{A}",)}
    assert log.touched(2, 3) == {}


def test_keys_tell_what_is_known(log: Log) -> None:
    new = entries([A, B])
    put(log, *new)
    assert log.known([new[1].key, b"?" * 16]) == {new[1].key: (2, new[1].digest)}
    assert log.known([]) == {}


def test_as_of_finds_the_last_position_recorded_by_then(log: Log) -> None:
    put(log, entry(A, 1, 1), entry(A, 2, 2), entry(A, 3, 3, seconds=60))
    start = microseconds(START)
    assert [log.at(start - 1), log.at(start), log.at(start + 1), log.at(start + 60_000_000)] == [0, 2, 2, 3]


def test_an_append_decided_on_an_older_log_is_a_conflict(log: Log) -> None:
    put(log, entry(A, 1, 1))
    with pytest.raises(Conflict):
        log.append([entry(B, 1, 2)], [], after=0)
    assert log.head().position == 1


def test_time_never_runs_backwards_within_a_batch_or_behind_the_log_s_last(log: Log) -> None:
    with pytest.raises(ValueError, match="recorded before"):
        put(log, entry(A, 1, 1, seconds=9), entry(A, 2, 2, seconds=8))
    put(log, entry(A, 1, 1, seconds=9))
    with pytest.raises(ValueError, match="recorded before"):
        put(log, entry(B, 1, 2, seconds=8))


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_must_follow_its_subject_s_last(log: Log, version: int) -> None:
    put(log, entry(A, 1, 1))
    with pytest.raises(Conflict):
        put(log, entry(B, 1, 2), entry(A, version, 3))
    assert log.head().position == 1
    assert log.stream(B) == []


def test_a_key_is_taken_once(log: Log) -> None:
    put(log, entry(A, 1, 1))
    with pytest.raises(Conflict):
        put(log, entry(B, 1, 1))
    with pytest.raises(Conflict):
        put(log, entry(B, 1, 2), entry(B, 2, 2))
    assert log.head().position == 1


def test_a_rejection_is_kept_once_and_counted(log: Log) -> None:
    first = rejection(1)
    log.append([], [first, rejection(2)], after=0)
    log.append([entry(A, 1, 1)], [rejection(1, seconds=5), rejection(1, code="bad-value")], after=0)
    assert log.rejected() == [(1, first, 2), (2, rejection(2), 1), (3, rejection(1, code="bad-value"), 1)]
    assert [number for number, _, _ in log.rejected(after=1, limit=1)] == [2]


def test_a_conflict_keeps_no_rejection(log: Log) -> None:
    put(log, entry(A, 1, 1))
    with pytest.raises(Conflict):
        log.append([], [rejection(1)], after=0)
    assert log.rejected() == []


def test_leaves_and_the_last_head_are_stored(log: Log) -> None:
    put(log, *entries([A, B, A]))
    leaves = log.leaves()
    assert [position for position, _ in leaves] == [1, 2, 3]
    assert log.leaves(after=1, limit=1) == leaves[1:2]
    assert log.remembered() == leaves[2]
    assert [row.leaf for row in log.raw_entries(1)] == [leaf for _, leaf in leaves[1:]]


def test_a_log_is_the_same_when_opened_again(log: Log, store_url: str) -> None:
    new = entries([A, B, A])
    put(log, *new)
    again = open_log(store_url)
    assert again.read(0) == log.read(0)
    assert again.known([e.key for e in new]) == log.known([e.key for e in new])
    put(again, entry(A, 3, 9, seconds=9))
    assert [e.version for e in log.stream(A)] == [1, 2, 3]
    again.close()


def test_the_library_reads_the_log_as_its_own(log: Log) -> None:
    new = entries([A, B, A])
    put(log, *new)
    recorder = log.recorder  # type: ignore[attr-defined]
    assert recorder.max_notification_id() == 3
    assert [(n.id, n.originator_id, n.state) for n in recorder.select_notifications(2, 10)] == [
        (2, B, new[1].body),
        (3, A, new[2].body),
    ]
    assert [(e.originator_version, e.topic) for e in recorder.select_events(A, gt=1)] == [(2, "petition.referred.v1")]


def test_a_store_of_a_later_danze_is_not_opened(log: Log, store_url: str) -> None:
    cursor_of = log.store.cursor  # type: ignore[attr-defined]
    with cursor_of(commit=True) as cursor:
        table = "meta" if store_url.startswith("sqlite") else f"{log.store.place.schema}.meta"  # type: ignore[attr-defined]
        cursor.execute(f"UPDATE {table} SET value = '99' WHERE name = 'format'")
    with pytest.raises(StoreTooNew, match="format 99"):
        open_log(store_url)


def test_a_store_that_must_exist_is_not_made(store_url: str) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        open_log(store_url, create=False)
