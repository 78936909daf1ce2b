"""Many, some at a time: as many keys as one query looks for in any store, or as many as are meant to be in memory."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
KEYS = 500
"""Keys that are looked for in one query."""


def parts(all_: Iterable[T], each: int = KEYS) -> Iterator[list[T]]:
    """All in their order, so many at a time, and no part empty. What comes one by one is read no further than asked."""
    left = iter(all_)
    while part := list(islice(left, each)):
        yield part
