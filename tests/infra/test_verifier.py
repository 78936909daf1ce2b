"""The verifier for people without danze agrees with what other implementations publish: the vectors of `test_seals`."""

from __future__ import annotations

import base64
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.infra.test_merkle import ROOTS
from tests.infra.test_seals import CONSISTENCY, GO_NOTE, GO_VERIFIER, INCLUSION, LEAVES, REMORA, WITNESSED, tiles

__all__ = ["tiles"]
SCRIPT = Path(__file__).resolve().parents[2] / "clients/verifier/verify_proof.py"
verifier = SimpleNamespace(**runpy.run_path(str(SCRIPT)))
NOTES = [(GO_NOTE, GO_VERIFIER), (WITNESSED, REMORA)]


def led_to(index: int, size: int, proof: list[bytes], leaf: bytes | None = None) -> str:
    return verifier.root_of(leaf or LEAVES[index], index, size, proof).hex()


@pytest.mark.parametrize(("place", "hashes"), INCLUSION.items())
def test_published_inclusion_proofs_lead_to_the_published_root(place, hashes):
    (index, size), proof = place, [bytes.fromhex(each) for each in hashes]
    assert led_to(index, size, proof) == ROOTS[size]
    assert led_to(index, size, proof, LEAVES[index - 1]) != ROOTS[size]
    for at, hashed in enumerate(proof):
        changed = [*proof[:at], bytes([hashed[0] ^ 1]) + hashed[1:], *proof[at + 1 :]]
        assert led_to(index, size, changed) != ROOTS[size]
        with pytest.raises(verifier.Fault, match="too short"):
            led_to(index, size, [*proof[:at], *proof[at + 1 :]])
    with pytest.raises(verifier.Fault, match="too long"):
        led_to(index, size, [LEAVES[0], *proof])


def test_every_inclusion_proof_in_a_small_tree_leads_to_its_root_and_to_no_other_place(tiles):
    for size in range(1, 9):
        for index in range(size):
            proof = tiles.inclusion(index, size)
            assert led_to(index, size, proof) == ROOTS[size]
            others = [
                other for other in range(size) if other != index and len(tiles.inclusion(other, size)) == len(proof)
            ]
            assert ROOTS[size] not in [led_to(other, size, proof, LEAVES[index]) for other in others]


def grew(old: int, new: int, proof: list[bytes], **roots: str) -> bool:
    told = {"before": ROOTS[old], "after": ROOTS[new], **roots}
    holds: bool = verifier.grew(old, bytes.fromhex(told["before"]), new, bytes.fromhex(told["after"]), proof)
    return holds


@pytest.mark.parametrize(("sizes", "hashes"), [(k, v) for k, v in CONSISTENCY.items() if k[0] < k[1]])
def test_published_consistency_proofs_hold_and_no_altered_one_does(sizes, hashes):
    (old, new), proof = sizes, [bytes.fromhex(each) for each in hashes]
    assert grew(old, new, proof)
    assert not grew(old, new, proof, before=ROOTS[old - 1])
    assert not grew(old, new, proof, after=ROOTS[new - 1])
    assert not grew(old, new, [*proof, LEAVES[0]])
    for at, hashed in enumerate(proof):
        assert not grew(old, new, [*proof[:at], bytes([hashed[0] ^ 1]) + hashed[1:], *proof[at + 1 :]])
        assert not grew(old, new, [*proof[:at], *proof[at + 1 :]])


def test_the_growth_of_every_small_tree_is_proved_and_of_no_other(tiles):
    for new in range(2, 9):
        for old in range(1, new):
            proof = tiles.consistency(old, new)
            assert [other for other in range(9) if grew(other, new, proof)] == [old]
            assert [other for other in range(9) if grew(old, other, proof)] == [new]


@pytest.mark.parametrize(("note", "key"), NOTES)
def test_published_notes_are_signed_by_their_keys_and_by_no_other(note, key):
    assert verifier.signed(note, verifier.key_of(key))
    other = next(each for _, each in NOTES if each != key)
    assert not verifier.signed(note, verifier.key_of(other))


@pytest.mark.parametrize(("note", "key"), NOTES)
def test_no_letter_of_a_signed_text_can_be_changed(note, key):
    text = note.rpartition("\n\n")[0]
    for at, letter in enumerate(text):
        with pytest.raises(verifier.Fault, match="forged, or the checkpoint altered"):
            verifier.signed(text[:at] + ("x" if letter != "x" else "y") + note[at + 1 :], verifier.key_of(key))


@pytest.mark.parametrize(("note", "key"), NOTES)
def test_no_byte_of_a_signature_can_be_changed_nor_the_time_that_a_witness_tells(note, key):
    head, _, encoded = note.rstrip("\n").rpartition(" ")
    signature = base64.b64decode(encoded)
    for at in range(4, len(signature)):
        changed = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        with pytest.raises(verifier.Fault, match="forged"):
            verifier.signed(f"{head} {base64.b64encode(changed).decode()}\n", verifier.key_of(key))


@pytest.mark.parametrize("key", [GO_VERIFIER, REMORA])
def test_a_key_under_another_name_or_of_another_kind_does_not_fit_its_id(key):
    name, key_id, encoded = key.split("+", 2)
    raw = base64.b64decode(encoded)
    other = base64.b64encode(bytes([raw[0] ^ 5]) + raw[1:]).decode()
    for altered in (f"{name}x+{key_id}+{encoded}", f"{name}+{key_id}+{other}"):
        with pytest.raises(verifier.Fault, match="does not fit its id"):
            verifier.key_of(altered)


def test_bytes_are_written_in_one_way_only():
    assert verifier.decoded("AAA=") == b"\0\0"
    with pytest.raises(verifier.Fault, match="not the only way"):
        verifier.decoded("AAB=")


def test_it_is_read_in_one_sitting():
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) < 200
