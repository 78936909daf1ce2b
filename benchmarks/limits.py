"""What does a process spend its processor time on: decoding, hashing, the database, the network, folding?

A thread looks a hundred times a second, in every Python process of a benchmark (`limits_everywhere`), so that what
`danze api` and a worker do is seen as well, and puts down the processor time since it looked last. A call into C counts
for the line that made it. Each process writes what it saw into the folder that `DANZE_BENCH_LIMITS` names.

A timer of the kernel's (ITIMER_PROF) would be simpler, but where one runs, `time.process_time` goes by ticks of 4 ms.
"""

import atexit
import json
import linecache
import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

FOLDER = "DANZE_BENCH_LIMITS"
SECONDS = 0.01
WRITTEN_EACH = 50
LINES: tuple[tuple[str, str], ...] = (
    ("hash", r"sha256|leaf_of|keys?_of\(|\.root\(|tree\.extend|digest\("),
    ("decode", r"decode|unpack|loads\(|convert\("),
    ("database", r"\.execute|executemany|fetch(all|many|one)|\.commit\(|cursor\."),
    ("network", r"\.(send|sendall|recv|poll|getmany|write|drain)\("),
)
"""What a line says that it does."""
FILES: tuple[tuple[str, str], ...] = (
    ("hash", r"/infra/log/merkle|/infra/seals/"),
    ("decode", r"/domain/codec|/msgspec/|/json/"),
    ("database", r"/infra/(log|views|past)/|/sqlalchemy/|/psycopg|/sqlite3/"),
    ("network", r"/kafka/|/aiokafka/|/faust/|/mode/|/asyncio/|/uvicorn/|/litestar/|/socket|/ssl|/consumers/"),
    ("fold and decide", r"/projections/|/domain/"),
)
"""Whose code it is, where the line does not say."""
OURS = f"{os.sep}benchmarks{os.sep}"
IDLE = re.compile(r"/(threading|selectors|queue)\.py$|/concurrent/futures/")


def frames(innermost: FrameType | None) -> Iterator[FrameType]:
    while innermost is not None:
        yield innermost
        innermost = innermost.f_back


def kind(innermost: FrameType) -> str:
    """What the innermost frame does that says anything."""
    found = (does(frame.f_code, frame.f_lineno or 0) for frame in frames(innermost))
    return next(filter(None, found), "other")


@cache
def does(code: CodeType, number: int) -> str:
    """What one line of code does; nothing where neither it nor its file tells."""
    line = linecache.getline(code.co_filename, number)
    if OURS in code.co_filename:
        return ""
    told = (
        (name, pattern, text) for rules, text in ((LINES, line), (FILES, code.co_filename)) for name, pattern in rules
    )
    return next((name for name, pattern, text in told if re.search(pattern, text)), "")


def piece(innermost: FrameType) -> str:
    """Which function of the benchmark it was that had this done."""
    ours = (frame.f_code.co_qualname for frame in frames(innermost) if OURS in frame.f_code.co_filename)
    return next(ours, "serving").partition(".<")[0]


def at_work(watching: int) -> FrameType | None:
    """Of the threads besides the one that watches, one that does not wait."""
    every = sys._current_frames().items()  # noqa: SLF001 -- it is there for this
    frames_ = [frame for thread, frame in every if thread != watching]
    return next((frame for frame in frames_ if not IDLE.search(frame.f_code.co_filename)), next(iter(frames_), None))


class Watch:
    """What one process spent, in milliseconds, by piece of work and kind."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seen: Counter[tuple[str, str]] = Counter()

    def run(self) -> None:
        used, looked = time.process_time(), 0
        while True:
            time.sleep(SECONDS)
            spent, used = time.process_time() - used, time.process_time()
            frame = at_work(threading.get_ident())
            if frame is not None and spent > SECONDS / 10:
                self.seen[piece(frame), kind(frame)] += max(1, round(spent * 1e3))
                looked += 1
            if looked % WRITTEN_EACH == 1:
                self.write()

    def write(self) -> None:
        told = [[of, what, spent] for (of, what), spent in list(self.seen.items())]
        self.file.write_text(json.dumps({"command": sys.argv, "seen": told}), encoding="utf-8")


def begin() -> None:
    """Watches this process from now on, where a folder is named."""
    if folder := os.environ.get(FOLDER):
        watch = Watch(Path(folder) / f"{os.getpid()}.json")
        threading.Thread(target=watch.run, daemon=True, name="limits").start()
        atexit.register(watch.write)


def found(folder: Path, of: str) -> dict[str, Counter[str]]:
    """Milliseconds by piece of work and kind, of processes whose command names `of`; loading libraries is no work."""
    pieces: dict[str, Counter[str]] = {}
    for file in folder.glob("*.json"):
        told = json.loads(file.read_text(encoding="utf-8"))
        if of in " ".join(told["command"]):
            for name, what, spent in (each for each in told["seen"] if each[0] != "<module>"):
                pieces.setdefault(name, Counter())[what] += spent
    return pieces
