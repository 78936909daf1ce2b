"""What a store cannot do for now is 503 over HTTP, with a sentence in the log; when it is mended all goes on."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.embedded import filled, mounted
from tests.system.command import Danze, city, registered
from tests.system.test_besides import Served

SEALED = registered(1, personal={"name": "李大山"})


def refused(served: Served, code: str, path: str, *actions: dict[str, object]) -> str:
    """It is 503 with this code, and is to be tried again; what the problem says more."""
    status, headers, body = served.asked(path, *actions)
    told = json.loads(body)
    assert (status, headers["retry-after"], told["code"]) == (503, "60", code), served.said.read_text()
    return str(told["detail"])


@pytest.mark.parametrize("verb", ["run", "api"])
def test_a_master_key_that_was_rotated_away_is_said_until_it_begins_with_the_new_one(tmp_path: Path, verb: str) -> None:
    new, store = tmp_path / "new", tmp_path / "danze.db"
    danze = Danze(store, DANZE_MASTER_KEY=base64.b64encode(os.urandom(32)).decode())
    danze.emit(*city(), SEALED)
    served = Served(danze, tmp_path / "said", verb)
    try:
        assert danze("keys", "rotate", "--new-key", new).code == 0
        assert refused(served, "no-master-key", "v1/actions", registered(2)).startswith("the master key")
        refused(served, "no-master-key", "v1/petitions/P-1/personal")
        assert json.loads(served.asked("v1/petitions")[2])["total"] == 1, "what is sealed to nobody is answered"
    finally:
        said = served.ended()
    assert f"the master key does not fit the keys in {store}.keys; it may have been rotated" in said
    assert "Traceback" not in said
    danze = Danze(store, DANZE_MASTER_KEY_FILE=str(new))
    served = Served(danze, tmp_path / "said", verb)
    try:
        assert json.loads(served.asked("v1/actions", registered(2))[2])["recorded"] == 1
    finally:
        served.ended()


def test_a_master_key_that_was_rotated_in_its_file_is_read_anew(danze: Danze, tmp_path: Path) -> None:
    danze.emit(*city(), SEALED)
    served = Served(danze, tmp_path / "said", "api")
    try:
        assert danze("keys", "rotate").code == 0
        assert json.loads(served.asked("v1/actions", registered(2))[2])["recorded"] == 1
        assert "李大山" in served.asked("v1/petitions/P-1/personal")[2].decode()
    finally:
        assert "Traceback" not in served.ended()


def spoilt(file: Path, table: str) -> None:
    """The first page of a table is noise."""
    with closing(sqlite3.connect(file)) as rows:
        rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = rows.execute("PRAGMA page_size").fetchone()
        (page,) = rows.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    with file.open("r+b") as pages:
        pages.seek((page - 1) * size)
        pages.write(b"\xa5" * size)


def test_read_models_that_are_damaged_are_made_again_by_who_does_as_the_sentence_says(
    danze: Danze, store: Path, tmp_path: Path
) -> None:
    danze.emit(*city(), SEALED)
    spoilt(views := store.with_name("danze.db.views"), "cases_1")
    assert doctors(danze) == ("broken", "docs/runbooks.md#read-models-are-damaged")
    served = Served(danze, tmp_path / "said", "api")
    try:
        assert "damaged" in refused(served, "damaged", "v1/petitions?limit=1")
    finally:
        said = served.ended()
    assert f"{views} is no danze store, or is damaged" in said
    assert "it holds read models only: end danze, delete it with its -wal and -shm" in said
    assert "Traceback" not in said
    for file in store.parent.glob("*.views*"):
        file.unlink()
    served = Served(danze, tmp_path / "said")
    try:
        assert json.loads(served.asked("v1/petitions?limit=1")[2])["total"] == 1
    finally:
        served.ended()
    assert doctors(danze) == ("fine", "")


def doctors(danze: Danze) -> tuple[str, str]:
    """How the doctor finds the read models, and what is to be done."""
    checks = danze("doctor", "--json").json["checks"]
    return next((each["level"], each["do"]) for each in checks if each["what"] == "read models")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    (place := tmp_path / "disk").mkdir()
    if not mounted(place, 3):
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_what_the_log_took_and_read_models_have_no_room_for_is_answered_when_there_is(
    danze: Danze, store: Path, small_disk: Path, tmp_path: Path
) -> None:
    danze.emit(*city())
    views = store.with_name("danze.db.views")
    views.symlink_to(shutil.move(views, small_disk))
    served = Served(danze, tmp_path / "said")
    try:
        assert json.loads(served.asked("v1/petitions")[2])["total"] == 0
        filled(small_disk / "ballast", 0)
        assert json.loads(served.asked("v1/actions", registered(1))[2])["recorded"] == 1
        assert refused(served, "no-space", "v1/petitions").endswith("try again when there is room")
        (small_disk / "ballast").unlink()
        assert json.loads(served.asked("v1/petitions")[2])["total"] == 1
    finally:
        assert "Traceback" not in served.ended()
