"""Reads a million broken inputs: `make fuzz N=1000000`, with seed and target if one is to be looked at again.

    python -m tests.fuzz [--inputs N] [--seed S] [--target NAME]

What was a find is kept in corpus/TARGET and tried first from then on.
"""

from __future__ import annotations

import argparse
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from random import Random
from types import FrameType

from tests.fuzz.mutations import mutated
from tests.fuzz.targets import REFUSED, TARGETS, corpus
from tests.patience import PATIENCE

SECONDS = 10
"""An input that takes the processor for longer is a hang, and one that waits for longer than PATIENCE."""
MEMORY = 3 << 30
"""Address space: an input that wants more is a find."""
GROWTH = 400 << 10
"""KiB that a million inputs may add to the process."""
SHARE = {"intake": 20, "copy": 4}
"""Costly ones get a smaller part of the inputs."""


class Hang(Exception):
    """One input took too long."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=list(TARGETS))
    options = parser.parse_args()
    names = [options.target] if options.target else list(TARGETS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    shares = {name: 1 / SHARE.get(name, 1) for name in names}
    finds = 0
    for name in names:
        inputs = int(options.inputs * shares[name] / sum(shares.values())) + 1
        finds += fuzz(name, inputs, options.seed)
    sys.exit(1 if finds else 0)


def fuzz(name: str, inputs: int, seed: int) -> int:
    """Tries so many inputs, those kept first; answers how many were finds, of which one of each kind is kept."""
    pool, random = corpus(name), Random(f"{name} {seed}")
    refused, finds, kinds = 0, 0, set[str]()
    before, began = _largest(), time.monotonic()
    for number in range(inputs):
        data = pool[number] if number < len(pool) else mutated(random, pool)
        ended = tried(name, data)
        refused += ended == ""
        if ended and (kind := ended.partition(": ")[0]) not in kinds:
            kinds.add(kind)
            finds += 1
            print(f"{name}: {ended}; kept as {_kept(name, data)}", flush=True)
    grown, took = _largest() - before, time.monotonic() - began
    if grown > GROWTH:
        finds += 1
        print(f"{name}: the process has grown by {grown >> 10} MiB")
    print(
        f"{name:11} {inputs:9,} inputs, {refused:9,} refused, {finds} finds, {grown >> 10} MiB, {took:.0f} s",
        flush=True,
    )
    return finds


def tried(name: str, data: bytes) -> str | None:
    """None where it was read, "" where it was refused, or what else became of it."""
    try:
        with within(SECONDS):
            TARGETS[name](data)
    except REFUSED as refused:
        return (
            "" if str(refused) and "\n" not in str(refused).strip() else f"a refusal in several lines: {refused!s:.80}"
        )
    except Exception as error:  # noqa: BLE001 -- that is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(place.filename).name}, line {place.lineno}: {error!s:.200}"
    return None


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises `Hang` in what takes longer."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise Hang(f"it took more than {seconds} s of the processor, or {PATIENCE} s")

    timers = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, PATIENCE))
    for number, timer, most in timers:
        signal.signal(number, late)
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for _, timer, _ in timers:
            signal.setitimer(timer, 0)


def _kept(name: str, data: bytes) -> Path:
    path = Path(__file__).parent / "corpus" / name / f"find-{sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path


def _largest() -> int:
    """The most memory that the process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
