"""A restore tells all that is to be done after it, whatever became of the store that the backup was made of."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.system.command import Danze, Said, city, registered

UNNAMED = "take no more actions"


@pytest.fixture
def danze(tmp_path: Path) -> Danze:
    """A small city, sealed."""
    (tmp_path / "office").mkdir()
    danze = Danze(tmp_path / "office/danze.db")
    danze.emit(*city(), registered(1, personal={"name": "周小华"}, petitioners=["person:x"]))
    danze("seal")
    return danze


@pytest.fixture
def backup(danze: Danze, tmp_path: Path) -> Path:
    """Made as by hand: of a store named from the folder that it is in."""
    here = {"cwd": tmp_path / "office"}
    assert danze("backup", tmp_path / "backup", "--store", "sqlite:///danze.db", **here).code == 0
    return tmp_path / "backup"


def restored(backup: Path, to: Path) -> Said:
    """By somebody in another folder, who was not given the keys that are kept apart."""
    (folder := to.parent).mkdir(exist_ok=True)
    store = Danze(to, DANZE_MASTER_KEY_FILE=str(folder / "nokey"))
    return store("restore", backup, "--forgotten", "nobody", cwd=folder)


def old_fashioned(backup: Path) -> None:
    """The backup as it was made before its page said where the store is."""
    page = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))
    (backup / "manifest.json").write_text(json.dumps({**page, "store": "sqlite:///danze.db"}), encoding="utf-8")


def test_a_store_that_does_not_open_any_more_keeps_nobody_from_restoring_it(danze, backup, tmp_path):
    """The usual disaster: all was restored, and it ended with exit code 2 and without a word of what comes next."""
    with Path(danze.store).open("r+b") as log:
        log.write(os.urandom(4096))
    said = restored(backup, tmp_path / "new/new.db")
    assert (said.code, said.err) == (0, "")
    assert f"{danze.store} cannot be opened: keep it as it is" in said.out
    assert "no action is taken yet, and nothing personal is read" in said.out, "the rest is told, too"


def test_of_a_store_that_went_on_it_is_said_from_whichever_folder(danze, backup, tmp_path):
    danze.emit(registered(2))
    said = restored(backup, tmp_path / "new/new.db")
    assert f"{danze.store} is still there, with {danze.events()} events: let one of the two" in said.out


def test_another_store_of_the_same_name_is_not_taken_for_the_one_that_the_backup_is_of(danze, backup, tmp_path):
    old_fashioned(backup)
    stranger = Danze(tmp_path / "new/danze.db")
    (tmp_path / "new").mkdir()
    stranger.emit(*city(), *[registered(n) for n in range(5, 12)])
    said = restored(backup, tmp_path / "new/new.db")
    assert said.code == 0
    assert "let sqlite:///danze.db take no more actions, wherever it still runs" in said.out


def test_another_log_in_the_place_of_the_old_one_is_not_taken_for_it(danze, backup, tmp_path):
    Path(danze.store).unlink()
    for left in Path(danze.store).parent.iterdir():
        left.rename(tmp_path / left.name)
    danze.emit(*city(), *[registered(n) for n in range(5, 12)])
    assert f"let {danze.store} take no more actions" in restored(backup, tmp_path / "new/new.db").out


def test_a_store_restored_into_its_own_place_is_not_told_to_rest(danze, backup, tmp_path):
    office = Path(danze.store).parent
    office.rename(tmp_path / "lost")
    said = restored(backup, office / "danze.db")
    assert said.code == 0
    assert UNNAMED not in said.out
