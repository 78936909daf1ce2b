"""The files of a sealer are read while it writes them, and two may be the first to seal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from infra.log.open import open_log
from infra.log.port import Log, leaf_of
from infra.seals import keys
from infra.seals.notes import LOG, SealError, Signer, Verifier
from infra.seals.sealer import Folder, Sealer
from infra.seals.tiles import Tiles
from tests.infra.samples import entries

NOW = datetime(2020, 3, 1, tzinfo=UTC)
LEAVES = [leaf_of(b"%d" % number) for number in range(300)]
KEY = Signer("example.org/1", LOG, b"\1" * 32)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with closing(open_log(str(tmp_path / "log.db"))) as log:
        log.append(entries(["petition:A"] * 5), [], after=0)
        yield log


@pytest.mark.parametrize("ask", [lambda tiles: tiles.root(200), lambda tiles: tiles.leaf(199)], ids=["root", "leaf"])
def test_a_tile_that_is_filled_while_it_is_read_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Tiles], bytes]
) -> None:
    """Its partial files go then, and whoever was about to read one was told that it is missing."""
    Tiles(tmp_path).extend(0, LEAVES[:200])
    before, read, turns = ask(Tiles(tmp_path)), Path.read_bytes, count()

    def filled(path: Path) -> bytes:
        if path.name == "200" and next(turns) == 0:
            Tiles(tmp_path).extend(200, LEAVES[200:])
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", filled)
    assert ask(Tiles(tmp_path)) == before
    assert next(turns) > 1


def test_a_checkpoint_that_is_being_written_is_not_told_and_one_cut_off_is_written_over(
    log: Log, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "seals")
    sealer = Sealer(log, folder, KEY)
    first = sealer.seal(NOW)
    with (folder.path / "seals.jsonl").open("ab") as file:
        file.write(b'{"size": 9, "at": "20')
    assert [*folder.seals()] == [first]
    log.append(entries(["petition:A"] * 6)[5:], [], after=5)
    second = sealer.seal(NOW)
    assert [*folder.seals()] == [first, second]


def test_where_the_newest_checkpoint_is_missing_the_last_that_was_given_out_is_gone_on_from(
    log: Log, tmp_path: Path
) -> None:
    """Whoever made it was killed in between. A smaller one would cover up that the end of the log was cut."""
    folder = Folder(tmp_path / "seals")
    sealer = Sealer(log, folder, KEY)
    first = sealer.seal(NOW)
    assert first is not None
    (folder.path / "checkpoint").unlink()
    assert (sealer.seal(NOW), folder.newest()) == (None, first.note)
    (folder.path / "checkpoint").unlink()
    log.append(entries(["petition:A"] * 6)[5:], [], after=5)
    second = sealer.seal(NOW)
    assert [*folder.seals()] == [first, second]


def test_where_the_newest_checkpoint_is_missing_a_cut_tail_shows(log: Log, store_url: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "seals")
    Sealer(log, folder, KEY).seal(NOW)
    (folder.path / "checkpoint").unlink()
    cut = open_log(f"{store_url}_cut")
    cut.append(entries(["petition:A"] * 5)[:3], [], after=0)
    with pytest.raises(SealError, match="its tail was cut"):
        Sealer(cut, folder, KEY).seal(NOW)
    assert folder.newest() is None
    cut.close()


def test_keys_are_there_whole_or_not_at_all(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, before = Folder(tmp_path / "seals"), list[list[Verifier]]()

    def looked(path: Path, new: Path) -> Path:
        before.append(folder.verifiers())
        return path.rename(new)

    monkeypatch.setattr(Path, "replace", looked)
    Sealer(log, folder, KEY)
    assert (before, folder.verifiers()) == ([[]], [KEY.verifier])


def test_of_two_that_make_the_first_key_at_once_both_have_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sealed with its own, and one of them could never seal again."""
    fresh, made = keys.fresh, list[Signer]()

    def second(kind: int, name: str) -> Signer:
        with monkeypatch.context() as own:
            own.setattr(keys, "fresh", fresh)
            made.append(keys.signer(tmp_path / "key", LOG))
        return fresh(kind, name)

    monkeypatch.setattr(keys, "fresh", second)
    assert keys.signer(tmp_path / "key", LOG).verifier == made[0].verifier
    assert [each.name for each in tmp_path.iterdir()] == ["key"]
