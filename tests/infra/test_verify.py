"""Whoever changes the store behind danze's back is found, at the right position."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.log.open import open_log
from infra.log.port import Log, StoreError
from infra.log.verify import verify
from tests.infra.samples import entries, entry

SUBJECTS = ["petition:A", "petition:B", "petition:A", "unit:X", "petition:B", "petition:A"]
Tamper = Callable[..., None]


@pytest.fixture
def log(store_url: str) -> Iterator[Log]:
    opened = open_log(store_url)
    opened.append(entries(SUBJECTS), [], after=0)
    yield opened
    opened.close()


@pytest.fixture
def tamper(log: Log) -> Tamper:
    """Runs SQL on the store; `{events}` is its table, `{position}` its position column, ? a parameter."""

    def run(statement: str, *parameters: Any) -> None:
        store = log.store  # type: ignore[attr-defined]
        with store.cursor(commit=True) as cursor:
            if hasattr(store, "recorder"):
                schema = store.place.schema
                names = {"events": f"{schema}.stored_events", "meta": f"{schema}.meta", "position": "notification_id"}
                cursor.execute(statement.format(**names).replace("?", "%s"), parameters)
            else:
                names = {"events": "stored_events", "meta": "meta", "position": "rowid"}
                cursor.execute(statement.format(**names), parameters)

    return run


def bad(log: Log) -> tuple[int, str]:
    found = verify(log)
    assert not found["ok"]
    return found["first_bad"]["position"], found["first_bad"]["why"]


def test_a_sound_log_is_ok(log: Log) -> None:
    reached: list[int] = []
    found = verify(log, progress=reached.append)
    assert (found["ok"], found["events"], found["first_bad"], reached) == (True, 6, None, [6])
    assert found["checkpoint"]["size"] == 6


def test_an_empty_log_is_ok(tmp_path: Any) -> None:
    assert verify(open_log(str(tmp_path / "empty.db")))["checkpoint"] == {
        "size": 0,
        "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    }


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("originator_id", "petition:C"),
        ("originator_version", 9),
        ("topic", "petition.closed.v1"),
        ("state", b'{"id":"1"}'),
        ("recorded", 1),
        ("key", b"k" * 16),
        ("digest", b"short"),
        ("leaf", b"l" * 32),
    ],
)
def test_a_changed_column_is_found(log: Log, tamper: Tamper, column: str, value: object) -> None:
    tamper(f"UPDATE {{events}} SET {column} = ? WHERE {{position}} = 3", value)
    assert bad(log)[0] == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(position=st.integers(1, 6), byte=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_any_changed_byte_of_an_event_is_found(log: Log, tamper: Tamper, position: int, byte: int, flip: int) -> None:
    stored = log.raw_entries(position - 1, 1)[0].body
    changed = bytearray(stored)
    changed[byte % len(stored)] ^= flip
    tamper("UPDATE {events} SET state = ? WHERE {position} = ?", bytes(changed), position)
    assert bad(log) == (position, "the stored leaf is not the hash of the stored bytes")
    tamper("UPDATE {events} SET state = ? WHERE {position} = ?", stored, position)
    assert verify(log)["ok"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # PostgreSQL's columns have types
@pytest.mark.parametrize("column", ["state", "recorded", "key", "digest", "leaf", "originator_version"])
@pytest.mark.parametrize("value", ["text", 7, 1.5])
def test_a_column_of_another_type_is_found(log: Log, tamper: Tamper, column: str, value: object) -> None:
    tamper(f"UPDATE {{events}} SET {column} = ? WHERE {{position}} = 3", value)
    assert bad(log)[0] == 3


def test_a_missing_event_is_found(log: Log, tamper: Tamper) -> None:
    tamper("DELETE FROM {events} WHERE {position} = 4")
    assert bad(log) == (4, "the event is missing: 5 follows 3")


def test_a_missing_first_event_is_found(log: Log, tamper: Tamper) -> None:
    tamper("DELETE FROM {events} WHERE {position} = 1")
    assert bad(log)[0] == 1


def test_a_cut_tail_is_found(log: Log, tamper: Tamper) -> None:
    tamper("DELETE FROM {events} WHERE {position} > 4")
    assert bad(log) == (5, "the tail was cut: the last append ended at 6")


def test_an_emptied_log_is_found(log: Log, tamper: Tamper) -> None:
    tamper("DELETE FROM {events}")
    assert bad(log)[0] == 1


def test_a_replaced_last_event_is_found(log: Log, tamper: Tamper, store_url: str) -> None:
    forged = entry("petition:A", 3, 77, seconds=6)
    from infra.log.port import leaf_of

    tamper(
        "UPDATE {events} SET state = ?, key = ?, leaf = ?, recorded = ? WHERE {position} = 6",
        forged.body, forged.key, leaf_of(forged.body), forged.recorded,
    )  # fmt: skip
    assert bad(log) == (6, "the last event is not the one that the last append wrote")


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # PostgreSQL's unique index refuses it
def test_two_events_of_one_source_and_id_are_found(log: Log, tamper: Tamper) -> None:
    from infra.log.port import leaf_of

    twin = entry("petition:A", 3, 2, seconds=6)
    tamper(
        "UPDATE {events} SET state = ?, key = ?, leaf = ?, recorded = ? WHERE {position} = 6",
        twin.body, twin.key, leaf_of(twin.body), twin.recorded,
    )  # fmt: skip
    assert bad(log) == (6, "an earlier event has the same source and id")


@pytest.mark.parametrize("position", [0, -1, -(2**63)])
def test_a_row_before_the_first_event_is_found_which_readers_pass_over(log: Log, tamper: Tamper, position: int) -> None:
    columns = "originator_id, originator_version, topic, state, recorded, key, digest, leaf"
    chosen = columns.replace("originator_version", "99").replace(", key", ", ?")
    tamper(
        f"INSERT INTO {{events}} ({{position}}, {columns}) SELECT ?, {chosen} FROM {{events}} WHERE {{position}} = 3",
        position, b"k" * 16,
    )  # fmt: skip
    assert bad(log) == (position, "a row stands before the first event, where none can be")
    assert len(log.read(0)) == len(SUBJECTS)


@pytest.mark.parametrize("note", ["x", "[]", '["a", "b"]', "[6, 7]", "6"])
def test_a_note_of_the_last_append_that_danze_never_wrote_is_found(log: Log, tamper: Tamper, note: str) -> None:
    tamper("UPDATE {meta} SET value = ? WHERE name = 'head'", note)
    assert bad(log) == (6, "the note of the last append is not what danze writes: somebody altered it")


def test_a_store_whose_notes_are_no_numbers_is_refused_in_a_sentence(log: Log, tamper: Tamper, store_url: str) -> None:
    log.set_mark("relay", 3)
    tamper("UPDATE {meta} SET value = 'x'")
    with pytest.raises(StoreError, match="'relay' is no number"):
        log.mark("relay")
    with pytest.raises(StoreError, match="'format' is no number"):
        open_log(store_url)
