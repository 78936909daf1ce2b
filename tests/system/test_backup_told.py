"""What `danze backup` says names what is there: where it could not write, and which keys are to be kept apart."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.wiring import now
from domain.reader import Reader
from infra.doors.access import access_key, accesses_of
from infra.log.urls import parse
from tests.faults.embedded import filled, mounted
from tests.system.command import Danze, city


@pytest.fixture
def danze(tmp_path: Path) -> Danze:
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    danze("seal")
    return danze


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small one."""
    (place := tmp_path / "disk").mkdir()
    if not mounted(place, 1):
        pytest.skip("a file system can be mounted by root only")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_fills_up_is_named(danze, disk):
    for left in (0, 4096, 65536):
        filled(disk / "ballast", left)
        danze("backup", disk / "one").refused(str(disk / "one"), "o space left")
        assert not list(disk.glob("one*"))
        (disk / "ballast").unlink()
    assert danze("backup", disk / "one").code == 0


def test_the_key_of_the_access_log_is_to_be_kept_once_there_is_one(danze, tmp_path):
    key = access_key(parse(danze.store))
    with accesses_of(parse(danze.store), now) as accesses:
        accesses.read(Reader("auditor", name="token:a1"), "GET /v1/petitions/{no}", {"no": "P-1"})
        accesses.flush()
        before = danze("backup", tmp_path / "before", "--json").json
        assert (before["accesses"], "access_signing_key" in before["keep_apart"]) == (1, False)
    after = danze("backup", tmp_path / "after", "--json").json
    assert after["keep_apart"]["access_signing_key"] == str(key)
