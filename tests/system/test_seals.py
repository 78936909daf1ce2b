"""Sealing as an operator does it, witnessing as a neighbour does, proving to who has neither danze nor the log."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from cli.following import Follower
from cli.verbs import app
from cli.wiring import opened
from infra.kafka.topics import Topics
from infra.log.open import open_log
from infra.log.port import leaf_of
from infra.log.urls import parse
from infra.pulse import Pulse
from infra.seals.keys import key_of, signer
from infra.seals.notes import LOG
from infra.seals.sealer import Sealer
from infra.watching import SealerWatch
from tests.infra.kafka_reading import records
from tests.patience import PATIENCE
from tests.system.command import Danze, city, registered

ROOT = Path(__file__).resolve().parents[2]
PARKING, VERIFIER = ROOT / "docs/examples/parking.jsonl", ROOT / "clients/verifier/verify_proof.py"
WORKED = {
    "specversion": "1.0", "id": "later", "source": "/later", "type": "petition.worked.v1",
    "subject": "petition:430408-2020-000001", "time": "2020-08-30T09:00:00+08:00",
    "actor": "official:430408-zjj-clerk", "unit": "unit:430408-zjj", "data": {"what": "回访"},
}  # fmt: skip


@pytest.fixture
def danze(tmp_path: Path) -> Danze:
    """A store with the petition of the README, sealed."""
    danze = Danze(tmp_path / "danze.db")
    danze("emit", "--history", PARKING)
    danze("seal", "--name", "example.org/hengyang")
    return danze


def folder(danze: Danze) -> Path:
    return Path(f"{danze.store}.seals")


def log_key(danze: Danze) -> str:
    return (folder(danze) / "keys").read_text(encoding="utf-8").splitlines()[0]


def checked(proof: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The verifier as an outsider runs it: away from danze, with nothing of it to import."""
    return subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(proof), *options], capture_output=True, text=True, check=False,
        cwd=proof.parent,
    )  # fmt: skip


def grown(danze: Danze, id: str = "later") -> None:
    danze("emit", "--history", "-", sent=json.dumps({**WORKED, "id": id}).encode())


@pytest.fixture
def witness(danze: Danze, tmp_path: Path) -> Iterator[str]:
    """KEY@URL of a witness of this log, a process of its own."""
    files = ("--key", str(tmp_path / "witness.key"), "--state", str(tmp_path / "witness.json"))
    command = [sys.executable, "-m", "cli", "witness", "--log", log_key(danze), "--name", "example.net/w1", *files]
    process = subprocess.Popen([*command, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    _, _, key, _, address = process.stdout.readline().split()
    yield f"{key}@{address}"
    process.kill()
    process.wait()


def test_what_was_sealed_verifies_and_proves_without_danze(danze, tmp_path):
    assert danze("verify", "--json").json["seals"] == {"sealed": 28, "checkpoints": 1, "problem": None}
    danze("prove", "12", "--out", tmp_path / "proof.json")
    done = checked(tmp_path / "proof.json", "--key", log_key(danze))
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        0, "holds: event 12 of 28 in the log example.org/hengyang",
    )  # fmt: skip


def test_what_is_given_beside_a_proof_is_used_or_refused(danze, tmp_path):
    """An empty variable in a script is no key that one trusts, and a checkpoint of another size tells nothing."""
    kept, empty, copied = tmp_path / "kept", tmp_path / "empty", tmp_path / "copied"
    kept.write_bytes((folder(danze) / "checkpoint").read_bytes())
    empty.touch()
    copied.write_text(kept.read_text(encoding="utf-8").replace("— ", "- "), encoding="utf-8")
    key = log_key(danze)
    mistyped = key[:-9] + ("B" if key[-9] == "A" else "A") + key[-8:]
    danze("prove", "12", "--out", tmp_path / "proof.json")
    assert checked(tmp_path / "proof.json", "--checkpoint", str(kept)).returncode == 0
    grown(danze)
    danze("seal")
    danze("prove", "12", "--out", tmp_path / "newer.json")
    for options, why in (
        (("--key", ""), "--key: '' is no verifier key"),
        (("--witness", "x"), "--witness: 'x' is no verifier key"),
        (("--key", mistyped), "--key: the key of example.org/hengyang does not fit its id"),
        (("--witness", mistyped), "--witness: the key of example.org/hengyang does not fit its id"),
        (("--checkpoint", ""), "cannot be read as a checkpoint"),
        (("--checkpoint", str(empty)), "cannot be read as a checkpoint"),
        (("--checkpoint", str(copied)), "cannot be read as a checkpoint: a line of signatures does not begin with"),
        (("--checkpoint", str(kept)), "is of 28 events of example.org/hengyang, the proof of 29 of"),
    ):
        done = checked(tmp_path / "newer.json", *options)
        assert (done.returncode, done.stdout, why in done.stderr) == (2, "", True), done.stderr


def test_who_kept_an_old_checkpoint_sees_without_the_log_that_it_only_grew(danze, tmp_path):
    kept, proof, stranger = tmp_path / "kept", tmp_path / "proof.json", Danze(tmp_path / "stranger.db")
    kept.write_bytes((folder(danze) / "checkpoint").read_bytes())
    for id in "1", "2", "3":
        grown(danze, id)
    danze("seal")
    danze("prove", "30", "--since", "28", "--out", proof)
    assert checked(proof, "--checkpoint", str(kept), "--key", log_key(danze)).returncode == 0
    danze("prove", "30", "--since", "27", "--out", tmp_path / "other.json")
    assert checked(tmp_path / "other.json", "--checkpoint", str(kept)).returncode == 2, "it tells nothing of 28 events"
    danze("prove", "30", "--since", "32").refused("only 31 events are sealed")
    stranger.emit(*city(), *map(registered, range(25)))
    stranger("seal", "--name", "example.org/hengyang")
    kept.write_bytes((folder(stranger) / "checkpoint").read_bytes())
    done = checked(proof, "--checkpoint", str(kept))
    assert (done.returncode, "the log did not grow out of the 28 events" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize(
    ("field", "change"),
    [("event", lambda v: v[:-8] + "AAAA" + v[-4:]), ("position", lambda v: v + 1), ("proof", lambda v: v[1:]),
     ("checkpoint", lambda v: v.replace("\n28\n", "\n29\n"))],
)  # fmt: skip
def test_a_proof_that_was_changed_does_not_hold(danze, tmp_path, field, change):
    danze("prove", "12", "--out", tmp_path / "proof.json")
    proof = json.loads((tmp_path / "proof.json").read_bytes())
    (tmp_path / "proof.json").write_text(json.dumps({**proof, field: change(proof[field])}))
    done = checked(tmp_path / "proof.json")
    assert done.returncode == 1, done.stderr
    assert "does not hold" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("form", [None, "danze proof 2", "danze proof 10", 1, ["danze proof 1"]])
def test_a_proof_of_a_form_that_the_verifier_does_not_know_is_not_read_as_one_that_it_knows(danze, tmp_path, form):
    danze("prove", "12", "--out", tmp_path / "proof.json")
    proof = json.loads((tmp_path / "proof.json").read_bytes())
    other = {name: told for name, told in proof.items() if name != "form"} | ({"form": form} if form else {})
    (tmp_path / "proof.json").write_text(json.dumps(other))
    done = checked(tmp_path / "proof.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("this verifier reads the form 'danze proof 1'")


@pytest.mark.parametrize(("type_", "code"), [(None, 2), ("petition.closed.v1", 1), (7, 1)])
def test_a_proof_that_says_another_type_than_its_event_does_not_hold(danze, tmp_path, type_, code):
    danze("prove", "12", "--out", tmp_path / "proof.json")
    proof = json.loads((tmp_path / "proof.json").read_bytes())
    other = {name: told for name, told in proof.items() if name != "type"} | ({"type": type_} if type_ else {})
    (tmp_path / "proof.json").write_text(json.dumps(other))
    done = checked(tmp_path / "proof.json")
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr


def test_a_witness_vouches_for_growth_and_a_proof_bears_its_name(danze, witness, tmp_path):
    danze("seal", "--witness", witness)
    grown(danze)
    said = danze("seal", "--witness", witness)
    assert said.err == ""
    assert "— example.net/w1 " in (folder(danze) / "checkpoint").read_text(encoding="utf-8")
    danze("prove", "29", "--out", tmp_path / "proof.json")
    assert checked(tmp_path / "proof.json", "--witness", witness.partition("@")[0]).returncode == 0


def test_a_witness_does_not_vouch_for_another_history(danze, witness, tmp_path):
    grown(danze)
    danze("seal", "--witness", witness)
    other = Danze(tmp_path / "other.db")
    other("emit", "--history", PARKING)
    other("emit", "--history", "-", sent=json.dumps({**WORKED, "id": "1"}).encode())
    other("emit", "--history", "-", sent=json.dumps({**WORKED, "id": "2"}).encode())
    said = other("seal", "--key", f"{danze.store}.sealkey", "--witness", witness)
    assert "example.net/w1 refused (422)" in said.err
    assert "the history was rewritten" in said.err


def test_a_witness_that_is_away_leaves_the_checkpoint_unwitnessed(danze, witness):
    grown(danze)
    key = witness.partition("@")[0]
    said = danze("seal", "--witness", f"{key}@http://127.0.0.1:9")
    assert said.code == 0
    assert "does not answer" in said.err


def test_a_new_key_is_handed_over_and_old_proofs_still_hold(danze, tmp_path):
    first = log_key(danze)
    danze("prove", "12", "--out", tmp_path / "old.json")
    danze("seal", "--rotate")
    grown(danze)
    danze("seal")
    danze("prove", "29", "--out", tmp_path / "new.json")
    assert checked(tmp_path / "old.json", "--key", first).returncode == 0
    assert checked(tmp_path / "new.json", "--key", first).returncode == 0
    assert danze("verify", "--key", first).code == 0
    stranger = Danze(tmp_path / "stranger.db")
    stranger("emit", "--history", PARKING)
    stranger("seal")
    assert danze("verify", "--key", log_key(stranger)).code == 1
    assert checked(tmp_path / "new.json", "--key", log_key(stranger)).returncode == 1


def test_who_comes_in_the_middle_of_a_rotation_leaves_its_key_where_it_is(danze):
    """The key that waits is of who holds the claim: put in place too early, nothing could be sealed after a crash."""
    keyfile = Path(f"{danze.store}.sealkey")
    waiting = keyfile.with_name("danze.db.sealkey.next")
    waiting.write_bytes(keyfile.read_bytes())
    with closing(open_log(danze.store)) as log:
        claim = log.claim("seal")
        danze("seal").refused("another danze seal is at work on this store")
        assert waiting.exists()
        claim.release()
    assert danze("seal").code == 0
    assert not waiting.exists()


def test_seals_that_are_not_where_they_are_said_to_be_are_no_ok(danze, tmp_path):
    key = (folder(danze) / "keys").read_text().splitlines()[0]
    assert danze("verify", "--key", key).code == 0
    danze("verify", "--seals", tmp_path / "typo", "--key", key).refused("--seals", "typo is no folder")
    danze("verify", "--seals", danze.store).refused("danze.db is no folder")
    (tmp_path / "empty").mkdir()
    danze("verify", "--seals", tmp_path / "empty", "--key", key).refused("--key", "holds no checkpoint")
    danze("verify", "--key", "null").refused("--key: this is no verifier key")
    bad = tmp_path / "bad"
    bad.write_text("null")
    danze("verify", "--checkpoint", bad).refused("--checkpoint", str(bad))


@pytest.mark.parametrize("left", [b"", b"\0" * 300, b"example.org/hengyang\n28\n", b"\xff"])
def test_a_checkpoint_that_a_power_cut_took_comes_back_from_those_that_were_given_out(danze, left):
    checkpoint = folder(danze) / "checkpoint"
    before = checkpoint.read_bytes()
    checkpoint.write_bytes(left)
    said = danze("verify")
    assert (said.code, "danze seal --rebuild makes it again of seals.jsonl" in said.out) == (1, True)
    danze("seal").refused("danze seal --rebuild makes it again of seals.jsonl")
    assert danze("seal", "--rebuild").code == 0
    assert checkpoint.read_bytes() == before
    assert danze("verify").code == 0


def test_a_checkpoint_of_another_log_does_not_come_back(danze, tmp_path):
    other = Danze(tmp_path / "other.db")
    other.emit(*city(), registered(1))
    assert other("seal").code == 0
    (folder(danze) / "seals.jsonl").write_bytes((folder(other) / "seals.jsonl").read_bytes())
    (folder(danze) / "checkpoint").write_bytes(b"")
    danze("seal", "--rebuild").refused("the log is not the one that was sealed")
    assert (folder(danze) / "checkpoint").read_bytes() == b""


def test_where_no_checkpoint_is_left_a_copy_is_needed(danze):
    (folder(danze) / "seals.jsonl").unlink()
    assert danze("seal", "--rebuild").code == 0, "the checkpoint itself is whole"
    (folder(danze) / "checkpoint").write_bytes(b"")
    danze("seal", "--rebuild").refused("nor seals.jsonl holds a checkpoint: put a copy in its place")


def rewritten(danze: Danze, position: int) -> None:
    """One event is changed as somebody would who knows the store: leaf, note of the head and all."""
    with sqlite3.connect(danze.store) as log:
        (body,) = log.execute("SELECT state FROM stored_events WHERE rowid = ?", (position,)).fetchone()
        changed = bytes(body).replace("小区".encode(), "大院".encode(), 1)
        assert changed != bytes(body)
        log.execute(
            "UPDATE stored_events SET state = ?, leaf = ? WHERE rowid = ?", (changed, leaf_of(changed), position)
        )


def test_a_history_rewritten_consistently_is_found_at_its_first_event(danze):
    rewritten(danze, 12)
    said = danze("verify", "--json").json
    assert (said["ok"], said["events"], said["first_bad"]) == (
        False, 11, {"position": 12, "why": "the event is not the one that was sealed at this place"},
    )  # fmt: skip
    assert danze("seal").code in (0, 2), "a seal never covers it up"
    assert danze("prove", "12").code == 2


def test_tiles_that_were_rewritten_too_do_not_fit_the_checkpoint(danze):
    rewritten(danze, 12)
    for path in (folder(danze) / "tile").rglob("*"):
        if path.is_file():
            path.unlink()
    assert danze("seal", "--rebuild").code == 2
    said = danze("verify", "--json").json
    assert said["first_bad"]["position"] == 1
    assert "not the one that the checkpoint of that size was signed for" in said["first_bad"]["why"]


def test_a_damaged_tile_accuses_nobody(danze):
    (tile,) = (folder(danze) / "tile/0/000.p").iterdir()
    hashes = bytearray(tile.read_bytes())
    hashes[11 * 32] ^= 1
    tile.write_bytes(hashes)
    assert danze("verify", "--json").json["ok"]
    rewritten(danze, 12)
    said = danze("verify", "--json").json
    assert (said["ok"], said["first_bad"]["position"]) == (False, 1), "found all the same, but not where"


def test_a_cut_tail_a_fork_and_a_forgery_are_found(danze, tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes((folder(danze) / "checkpoint").read_bytes())
    with sqlite3.connect(danze.store) as log:
        log.execute("DELETE FROM stored_events WHERE rowid > 20")
        log.execute("DELETE FROM meta WHERE name = 'head'")
    said = danze("verify", "--checkpoint", kept, "--json").json
    assert said["first_bad"]["position"] == 21
    assert said["first_bad"]["why"].startswith("the tail was cut")
    assert danze("seal").code == 2
    kept.write_text(kept.read_text(encoding="utf-8").replace("\n28\n", "\n20\n"), encoding="utf-8")
    said = danze("verify", "--checkpoint", kept, "--json").json
    assert "forged or altered" in said["seals"]["problem"]


def test_what_cannot_be_sealed_or_proved_is_one_sentence(danze, tmp_path):
    for call, sentence in (
        (("prove", "29"), "there is no event 29"),
        (("seal", "--witness", "x@y"), "is not KEY@URL"),
        (("seal", "--name", "other"), "is the key of example.org/hengyang, not of other"),
        (("verify", "--key", "nonsense"), "this is no verifier key"),
        (("witness", "--log", "x", "--key", tmp_path / "k", "--state", tmp_path / "s"), "this is no verifier key"),
    ):
        said = danze(*call)
        assert said.code == 2, said
        assert sentence in said.err
    grown(danze)
    assert "is not sealed yet" in danze("prove", "29").err


def test_sealing_goes_on_while_the_log_grows(danze, tmp_path):
    pulse = tmp_path / "pulse"
    process = danze.start("seal", "--follow", "--every", "1", "--seconds", "0.1", "--pulse", pulse)
    try:
        grown(danze)
        until = time.monotonic() + PATIENCE
        while danze("verify", "--json").json["seals"]["sealed"] < 29 and time.monotonic() < until:
            time.sleep(0.2)
        assert danze("verify", "--json").json["seals"]["sealed"] >= 29
        assert danze("seal").code == 2, "one at a time"
        assert pulse.exists()
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_what_comes_while_the_first_checkpoint_is_given_out_is_sealed_in_time_too(danze):
    stop, given_out = threading.Event(), []
    grown(danze)

    def publish(seals):
        given_out.append([*seals][-1].checkpoint.size)
        (stop.set if len(given_out) == 2 else lambda: grown(danze, "meanwhile"))()

    with opened(danze.store) as system:
        key = signer(key_of(parse(danze.store)), LOG)
        given_up = threading.Timer(PATIENCE, stop.set)
        given_up.start()
        sealer, claim = Sealer(system.log, system.seals, key), system.log.claim("seal")
        Follower(sealer, publish, claim, SealerWatch(), Pulse(None), every=9, seconds=0.1).run(stop)
        given_up.cancel()
    assert given_out == [29, 30]


def given_out(danze: Danze) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder(danze) / "seals.jsonl").read_text(encoding="utf-8").splitlines()]


def published(kafka_url: str, topics: Topics) -> list[dict[str, object]]:
    """What the topic of seals holds; each record bears the log's name."""
    (found,) = [*records(kafka_url, topics.seals, partitions=1).values()] or [[]]
    assert {record.key for record in found} <= {b"example.org/hengyang"}
    return [json.loads(record.value) for record in found]


@pytest.mark.kafka
def test_every_checkpoint_stands_on_the_topic_as_it_is_kept(danze, kafka_url, topics):
    to = ("--kafka", kafka_url, "--topics", topics.prefix)
    danze("seal", *to)
    grown(danze)
    said = danze("seal", "--rotate", *to, "--json").json
    assert danze("seal", *to).code == 0, "nothing is new"
    told = published(kafka_url, topics)
    assert (told, [each["size"] for each in told]) == (given_out(danze), [28, 29, 29])
    assert told[-1]["note"] == said["checkpoint"] == (folder(danze) / "checkpoint").read_text(encoding="utf-8")


@pytest.mark.kafka
def test_what_kafka_did_not_take_comes_with_the_next_seal(danze, kafka_url, topics):
    to = ("--kafka", kafka_url, "--topics", topics.prefix)
    danze("seal", *to)
    for id in ("one", "two"):
        grown(danze, id)
        danze("seal", "--kafka", "127.0.0.1:9").refused("no Kafka broker to be reached")
    assert [each["size"] for each in given_out(danze)] == [28, 29, 30], "the log is sealed though nobody hears of it"
    assert [each["size"] for each in published(kafka_url, topics)] == [28]
    assert danze("seal", *to).code == 0, "nothing is new"
    assert published(kafka_url, topics) == given_out(danze)


@pytest.mark.postgres
def test_who_lost_his_claim_on_the_store_does_not_seal_on(postgres_store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    danze, place = Danze(postgres_store_url), parse(postgres_store_url)
    process = danze.start("seal", "--follow")
    assert b"every 10,000 events" in process.stderr.readline()
    with psycopg.connect(**place.connection()) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND ((classid::bigint << 32) | objid::bigint) = hashtextextended(%s, 0)",
            (f"danze {place.schema} seal",),
        )
    said = process.communicate(timeout=PATIENCE)[1].decode()
    assert (process.returncode, "the connection to the store was lost" in said) == (2, True), said
    assert danze("seal").code == 0


def test_an_auditor_goes_on_from_what_was_verified_before(danze, tmp_path):
    mine = tmp_path / "verified"
    first = danze("verify", "--resume", mine, "--json").json
    assert first["resumed"]["from"] == 0
    grown(danze)
    danze("seal")
    second = danze("verify", "--resume", mine, "--json").json
    assert (second["resumed"]["from"], second["resumed"]["read_again"]) == (first["events"], first["events"])
    assert second["checkpoint"] == danze("verify", "--json").json["checkpoint"]
    assert f"{second['events']} of them were verified before" in danze("verify", "--resume", mine).out
    rewritten(danze, 12)
    said = danze("verify", "--resume", mine)
    assert said.code == 1
    assert said.out.startswith("altered at position 12: the event is not the one that was sealed")


def test_a_file_that_remembers_nothing_of_ours_is_one_sentence(danze, tmp_path):
    (tmp_path / "letter").write_text("Dear auditor")
    danze("verify", "--resume", tmp_path / "letter").refused("was not written by danze verify --resume")
    danze("verify", "--resume", tmp_path / ("l" * 250)).refused("cannot be written: File name too long")
    danze("verify", "--resume", tmp_path / "no/folder").refused("for what is remembered does not exist")
    danze("verify", "--resume", tmp_path / "mine", "--from", "log.jsonl").refused("read from its beginning")


def test_what_was_found_is_told_though_it_cannot_be_remembered(danze, tmp_path, monkeypatch):
    """As where the disk filled up while hours of a log were read."""
    mine, fsync, written = tmp_path / "verified", os.fsync, count()

    def full(descriptor: int) -> None:
        if os.path.realpath(f"/proc/self/fd/{descriptor}").startswith(f"{mine}.") and next(written):
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", full)
    said = CliRunner().invoke(app, ["verify", "--store", danze.store, "--resume", str(mine), "--json"])
    answer = json.loads(said.stdout)
    assert (said.exit_code, answer["ok"], answer["events"]) == (2, True, danze.events())
    why = f"all is sound, but {mine} cannot be written (No space left on device): the next time begins as this one"
    assert " ".join(said.stderr.split()) == f"danze: {why}"
    assert not list(tmp_path.glob("verified*"))


def test_a_look_up_index_at_fault_is_told_apart_from_the_record_and_made_again(danze):
    """Of the table of names that events touch, which every store has; `tests/infra/test_lookups.py` alters the runs."""
    with closing(sqlite3.connect(danze.store)) as store, store:
        store.execute("INSERT INTO touches VALUES ('matter:430408-2020-000001', 7)")
    said = danze("verify")
    assert said.code == 1
    assert said.out.startswith("altered at position 7: the look-up index is at fault, not the record: ")
    danze("replay", "--index", "--ruleset", "x").refused("--index")
    assert danze("replay", "--index", "--json").json == {"position": 28}
    assert danze("verify").code == 0


def test_of_a_file_that_was_cut_the_first_position_is_named_that_cannot_be_read(danze):
    path = Path(danze.store)
    with closing(sqlite3.connect(path)) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, found = path.stat().st_size, []
    for part in (3, 2, 1):
        with path.open("r+b") as file:
            file.truncate(whole // 4 * part)
        told = danze("verify", "--json").json
        assert "the file is cut or damaged: nothing can be read here" in told["first_bad"]["why"]
        found.append(told["first_bad"]["position"])
        assert told["events"] == found[-1] - 1
    assert found == sorted(found, reverse=True)
    danze("timeline", "petition:430408-2020-000001").refused("is damaged")
    with path.open("r+b") as file:
        file.truncate(2000)
    danze("verify").refused("is damaged")
