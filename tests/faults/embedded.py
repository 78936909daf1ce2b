"""The embedded engine: `danze emit --history` on one SQLite store, process after process, and what befalls it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

from cli.wiring import System
from tests.faults.machine import Machine
from tests.faults.town import LAST, Undisturbed
from tests.system.command import Danze, Running

ROOM = 256
"""Megabytes of the small disk."""
AGAIN = 20
"""Of what was sent before, so much comes once more with each piece: duplicates."""


class Embedded:
    """Sends a history piece by piece. What was struck is done again, as whoever sends does."""

    name = "embedded"
    sources: tuple[tuple[str, ...], ...] = ((),)
    cannot: Mapping[str, str] = {}
    """All is tried somehow, on every machine."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.random = random
        self.disk = folder / "disk"
        self.folder = folder
        self.danze = Danze(self.disk / "danze.db", DANZE_MASTER_KEY_FILE=str(folder / "master"))
        self.machine = Machine(folder / "ahead")
        self.machine.set(0)
        self.running: Running | None = None
        self.usual = 0.3
        """Seconds that a piece takes when nobody disturbs it."""
        self.lines: list[bytes] = []
        self.taken = 0
        """So many lines were taken for certain."""
        self.upto = 0

    @contextmanager
    def standing(self) -> Iterator[None]:
        self.disk.mkdir()
        size = f"size={ROOM}m"
        self.small = not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "tmpfs", self.disk], check=False
        ).returncode
        kept_apart(self.folder / "master")
        try:
            yield
        finally:
            if self.running is not None:
                self.running.kill()
            if self.small:
                subprocess.run(["umount", "-l", self.disk], check=True)

    def begin(self, upto: int) -> None:
        """Sends on up to a line; returns at once."""
        self.upto = upto
        self.running = self._sending()

    def send_on(self) -> None:
        """It was given all of the piece."""

    def struck(self, within: float = 1.0) -> None:
        """Returns at a random moment of what is running."""
        time.sleep(self.random.random() * self.usual * within)

    def recover(self) -> None:
        """Whatever became of it, it is done again and must come to its end."""
        assert self.running is not None
        code = self.running.end()
        # killed, or ended by a library that aborts where there is no memory
        assert code in (0, 1, 2, -signal.SIGKILL, -signal.SIGABRT), self.running.said()
        if code == 2:
            assert len(self.running.said().strip().splitlines()) == 1, self.running.said()
        began = time.monotonic()
        self.running = self._sending()
        assert self.running.end() in (0, 1), self.running.said()
        self.usual = 0.8 * self.usual + 0.2 * (time.monotonic() - began)
        self.taken, self.running = self.upto, None

    def _sending(self) -> Running:
        file = self.folder / "actions.jsonl"
        file.write_bytes(b"\n".join(self.lines[max(0, self.taken - AGAIN) : self.upto]))
        return self.danze.begin(self.folder / "said", "emit", "--history", file, first=self.machine.enter)

    def sent_twice(self) -> list[bytes]:
        """Much, on purpose; of what is refused nothing depends on when it is asked."""
        return []

    def checked(self) -> None:
        """What can be said at any time."""
        said = self.danze("verify", "--json").json
        assert said["ok"], said

    def finish(self, alone: Undisturbed) -> None:
        assert self.danze("tick", "--history", "--now", LAST).code in (0, 1)

    @contextmanager
    def system(self) -> Iterator[System]:
        os.environ["DANZE_MASTER_KEY_FILE"] = str(self.folder / "master")
        try:
            with closing(System(self.danze.store)) as system:
                yield system
        finally:
            del os.environ["DANZE_MASTER_KEY_FILE"]

    # what may be done to its files, while nobody works on them

    def quiet(self) -> None:
        """Returns when nothing runs."""
        assert self.running is not None
        self.running.end()

    def lost(self, keep: Callable[[Path], bool] = lambda _: False) -> None:
        """The store's files are gone, all or some."""
        for path in self.disk.glob("danze.db*"):
            if not keep(path):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def mounted(place: Path, megabytes: int) -> bool:
    """A small disk, where we may mount one: as root."""
    options = f"size={megabytes}m,mode=755"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=False, capture_output=True)
    return not done.returncode


def kept_apart(master: Path) -> None:
    """A master key that outlives the store."""
    master.write_text("bWFzdGVyIGtleSBvZiAzMiBieXRlcywga2VwdCBhcGE=")
    master.chmod(0o600)


def filled(ballast: Path, left: int) -> None:
    """Takes all room on a disk but for some bytes, while others write there."""
    with ballast.open("wb") as file:
        while (room := os.statvfs(ballast.parent)).f_bavail * room.f_bsize > left + 4096:
            with suppress(OSError):  # somebody else was faster
                os.posix_fallocate(file.fileno(), 0, file.tell() + room.f_bavail * room.f_bsize - left)
                return
