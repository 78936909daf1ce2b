"""Where the signing key of a log is lost, that is said and no other is made; with the key, or with a new one and the
old seals kept, it goes on.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.wiring import now
from domain.reader import Reader
from infra.doors.access import access_key, access_seals, accesses_of
from infra.log.urls import parse
from infra.seals.notes import SealError
from tests.system.command import Danze, city, registered

NAME = "example.org/hengyang"


@pytest.fixture
def danze(tmp_path: Path) -> Danze:
    """A small city, sealed; one more petition came since."""
    danze = Danze(tmp_path / "danze.db")
    danze.emit(*city())
    danze("seal", "--name", NAME)
    danze.emit(registered(1))
    return danze


@pytest.fixture
def key(danze: Danze) -> Path:
    return Path(f"{danze.store}.sealkey")


def seals(danze: Danze) -> tuple[str, str]:
    """What the doctor finds, and what is to be done."""
    checks = danze("doctor", "--json").json["checks"]
    (told,) = [each for each in checks if each["what"] == "seals"]
    assert told["level"] == "look"
    return told["found"], told["do"]


@pytest.mark.parametrize("left", [None, b""])
@pytest.mark.parametrize("how", [(), ("--rotate",), ("--rebuild",), ("--name", NAME)])
def test_no_other_key_is_made_in_the_place_of_a_lost_one(danze, key, left, how):
    held = key.read_bytes()
    key.unlink()
    if left is not None:
        key.write_bytes(left)
    why = f"the signing key of this log ({NAME}) is not at {key}: put it back from where keys are kept"
    danze("seal", *how).refused(why)
    assert (key.read_bytes() if key.exists() else None) == left
    found, do = seals(danze)
    assert (why in found, "#the-signing-key-is-lost" in do) == (True, True)
    key.write_bytes(held)
    assert danze("seal", *({"--rotate"} & {*how})).code == 0, "it was put back"


def test_where_the_names_of_the_keys_are_lost_too_the_checkpoint_says_whose_it_is(danze, key):
    key.unlink()
    Path(f"{danze.store}.seals/keys").unlink()
    danze("seal").refused(f"the signing key of this log ({NAME}) is not at {key}")


def test_a_log_that_was_never_sealed_gets_its_key_with_the_first_seal(tmp_path):
    danze = Danze(tmp_path / "new.db")
    danze.emit(*city())
    assert danze("seal").code == 0
    assert Path(f"{danze.store}.sealkey").exists()


def test_a_key_lost_for_good_is_followed_by_another_and_the_old_seals_still_hold(danze, key):
    """As docs/runbooks.md says, step by step."""
    folder = Path(f"{danze.store}.seals")
    old = (folder / "keys").read_text(encoding="utf-8").splitlines()[0]
    checkpoint = (folder / "checkpoint").read_bytes()
    key.unlink()
    assert danze("verify", "--key", old).code == 0
    kept = folder.rename(f"{folder}-old")
    new = danze("seal", "--name", NAME, "--json").json["key"]
    assert (new.startswith(f"{NAME}+"), new != old) == (True, True)
    assert danze("verify", "--key", new, "--json").json["seals"]["sealed"] == 4
    (auditors := folder.with_name("kept.txt")).write_bytes(checkpoint)
    said = danze("verify", "--seals", kept, "--checkpoint", auditors, "--key", old, "--json").json
    assert (said["ok"], said["seals"]["sealed"]) == (True, 3)
    assert [danze("verify", "--key", each, "--seals", at).code for each, at in ((old, folder), (new, kept))] == [1, 1]


def test_the_access_log_gets_no_other_key_either(danze):
    place = parse(danze.store)
    with accesses_of(place, now) as accesses:
        for turn in range(2):
            accesses.read(Reader("auditor", name="token:a1"), "GET /v1/petitions/{no}", {"no": "P-1"})
            accesses.flush()
            if turn == 0:
                accesses.seal()
                access_key(place).unlink()
        with pytest.raises(SealError, match=r"the signing key of this log .* is not at .*access\.seals\.key"):
            accesses.seal()
    assert not access_key(place).exists()
    assert (access_seals(place).path / "checkpoint").exists()
    danze("seal", "--access").refused(f"is not at {access_key(place)}")
