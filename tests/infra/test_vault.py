"""Personal fields are sealed under a key of their owner, and erased by destroying it."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.log.port import StoreError
from infra.vault.vault import Vault, open_vault

OWNER = "person:9f3a"
FIELDS = {"name": "周小华", "phone": "13800000000", "text": "小区停车乱收费"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.delenv("DANZE_MASTER_KEY", raising=False)
    monkeypatch.delenv("DANZE_MASTER_KEY_FILE", raising=False)
    return tmp_path


@pytest.fixture
def vault(store_url: str) -> Iterator[Vault]:
    opened = open_vault(store_url)
    yield opened
    opened.close()


def test_what_was_sealed_opens_again(vault: Vault, store_url: str) -> None:
    sealed = vault.seal(OWNER, FIELDS)
    assert sealed["key"] == OWNER
    assert set(sealed) == {"key", "sealed"}
    assert vault.open(sealed) == FIELDS
    assert open_vault(store_url).open(sealed) == FIELDS


def test_the_intake_key_is_the_stores_own_and_stays(vault: Vault, store_url: str, tmp_path: Path) -> None:
    assert open_vault(store_url).intake_key.public == vault.intake_key.public
    assert open_vault(f"sqlite:///{tmp_path / 'other.db'}").intake_key.public != vault.intake_key.public


def test_sealing_twice_shows_no_likeness(vault: Vault) -> None:
    assert vault.seal(OWNER, FIELDS)["sealed"] != vault.seal(OWNER, FIELDS)["sealed"]


def test_many_owners_at_once(vault: Vault) -> None:
    wanted = [(f"person:{n % 600}", {"name": str(n)}) for n in range(700)]
    assert [vault.open(each) for each in vault.seal_many(wanted)[-150:]] == [fields for _, fields in wanted[-150:]]
    assert vault.seal_many([]) == []


def test_the_forgotten_read_as_erased(vault: Vault, store_url: str) -> None:
    sealed, other = vault.seal(OWNER, FIELDS), vault.seal("person:2", FIELDS)
    assert vault.forget(OWNER)
    assert vault.open(sealed) is None
    assert open_vault(store_url).open(sealed) is None
    assert vault.open(other) == FIELDS
    assert not vault.forget(OWNER)


def test_the_forgotten_may_petition_again(vault: Vault) -> None:
    before = vault.seal(OWNER, FIELDS)
    vault.forget(OWNER)
    after = vault.seal(OWNER, {"name": "周小华"})
    assert vault.open(before) is None
    assert vault.open(after) == {"name": "周小华"}


def test_a_key_forgotten_by_another_process_is_not_used_for_long(vault: Vault, store_url: str) -> None:
    sealed = vault.seal(OWNER, FIELDS)
    open_vault(store_url).forget(OWNER)
    assert vault.open(sealed) is None


def test_sealed_fields_cannot_be_given_to_another(vault: Vault) -> None:
    sealed = vault.seal(OWNER, FIELDS)
    vault.seal("person:2", FIELDS)
    with pytest.raises(StoreError, match="person:2 cannot be opened"):
        vault.open({**sealed, "key": "person:2"})


@pytest.mark.parametrize("bad", ["", "AAAA", "not base64!"])
def test_changed_bytes_are_an_error(vault: Vault, bad: str) -> None:
    sealed = vault.seal(OWNER, FIELDS)
    with pytest.raises(StoreError, match="cannot be opened"):
        vault.open({**sealed, "sealed": bad})


def test_the_digest_is_keyed_and_stable(vault: Vault, store_url: str, tmp_path: Path) -> None:
    assert vault.digest(b"x") == open_vault(store_url).digest(b"x")
    assert len(vault.digest(b"x")) == 16
    assert vault.digest(b"x") != vault.digest(b"y")
    assert vault.digest(b"x") != open_vault(str(tmp_path / "other.db")).digest(b"x")


def test_the_master_key_is_its_owner_s_alone(vault: Vault, home: Path) -> None:
    (path,) = home.rglob("*.master")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(base64.b64decode(path.read_bytes())) == 32


def test_no_clear_text_and_no_bare_key_in_the_files(vault: Vault, home: Path) -> None:
    vault.seal(OWNER, FIELDS)
    for path in home.iterdir():
        if path.is_file():
            assert "周小华".encode() not in path.read_bytes()


def test_a_destroyed_key_leaves_no_bytes_behind(tmp_path: Path) -> None:
    vault = open_vault(str(tmp_path / "log.db"))
    vault.seal(OWNER, FIELDS)
    wrapped = vault._store.wrapped([OWNER])[OWNER]
    files = [tmp_path / "log.db.keys", tmp_path / "log.db.keys-wal"]
    assert any(wrapped in path.read_bytes() for path in files if path.exists())
    vault.forget(OWNER)
    assert not any(wrapped in path.read_bytes() for path in files if path.exists())


def test_another_master_key_is_refused(vault: Vault, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANZE_MASTER_KEY", base64.b64encode(os.urandom(32)).decode())
    with pytest.raises(StoreError, match="the master key does not fit the keys in"):
        open_vault(store_url)


def test_a_lost_master_key_is_not_replaced(vault: Vault, store_url: str, home: Path) -> None:
    (path,) = home.rglob("*.master")
    path.unlink()
    with pytest.raises(StoreError, match="the master key of this store is not at"):
        open_vault(store_url)
    assert not path.exists()


def test_a_master_key_from_a_file(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "given"
    path.write_bytes(base64.b64encode(b"k" * 32))
    monkeypatch.setenv("DANZE_MASTER_KEY_FILE", str(path))
    sealed = open_vault(store_url).seal(OWNER, FIELDS)
    monkeypatch.setenv("DANZE_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    assert open_vault(store_url).open(sealed) == FIELDS
    assert not list(tmp_path.rglob("*.master"))


@pytest.mark.parametrize("value", ["short", base64.b64encode(b"k" * 31).decode(), "*" * 44])
def test_a_malformed_master_key_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("DANZE_MASTER_KEY", value)
    with pytest.raises(StoreError, match="DANZE_MASTER_KEY holds no master key: it must be 32 bytes in base64"):
        open_vault(str(tmp_path / "log.db"))


def test_threads_make_one_key_for_one_owner(vault: Vault) -> None:
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda n: vault.seal(f"person:{n % 5}", {"n": str(n)}), range(80)))
    assert [vault.open(each) for each in sealed] == [{"n": str(n)} for n in range(80)]


def test_processes_opening_a_new_vault_at_once_agree(store_url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        vaults = list(pool.map(lambda _: open_vault(store_url), range(6)))
    sealed = [vault.seal(OWNER, {"n": str(n)}) for n, vault in enumerate(vaults)]
    assert [vaults[0].open(each) for each in sealed] == [{"n": str(n)} for n in range(6)]
