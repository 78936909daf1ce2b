"""What befalls one process on one SQLite store. Each fault is there within its `with`, and healed after it."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.faults.embedded import Embedded, filled

PAGE = 4096
FLIPPED = 16
"""Bytes that are others afterwards."""
YEAR = 366
"""Days by which its time is wrong, at most."""
LEFT = 300
"""At most so many kilobytes are left on a full disk."""
TIGHT = 40 << 20
"""At most so many bytes of memory more than it has: some do, some do not."""


@contextmanager
def kill(engine: Embedded) -> Iterator[None]:
    """kill -9 at a random moment."""
    engine.struck(1.3)
    assert engine.running is not None
    engine.running.kill()
    yield


@contextmanager
def full_disk(engine: Embedded) -> Iterator[None]:
    """Nothing, or next to nothing, can be written any more; then there is room again."""
    ballast = engine.disk / "ballast"
    left = engine.random.randrange(LEFT) << 10
    if not engine.small:
        _limited(engine, resource.RLIMIT_FSIZE, Path(engine.danze.store).stat().st_size + left)
        yield
        return
    filled(ballast, left)
    yield
    engine.quiet()
    ballast.unlink()


@contextmanager
def out_of_memory(engine: Embedded) -> Iterator[None]:
    """It gets no more memory than it has, or hardly more."""
    assert engine.running is not None
    has = int(Path(f"/proc/{engine.running.pid}/statm").read_text().split()[0]) * resource.getpagesize()
    _limited(engine, resource.RLIMIT_AS, has + engine.random.randrange(TIGHT))
    yield


@contextmanager
def clock(engine: Embedded) -> Iterator[None]:
    """The machine's time is set ahead or back while it works, and set right when it has ended."""
    engine.struck()
    engine.machine.set(engine.random.uniform(-YEAR, YEAR))
    yield
    engine.quiet()
    engine.machine.set(0)


def _limited(engine: Embedded, what: int, limit: int) -> None:
    assert engine.running is not None
    resource.prlimit(engine.running.pid, what, (limit, resource.RLIM_INFINITY))


@contextmanager
def corrupt_rows(engine: Embedded) -> Iterator[None]:
    """A page of the read models is another: a replay finds what differs, or says that the file may go."""
    engine.quiet()
    views = Path(f"{engine.danze.store}.views")
    _flipped(engine, views)
    yield
    said = engine.danze("replay")
    if said.code == 2:
        said.refused("danze.db.views", "delete it")
        engine.lost(lambda path: ".views" not in path.name)
        assert engine.danze("replay").code == 0


@contextmanager
def corrupt_log(engine: Embedded) -> Iterator[None]:
    """A page of the log is another: `verify` names the first bad position, no backup is made, the last is restored."""
    engine.quiet()
    backup = engine.folder / "backup"
    shutil.rmtree(backup, ignore_errors=True)
    assert engine.danze("backup", backup).code == 0
    _flipped(engine, Path(engine.danze.store))
    yield
    said = engine.danze("verify", "--json")
    if said.code == 1:
        assert said.json["first_bad"]["position"] > 0
        engine.danze("backup", engine.folder / "none").refused("altered at position")
    elif said.code == 2:
        said.refused("damaged")
    restored(engine, backup)


@contextmanager
def restore(engine: Embedded) -> Iterator[None]:
    """A backup is made while actions come in; then the machine is lost, and the backup restored on another."""
    backup = engine.folder / "backup"
    shutil.rmtree(backup, ignore_errors=True)
    assert engine.danze("backup", backup).code == 0
    engine.danze("restore", backup, "--forgotten", "nobody").refused("exists")
    engine.struck()
    assert engine.running is not None
    engine.running.kill()
    yield
    engine.quiet()
    restored(engine, backup)


def restored(engine: Embedded, backup: Path) -> None:
    """All that came after the backup is sent again, and what it has is a duplicate."""
    engine.lost()
    assert engine.danze("restore", backup, "--forgotten", "nobody").code == 0
    engine.taken = 0


def _flipped(engine: Embedded, file: Path) -> None:
    """Some bytes of a random page, but the first: a file that begins wrongly is no SQLite file to begin with."""
    with file.open("r+b") as pages:
        at = engine.random.randrange(1, file.stat().st_size // PAGE) * PAGE + engine.random.randrange(PAGE - FLIPPED)
        pages.seek(at)
        before = pages.read(FLIPPED)
        pages.seek(at)
        pages.write(bytes(each ^ 0xFF for each in before))


FAULTS: dict[str, Callable[[Embedded], AbstractContextManager[None]]] = {
    "kill": kill, "full-disk": full_disk, "oom": out_of_memory, "clock": clock, "corrupt-rows": corrupt_rows,
    "corrupt-log": corrupt_log, "restore": restore,
}  # fmt: skip
