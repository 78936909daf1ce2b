"""Verifying on several cores: stretches of the log are checked side by side, and joined in their order."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from infra.log.checker import Checker, Seals
from infra.log.open import open_log
from infra.log.verify import until_mark

STRETCH = 1 << 16
"""Events that one process checks at a time; below two of them, starting others is not worth it."""


def stretches(
    url: str, events: int, seals: Seals | None = None, *, processes: int | None = None, length: int = STRETCH
) -> Iterator[Checker | None]:
    """Checkers of the stretches of a log of so many events, in order; None for one with a fault in it.

    None at all where there is one core, or little to check. The last, unfinished stretch is left to the caller.
    `length` is a power of two, so that the trees of stretches are subtrees of the whole.
    """
    processes = processes or len(os.sched_getaffinity(0))
    if processes < 2 or events < 2 * length:
        return
    firsts = range(0, events - length + 1, length)
    with ProcessPoolExecutor(processes, get_context("forkserver")) as pool:
        try:
            yield from pool.map(partial(_checked, url, length=length, seals=seals), firsts)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _checked(url: str, first: int, *, length: int, seals: Seals | None) -> Checker | None:
    """The checker of one stretch, in a process of its own; it stops at the first fault."""
    checker, last = Checker(first), first + length
    log = open_log(url, create=False)
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
