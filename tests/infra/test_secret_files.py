"""Files that hold a secret: whole or not at all, for their owner alone; what a power cut left of one is told."""

import os
import resource
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra import secret_files
from infra.doors.query_codes import QueryCodes
from infra.doors.tokens import Tokens, utc_now
from infra.log.port import StoreError
from infra.log.urls import parse
from infra.seals.keys import beside, signer
from infra.seals.notes import LOG, SealError
from infra.seals.sealer import Folder
from infra.vault import master_key
from tests.system.command import Danze


def code(folder: Path) -> object:
    return QueryCodes(folder / "query-codes").of("1")


def token(folder: Path) -> object:
    return Tokens(folder).issue("auditor", (), None, days=1, now=utc_now())


def sealkey(folder: Path) -> object:
    return signer(folder / "sealkey", LOG)


def master(folder: Path) -> object:
    return master_key.make(folder / "master")


MAKING = (code, token, sealkey, master)
NAMES = {code: "query-codes", token: "key", sealkey: "sealkey", master: "master"}


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process takes a byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("make", MAKING)
def test_what_could_not_be_written_leaves_nothing_behind(tmp_path, make):
    with no_room(), pytest.raises(StoreError, match=rf"{NAMES[make]} cannot be written \(File too large\)"):
        make(tmp_path)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("make", MAKING)
def test_a_place_where_nothing_can_be_looked_up_is_one_sentence(tmp_path, make):
    folder = tmp_path / ("x" * 300)
    with pytest.raises(StoreError, match=rf"^{folder}/{NAMES[make]} cannot be (read|written) \(File name too long\)"):
        make(folder)


@pytest.mark.parametrize("make", MAKING)
def test_a_secret_is_on_the_disk_before_it_has_its_name_and_its_name_before_it_is_used(tmp_path, monkeypatch, make):
    path, synced, fsync = tmp_path / "new/folder" / NAMES[make], list[str](), os.fsync

    def noted(descriptor: int) -> None:
        fsync(descriptor)
        where = Path(f"/proc/self/fd/{descriptor}").readlink()
        named = "named" if path.exists() else "unnamed"
        if where.name != "register.jsonl":
            synced.append(
                f"{named} {where.relative_to(tmp_path) if where.is_dir() else os.fstat(descriptor).st_size > 0}"
            )

    monkeypatch.setattr("os.fsync", noted)
    make(path.parent)
    assert synced == ["unnamed .", "unnamed new", "unnamed True", "named new/folder"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "new", path.parent)] == [0o700, 0o700]


def test_of_many_first_users_all_read_the_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len({*pool.map(lambda _: code(tmp_path), range(64))}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["query-codes"]


@pytest.mark.parametrize("left", [b"", b"k" * 31, b"k" * 33])
def test_a_key_of_query_codes_that_is_not_whole_gives_no_codes(tmp_path, left):
    path = tmp_path / "query-codes"
    path.write_bytes(left)
    path.chmod(0o600)
    with pytest.raises(
        StoreError, match=rf"^{path} is damaged: {len(left)} bytes, not 32; .* delete it: a new one is made"
    ):
        code(tmp_path)


def test_a_key_of_query_codes_that_others_read_gives_no_codes(tmp_path):
    code(tmp_path)
    (tmp_path / "query-codes").chmod(0o640)
    with pytest.raises(StoreError, match=r"query-codes is readable by others \(mode 640\); chmod 600 it"):
        code(tmp_path)


@pytest.mark.parametrize("name", ["key", "key.former"])
def test_a_key_of_tokens_that_is_not_whole_is_one_sentence(tmp_path, name):
    danze = Danze(tmp_path / "danze.db")
    assert danze("token", "issue", "--role", "auditor").code == 0
    path = tmp_path / "danze.db.tokens" / name
    path.write_bytes(b"")
    path.chmod(0o600)
    verb = ("token", "rotate") if name == "key.former" else ("token", "issue", "--role", "auditor")
    danze(*verb).refused(f"{name} is damaged: 0 bytes, not 32", "delete it: tokens that it signed count no more")
    path.unlink()
    assert danze(*verb).code == 0


@pytest.mark.parametrize("held", [b"\xff\xfe", b"", b"PRIVATE+KEY+x+00000000+AAAA\n"])
def test_a_file_that_holds_no_signing_key_is_one_sentence(tmp_path, held):
    path = tmp_path / "sealkey"
    path.write_bytes(held)
    with pytest.raises(SealError, match=f"^{path}: "):
        sealkey(tmp_path)


@pytest.mark.parametrize("name", ["danze.db.sealkey", "danze.db.sealkey.next", "danze.db.seals/keys"])
def test_seals_do_not_go_on_with_a_damaged_file_and_name_it(tmp_path, name):
    danze = Danze(tmp_path / "danze.db")
    danze.emit()
    assert danze("seal").code == 0
    (tmp_path / name).write_bytes(b"\xff")
    danze("seal").refused(name)


def test_keys_of_a_log_that_are_no_text_are_said(tmp_path):
    (tmp_path / "keys").write_bytes(b"\xff")
    with pytest.raises(SealError, match=f"^{tmp_path}/keys holds no keys of a log$"):
        Folder(tmp_path).verifiers()


def test_who_has_no_home_is_told_what_to_set(monkeypatch):
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    place = parse("postgresql://danze@db.example/danze")
    for asked in (lambda: beside(place, "seals"), lambda: master_key.source_of(place)):
        with pytest.raises(StoreError, match="set HOME or XDG_DATA_HOME"):
            asked()


def test_a_secret_that_waits_takes_its_place_where_it_fits(tmp_path):
    path = tmp_path / "key"
    secret_files.make(path, b"old")
    secret_files.replace(secret_files.announced(path), b"new")
    secret_files.settle(path, lambda held: held == b"another")
    assert path.read_bytes() == b"old"
    secret_files.settle(path, lambda held: held == b"new")
    assert (path.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"new", ["key"])
