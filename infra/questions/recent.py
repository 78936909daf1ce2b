"""What was made of late: so many at most, and what nobody asked for longest goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """By key what was made last, up to `most`, and together up to `room` values. For any number of threads.

    What alone is larger is kept until the next is made: somebody may be turning its pages.
    """

    def __init__(self, most: int, room: int | None = None) -> None:
        self._most, self._room = most, room
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._held = 0
        """Values of all that is kept, together."""
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What is kept, else what is made now. Others ask meanwhile; two who ask for the same may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = make()
        size = values(made, self._room) if self._room is not None else 0
        with self._lock:
            self._held += size - self._kept.pop(key, (made, 0))[1]
            self._kept[key] = made, size
            while len(self._kept) > self._most or (len(self._kept) > 1 and self._held > (self._room or 0)):
                self._held -= self._kept.popitem(last=False)[1][1]
        return made


def values(told: object, most: int) -> int:
    """How many values stand in lists and tables within each other; beyond `most` it is not counted on."""
    number, inner = 0, [told]
    while inner and number <= most:
        each = inner.pop()
        held = each.values() if isinstance(each, dict) else each if isinstance(each, (list, tuple)) else ()
        number += len(held)
        inner += [value for value in held if isinstance(value, (dict, list, tuple))]
    return number
