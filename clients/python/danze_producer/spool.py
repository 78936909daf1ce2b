"""Actions on disk until Kafka has them: appended and synced one by one, read in order, removed when they were sent.

A folder of segments (`000000000001.actions`), each line `CRC32 ACTION`, and `sent`, the place up to which Kafka has
them. That place is written without a sync: after a power cut it may be an older one, and danze gets duplicates,
which it knows. One process at a time may use a spool; it needs a POSIX system.
"""

import errno
import fcntl
import os
import threading
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from danze_producer.problems import SpoolFull, SpoolUnusable

CHUNK = 1 << 20
SEGMENT = 8 << 20
SUFFIX = ".actions"


class Place(NamedTuple):
    segment: int
    offset: int


class Waiting(NamedTuple):
    """An action that waits, and the place behind it."""

    action: bytes
    upto: Place


class Spool:
    """Safe to share between threads."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder = folder
        self.limit = limit
        self.waiting = 0
        """Actions that were not sent yet."""
        self._segment_size = max(1, min(SEGMENT, limit // 8))
        self._lock = threading.Lock()
        self._sizes: dict[int, int] = {}
        self._sent = Place(0, 0)
        self._last, self._file = 0, -1
        """The segment that is appended to."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._held = _held(folder)
            self._sent_file = os.open(folder / "sent", os.O_RDWR | os.O_CREAT, 0o600)
            self._recover()
        except OSError as error:
            raise SpoolUnusable(f"the spool {folder} cannot be used: {error.strerror}") from error

    def append(self, action: bytes) -> None:
        """The action is on disk when this returns; SpoolFull, and nothing of it kept, if it cannot be."""
        line = b"%08x %b\n" % (crc32(action), action)
        with self._lock:
            size = sum(self._sizes.values())
            if size + len(line) > self.limit:
                raise SpoolFull(
                    f"the spool {self.folder} holds {self.waiting:,} actions that Kafka has not got, {size:,} bytes of "
                    f"at most {self.limit:,}; this one was not kept"
                )
            if self._sizes[self._last] >= self._segment_size:
                self._begin(self._last + 1)
            self._write(line)
            self.waiting += 1

    def next(self) -> list[Waiting]:
        """The actions that wait, the first ones; none where none wait."""
        with self._lock:
            place = self._sent
            if place.offset == self._sizes[place.segment] and place.segment < self._last:
                place = Place(place.segment + 1, 0)
            end = self._sizes[place.segment]
        with self._path(place.segment).open("rb") as file:
            file.seek(place.offset)
            chunk = file.read(min(CHUNK, end - place.offset))
            while chunk and b"\n" not in chunk:  # one action that is longer than that
                chunk += file.read(CHUNK)
        found, offset = [], place.offset
        for line in chunk.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            offset += len(line)
            found.append(Waiting(line[9:-1], Place(place.segment, offset)))
        return found

    def sent(self, count: int, upto: Place) -> None:
        """Kafka has `count` more actions, those before this place; segments that only hold such are removed."""
        with self._lock:
            self._sent = upto
            self.waiting -= count
            if not self.waiting and self._sizes[self._last] >= self._segment_size:
                self._begin(self._last + 1)
                self._sent = Place(self._last, 0)
            os.pwrite(self._sent_file, b"%012d %012d\n" % self._sent, 0)
            for segment in [each for each in self._sizes if each < self._sent.segment]:
                self._path(segment).unlink()
                del self._sizes[segment]

    def close(self) -> None:
        with self._lock:
            for each in (self._file, self._sent_file, self._held):
                os.close(each)

    def _path(self, segment: int) -> Path:
        return self.folder / f"{segment:012}{SUFFIX}"

    def _begin(self, segment: int) -> None:
        """Opens a segment for appending; a new one is there also after a power cut."""
        fresh = os.open(self._path(segment), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        folder = os.open(self.folder, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._last = fresh, segment
        self._sizes.setdefault(segment, 0)

    def _write(self, line: bytes) -> None:
        end = self._sizes[self._last]
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError as error:
            os.ftruncate(self._file, end)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise SpoolFull(f"no room on the disk of the spool {self.folder}; the action was not kept") from error
            raise SpoolUnusable(f"the spool {self.folder} cannot be written: {error.strerror}") from error
        self._sizes[self._last] = end + len(line)

    def _recover(self) -> None:
        """What an earlier process left. A last line that was torn when it was killed had been promised to nobody."""
        segments = sorted(int(path.stem) for path in self.folder.glob(f"*{SUFFIX}")) or [1]
        self._sent = self._place_of(segments)
        for segment in segments:
            path = self._path(segment)
            content = path.read_bytes() if path.exists() else b""
            whole = content[: content.rfind(b"\n") + 1]
            if whole != content and segment == segments[-1]:
                os.truncate(path, len(whole))
            elif whole != content:
                raise SpoolUnusable(f"{path} was cut short; put it back as it was, or move it away to go on without it")
            self._sizes[segment] = len(whole)
            offset = 0
            for line in whole.splitlines(keepends=True):
                if line[:9] != b"%08x " % crc32(line[9:-1]):
                    raise SpoolUnusable(f"{path} was changed at byte {offset}; put it back, or move it away")
                offset += len(line)
                self.waiting += Place(segment, offset) > self._sent
        self._begin(segments[-1])

    def _place_of(self, segments: list[int]) -> Place:
        """Up to where it was sent; if that cannot be known, everything is sent again."""
        segment, _, offset = os.pread(self._sent_file, 64, 0).partition(b" ")
        if segment.isdigit() and offset.strip().isdigit() and int(segment) in segments:
            place, path = Place(int(segment), int(offset)), self._path(int(segment))
            if path.exists() and place.offset <= path.stat().st_size:
                return place
        return Place(segments[0], 0)


def _held(folder: Path) -> int:
    """Two processes would send what the other one has sent, and in another order."""
    held = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise SpoolUnusable(f"the spool {folder} is used by another process; give each its own") from None
    return held
