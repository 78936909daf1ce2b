"""A backup is made while the store works, is the store of one moment, and is a store again: or nothing at all.

Whoever was forgotten since is not readable again, and nothing is overwritten.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace

from cli.backing_up import _fold
from cli.wiring import now
from domain.reader import OPERATOR, Reader
from infra.backup.manifest import read
from infra.backup.restoring import _moved, restore
from infra.doors.access import accesses_of
from infra.log.urls import PostgresUrl, parse
from infra.webhooks.subscriptions import Wanted, subscriptions_of
from tests.patience import PATIENCE
from tests.system.command import Danze, action, city, registered

ASKED = {"name": "周小华", "phone": "13800001234", "text": "我家楼下乱收停车费"}
X, Y = "person:x", "person:y"
FORGOTTEN = action("F", "petitioner.forgotten", "petitioner:x", "2020-05-01T09:00:00+08:00", {"reason": "本人申请"})
TOLD = [*city(), registered(1, petitioners=[X], personal=ASKED), registered(2, petitioners=[Y], personal=ASKED)]
FINDINGS = ("findings", "--as-of", "2026-10-01")
REFUSED = {**registered(1, petitioners=[X], personal=ASKED), "id": "again"}


@pytest.fixture
def master(tmp_path: Path) -> str:
    """The master key, kept apart from the store and its backups."""
    key = tmp_path / "master"
    key.write_text("bWFzdGVyIGtleSBvZiAzMiBieXRlcywga2VwdCBhcGE=")
    key.chmod(0o600)
    return str(key)


@pytest.fixture
def danze(store_url: str, tmp_path: Path, master: str) -> Danze:
    """A small city, one refused action, all of it sealed."""
    danze = Danze(store_url, XDG_DATA_HOME=str(tmp_path / "share"), DANZE_MASTER_KEY_FILE=master)
    assert danze.emit(*TOLD)["rejected"] == 0
    assert danze.emit(REFUSED, REFUSED)["rejected"] == 2
    danze("seal", "--name", "example.org/hengyang")
    return danze


@pytest.fixture
def backup(danze: Danze, tmp_path: Path) -> Path:
    folder = tmp_path / "backup"
    made = danze("backup", folder, "--json").json
    assert (made["refused"], made["persons"], made["sealed"]) == (1, 2, made["events"]), made
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, master: str) -> Danze:
    (tmp_path / "elsewhere").mkdir()
    return Danze(tmp_path / "elsewhere/danze.db", DANZE_MASTER_KEY_FILE=master)


def answers(danze: Danze) -> list[Any]:
    """What an auditor and a clerk are told."""
    said = [danze("verify", "--json").json["checkpoint"]]
    said += [danze(*call, "--json").json for call in (("show", "petition:P-1"), ("matter", "P-1"), FINDINGS)]
    return said


def name_of(danze: Danze, number: int) -> str | None:
    """The petitioner's name as somebody reads it who may."""
    from infra.vault.vault import open_vault

    with pytest.MonkeyPatch.context() as patch:
        for variable in ("DANZE_MASTER_KEY_FILE", "XDG_DATA_HOME"):
            if variable in danze.environment:
                patch.setenv(variable, danze.environment[variable])
        from infra.log.open import open_log

        log, vault = open_log(danze.store, create=False), open_vault(danze.store, create=False)
        body = json.loads(log.stream(f"petition:P-{number}")[0].body)
        fields = vault.open(body["data"]["personal"])
        log.close()
        vault.close()
        return fields and fields["name"]


def test_what_was_restored_answers_as_before(danze, backup, elsewhere):
    before = answers(danze)
    said = elsewhere("restore", backup, "--forgotten", "nobody", "--json").json
    assert said["keyless"] is None
    assert said["root"] == before[0]["root"]
    assert answers(elsewhere) == before
    assert name_of(elsewhere, 1) == "周小华"
    verified = elsewhere("verify", "--json").json
    assert (verified["seals"]["sealed"], verified["seals"]["checkpoints"]) == (verified["events"], 1)
    assert "restored from a backup at 5" in elsewhere("doctor", "--json").out
    assert elsewhere.emit(REFUSED) == {"recorded": 0, "duplicate": 0, "rejected": 1}, "refused once, and known"
    assert elsewhere.emit(*TOLD)["duplicate"] == len(TOLD)


def test_a_backup_of_files_goes_onto_a_server_and_back(danze, backup, elsewhere, postgres_store_url, tmp_path):
    server = Danze(f"{postgres_store_url}_r", **{**danze.environment, "XDG_DATA_HOME": str(tmp_path / "other")})
    server.environment["DANZE_STORE"] = server.store
    before = answers(danze)
    assert server("restore", backup, "--forgotten", "nobody").code == 0
    assert answers(server) == before
    assert name_of(server, 2) == "周小华"
    server("restore", backup, "--forgotten", "nobody").refused("holds a log")
    assert server("backup", tmp_path / "back").code == 0
    assert elsewhere("restore", tmp_path / "back", "--forgotten", "nobody").code == 0
    assert answers(elsewhere) == before


def reads(danze: Danze) -> list[Any]:
    """Who read what, as an auditor is told of it; the log of it verifies with its seals."""
    verified = danze("verify", "--access", "--json").json
    assert (verified["first_bad"], verified["seals"]["problem"]) == (None, None)
    return [verified["checkpoint"], verified["seals"]["sealed"], danze("access", "--json").json]


def test_who_read_what_comes_back_with_its_seals(danze, elsewhere, postgres_store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", danze.environment["XDG_DATA_HOME"])
    with accesses_of(parse(danze.store), now) as accesses:
        for no in ("P-1", "P-2"):
            accesses.read(Reader("auditor", name="token:a1"), "GET /v1/petitions/{no}", {"no": no})
        accesses.flush()
        accesses.seal()
    before = reads(danze)
    assert (before[1], len(before[2])) == (2, 2)
    assert danze("backup", tmp_path / "one", "--json").json["accesses"] == 2
    assert elsewhere("restore", tmp_path / "one", "--forgotten", "nobody").code == 0
    assert reads(elsewhere) == before
    server = Danze(f"{postgres_store_url}_a", **{**danze.environment, "XDG_DATA_HOME": str(tmp_path / "other")})
    server.environment["DANZE_STORE"] = server.store
    assert server("restore", tmp_path / "one", "--forgotten", "nobody").code == 0
    assert reads(server) == before


def test_subscribers_come_back_paused_with_their_secrets_where_each_was_told_up_to(
    danze, elsewhere, postgres_store_url, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_DATA_HOME", danze.environment["XDG_DATA_HOME"])
    monkeypatch.setenv("DANZE_WEBHOOK_HOSTS", "http://127.0.0.1:1")
    book = subscriptions_of(parse(danze.store))
    told = {"down": 0, "ahead": 99, "gone": 1}
    made = {name: book.add(Wanted(f"http://127.0.0.1:1/{name}", OPERATOR), mark) for name, mark in told.items()}
    book.told(made["down"].id, 0, "1/finding.raised/F")
    book.failed(made["down"].id, 9e9, None)
    book.failed(made["gone"].id, 9e9, "gone")
    events = danze("backup", tmp_path / "one", "--json").json["events"]
    assert (tmp_path / "one/danze.db.webhooks").stat().st_mode & 0o077 == 0
    assert danze("backup", tmp_path / "two", "--json").json["subscriptions"] == 3
    server = Danze(f"{postgres_store_url}_w", **{**danze.environment, "XDG_DATA_HOME": str(tmp_path / "other")})
    server.environment["DANZE_STORE"] = server.store
    for restored in (elsewhere, server):
        said = restored("restore", tmp_path / "one", "--forgotten", "nobody").out
        assert "2 subscriptions to news are paused" in said
        assert "danze webhook resume ID" in said
        monkeypatch.setenv("XDG_DATA_HOME", restored.environment.get("XDG_DATA_HOME", ""))
        back = {each.id: each for each in subscriptions_of(parse(restored.store)).all()}
        why, heard = "restored from a backup", "1/finding.raised/F"
        assert back[made["down"].id] == replace(made["down"], last=heard, paused=why), "nobody heard what is on record"
        assert back[made["ahead"].id] == replace(made["ahead"], mark=events, paused=why)
        assert back[made["gone"].id] == replace(made["gone"], paused="gone")


def test_a_subscription_that_cannot_be_read_is_named_and_can_be_ended(danze, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", danze.environment["XDG_DATA_HOME"])
    monkeypatch.setenv("DANZE_WEBHOOK_HOSTS", "http://127.0.0.1:1")
    book = subscriptions_of(parse(danze.store))
    made = book.add(Wanted("http://127.0.0.1:1/a", OPERATOR), 1)
    with closing(sqlite3.connect(book.path)) as rows, rows:
        rows.execute("UPDATE subscriptions SET body = '{}'")
    danze("backup", tmp_path / "one").refused(f"danze webhook remove {made.id} ends it", "cannot be read")
    assert not (tmp_path / "one").exists()
    assert danze("webhook", "remove", made.id, "--json").json == {"removed": made.id}
    assert danze("backup", tmp_path / "one").code == 0


def test_subscriptions_that_outlived_their_store_stay(danze, elsewhere, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", danze.environment["XDG_DATA_HOME"])
    monkeypatch.setenv("DANZE_WEBHOOK_HOSTS", "http://127.0.0.1:1")
    subscriptions_of(parse(danze.store)).add(Wanted("http://127.0.0.1:1/a", OPERATOR), 1)
    assert danze("backup", tmp_path / "one").code == 0
    kept = subscriptions_of(parse(elsewhere.store)).add(Wanted("http://127.0.0.1:1/b", OPERATOR), 7)
    assert elsewhere("restore", tmp_path / "one", "--forgotten", "nobody").code == 0
    assert subscriptions_of(parse(elsewhere.store)).all() == [kept]


def test_a_backup_is_a_store_that_can_be_verified_where_it_lies(backup, danze):
    there = Danze(backup / "danze.db")
    assert there("verify", "--json").json["checkpoint"] == danze("verify", "--json").json["checkpoint"]


def tool(name: str) -> str:
    """PostgreSQL's own: the newest in the wheel that tests start a server from, or on the path."""
    ours = max(map(str, Path(sysconfig.get_path("purelib")).glob(f"**/bin/{name}")), default=None)
    return ours or shutil.which(name) or pytest.skip(f"no {name} here")


@pytest.mark.parametrize("store_url", ["postgres"], indirect=True)
def test_what_pg_dump_takes_in_one_snapshot_is_a_store(danze, postgres_url, tmp_path):
    before, place = answers(danze), parse(danze.store)
    server = f"postgresql://{place.user}@{place.host}:{place.port}/{place.dbname}"
    schemas = [place.schema, place.beside("keys"), place.beside("views")]
    dump = [tool("pg_dump"), server, "-f", str(tmp_path / "dump.sql"), *(f"--schema={each}" for each in schemas)]
    subprocess.run(dump, check=True)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {','.join(schemas)} CASCADE")
    restore = [tool("psql"), server, "-q", "-v", "ON_ERROR_STOP=1", "-f", str(tmp_path / "dump.sql")]
    subprocess.run(restore, check=True, stdout=subprocess.DEVNULL)
    assert answers(danze) == before
    assert name_of(danze, 1) == "周小华"
    assert danze.emit(registered(9))["recorded"] == 1


# who was forgotten since


@pytest.fixture
def forgetful(danze: Danze, backup: Path) -> Danze:
    """After the backup was made, X is forgotten."""
    assert danze.emit(FORGOTTEN)["recorded"] == 1
    assert name_of(danze, 1) is None
    return danze


def told(source: str, danze: Danze, tmp_path: Path) -> str | Path:
    """Something that knows more of the log than the backup."""
    if source == "store":
        return danze.store
    danze(*(("backup",) if source == "backup" else ("export", "jsonl")), tmp_path / f"later.{source}")
    return tmp_path / f"later.{source}"


@pytest.mark.parametrize("source", ["store", "backup", "jsonl"])
def test_who_was_forgotten_since_stays_erased(forgetful, backup, elsewhere, source, tmp_path):
    said = elsewhere("restore", backup, "--forgotten", told(source, forgetful, tmp_path), "--json").json
    assert said["forgotten"] == [X]
    assert (name_of(elsewhere, 1), name_of(elsewhere, 2)) == (None, "周小华")
    assert elsewhere("verify").code == 0


def test_who_was_forgotten_since_has_to_be_said(forgetful, backup, elsewhere, tmp_path):
    elsewhere("restore", backup).refused("holds the keys of 2 persons", "--forgotten")
    stranger = Danze(tmp_path / "stranger.db")
    stranger.emit(*city(), *[registered(n) for n in range(5, 12)])
    elsewhere("restore", backup, "--forgotten", stranger.store).refused("it cannot tell who was forgotten since")
    assert not list(Path(elsewhere.store).parent.iterdir())


@pytest.mark.parametrize("source", ["store", "backup", "jsonl"])
def test_what_ends_before_the_backup_cannot_tell_who_was_forgotten_since(
    forgetful, backup, elsewhere, source, tmp_path
):
    """As a store that was mistyped: with it those who were erased came back."""
    small = Danze(tmp_path / "small.db")
    small.emit(*city())
    restored = elsewhere("restore", backup, "--forgotten", told(source, small, tmp_path))
    restored.refused("ends at event 3, before the backup does at 5: it cannot tell who was forgotten since")
    assert not list(Path(elsewhere.store).parent.iterdir())


def test_an_export_that_cannot_be_read_is_a_sentence(backup, elsewhere, tmp_path):
    elsewhere("restore", backup, "--forgotten", tmp_path / "missing.jsonl").refused("missing.jsonl cannot be read")
    (tmp_path / "empty.jsonl").touch()
    elsewhere("restore", backup, "--forgotten", tmp_path / "empty.jsonl").refused("ends at event 0")
    (tmp_path / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08")
    elsewhere("restore", backup, "--forgotten", tmp_path / "cut.jsonl.gz").refused("packed with gzip, but broken")


def test_who_came_again_after_being_forgotten_keeps_the_new_key(forgetful, elsewhere, tmp_path):
    forgetful.emit(registered(3, petitioners=[X], personal=ASKED))
    forgetful("backup", tmp_path / "later")
    said = elsewhere("restore", tmp_path / "later", "--forgotten", forgetful.store, "--json").json
    assert (said["forgotten"], name_of(elsewhere, 1), name_of(elsewhere, 3)) == ([], None, "周小华")


# nothing is overwritten, nothing that was altered is restored


def test_nothing_is_overwritten(danze, backup, elsewhere, tmp_path):
    danze("restore", backup, "--forgotten", "nobody").refused("restored where there is no")
    danze("backup", backup).refused("exists; a backup is a folder of its own")
    danze("backup", tmp_path / "no/folder").refused("does not exist")
    assert elsewhere("restore", backup, "--forgotten", "nobody").code == 0
    elsewhere("restore", backup, "--forgotten", "nobody").refused(
        "exists: a backup is restored where there is no store"
    )


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_seals_that_outlived_the_log_are_kept(danze, backup, elsewhere):
    seals = Path(f"{elsewhere.store}.seals")
    seals.mkdir()
    (seals / "seals.jsonl").write_text("{}\n")
    elsewhere("restore", backup, "--forgotten", "nobody").refused("holds seals already")


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_whoever_goes_on_in_two_places_is_told(danze, backup, elsewhere):
    danze.emit(registered(7, petitioners=[Y]))
    said = elsewhere("restore", backup, "--forgotten", danze.store)
    assert f"still there, with {danze.events()} events: let one of the two take actions, never both" in said.out


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_file_that_was_altered_is_not_restored(backup, elsewhere):
    files = [path for path in backup.rglob("*") if path.is_file()]
    assert {path.name for path in files} > {"danze.db", "danze.db.keys", "seals.jsonl", "checkpoint", "keys"}
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])
        assert elsewhere("restore", backup, "--forgotten", "nobody").code == 2, path
        path.write_bytes(whole)
    assert not list(Path(elsewhere.store).parent.iterdir())


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_no_backup_is_made_of_a_log_that_does_not_verify(danze, tmp_path):
    with sqlite3.connect(parse(danze.store).path) as log:
        log.execute("UPDATE stored_events SET topic = 'x' WHERE rowid = 3")
    danze("backup", tmp_path / "backup").refused("altered at position 3")
    assert not list(tmp_path.glob("backup*"))


# while the store works, and killed


@pytest.fixture
def busy(danze: Danze) -> Iterator[threading.Event]:
    """Petitions with personal fields come in all the time, and are sealed; ends when the test says so."""
    stop, firsts = threading.Event(), iter(range(100, 100_000, 40))

    def work() -> None:
        while not stop.is_set():
            first = next(firsts)
            batch = [registered(n, petitioners=[f"person:{n}"], personal=ASKED) for n in range(first, first + 40)]
            assert danze.emit(*batch)["recorded"] == 40
            danze("seal")

    worker = threading.Thread(target=work)
    worker.start()
    yield stop
    stop.set()
    worker.join()


def test_a_backup_made_while_the_store_is_written_to_is_of_one_moment(danze, busy, elsewhere, tmp_path):
    for turn in range(2):
        folder = tmp_path / f"backup{turn}"
        said = danze("backup", folder, "--json").json
        store = Danze(tmp_path / f"again{turn}.db", **{**elsewhere.environment, "DANZE_STORE": ""})
        store.environment["DANZE_STORE"] = store.store
        assert store("restore", folder, "--forgotten", "nobody", "--json").json["events"] == said["events"]
        assert all(name_of(store, number) == "周小华" for number in petitions(store))
    busy.set()


def petitions(danze: Danze) -> list[int]:
    from infra.log.open import open_log

    log = open_log(danze.store, create=False)
    found = [int(e.subject.rpartition("-")[2]) for e in log.of_kind("petition") if e.type == "petition.registered.v1"]
    log.close()
    return found


def grown(danze: Danze, petitions: int) -> None:
    danze.emit(*[registered(n, petitioners=[f"person:{n}"], personal=ASKED) for n in range(100, 100 + petitions)])
    danze("seal")


def killed(danze: Danze, *call: object, after: float) -> int:
    process = danze.start(*call)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode


def test_a_backup_that_was_killed_is_none(danze, tmp_path):
    grown(danze, 1_000)
    random, folder = Random(3), tmp_path / "killed"
    for _ in range(4):
        if killed(danze, "backup", folder, after=0.4 + 1.2 * random.random()) == 0 or folder.exists():
            assert (folder / "manifest.json").exists()
            shutil.rmtree(folder)
    assert danze("backup", folder).code == 0
    assert not folder.with_name("killed.part").exists()
    assert Danze(folder / "danze.db")("verify", "--json").json["events"] == danze.events()


def test_a_store_restored_without_the_master_key_is_said_to_lack_it(backup, tmp_path):
    keyless = Danze(tmp_path / "keyless.db", DANZE_MASTER_KEY_FILE=str(tmp_path / "nofile"))
    said = keyless("restore", backup, "--forgotten", "nobody")
    assert said.code == 0
    assert "no action is taken yet, and nothing personal is read: the master key cannot be read from" in said.out


def test_a_log_of_any_length_is_restored(backup, elsewhere, master, monkeypatch):
    """Of a long one the rows are made beside, by who claims their folder: it waited for itself."""
    monkeypatch.setattr("infra.views.projector.BATCH", 1)
    monkeypatch.setenv("DANZE_MASTER_KEY_FILE", master)
    arguments = (backup, read(backup), elsewhere.store, (), _fold, lambda _done, _total: None)
    restoring = threading.Thread(target=restore, args=arguments, daemon=True)
    restoring.start()
    restoring.join(PATIENCE)
    assert not restoring.is_alive()
    assert elsewhere("show", "petition:P-1").code == 0


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_seals_go_onto_another_disk_whole_or_not_at_all(danze, backup, elsewhere, tmp_path):
    """Half of them, which a killed run had copied there, were taken for seals that outlived the log."""
    with TemporaryDirectory(dir="/dev/shm") as disk:
        if Path(disk).stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("no other disk here")
        seals = Path(disk) / "seals"
        seals.with_name("seals.moving").mkdir()
        (seals.with_name("seals.moving") / "seals.jsonl").write_bytes(b'{"size":')
        elsewhere.environment["DANZE_SEALS"] = str(seals)
        assert elsewhere("restore", backup, "--forgotten", "nobody").code == 0
        assert [each.name for each in Path(disk).iterdir()] == ["seals"]
        assert elsewhere("verify", "--json").json["seals"]["checkpoints"] == 1


def test_two_mounts_of_one_disk_are_two_places(tmp_path, monkeypatch):
    """Nothing goes from one to the other by its name alone, and both tell the same device: volumes of a container."""
    rename = os.rename

    def in_one_mount(source, to):
        if Path(source).relative_to(tmp_path).parts[0] != Path(to).relative_to(tmp_path).parts[0]:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        rename(source, to)

    monkeypatch.setattr(os, "rename", in_one_mount)
    for made in ("one/seals", "two"):
        (tmp_path / made).mkdir(parents=True)
    (tmp_path / "one/seals/keys").write_text("k")
    (tmp_path / "one/webhooks").write_text("w")
    for name in ("seals", "webhooks"):
        _moved(tmp_path / "one" / name, tmp_path / "two" / name)
    assert sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*") if each.is_file()) == [
        "two/seals/keys", "two/webhooks",
    ]  # fmt: skip


def test_a_restore_that_was_killed_is_none_and_can_be_done_again(danze, elsewhere, tmp_path, postgres_store_url):
    grown(danze, 1_000)
    danze("backup", tmp_path / "backup")
    random, events, temporary = Random(4), danze.events(), tmp_path / "tmp"
    temporary.mkdir()
    server = Danze(f"{postgres_store_url}_k", **{**danze.environment, "XDG_DATA_HOME": str(tmp_path / "k")})
    server.environment["DANZE_STORE"] = server.store
    for store in (elsewhere, server):
        store.environment["TMPDIR"] = str(temporary)
        for _ in range(3):
            killed(store, "restore", tmp_path / "backup", "--forgotten", "nobody", after=0.4 + 1.5 * random.random())
            if (there := store("verify", "--json")).code == 0 and there.json["events"]:
                break  # it was quicker than the killer
            assert there.code == 2 or there.json["events"] == 0
        else:
            assert store("restore", tmp_path / "backup", "--forgotten", "nobody").code == 0
        assert store("verify", "--json").json["events"] == events
        assert store("show", "petition:P-1").code == 0
    assert list(temporary.iterdir()) == [], "a temporary folder may be memory, and nobody clears it of keys"
    server("restore", tmp_path / "backup", "--forgotten", "nobody").refused("holds a log")
    assert list((tmp_path / "k").rglob("*.restoring")) == [], "also of one that was killed when all was there"
    assert isinstance(parse(server.store), PostgresUrl)
