"""How what is counted over all rows is kept, for who opens the store next."""

import zlib
from collections.abc import Collection
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from domain.duty.state import Ledger
from domain.rules.law import Rules
from infra.views.sums import Row, Sums
from projections.kpis import FORMULA
from projections.tally import Summed

DUTY_LEDGERS = "duties"
"""Where it stands, by subject, on which days what was done in a unit."""


class Unreadable(ValueError):
    """What is kept is none; the message says why."""


class Body(msgspec.Struct, array_like=True):
    """Sums, and which item repeats which."""

    counted: list[Summed]
    first_of: dict[str, str]


class Taken(NamedTuple):
    """What is to be kept: of which position, and of which rows."""

    position: int
    body: Body
    rows: dict[Row, bytes]
    tree: bytes


class Keeping:
    """What is kept of one generation, as this process read or kept it last."""

    def __init__(self, sums: Sums, rules: Rules) -> None:
        self._sums, self._law = sums, law_told(rules)
        self._at = -1
        """The position that it is of."""

    def read(self, upto: int) -> tuple[Body, int] | None:
        """The sums and their position; None where none are kept by this law, or none up to a position.

        Raises `Unreadable`; asked again, it is as if none were kept, and what is kept next replaces them.
        """
        try:
            kept = self._sums.read(self._law)
            if kept is None or kept.position > upto:
                return None
            body = msgspec.msgpack.decode(kept.body, type=Body)
        except (zlib.error, msgspec.MsgspecError) as error:
            self._sums.pass_over()
            raise Unreadable(str(error)) from error
        self._at = kept.position
        return body, kept.position

    def cells(self, table: str, keys: Collection[str]) -> dict[str, bytes]:
        """In which cells rows were counted by then. Raises `Stale`."""
        return self._sums.cells(table, keys)

    def all_cells(self, table: str) -> dict[str, bytes]:
        """The same of every row of a table."""
        return self._sums.all_cells(table)

    @property
    def nothing(self) -> bool:
        """Whether every row is to be kept, for none is."""
        return self._sums.version == 0

    def keep(self, taken: Taken) -> None:
        """Where the record gained nothing since, nothing is written.

        Raises `Stale` where another process kept some meanwhile, and `StoreError`.
        """
        if taken.position != self._at or taken.rows:
            self._sums.keep(taken.position, self._law, msgspec.msgpack.encode(taken.body), taken.rows, taken.tree)
            self._at = taken.position


def ledgers(sums: Sums) -> tuple[dict[str, Ledger], int]:
    """What units did of their duties as it is kept, by subject, and of which position; 0 where none is kept."""
    told, position = sums.rows(DUTY_LEDGERS)
    return {subject: msgspec.msgpack.decode(ledger, type=Ledger) for subject, ledger in told.items()}, position


def ledger_told(ledger: Ledger) -> bytes:
    return msgspec.msgpack.encode(ledger)


def law_told(rules: Rules) -> str:
    """What rows are counted by: sums under another law, or by another formula, are not of it."""
    told = msgspec.to_builtins([FORMULA, rules.versions, rules.calendar.years], order="sorted", str_keys=True)
    return blake2b(msgspec.json.encode(told), digest_size=12).hexdigest()
