"""Going on from what was verified before: what is new is checked whole, what is old block by block, nobody is accused
who altered nothing, and a file that was tampered with does not pass.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from random import Random

import msgspec
import pytest
from typer.testing import CliRunner

from cli.verbs import app
from infra.log.open import open_log
from infra.log.port import Log, StoreError, leaf_of
from infra.log.verify import verify
from infra.seals.audit import Sealed
from infra.seals.keys import fresh
from infra.seals.memory import FIRST_LINE, Memory, Verified, resumed
from infra.seals.notes import LOG
from infra.seals.sealer import Folder, Sealer
from tests.infra.samples import entries

OLD, EVENTS = 1_000, 1_300
SUBJECTS = [f"petition:{(n * n) % 97}" for n in range(EVENTS)]
ENTRIES = entries(SUBJECTS)
NOW = datetime(2020, 4, 10, tzinfo=UTC)
ALL = 1 << 20
"""As many events read again as there are."""


class Auditor:
    """A log, its seals, and the file of who audits it."""

    def __init__(self, place: Path) -> None:
        self.log: Log = open_log(str(place / "danze.db"))
        self.folder, self.file = Folder(place / "seals"), place / "mine/verified"
        self.file.parent.mkdir()
        self.sealer = Sealer(self.log, self.folder, fresh(LOG, "example.org/log"))

    def grown(self, upto: int, *, seal: bool = True) -> None:
        at = self.log.head().position
        self.log.append(ENTRIES[at:upto], [], after=at)
        if seal:
            self.sealer.seal(NOW)

    def verified(self, again: int = 0) -> dict:
        memory = Memory(self.file)
        sealed = Sealed(self.folder, kept=memory.kept())
        answer = resumed(self.log, memory, sealed, again)
        answer["ok"] = answer["ok"] and sealed.problem is None
        if answer["ok"]:
            memory.save()
        return answer

    def bad(self, again: int = 0) -> int | None:
        found = self.verified(again)["first_bad"]
        return found and found["position"]

    def run(self, statement: str, *parameters: object) -> None:
        with self.log.store.cursor(commit=True) as cursor:  # type: ignore[attr-defined]
            cursor.execute(statement, parameters)

    def rewritten(self, position: int) -> None:
        """Another story, and everything beside it agrees."""
        body = self.log.raw_entries(position - 1, 1)[0].body.replace("小区".encode(), "大院".encode())
        self.run("UPDATE stored_events SET state = ?, leaf = ? WHERE rowid = ?", body, leaf_of(body), position)


@pytest.fixture
def auditor(tmp_path: Path) -> Iterator[Auditor]:
    """Has verified a log of 1,000 events, all of them sealed; 300 came since and are sealed too."""
    auditor = Auditor(tmp_path)
    auditor.grown(OLD)
    assert auditor.verified()["ok"]
    auditor.grown(EVENTS)
    yield auditor
    auditor.log.close()


def test_only_what_is_new_is_read_and_the_answer_is_that_from_empty(auditor, monkeypatch):
    read = []
    entries_of = auditor.log.raw_entries
    monkeypatch.setattr(auditor.log, "raw_entries", lambda *a: read.extend(rows := entries_of(*a)) or rows)
    answer = auditor.verified()
    assert [row.position for row in read] == list(range(OLD + 1, EVENTS + 1))
    assert answer.pop("resumed") == {"from": OLD, "read_again": 0}
    assert answer == verify(auditor.log)
    assert auditor.verified()["resumed"]["from"] == EVENTS


def test_what_is_not_sealed_yet_is_checked_now_and_the_next_time(auditor, tmp_path):
    auditor.grown(EVENTS)
    (tmp_path / "more").mkdir()
    other = Auditor(tmp_path / "more")
    with closing(other.log):
        other.grown(700)
        other.grown(900, seal=False)
        assert other.verified()["events"] == 900
        assert other.verified()["resumed"]["from"] == 700


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE stored_events SET leaf = zeroblob(32) WHERE rowid = 1100", 1100),
        ("UPDATE stored_events SET originator_version = 999 WHERE rowid = 1001", 1001),
        ("UPDATE stored_events SET key = (SELECT key FROM stored_events WHERE rowid = 3) WHERE rowid = 1250", 1250),
        ("DELETE FROM stored_events WHERE rowid = 1001", 1001),
        ("DELETE FROM stored_events WHERE rowid > 1290", 1291),
        ("DELETE FROM stored_events WHERE rowid > 990", 991),
        ("DELETE FROM stored_events", 1),
    ],
)
def test_what_is_new_is_checked_whole(auditor, statement, position):
    auditor.run(statement)
    assert auditor.bad() == position
    assert auditor.bad(ALL) == position


def test_a_new_event_that_was_rewritten_with_all_beside_it_is_not_the_sealed_one(auditor):
    auditor.rewritten(1200)
    assert auditor.bad() == 1200


def test_an_old_key_that_comes_again_is_found(tmp_path):
    auditor = Auditor(tmp_path)
    with closing(auditor.log):
        auditor.grown(600)
        assert auditor.verified()["ok"]
        again = ENTRIES[600]._replace(body=ENTRIES[4].body, key=ENTRIES[4].key)
        body = again.body.replace(b'"version":1', b'"version":%d' % again.version)
        body = body.replace(ENTRIES[4].subject.encode(), again.subject.encode())
        rows = (601, again.subject, again.version, again.type, body, ENTRIES[4].recorded, again.key, again.digest)
        auditor.run(f"INSERT INTO stored_events VALUES ({','.join('?' * 9)})", *rows, leaf_of(body))
        assert auditor.bad() == verify(auditor.log)["first_bad"]["position"] == 601


@pytest.mark.parametrize("position", [1, 256, 257, 700, 1000])
def test_an_old_event_that_was_rewritten_is_found_when_it_is_read_again(auditor, position):
    auditor.rewritten(position)
    assert auditor.bad(again=0) is None, "an old event is not looked at: that is what is not claimed"


@pytest.mark.parametrize("position", [1, 256, 257, 700, 1000])
def test_every_old_event_is_read_again_in_turn(auditor, position):
    """Four blocks, one in turn and one at random each time: the fourth run at the latest comes to it."""
    auditor.rewritten(position)
    found = [auditor.bad(again=512) for _ in range(5)]
    assert position in found
    assert set(found) <= {position, None}
    assert verify(auditor.log, seals=Sealed(auditor.folder))["first_bad"]["position"] == position


def test_without_seals_the_block_is_named(tmp_path):
    auditor = Auditor(tmp_path)
    with closing(auditor.log):
        auditor.grown(700, seal=False)
        assert auditor.verified()["ok"]
        auditor.rewritten(300)
        said = auditor.verified(ALL)["first_bad"]
        assert said == {"position": 257, "why": "one of the events 257 to 512 is not the one that was verified before"}
        assert verify(auditor.log)["ok"], "only who remembers can tell"


def forged(auditor: Auditor, **changes: object) -> None:
    """The file as somebody writes it who knows its form."""
    _, _, data = auditor.file.read_bytes().partition(b"\n")
    kept = msgspec.msgpack.decode(data, type=Verified)
    data = msgspec.msgpack.encode(msgspec.structs.replace(kept, **changes))
    auditor.file.write_bytes(FIRST_LINE + sha256(data).hexdigest().encode() + b"\n" + data)


def test_a_tree_that_somebody_wrote_into_the_file_does_not_lead_to_the_checkpoint(auditor, tmp_path):
    auditor.rewritten(5)
    (tmp_path / "forger").mkdir()
    rows = auditor.log.raw_entries(0, OLD)
    forger = Auditor(tmp_path / "forger")
    with closing(forger.log):
        values = [(r[0], r[1], r[2], r[3], r[5], r[4], *r[6:]) for r in rows]
        for each in values:
            forger.run(f"INSERT INTO stored_events VALUES ({','.join('?' * 9)})", *each)
        forger.run("INSERT INTO meta VALUES ('head', ?)", f'[{OLD}, "{rows[-1].leaf.hex()}"]')
        forger.sealer.seal(NOW)
        assert forger.verified()["ok"]
        theirs = msgspec.msgpack.decode(forger.file.read_bytes().partition(b"\n")[2], type=Verified)
    forged(auditor, blocks=theirs.blocks)
    with pytest.raises(StoreError, match="does not lead to the checkpoint in it"):
        auditor.verified()
    forged(auditor, blocks=theirs.blocks, checkpoint=theirs.checkpoint)
    with_their_checkpoint = Sealed(auditor.folder, kept=Memory(auditor.file).kept())
    assert "is not signed by a key of the log" in str(with_their_checkpoint.problem)
    forged(auditor, blocks=theirs.blocks, checkpoint="")
    with pytest.raises(StoreError, match="and the seals differ at 1000 events"):
        auditor.verified()


def test_a_file_that_is_damaged_or_something_else_is_refused(auditor):
    whole = auditor.file.read_bytes()
    for place in Random(1).sample(range(len(whole)), 50):
        auditor.file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(StoreError):
            Memory(auditor.file)
    auditor.file.write_bytes(b"")
    with pytest.raises(StoreError, match="was not written by danze verify --resume"):
        Memory(auditor.file)


def test_what_was_found_is_told_also_where_it_cannot_be_kept(auditor, tmp_path, monkeypatch):
    """The disk may have filled up in the hours between."""

    def full(path: Path, _: bytes) -> None:
        raise OSError(ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr("infra.durable.put", full)
    store, mine = str(tmp_path / "danze.db"), str(tmp_path / "mine/another")
    done = CliRunner().invoke(app, ["verify", "--store", store, "--seals", f"{tmp_path}/seals", "--resume", mine])
    assert done.exit_code == 2
    assert f"ok: {EVENTS:,} events" in done.stdout
    assert f"all is sound, but {mine} cannot be written (No space left on device)" in done.stderr


def test_what_is_remembered_is_on_the_disk_with_its_name(auditor, monkeypatch):
    synced, fsync = list[str](), os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        synced.append(os.path.realpath(f"/proc/self/fd/{descriptor}"))

    memory = Memory(auditor.file)
    monkeypatch.setattr("os.fsync", noted)
    memory.save()
    assert (len(synced), synced[-1]) == (2, str(auditor.file.parent))
    assert [*auditor.file.parent.iterdir()] == [auditor.file]


def test_no_honest_history_is_accused(tmp_path):
    random = Random(6)
    for number in range(25):
        (tmp_path / str(number)).mkdir()
        auditor, at = Auditor(tmp_path / str(number)), 0
        with closing(auditor.log):
            while at < EVENTS:
                at = min(EVENTS, at + random.choice([1, 100, 255, 256, 257, 600]))
                auditor.grown(at, seal=random.random() < 0.7)
                if random.random() < 0.7:
                    said = auditor.verified(random.choice([0, 1, 512, ALL]))
                    assert (said["ok"], said["events"]) == (True, at)
            assert auditor.verified(ALL)["checkpoint"] == verify(auditor.log)["checkpoint"]
