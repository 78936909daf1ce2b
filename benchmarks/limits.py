"""What does a process spend its processor time on: decoding, hashing, the database, the network, folding?

A hundred times a second every Python process of a benchmark (`limits_everywhere`) looks what it is at, so that `danze
api` and workers are seen as well, and puts down the processor time since it looked last. A call into C counts for the
line that made it. Each process writes what it saw into the folder that `DANZE_BENCH_LIMITS` names.

The timer goes by the clock: where one goes by processor time, `time.process_time` goes by ticks of 4 ms. It is no
thread that looks: one that holds frames for a moment keeps their cursors open, and a transaction cannot be committed.
"""

import atexit
import json
import linecache
import os
import re
import signal
import sys
import time
from collections import Counter
from functools import cache
from itertools import chain
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


Stack = list[tuple[CodeType, int]]
"""Code and line of each frame, the innermost first."""


def stack(innermost: FrameType | None) -> Stack:
    found = []
    while innermost is not None:
        found.append((innermost.f_code, innermost.f_lineno or 0))
        innermost = innermost.f_back
    return found


def kind(frames: Stack) -> str:
    """What the innermost frame does that says anything."""
    return next(filter(None, (does(code, line) for code, line in frames)), "other")


@cache
def does(code: CodeType, number: int) -> str:
    """What one line of code does; nothing where neither it nor its file tells."""
    if OURS in code.co_filename:
        return ""
    line = linecache.getline(code.co_filename, number)
    told = (name for name, pattern in LINES if re.search(pattern, line))
    whose = (name for name, pattern in FILES if re.search(pattern, code.co_filename))
    return next(chain(told, whose), "")


def piece(frames: Stack) -> str:
    """Which function of the benchmark it was that had this done."""
    ours = (code.co_qualname for code, _ in frames if OURS in code.co_filename and code.co_filename != __file__)
    return next(ours, "serving").partition(".<")[0]


def at_work(main: FrameType | None) -> Stack:
    """Where the main thread is, or another one that works while that waits."""
    frames = stack(main)
    if frames and IDLE.search(frames[0][0].co_filename):
        others = [stack(frame) for frame in sys._current_frames().values()]  # noqa: SLF001 -- it is there for this
        idle = re.compile(f"{IDLE.pattern}|{re.escape(__file__)}")
        frames = next((each for each in others if not idle.search(each[0][0].co_filename)), frames)
    return frames


class Watch:
    """What one process spent, in milliseconds, by piece of work and kind."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.seen: Counter[tuple[str, str]] = Counter()
        self.used = time.process_time()
        self.looked = 0

    def look(self, _: int, frame: FrameType | None) -> None:
        spent = time.process_time() - self.used
        if spent > SECONDS / 10:
            self.used += spent
            frames = at_work(frame)
            self.seen[piece(frames), kind(frames)] += max(1, round(spent * 1e3))
            self.looked += 1
            if self.looked % WRITTEN_EACH == 0:
                self.write()

    def write(self) -> None:
        told = [[of, what, spent] for (of, what), spent in self.seen.items()]
        self.file.write_text(json.dumps({"command": sys.argv, "seen": told}), encoding="utf-8")

    def end(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)  # what rings when Python has gone would end the process
        self.write()


def begin() -> None:
    """Watches this process from now on, where a folder is named."""
    if folder := os.environ.get(FOLDER):
        watch = Watch(Path(folder) / f"{os.getpid()}.json")
        signal.signal(signal.SIGALRM, watch.look)
        signal.siginterrupt(signal.SIGALRM, False)
        signal.setitimer(signal.ITIMER_REAL, SECONDS, SECONDS)
        atexit.register(watch.end)


def found(folder: Path, of: str) -> dict[str, Counter[str]]:
    """Milliseconds by piece of work and kind, of processes whose command names `of`; loading libraries is no work."""
    pieces: dict[str, Counter[str]] = {}
    for file in folder.glob("*.json"):
        told = json.loads(file.read_text(encoding="utf-8"))
        if of in " ".join(told["command"]):
            for name, what, spent in (each for each in told["seen"] if each[0] != "<module>"):
                pieces.setdefault(name, Counter())[what] += spent
    return pieces
