"""The claim of one process on a store in a file."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from infra.log.claim import claim_file
from infra.log.port import StoreError


def test_of_two_one_has_it_until_he_gives_it_up(tmp_path):
    (store := tmp_path / "danze.db").touch()
    first = claim_file(tmp_path / "danze.db.seal", store)
    assert claim_file(tmp_path / "danze.db.seal", store) is None
    first.release()
    assert claim_file(tmp_path / "danze.db.seal", store).held()


def test_where_there_are_no_locks_that_is_a_sentence_and_no_file_stays_open(tmp_path, monkeypatch):
    def lockless(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    (store := tmp_path / "danze.db").touch()
    monkeypatch.setattr(fcntl, "flock", lockless)
    with pytest.raises(StoreError, match=r"danze\.db\.seal cannot be locked \(No locks available\)") as error:
        claim_file(tmp_path / "danze.db.seal", store)
    held = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    assert tmp_path / "danze.db.seal" not in held, error
