"""What the workers ask of the world: each the smallest thing, named by what is done with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from domain.envelope import Rejected
from domain.petition.item import Item
from projections.fold import Changes

Headers = Sequence[tuple[str, bytes]]


class Record(Protocol):
    """A record as it came from Kafka."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int | None: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


class Batch(Protocol):
    """Records of one partition, in order."""

    @property
    def partition(self) -> int: ...
    @property
    def records(self) -> Iterable[Record]:
        """Going through them may unpack them anew: a record that is not kept costs no memory."""
        ...

    @property
    def next_offset(self) -> int: ...
    @property
    def current(self) -> bool:
        """Whether the partition is still assigned to this worker, as it was when the batch was read."""
        ...


class Claim(Protocol):
    """What a worker holds of a partition of `petition.events`."""

    @property
    def partition(self) -> int: ...
    @property
    def position(self) -> int:
        """The last event folded from it."""
        ...

    @property
    def offset(self) -> int:
        """Where to read on."""
        ...

    @property
    def dead(self) -> int:
        """How many of its records lie among the dead letters."""
        ...

    def at(self, position: int, offset: int, dead: int) -> "Claim": ...


class Rows(Protocol):
    """The read models that several workers keep together."""

    def claim(self, wanted: Collection[int]) -> Mapping[int, Claim]:
        """Takes partitions from whoever held them."""
        ...

    def items(self, claim: Any, subjects: Collection[str]) -> Mapping[str, Item | None]:
        """Items as the rows hold them; None for those of which no row tells."""
        ...

    def write(self, changes: Changes, places: Collection[Any]) -> frozenset[int]:
        """Rows and places in one transaction; answers the partitions not held any more, and writes nothing then."""
        ...

    def through(self, claims: Collection[Any], position: int) -> frozenset[int]:
        """Notes that nothing up to a position of the log is missing in these partitions; answers those not held."""
        ...


class Outgoing(NamedTuple):
    """A record for Kafka."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Send(Protocol):
    """Sends records and returns when Kafka has them all."""

    def __call__(self, records: Iterable[Outgoing], /) -> object: ...


class Door(Protocol):
    """The intake of the log."""

    def take(
        self, lines: Sequence[bytes], refused: Mapping[int, Rejected], places: Sequence[tuple[str, int]], /
    ) -> Sequence[Any]:
        """Decides and records; what the caller refused already, by its number, is kept among the rejected.

        `places` name the queue and the place in it of each line, counted from 1.
        """
        ...

    def place(self, queue: str, /) -> int:
        """Up to which place of a queue all was decided on; 0 where nothing was."""
        ...
