"""A new master key: what was sealed opens, the old key opens nothing, and a kill at any moment loses neither."""

from __future__ import annotations

import base64
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.log.port import StoreError
from infra.secret_files import announced
from infra.vault.rotation import rotate
from infra.vault.sealed_box import Envelope
from infra.vault.store import Rotated
from infra.vault.vault import Vault, open_vault
from tests.patience import until

OWNER = "person:9f3a"
FIELDS = {"name": "周小华"}
SENT = '{"id":"1","source":"/window","subject":"petition:1","data":{"personal":{"name":"周小华"}}}'.encode()
DYING = """
import os, signal, sys
import infra.vault.master_key, infra.vault.rotation, infra.vault.store
from infra.vault.vault import open_vault
vault = open_vault(sys.argv[1], create=False)
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
{where} = die
infra.vault.rotation.rotate(vault)
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    for variable in ("DANZE_MASTER_KEY", "DANZE_MASTER_KEY_FILE", "DANZE_MASTER_KEY_COMMAND"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def vault(store_url: str) -> Iterator[Vault]:
    opened = open_vault(store_url)
    yield opened
    opened.close()


def master_of(home: Path) -> Path:
    (path,) = home.rglob("*.master")
    return path


def test_everything_opens_after_a_rotation_and_nothing_with_the_old_key(
    vault: Vault, store_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = vault.seal_many([(f"person:{n}", {"n": str(n)}) for n in range(700)])
    old = master_of(home).read_text().strip()
    assert rotate(vault)[::2] == (700, None)
    again = open_vault(store_url)
    assert [again.open(each) for each in sealed] == [{"n": str(n)} for n in range(700)]
    assert again.digest(b"x") == vault.digest(b"x")
    monkeypatch.setenv("DANZE_MASTER_KEY", old)
    with pytest.raises(StoreError, match="the master key does not fit the keys in"):
        open_vault(store_url)


def test_what_was_digested_before_is_recognised_after(vault: Vault, store_url: str) -> None:
    before = vault.digest(b"x")
    for _ in range(2):
        rotate(vault)
        assert open_vault(store_url).digest(b"x") == before


def test_the_forgotten_stay_forgotten(vault: Vault) -> None:
    sealed = vault.seal(OWNER, FIELDS)
    vault.forget(OWNER)
    assert rotate(vault).persons == 0
    assert vault.open(sealed) is None


def test_what_producers_sealed_with_former_keys_opens_until_they_are_destroyed(vault: Vault) -> None:
    first = vault.intake_key
    boxes = [Envelope(first.public).closed(SENT)]
    rotate(vault)
    boxes.append(Envelope(vault.intake_key.public).closed(SENT))
    rotate(vault)
    assert [vault.intake_key.opened(box) for box in boxes] == [SENT, SENT]
    assert vault.drop_intake(first.name)
    assert not vault.drop_intake(vault.intake_key.name)
    assert not isinstance(vault.intake_key.opened(boxes[0]), bytes)
    assert vault.intake_key.opened(boxes[1]) == SENT


def test_a_process_that_knew_the_old_key_goes_on_with_the_new_one(vault: Vault, store_url: str) -> None:
    other = open_vault(store_url)
    sealed = other.seal(OWNER, FIELDS)
    rotate(vault)
    assert other.open(sealed) == FIELDS
    later = other.seal("person:2", FIELDS)
    assert open_vault(store_url).open(later) == FIELDS
    assert other.intake_key.public == vault.intake_key.public


def test_sealing_goes_on_while_keys_are_rotated(vault: Vault, store_url: str) -> None:
    sealed, ended = [], threading.Event()

    def seal() -> None:
        other = open_vault(store_url)
        while not ended.is_set():
            sealed.append(other.seal(f"person:{len(sealed)}", {"n": str(len(sealed))}))

    with_others = threading.Thread(target=seal)
    with_others.start()
    for turn in range(4):
        until(lambda turn=turn: len(sealed) > turn or not with_others.is_alive())
        rotate(vault)
    ended.set()
    with_others.join()
    assert len(sealed) >= 4
    assert [open_vault(store_url).open(each) for each in sealed] == [{"n": str(n)} for n in range(len(sealed))]


def test_who_seals_while_keys_are_rotated_again_and_again_seals_in_the_end(
    vault: Vault, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time he waited for a rotation that another followed at once, and gave up after three."""
    other = open_vault(store_url)
    add, rotations = other._store.add, iter(range(5))

    def overtaken(*given: Any) -> dict[str, bytes]:
        for _ in islice(rotations, 1):
            rotate(vault)
        return add(*given)

    monkeypatch.setattr(other._store, "add", overtaken)
    assert open_vault(store_url).open(other.seal(OWNER, FIELDS)) == FIELDS
    assert next(rotations, None) is None


def test_who_waits_for_the_end_of_rotations_leaves_the_machine_to_others(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He asked the store again and again without a pause, for half a minute."""
    tries, slept = list[int](), list[float]()

    def overtaken(*_: Any) -> dict[str, bytes]:
        tries.append(1)
        raise Rotated

    monkeypatch.setattr(vault._store, "add", overtaken)
    monkeypatch.setattr("infra.vault.vault.PATIENCE_SECONDS", 0.21)
    clock = SimpleNamespace(monotonic=lambda: sum(slept), sleep=slept.append, time_ns=time.time_ns)
    monkeypatch.setattr("infra.vault.vault.time", clock)
    with pytest.raises(StoreError, match="are being rotated again and again"):
        vault.seal(OWNER, FIELDS)
    assert (len(tries), slept) == (12, [0.02] * 11)


def test_who_opens_while_a_rotation_ends_opens(
    vault: Vault, store_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key that waited was put in place after a look at where it was."""
    sealed, master, bytes_of = vault.seal(OWNER, FIELDS), master_of(home), Path.read_bytes
    with monkeypatch.context() as before_its_end:
        before_its_end.setattr("infra.vault.rotation.put_in_place", lambda *_: None)
        rotate(vault)

    def ends(path: Path) -> bytes:
        if path == announced(master) and path.exists():
            path.replace(master)
        return bytes_of(path)

    monkeypatch.setattr(Path, "read_bytes", ends)
    assert open_vault(store_url).open(sealed) == FIELDS
    assert not announced(master).exists()


@pytest.mark.parametrize(
    "where",
    ["infra.vault.rotation.make", "infra.vault.rotation.read", "infra.vault.store._rewrap",
     "infra.vault.store.KeyStore._clean", "infra.vault.rotation.put_in_place"],
)  # fmt: skip
def test_killed_at_any_step_the_old_key_works_or_the_new_one_does(
    vault: Vault, store_url: str, home: Path, where: str
) -> None:
    sealed = vault.seal(OWNER, FIELDS)
    died = subprocess.run([sys.executable, "-c", DYING.format(where=where), store_url], check=False)
    assert died.returncode == -9
    again = open_vault(store_url)
    assert again.open(sealed) == FIELDS
    assert vault.open(sealed) == FIELDS
    rotate(again)
    assert open_vault(store_url).open(sealed) == FIELDS
    assert not announced(master_of(home)).exists()


def test_of_two_who_rotate_at_once_neither_loses_a_key(vault: Vault, store_url: str) -> None:
    sealed = vault.seal(OWNER, FIELDS)
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: _rotated(store_url), range(8)))
    assert None in told
    assert set(told) <= {None, "another process has rotated the master key meanwhile; nothing was changed"}
    assert open_vault(store_url).open(sealed) == FIELDS


def _rotated(store_url: str) -> str | None:
    try:
        rotate(open_vault(store_url))
    except StoreError as error:
        return str(error)
    return None


def test_a_key_from_the_environment_is_rotated_to_one_in_a_file(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANZE_MASTER_KEY", base64.b64encode(b"k" * 32).decode())
    vault, new = open_vault(store_url), tmp_path / "new"
    sealed = vault.seal(OWNER, FIELDS)
    with pytest.raises(StoreError, match="comes from DANZE_MASTER_KEY: name a file for the new one with --new-key"):
        rotate(vault)
    told = rotate(vault, new).to_do
    assert told == f"set DANZE_MASTER_KEY to what {new} holds, and start danze's processes again"
    monkeypatch.setenv("DANZE_MASTER_KEY", new.read_text().strip())
    assert open_vault(store_url).open(sealed) == FIELDS


def test_with_a_command_the_new_key_may_come_from_outside(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, new = tmp_path / "key", tmp_path / "new"
    for path, letter in ((key, b"k"), (new, b"n")):
        path.write_bytes(base64.b64encode(letter * 32))
    monkeypatch.setenv("DANZE_MASTER_KEY_COMMAND", f"cat {key}")
    vault = open_vault(store_url)
    sealed = vault.seal(OWNER, FIELDS)
    with pytest.raises(StoreError, match="holds the present master key"):
        rotate(vault, key)
    assert rotate(vault, new).to_do == f"let the command answer what {new} holds, and start danze's processes again"
    key.write_bytes(new.read_bytes())
    assert open_vault(store_url).open(sealed) == FIELDS


def test_a_file_that_is_named_is_replaced_as_well(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_bytes(base64.b64encode(b"k" * 32))
    monkeypatch.setenv("DANZE_MASTER_KEY_FILE", str(key))
    vault = open_vault(store_url)
    sealed = vault.seal(OWNER, FIELDS)
    assert rotate(vault) == (1, key, None)
    assert base64.b64decode(key.read_bytes()) != b"k" * 32
    assert key.stat().st_mode & 0o777 == 0o600
    assert open_vault(store_url).open(sealed) == FIELDS
