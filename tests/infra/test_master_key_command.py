"""The master key may come from a command; what goes wrong with it is said, and nothing secret with it."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest

from infra.log.port import StoreError
from infra.vault import master_key
from infra.vault.vault import open_vault

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def store(tmp_path: Path) -> str:
    return str(tmp_path / "log.db")


def test_the_command_s_answer_is_the_key(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANZE_MASTER_KEY_COMMAND", f"echo '{KEY}'")
    sealed = open_vault(store).seal("person:1", {"name": "周小华"})
    monkeypatch.delenv("DANZE_MASTER_KEY_COMMAND")
    monkeypatch.setenv("DANZE_MASTER_KEY", KEY)
    assert open_vault(store).open(sealed) == {"name": "周小华"}
    assert not list(tmp_path.glob("*.master"))


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (f"sh -c 'echo {KEY} >&2; exit 3'", "the command in DANZE_MASTER_KEY_COMMAND ended with exit code 3"),
        (f"no-such-client {KEY}", "the command in DANZE_MASTER_KEY_COMMAND cannot be run (No such file or directory)"),
        (f"echo '{KEY}", "DANZE_MASTER_KEY_COMMAND is no command line"),
        ("  ", "DANZE_MASTER_KEY_COMMAND is no command line"),
        (f"echo x{KEY}", "the answer of DANZE_MASTER_KEY_COMMAND holds no master key: it must be 32 bytes in base64"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_said_without_the_key(
    store: str, monkeypatch: pytest.MonkeyPatch, command: str, why: str
) -> None:
    monkeypatch.setenv("DANZE_MASTER_KEY_COMMAND", command)
    with pytest.raises(StoreError) as caught:
        open_vault(store)
    assert str(caught.value) == why


def test_a_command_that_does_not_end_is_killed_with_its_children(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(master_key, "COMMAND_SECONDS", 0.2)
    monkeypatch.setenv("DANZE_MASTER_KEY_COMMAND", "sh -c 'sleep 60 | cat'")
    began = time.monotonic()
    with pytest.raises(StoreError, match=r"the command in DANZE_MASTER_KEY_COMMAND took longer than 0\.2 s"):
        open_vault(store)
    assert time.monotonic() - began < 30
