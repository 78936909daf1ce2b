"""Who may read what danze makes; and that asking a backup makes nothing beside it, also where nothing can be made."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.system.command import DANZE, Danze
from tests.system.test_read_only import alone

PARKING = Path(__file__).resolve().parents[2] / "docs/examples/parking.jsonl"
FOR_ALL = ("danze.db.seals", "danze.db.access.seals", "manifest.json")
"""What is meant to be given away: checkpoints; and the page of a backup, which lies in a folder of its owner's."""
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@pytest.fixture
def danze(tmp_path: Path) -> Danze:
    (tmp_path / "store").mkdir()
    return Danze(tmp_path / "store/danze.db", TMPDIR=str(tmp_path))


def readable_by_others(folder: Path) -> list[str]:
    """What others may read, change or look into, below a folder."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and not {*path.relative_to(folder).parts} & {*FOR_ALL}
    )


def umask_022() -> None:
    os.umask(0o022)


def test_what_holds_the_record_or_its_keys_is_made_for_its_owner_alone_whatever_the_umask(danze, tmp_path):
    def ran(*arguments: object) -> None:
        said = danze(*arguments, preexec_fn=umask_022)
        assert said.code == 0, said

    store, kept = tmp_path / "store", tmp_path / "kept"
    for folder in (kept, tmp_path / "new"):
        folder.mkdir()
    ran("emit", "--history", PARKING)
    ran("seal")
    ran("token", "issue", "--role", "auditor")
    ran("counters", "--as-of", "2020-06-01")  # makes the read models of the past
    ran("webhook", "list")
    ran("backup", kept / "backup")
    danze.environment["DANZE_MASTER_KEY_FILE"] = str(store / "danze.db.master")
    ran("restore", kept / "backup", "--store", tmp_path / "new/danze.db", "--forgotten", "nobody")
    made = {path.name for path in store.iterdir()}
    assert {"danze.db", "danze.db.keys", "danze.db.views", "danze.db.past", "danze.db.seals"} <= made
    for folder in (store, kept, tmp_path / "new"):
        assert readable_by_others(folder) == []


def test_what_was_refused_and_who_is_to_be_forgotten_is_for_its_owner_alone(danze, tmp_path):
    actions, refused, forget = (tmp_path / f"{name}.jsonl" for name in ("actions", "refused", "forget"))
    actions.write_text('{"id":"1","source":"/window","data":{"personal":{"name":"周小华"}}}\n', encoding="utf-8")
    (tmp_path / "forget.jsonl.part").touch(0o644)
    assert danze("emit", actions, "--rejected", refused, preexec_fn=umask_022).code == 1
    asked = ("--older-than", "1d", "--actions", forget, "--actor", "official:a", "--unit", "unit:bureau")
    assert danze("keys", "retention", *asked, preexec_fn=umask_022).code == 0
    assert "周小华" in refused.read_text(encoding="utf-8")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (refused, forget)] == [0o600, 0o600]


def test_a_file_that_somebody_gave_a_group_keeps_its_mode_and_so_has_what_lies_beside_it(danze, tmp_path):
    danze("emit", "--history", PARKING)
    (tmp_path / "store/danze.db").chmod(0o640)
    assert danze("seal", preexec_fn=umask_022).code == 0
    modes = {name: stat.S_IMODE((tmp_path / "store" / name).stat().st_mode) for name in ("danze.db", "danze.db.seal")}
    assert modes == {"danze.db": 0o640, "danze.db.seal": 0o640}


def test_verifying_leaves_no_file_beside_a_backup(danze, tmp_path):
    danze("emit", "--history", PARKING)
    danze("backup", tmp_path / "backup")
    before = sorted(tmp_path.rglob("*"))
    assert danze("verify", "--store", tmp_path / "backup/danze.db").code == 0
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(not shutil.which("unshare") or not alone(), reason="needs root and mounts of its own")
def test_a_backup_on_a_medium_that_is_read_only_is_verified_and_asked(danze, tmp_path):
    danze("emit", "--history", PARKING)
    danze("seal")
    heard = Danze(danze.store, **{**danze.environment, "DANZE_WEBHOOK_HOSTS": "https://a.example"})
    assert heard("webhook", "add", "https://a.example/in").code == 0
    danze("backup", tmp_path / "backup")
    before = sorted(tmp_path.rglob("*"))

    def said(*arguments: str) -> str:
        call = ["unshare", "--mount", "--propagation", "private", "sh", "-c", READ_ONLY, tmp_path / "backup"]
        store = ["--store", tmp_path / "backup/danze.db"]
        done = subprocess.run(
            [*call, DANZE, *arguments, *store], env=danze.environment, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    assert "28 of them sealed, 1 checkpoints agree" in said("verify")
    assert "cannot be opened for writing" in said("verify", "--read-models")  # there are none, and none can be made
    assert "cannot be opened for writing" in said("replay")
    assert "1 items" in said("search")
    found = said("doctor")
    assert "a checkpoint over all 28 events" in found
    assert "1 subscribers" in found
    assert "nothing can be written here" in found
    assert "copy the store" in found
    assert "danze replay" not in found
    assert "https://a.example/in" in said("webhook", "list")
    assert "referred" in said("show", "petition:430408-2020-000001")
    assert "danze.db" in said("tick")  # whatever it lacks there, it is a sentence
    assert sorted(tmp_path.rglob("*")) == before
