"""Actions on disk: kept when `append` returns, found again after a crash, never half, never more than there is room."""

import os
import subprocess
import sys
from pathlib import Path

import danze_producer
import pytest
from danze_producer import SpoolFull, SpoolUnusable
from danze_producer.spool import Spool

LIBRARY = {**os.environ, "PYTHONPATH": str(Path(danze_producer.__file__).parents[1])}
ROOM = 1 << 20
LINES = [f'{{"n": {n}}}'.encode() for n in range(20)]


def waiting(spool: Spool) -> list[bytes]:
    return [each.action for each in spool.next()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def test_what_was_appended_waits_in_order_and_again_after_a_restart(folder):
    spool = Spool(folder, ROOM)
    for line in LINES:
        spool.append(line)
    assert (spool.waiting, waiting(spool)) == (20, LINES)
    spool.close()
    again = Spool(folder, ROOM)
    assert (again.waiting, waiting(again)) == (20, LINES)


def test_what_was_sent_does_not_wait_any_more(folder):
    spool = Spool(folder, ROOM)
    for line in LINES:
        spool.append(line)
    spool.sent(7, spool.next()[6].upto)
    assert (spool.waiting, waiting(spool)) == (13, LINES[7:])
    spool.close()
    again = Spool(folder, ROOM)
    assert waiting(again) == LINES[7:]
    again.sent(13, again.next()[-1].upto)
    assert (again.waiting, waiting(again)) == (0, [])


def test_segments_go_when_they_were_sent_so_that_little_room_is_enough_for_ever(folder):
    spool = Spool(folder, 2_000)
    for n in range(500):
        spool.append(b'{"n": "%0100d"}' % n)
        if n % 5 == 4:
            while found := spool.next():
                spool.sent(len(found), found[-1].upto)
    assert spool.waiting == 0
    assert sum(path.stat().st_size for path in folder.glob("*.actions")) <= 2_000


def test_a_full_spool_says_so_and_keeps_what_it_has(folder):
    spool = Spool(folder, 100)
    spool.append(LINES[0])
    with pytest.raises(SpoolFull, match=r"holds 1 actions that Kafka has not got, 18 bytes of at most 100; this"):
        spool.append(b"x" * 100)
    assert waiting(spool) == LINES[:1]
    spool.append(LINES[1])
    assert spool.waiting == 2


@pytest.mark.parametrize("cut", range(1, 18))
def test_a_last_line_that_was_torn_is_cut_and_the_rest_is_there(folder, cut):
    spool = Spool(folder, ROOM)
    for line in LINES[:3]:
        spool.append(line)
    spool.close()
    segment = next(folder.glob("*.actions"))
    os.truncate(segment, segment.stat().st_size - cut)
    again = Spool(folder, ROOM)
    assert waiting(again) == LINES[:2]
    again.append(LINES[3])
    assert waiting(again) == [*LINES[:2], LINES[3]]


def test_a_changed_line_is_named_and_nothing_is_skipped(folder):
    spool = Spool(folder, ROOM)
    for line in LINES[:3]:
        spool.append(line)
    spool.close()
    segment = next(folder.glob("*.actions"))
    segment.write_bytes(segment.read_bytes().replace(b'"n": 1', b'"n": 7'))
    with pytest.raises(SpoolUnusable, match=r"000000000001\.actions was changed at byte 18"):
        Spool(folder, ROOM)


@pytest.mark.parametrize("place", [b"", b"nonsense", b"000000000009 000000000000\n", b"000000000001 000000999999\n"])
def test_a_lost_place_means_that_all_is_sent_again(folder, place):
    spool = Spool(folder, ROOM)
    for line in LINES:
        spool.append(line)
    spool.sent(7, spool.next()[6].upto)
    spool.close()
    (folder / "sent").write_bytes(place)
    assert waiting(Spool(folder, ROOM)) == LINES


def test_a_spool_has_one_owner(folder):
    owner = Spool(folder, ROOM)
    with pytest.raises(SpoolUnusable, match="is used by another process; give each its own"):
        Spool(folder, ROOM)
    owner.close()
    Spool(folder, ROOM).close()


def test_a_spool_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolUnusable, match="cannot be used: Not a directory"):
        Spool(tmp_path / "file" / "spool", ROOM)


def test_a_file_system_that_is_full_is_said_and_nothing_half_is_kept(folder):
    """The kernel's limit on file size stands for the disk: a write beyond it ends short, then fails."""
    script = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from danze_producer.spool import Spool; from danze_producer import ProducerProblem\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "spool = Spool(Path(sys.argv[1]), 1 << 20); kept = 0\n"
        "try:\n"
        "    while True: spool.append(b'x' * 30); kept += 1\n"
        "except ProducerProblem as error: print(kept, spool.waiting, type(error).__name__)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, folder], capture_output=True, text=True, env=LIBRARY, check=True
    )
    assert said.stdout == "2 2 SpoolUnusable\n"
    assert waiting(Spool(folder, ROOM)) == [b"x" * 30] * 2
