"""A store that cannot be used says so in a sentence; what can be made again is made again; asking creates nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.command import Danze, beside, city, ndjson, registered

SEALED = registered(1, personal={"name": "李大山"})


@pytest.fixture
def filled(danze: Danze) -> Danze:
    assert danze.emit(*city(), SEALED)["recorded"] == 4
    return danze


def by_hand(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(statement)


def test_asking_a_missing_store_creates_nothing(danze: Danze, store: Path) -> None:
    for question in (
        ("show", "petition:P-1"), ("findings",), ("search",), ("verify",), ("replay",), ("doctor",), ("tick",),
    ):  # fmt: skip
        danze(*question).refused("there is no store")
    assert list(store.parent.iterdir()) == []
    store.touch()
    danze("findings").refused("there is no store")
    assert beside(store) == [store]
    assert store.stat().st_size == 0
    assert danze.emit(*city())["recorded"] == 3


@pytest.mark.postgres
def test_asking_a_missing_schema_creates_nothing(postgres_store_url: str) -> None:
    danze = Danze(postgres_store_url)
    danze("findings").refused("there is no store")
    danze("verify").refused("there is no store")


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("mysql://host/db", "no kind of store"),
        ("sqlite://danze.db", "names no file"),
        ("", "names no store"),
        ("/nowhere/danze.db", "does not exist"),
        ("/tmp", "is a folder"),
        ("postgresql://postgres@127.0.0.1:1/db", "127.0.0.1"),
    ],
)
def test_a_store_that_cannot_be_is_refused(danze: Danze, url: str, word: str) -> None:
    danze("emit", "-", "--store", url, sent=ndjson(city())).refused(word)


def test_a_file_that_is_no_store_is_left_as_it_is(danze: Danze, store: Path) -> None:
    store.write_bytes(b"once upon a time " * 500)
    danze("emit", "-", sent=ndjson(city())).refused("no danze store")
    assert store.read_bytes() == b"once upon a time " * 500
    store.unlink()
    by_hand(store, "CREATE TABLE recipes (name TEXT)")
    before = store.read_bytes()
    danze("emit", "-", sent=ndjson(city())).refused("no danze store")
    danze("findings").refused("no danze store")
    assert (beside(store), store.read_bytes()) == ([store], before)


def test_a_store_of_a_later_danze_is_not_touched(filled: Danze, store: Path) -> None:
    by_hand(store, "UPDATE meta SET value = 99 WHERE name = 'format'")
    before = {file: file.read_bytes() for file in beside(store)}
    filled("emit", "-", sent=ndjson(city())).refused("format 99", "Upgrade")
    filled("findings").refused("format 99")
    assert {file: file.read_bytes() for file in beside(store)} == before


def test_a_damaged_log_is_a_sentence(filled: Danze, store: Path) -> None:
    by_hand(store, "PRAGMA wal_checkpoint(TRUNCATE)")
    with store.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (store.stat().st_size - 4096))
    said = filled("verify")
    assert (said.code, said.err) == (1, "")
    assert said.out.startswith("altered at position 1: the file is cut or damaged")
    filled("emit", "-", sent=ndjson([registered(2)])).refused("damaged")


def test_deleted_read_models_are_made_again(filled: Danze, store: Path) -> None:
    before = filled("search", "--json").out
    for file in store.parent.glob("*.views*"):
        file.unlink()
    assert filled("search", "--json").out == before


def test_read_models_of_an_older_format_are_made_again_and_replayed(filled: Danze, store: Path) -> None:
    before = filled("search", "--json").out
    assert filled("replay").code == 0
    by_hand(store.with_name("danze.db.views"), "UPDATE generations SET format = 1")
    assert filled("search", "--json").out == before
    assert set(filled("replay", "--json").json["differences"].values()) == {0}


def test_damaged_read_models_say_that_they_may_go(filled: Danze, store: Path) -> None:
    before = filled("search", "--json").out
    views = store.with_name("danze.db.views")
    whole = views.read_bytes()
    for damaged in (b"no database at all " * 1000, whole[:4096] + b"\xff" * (len(whole) - 4096)):
        views.write_bytes(damaged)
        for question in (("search",), ("show", "unit:organ"), ("replay",)):
            filled(*question).refused("danze.db.views", "delete it")
        views.unlink()
        assert filled("search", "--json").out == before


def test_read_models_whose_text_is_none_any_more_say_that_they_may_go(filled: Danze, store: Path) -> None:
    before = filled("search", "--json").out
    views = store.with_name("danze.db.views")
    by_hand(views, "PRAGMA wal_checkpoint(TRUNCATE)")
    views.write_bytes(views.read_bytes().replace("小区停车收费".encode(), b"\xff" * 18))
    said = filled("search")
    said.refused("danze.db.views", "damaged", "delete it")
    assert "\ufffd" not in said.err, "what was read there is not shown"
    assert filled("replay").code == 1
    assert filled("search", "--json").out == before


def test_read_models_of_another_log_are_noticed(filled: Danze, store: Path) -> None:
    for file in (store, store.with_name("danze.db-wal")):
        file.unlink(missing_ok=True)
    filled("emit", "-", sent=ndjson(city())).refused("read models have seen 4", "danze replay")
    assert filled("replay").code == 1
    assert filled.emit(*city(), registered(7))["recorded"] == 4
    assert [found["no"] for found in filled("search", "--json").json["petitions"]] == ["P-7"]


def test_the_log_answers_without_its_keys_but_takes_nothing(filled: Danze, store: Path) -> None:
    keys, master = store.with_name("danze.db.keys"), store.with_name("danze.db.master")
    for file in (keys, master):
        away = shutil.move(file, file.with_suffix(".away"))
        assert filled.events() == 4
        assert filled("show", "petition:P-1").code == 0
        filled("emit", "-", sent=ndjson([registered(2)])).refused(file.name)
        assert not file.exists()
        shutil.move(away, file)
    other = {"DANZE_MASTER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    Danze(store, **other)("emit", "-", sent=ndjson([registered(2)])).refused("master key does not fit")
    Danze(store, DANZE_MASTER_KEY="xyz")("emit", "-", sent=ndjson([registered(2)])).refused("no master key")
    raw = os.fsdecode(b"\xd0\xc5" * 16)  # 32 bytes, but not in base64
    told = Danze(store, DANZE_MASTER_KEY=raw)("emit", "-", sent=ndjson([registered(2)]))
    told.refused("no master key")
    assert "udcd0" not in told.err, "a key is told to nobody"
    keys_before = keys.read_bytes()
    keys.write_bytes(b"no database at all " * 1000)
    filled("emit", "-", sent=ndjson([registered(2)])).refused("danze.db.keys", "damaged")
    keys.write_bytes(keys_before)
    assert filled.emit(SEALED, registered(2)) == {"recorded": 1, "duplicate": 1, "rejected": 0}


@pytest.fixture
def nobody(filled: Danze, store: Path) -> Iterator[Danze]:
    """The same store for a user who may read it only."""
    if os.geteuid() != 0:
        yield filled
        return
    by_hand(store, "PRAGMA wal_checkpoint(TRUNCATE)")
    subprocess.run(["mount", "--bind", store.parent, store.parent], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", store.parent], check=True)
    yield filled
    subprocess.run(["umount", "-l", store.parent], check=True)


def test_a_read_only_store_takes_nothing(nobody: Danze, store: Path) -> None:
    if os.geteuid() != 0:
        for file in beside(store):
            file.chmod(0o400)
        store.parent.chmod(0o500)
    nobody("emit", "-", sent=ndjson([registered(2)])).refused("cannot be opened for writing")
    asked = nobody("show", "petition:P-1")
    if asked.code:
        asked.refused("cannot be opened for writing")
    nobody("replay").refused("cannot be opened for writing")
    store.parent.chmod(0o700) if os.geteuid() != 0 else None
