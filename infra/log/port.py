"""What the log promises, whichever store keeps it.

Times are microseconds since 1970-01-01T00:00Z. Positions count from 1 over the whole log, versions from 1 within a
subject; neither ever has a gap. Nothing here knows a rule, a product or a file format.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from hashlib import blake2b, sha256
from itertools import groupby
from operator import gt, itemgetter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from domain.digits import digits

if TYPE_CHECKING:
    from infra.log.lookups import Lookups

FORMAT = 1
"""Version of the store format that this code writes; kept in the store's `meta` table."""
HELD = "is busy: another process has held it"
"""What is said of a store that somebody else does not let go of, with for how long."""


class StoreError(Exception):
    """The store cannot do what was asked; the message is one sentence for the person at the keyboard."""

    trouble = ""
    """The same in a word for who is elsewhere, and need not know of files; nothing where nobody foresaw it."""


class StoreAway(StoreError, ConnectionError):
    """The store's server is not to be reached for now; the same may succeed later."""


class StoreHeld(StoreError):
    """Somebody else does not let go of it; the same may succeed later."""

    trouble = "unavailable"


class StoreFull(StoreError, OSError):
    """There is no room for what was to be stored, and nothing of it was; with room the same will succeed."""

    errno = errno.ENOSPC


class StoreDamaged(StoreError, OSError):
    """What is kept beside a store cannot be read: somebody must mend it."""

    errno = errno.EIO
    trouble = "damaged"


class StoreMissing(StoreError):
    """There is nothing where the store should be."""


class StoreBroken(StoreError):
    """The file cannot be read to its end; what is before may be."""

    trouble = "damaged"


class StoreLocked(StoreError):
    """The master key is not there, or is not the one that fits: nothing personal can be sealed or opened."""

    trouble = "no-master-key"


class StoreTooNew(StoreError):
    """A later danze wrote this store; this one would misread it."""

    def __init__(self, found: int) -> None:
        super().__init__(
            f"this store has format {found}, written by a later danze; this one knows formats up to {FORMAT}. Upgrade."
        )


class Conflict(Exception):
    """Somebody else appended meanwhile: catch up, decide again, append again."""


class Entry(NamedTuple):
    """One event as stored. `body` is the exact bytes: what was hashed, and what travels on."""

    position: int
    subject: str
    version: int
    type: str
    recorded: int
    body: bytes


class NewEntry(NamedTuple):
    """One event about to be stored.

    `key` tells who sent it under which id (`key_of`), and is unique in the log. `digest` is a keyed digest of the
    action as sent: equal for a duplicate, different when an id is reused. `touches` are further names under which the
    event is found, such as the matter of a repeat.
    """

    subject: str
    version: int
    type: str
    recorded: int
    body: bytes
    key: bytes
    digest: bytes
    touches: tuple[str, ...] = ()


class Rejection(NamedTuple):
    """An action that was refused, kept whole (personal fields sealed) so that it can be corrected and sent again."""

    key: bytes
    digest: bytes
    code: str
    message: str
    path: str
    subject: str
    recorded: int
    body: bytes


class RawEntry(NamedTuple):
    """One row of the store as it lies there, with nothing checked: what `verify` reads."""

    position: int
    subject: str
    version: int
    type: str
    recorded: int
    body: bytes
    key: bytes
    digest: bytes
    leaf: bytes


class Head(NamedTuple):
    """The last position and its recorded time; (0, 0) for an empty log."""

    position: int
    recorded: int


class Cut(NamedTuple):
    """How far all of a log was at one moment."""

    position: int
    refused: int
    """The number of the last refused action."""
    marks: dict[str, int]


class Claim(Protocol):
    """The right to be the only one who does something, across processes; it goes with the process that has it."""

    def held(self) -> bool:
        """Whether it is still ours: a connection to a server may have been lost."""
        ...

    def release(self) -> None: ...


class Marks(Protocol):
    """How far others have got with a log, and who is at it. Names are lower-case words."""

    def mark(self, name: str) -> int:
        """The position up to which `name` is done, 0 at first."""
        ...

    def set_mark(self, name: str, position: int) -> None:
        """All up to `position` is done. A mark never goes backwards: a lower one changes nothing.

        Within a `turn` it is set with what is appended, or not at all.
        """
        ...

    def forget_mark(self, name: str) -> None:
        """`name` begins anew, at 0: what it told of is no more."""
        ...

    def claim(self, name: str) -> Claim | None:
        """The claim on `name`; None while somebody else has it."""
        ...


class Log(Marks, Protocol):
    """An append-only log. Safe to share between threads, and between processes on one store."""

    def head(self) -> Head: ...

    def append(
        self,
        entries: Sequence[NewEntry],
        rejections: Sequence[Rejection],
        *,
        after: int,
    ) -> Head:
        """Store all of it in one transaction, at positions head+1…, or nothing; answer the new head.

        `after` is the head at which the caller decided. A log that has grown since is a `Conflict`, and so are a key
        already taken and a version that does not follow its subject's last. `recorded` running backwards, within the
        batch or behind the log's last, is a ValueError: a bug of the caller. A rejection seen before (same key, digest
        and code) is kept once and counted.
        """
        ...

    def turn(self) -> AbstractContextManager[None]:
        """Within it nobody else appends, and what this thread appends is committed at its end, or not at all.

        For a writer that was overtaken: one that decides slowly would else never come through among faster ones.
        """
        ...

    def known(self, keys: Sequence[bytes]) -> dict[bytes, tuple[int, bytes]]:
        """Position and digest of those keys that are taken; the others are left out."""
        ...

    def read(self, after: int, *, upto: int | None = None, limit: int = 10_000) -> list[Entry]:
        """Events after a position, up to one (inclusive), in position order."""
        ...

    def stream(self, subject: str, *, upto: int | None = None) -> list[Entry]:
        """All events of one subject, in version order."""
        ...

    def streams(self, subjects: Sequence[str], *, upto: int | None = None) -> list[Entry]:
        """All events of many subjects, in position order."""
        ...

    def touching(self, name: str, *, upto: int | None = None) -> list[Entry]:
        """Events whose touches hold the name, in position order."""
        ...

    def touched(self, after: int, upto: int) -> dict[int, tuple[str, ...]]:
        """The touches of the events after a position, up to one (inclusive); those that touch nothing are left out."""
        ...

    def of_kind(self, kind: str, *, upto: int | None = None) -> Iterator[Entry]:
        """Events of all subjects of a kind (`unit` finds `unit:430400-xfj`), in position order.

        There may be millions: they are read as they are taken, and not held.
        """
        ...

    def at(self, recorded: int) -> int:
        """The last position recorded at or before a time, 0 if there is none; takes logarithmic time."""
        ...

    def get(self, position: int) -> Entry | None: ...

    def leaves(self, after: int = 0, limit: int = 100_000) -> list[tuple[int, bytes]]:
        """Position and stored leaf hash (32 bytes), in position order."""
        ...

    def rejected(self, *, after: int = 0, limit: int = 1000) -> list[tuple[int, Rejection, int]]:
        """Refused actions after a number: (number, rejection, times it was sent)."""
        ...

    def refused(self, keys: Sequence[bytes]) -> set[tuple[bytes, bytes]]:
        """Key and digest of those refused before, out of these keys."""
        ...

    def raw_entries(self, after: int = 0, limit: int = 10_000) -> list[RawEntry]:
        """Rows after a position, straight from the table and unchecked."""
        ...

    def cut(self) -> Cut:
        """Position, refused actions and marks as they fit each other: all as of one moment, and nobody waits."""
        ...

    def remembered(self) -> tuple[int, bytes] | None:
        """Position and leaf of the last event as the last append noted them apart, to find a tail that was cut."""
        ...

    def lowest(self) -> int | None:
        """The lowest position of any row; one below 1 no question reads."""
        ...

    def lookups(self, after: int = 0) -> Lookups:
        """What compares the look-up index with the rows behind a position."""
        ...

    def reindex(self) -> int:
        """Make the look-up index again from the events; answer how many there are. Nobody appends meanwhile."""
        ...

    def close(self) -> None: ...


def noted(text: object) -> tuple[int, bytes]:
    """Position and leaf, as the last append noted them. Raises `StoreError` for what it never wrote."""
    try:
        position, leaf = json.loads(text)  # type: ignore[arg-type]
        return position + 0, bytes.fromhex(leaf)
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError("the note of the last append is not what danze writes: somebody altered it") from error


def whole(value: object, name: str) -> int:
    """A number that the store notes under a name. Raises `StoreError` for what is none."""
    if type(value) is int:
        return value
    if isinstance(value, str) and (number := digits(value[:20], 10**20)) is not None:
        return number
    raise StoreError(f"what the store notes as {name!r} is no number: somebody altered it, or it is damaged")


def key_of(source: str, id: str) -> bytes:
    """The 16 bytes under which an action of this source and id is known."""
    return blake2b(f"{source}\0{id}".encode(), digest_size=16).digest()


def keys_of(senders: Iterable[str]) -> list[bytes]:
    """The same of many, each `source` and `id` with NUL between them: a third quicker."""
    begun, found = blake2b(digest_size=16), list[bytes]()
    for sender in senders:
        hashed = begun.copy()
        hashed.update(sender.encode())
        found.append(hashed.digest())
    return found


def leaf_of(body: bytes) -> bytes:
    """RFC 6962 leaf hash (section 2.1) of the stored bytes."""
    return sha256(b"\0" + body).digest()


def by_position(rows: Iterable[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    """The names that stand beside each position; the rows come in position order."""
    return {position: tuple(name for _, name in group) for position, group in groupby(rows, itemgetter(0))}


def check_order(entries: Sequence[NewEntry], head: Head) -> None:
    """Refuse a batch whose recorded times run backwards: with it `at` and every as-of answer would be wrong."""
    times = [head.recorded, *(entry.recorded for entry in entries)]
    if any(map(gt, times, times[1:])):
        raise ValueError("a batch holds an event recorded before the one before it")
