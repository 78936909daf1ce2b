"""Notes, checkpoints, tiles and proofs agree with what other implementations publish, and with RFC 6962."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.log.port import leaf_of
from infra.seals.checkpoints import Checkpoint, checkpoint_of
from infra.seals.notes import LOG, WITNESS, Note, SealError, Signer, decoded, parse_note, parse_signer, parse_verifier
from infra.seals.proofs import check_consistency, check_inclusion
from infra.seals.tiles import Tiles
from tests.infra.test_merkle import INPUTS, ROOTS, by_the_book

GO_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
"""Of golang.org/x/mod/sumdb/note."""

WITNESSED = """\
arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— remora.n621.de \
2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
"""A checkpoint of a public log as a public witness cosigned it."""

LEAVES = [leaf_of(data) for data in INPUTS]
INCLUSION = {
    (0, 1): [],
    (1, 2): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
"""Proofs over `INPUTS`, as in transparency-dev/merkle."""


def test_a_note_is_signed_and_read_as_go_does():
    note = parse_note(GO_NOTE)
    signer = parse_signer(GO_KEY)
    assert str(signer.verifier) == GO_VERIFIER
    assert signer.secret == GO_KEY
    assert parse_verifier(GO_VERIFIER).signed(note) == 0
    assert str(Note(note.text, (signer.sign(note.text),))) == GO_NOTE


def test_a_cosignature_of_a_public_witness_is_read_with_its_time():
    note = parse_note(WITNESSED)
    assert parse_verifier(REMORA).signed(note) == 0x6A122120
    assert checkpoint_of(note)[:2] == ("arche2025h1.staging.ct.transparency.dev", 1_432_088_532)


@pytest.mark.parametrize("kind", [LOG, WITNESS])
def test_a_changed_text_does_not_fit_its_signature(kind):
    signer = Signer("danze.example/1", kind, b"\1" * 32)
    note = Note(text := Checkpoint("danze.example/1", 5, b"\2" * 32).text, (signer.sign(text, 7),))
    assert signer.verifier.signed(note) == (7 if kind == WITNESS else 0)
    assert Signer("danze.example/2", kind, b"\1" * 32).verifier.signed(note) is None, "another name is another key"
    with pytest.raises(SealError, match="forged or altered"):
        signer.verifier.signed(Note(text.replace("5", "6"), note.signatures))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "text\n\n",
        "text\n\nx\n",
        "text\n\n— a b\n",
        "te\txt\n\n— a AAAAAAA=\n",
        "text\n\n— a AAAAAAA=",
        "\n\n\n",
    ],
)
def test_what_is_no_note_is_one_sentence(text):
    with pytest.raises(SealError):
        parse_note(text)


def test_bytes_are_written_in_one_way_only():
    """The last characters of base64 have bits to spare: a text altered there would stand for the same bytes."""
    assert decoded("AAA=") == b"\0\0"
    for text in ("AAB=", "AB==", "AAA", "AA A=", "AAA=\n"):
        with pytest.raises(SealError, match="not base64"):
            decoded(text)


@pytest.mark.parametrize(
    "text", ["a\n05\nAAAA\n", "a\n5\nAAAA\n", "a\nx\n" + "A" * 43 + "=\n", "\n5\n" + "A" * 43 + "=\n"]
)
def test_what_is_no_checkpoint_is_one_sentence(text):
    with pytest.raises(SealError):
        checkpoint_of(Note(text, ()))


def test_keys_that_do_not_hold_together_are_refused():
    for text in ("", "a+b", "a+00000000+" + GO_VERIFIER.split("+", 2)[2], "a b+c74f20a3+AQ=="):
        with pytest.raises(SealError):
            parse_verifier(text)
    with pytest.raises(SealError):
        parse_signer(GO_KEY.replace("c74f20a3", "c74f20a4"))


@pytest.fixture
def tiles(tmp_path: Path) -> Tiles:
    tiles = Tiles(tmp_path)
    tiles.extend(0, LEAVES)
    return tiles


def test_proofs_are_those_of_other_implementations(tiles):
    assert [tiles.root(size).hex() for size in range(9)] == ROOTS
    assert {(i, n): [h.hex() for h in tiles.inclusion(i, n)] for i, n in INCLUSION} == INCLUSION
    assert {(m, n): [h.hex() for h in tiles.consistency(m, n)] for m, n in CONSISTENCY} == CONSISTENCY


def test_every_proof_in_a_small_tree_holds_and_fits_nothing_else(tiles):
    roots = [tiles.root(size) for size in range(9)]
    for size in range(1, 9):
        for index in range(size):
            proof = tiles.inclusion(index, size)
            check_inclusion(LEAVES[index], index, size, roots[size], proof)
            for wrong in ((LEAVES[index - 1], index, proof), (LEAVES[index], index, [*proof, roots[1]]),
                          (LEAVES[index], (index + 1) % 8, proof), (LEAVES[index], size, proof)):  # fmt: skip
                if size > 1:
                    with pytest.raises(SealError):
                        check_inclusion(wrong[0], wrong[1], size, roots[size], wrong[2])
        for old in range(size + 1):
            check_consistency(old, roots[old], size, roots[size], tiles.consistency(old, size))


@given(st.integers(1, 2_000), st.data())
@settings(max_examples=40)
def test_a_log_that_grew_in_any_steps_proves_its_growth(tmp_path_factory, size, data):
    tiles, leaves = Tiles(tmp_path_factory.mktemp("tiles")), [leaf_of(b"%d" % n) for n in range(size)]
    at = 0
    while at < size:
        at = tiles.extend(at, leaves[at : at + data.draw(st.integers(1, size - at))])
    old, index = data.draw(st.integers(1, size)), data.draw(st.integers(0, size - 1))
    assert tiles.root(size) == by_the_book(leaves)
    assert tiles.root(old) == by_the_book(leaves[:old])
    assert tiles.leaves(index, 3) == leaves[index : index + 3]
    check_inclusion(leaves[index], index, size, tiles.root(size), tiles.inclusion(index, size))
    proof = tiles.consistency(old, size)
    check_consistency(old, tiles.root(old), size, tiles.root(size), proof)
    if old < size:
        with pytest.raises(SealError):
            check_consistency(old, leaf_of(b"x"), size, tiles.root(size), proof)
        with pytest.raises(SealError):
            check_consistency(old, tiles.root(old), size, leaf_of(b"x"), proof)


def test_tiles_lie_as_other_tools_expect_them(tmp_path):
    tiles = Tiles(tmp_path)
    tiles.extend(0, [leaf_of(b"%d" % n) for n in range(70_000)])
    files = {str(path.relative_to(tmp_path / "tile")) for path in tmp_path.rglob("*") if path.is_file()}
    assert len([f for f in files if f.startswith("0/") and ".p" not in f]) == 273
    assert {f for f in files if not f.startswith("0/") or ".p" in f} == {
        "0/273.p/112",
        "1/000",
        "1/001.p/17",
        "2/000.p/1",
    }
    tiles.extend(70_000, [leaf_of(b"x")] * 144)
    assert not (tmp_path / "tile/0/273.p").exists()
    assert (tmp_path / "tile/0/273").stat().st_size == 8192


def test_a_damaged_tile_says_so(tiles):
    (tiles.folder / "tile/0/000.p/8").write_bytes(b"x")
    with pytest.raises(SealError, match="damaged; danze seal --rebuild"):
        Tiles(tiles.folder).root(8)


def test_tiles_are_on_the_disk_before_the_checkpoint_over_them_and_before_what_they_replace_goes(tmp_path, monkeypatch):
    """One that held a beginning goes when the next is on the disk; all others at once, before the checkpoint."""
    done, unlink = list[str](), Path.unlink

    def fsync(descriptor: int) -> None:
        done.append(f"synced {Path(f'/proc/self/fd/{descriptor}').readlink().name.partition('.')[0]}")

    def removed(path: Path, missing_ok: bool = False) -> None:
        if path.parent.name.endswith(".p"):
            done.append(f"removed {path.parent.name}/{path.name}")
        unlink(path, missing_ok=missing_ok)

    tiles = Tiles(tmp_path)
    tiles.extend(0, LEAVES[:4])
    monkeypatch.setattr("os.fsync", fsync)
    monkeypatch.setattr("infra.durable.sync_all", lambda _: done.append("synced all"))
    monkeypatch.setattr(Path, "unlink", removed)
    tiles.extend(4, [LEAVES[0]] * 262)
    tiles.sync()
    assert done == ["synced 000", "synced 0", "removed 000.p/4", "synced all"]
