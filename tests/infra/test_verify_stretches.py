"""Several processes find what one finds: the same root, the same first bad position, the same words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.log.open import open_log
from infra.log.port import Log, leaf_of
from infra.log.verify import verify
from infra.log.verify_stretches import stretches
from infra.seals.audit import Sealed
from infra.seals.keys import fresh
from infra.seals.notes import LOG
from infra.seals.sealer import Folder, Sealer
from tests.infra.samples import entries

EVENTS, LENGTH = 300, 64
HERE = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
SUBJECTS = [f"petition:{(n * n) % 23}" for n in range(EVENTS)]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'danze.db'}"


@pytest.fixture
def log(url: str) -> Iterator[Log]:
    opened = open_log(url)
    opened.append(entries(SUBJECTS), [], after=0)
    yield opened
    opened.close()


def both(log: Log, url: str, folder: Folder | None = None) -> list[dict]:
    one, other = (Sealed(folder) if folder else None for _ in range(2))
    beside = stretches(url, EVENTS, other, processes=2, length=LENGTH)
    return [verify(log, seals=one), verify(log, seals=other, stretches=beside)]


def test_a_sound_log(log, url):
    one, other = both(log, url)
    assert one == other
    assert one["ok"]


def test_the_last_stretch_is_checked_beside_the_others_though_it_is_shorter(log, url):
    ends = [stretch.position for stretch in stretches(url, EVENTS, processes=2, length=LENGTH)]
    assert ends == [64, 128, 192, 256, EVENTS]


def test_the_program_is_not_loaded_again_for_each_process(log, url, tmp_path):
    """All of `danze` is more to load than a hundred thousand events are to check."""
    program = tmp_path / "program.py"
    program.write_text(
        "from infra.log.verify_stretches import stretches\n"
        "print('loaded')\n"
        "if __name__ == '__main__':\n"
        f"    print([each.position for each in stretches({url!r}, {EVENTS}, processes=2, length={LENGTH})])\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True, env=HERE)
    assert done.stdout == f"loaded\n[64, 128, 192, 256, {EVENTS}]\n"


@pytest.mark.parametrize(
    ("statement", "position"),
    [
        ("UPDATE stored_events SET leaf = zeroblob(32) WHERE rowid = 65", 65),
        ("UPDATE stored_events SET originator_version = 9 WHERE rowid = 200", 200),
        ("DELETE FROM stored_events WHERE rowid = 128", 128),
        ("UPDATE stored_events SET key = (SELECT key FROM stored_events WHERE rowid = 3) WHERE rowid = 250", 250),
        ("DELETE FROM stored_events WHERE rowid > 290", 291),
    ],
)
def test_the_first_bad_position(log, url, statement, position):
    with log.store.cursor(commit=True) as cursor:
        cursor.execute(statement)
    one, other = both(log, url)
    assert one == other
    assert one["first_bad"]["position"] == position


def test_checkpoints_amid_a_stretch_are_held_against_it(url, tmp_path):
    folder, all_entries = Folder(tmp_path / "seals"), entries(SUBJECTS)
    with closing(open_log(url)) as log:
        sealer = Sealer(log, folder, fresh(LOG, "example.org/log"))
        for first, last in ((0, 100), (100, 140), (140, EVENTS)):
            log.append(all_entries[first:last], [], after=first)
            sealer.seal(datetime(2020, 4, 10, tzinfo=UTC))
        one, other = both(log, url, folder)
        assert one == other
        assert one["ok"]
        body = bytes(log.get(120).body).replace(b"1", b"2")
        with log.store.cursor(commit=True) as cursor:
            cursor.execute("UPDATE stored_events SET state = ?, leaf = ? WHERE rowid = 120", (body, leaf_of(body)))
        one, other = both(log, url, folder)
        assert one == other
        assert (one["events"], one["first_bad"]["position"]) == (119, 120)
