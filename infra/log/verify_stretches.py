"""Verifying on several cores: stretches of the log are checked side by side, and joined in their order."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from types import ModuleType

from infra.log.checker import Checker, Seals
from infra.log.lookups import Lookups
from infra.log.open import open_log
from infra.log.verify import until_mark

STRETCH = 1 << 14
"""Events that one process checks at a time; below four of them, starting others is not worth it."""


def stretches(
    url: str, events: int, seals: Seals | None = None, *, processes: int | None = None, length: int = STRETCH
) -> Iterator[Checker | None]:
    """Checkers of the stretches of a log of so many events, in order; None for one with a fault in it.

    None at all where there is one core, or little to check. `length` is a power of two, so that the trees of stretches
    are subtrees of the whole; the last stretch may be shorter.
    """
    processes = processes or len(os.sched_getaffinity(0))
    if processes < 2 or events < 4 * length:
        return
    ends = range(length, events + length, length)
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        try:
            with _main_left_alone():
                checked = pool.map(partial(_checked, url, length=length, events=events, seals=seals), ends)
            yield from checked
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _main_left_alone() -> Iterator[None]:
    """Processes that start meanwhile do not load the program's main module, as they else would: all of `danze` is more
    work than a hundred thousand events.
    """
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _checked(url: str, end: int, *, length: int, events: int, seals: Seals | None) -> Checker | None:
    """The checker of one stretch, in a process of its own; it stops at the first fault."""
    checker, last = Checker(end - length), min(end, events)
    log = open_log(url, create=False)
    checker.lookups = Lookups()
    try:
        while checker.position < last:
            rows = log.raw_entries(checker.position, min(until_mark(checker.position, seals), last - checker.position))
            if not rows or checker.check(rows):
                return None
            if seals is not None and seals.next_mark(checker.position - 1) == checker.position:
                checker.marks[checker.position] = checker.tree.copy()
        return checker
    finally:
        log.close()
