"""Read models kept by several workers, each its own partitions of the topic: who holds what, and how far it has come.

Rows and the place of a partition are written in one transaction, under an epoch: a worker that lost a partition cannot
write any more, so that every event has its effect once, whatever Kafka delivers twice.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import TextClause, text
from sqlalchemy.engine import Connection

from domain.petition.item import Item
from infra.log.port import StoreError
from infra.views.store import Live, Views
from infra.views.tables import Tables
from projections.fold import Changes


class Claim(NamedTuple):
    """What a worker holds of one partition."""

    tables: Tables
    partition: int
    epoch: int
    position: int
    """The last event of the log that was folded from this partition; what is not above it was seen before."""
    offset: int
    """Where to read on in Kafka; a hint, for positions decide."""
    dead: int
    """Records of this partition that could not be read and lie among the dead letters, since it was last made whole."""

    def at(self, position: int, offset: int, dead: int) -> "Claim":
        """The same claim, further on."""
        return self._replace(position=position, offset=offset, dead=dead)


class Partitions:
    """The live generation as workers share it."""

    def __init__(self, views: Views, count: int = 0) -> None:
        self._views = views
        self._count = count
        """How many partitions the topic has; needed for claims only."""

    def claim(self, wanted: Collection[int]) -> dict[int, Claim]:
        """Takes partitions from whoever held them. From the first claim on workers keep the read models."""
        views = self._views
        with views.writing() as connection:
            live = self._held(connection)
            if not live.partitioned:
                self._share(connection, live)
            known = connection.execute(
                self._text("SELECT count(*) FROM {p} WHERE generation = :g"), _number(live)
            ).scalar()
            if known != self._count:
                raise StoreError(
                    f"the read models are kept in {known} partitions, and the topic has {self._count}: a topic that "
                    "was made again with others needs read models made again, too (danze replay --from store)"
                )
            raised = "UPDATE {p} SET epoch = epoch + 1 WHERE generation = :g AND partition = :partition"
            for partition in wanted:
                connection.execute(self._text(raised), {**_number(live), "partition": partition})
            return {each.partition: each for each in self._claims(connection, live) if each.partition in wanted}

    def write(self, changes: Changes, places: Collection[Claim]) -> frozenset[int]:
        """Rows, and the places that partitions have come to with them, in one transaction.

        Answers the partitions that are not held any more, by another worker's claim or because the read models were
        rebuilt; then nothing was written.
        """
        moved = (
            "UPDATE {p} SET position = :position, next_offset = :offset, dead = :dead "
            "WHERE generation = :g AND partition = :partition AND epoch = :epoch"
        )
        with self._views.writing() as connection:
            ordered = sorted(places, key=attrgetter("partition"))
            gone = {each.partition for each in ordered if not self._moves(connection, moved, each)}
            tables = next(iter(places)).tables
            still = connection.execute(self._text("SELECT live FROM {g} WHERE number = :g"), {"g": tables.number})
            if not still.scalar():
                gone = {each.partition for each in places}
            if gone:
                connection.rollback()
            else:
                self._views.put(connection, tables, changes)
        return frozenset(gone)

    def items(self, claim: Claim, subjects: Collection[str]) -> dict[str, Item | None]:
        """Items as the rows hold them; None for those of which no row tells."""
        return self._views.items(claim.tables, subjects)

    def from_the_beginning(self) -> None:
        """Workers read the topic from its beginning: it was made again, offsets in it are others, and what could not be
        read is gone with the old one.
        """
        with self._views.writing() as connection:
            self._held(connection)
            connection.execute(self._text("UPDATE {p} SET next_offset = 0, epoch = epoch + 1, dead = 0"))

    def through(self, claims: Collection[Claim], position: int) -> frozenset[int]:
        """Notes that nothing up to a position of the log is missing in partitions, though their last event is older.

        Answers the partitions that are not held any more, of which nothing was noted.
        """
        moved = (
            "UPDATE {p} SET through = CASE WHEN through < :position THEN :position ELSE through END "
            "WHERE generation = :g AND partition = :partition AND epoch = :epoch"
        )
        with self._views.writing() as connection:
            told = [each._replace(position=position) for each in sorted(claims, key=attrgetter("partition"))]
            return frozenset(each.partition for each in told if not self._moves(connection, moved, each))

    @contextmanager
    def still(self) -> Iterator[tuple[Connection, dict[int, Claim]]]:
        """Within it no worker writes; the claims say how far each partition has come, and hold for nobody."""
        with self._views.writing() as connection:
            live = self._held(connection)
            yield connection, {each.partition: each for each in self._claims(connection, live)}

    def carry_over(self, connection: Connection, claims: Mapping[int, Claim], tables: Tables, *, whole: bool) -> None:
        """A rebuilt generation stands where the live one did, partition by partition. Made of the log it is `whole`:
        it lacks nothing that the topic did not give.
        """
        query = (
            "INSERT INTO {p} SELECT :number, partition, position, through, next_offset, epoch, "
            "CASE WHEN :whole = 1 THEN 0 ELSE dead END FROM {p} WHERE generation = :g"
        )
        old = next(iter(claims.values())).tables.number
        connection.execute(self._text(query), {"number": tables.number, "g": old, "whole": int(whole)})

    def _held(self, connection: Connection) -> Live:
        """The live generation, which nobody else shares out, writes or switches until the transaction ends."""
        if self._views.postgres:
            connection.execute(self._text("SELECT number FROM {g} WHERE live = 1 ORDER BY number FOR UPDATE"))
            connection.execute(self._text("SELECT partition FROM {p} ORDER BY generation, partition FOR UPDATE"))
        live = self._views.live(connection)
        assert live is not None, "opening the views makes a live generation"
        return live

    def _share(self, connection: Connection, live: Live) -> None:
        insert = "INSERT INTO {p} VALUES (:g, :partition, :position, :position, 0, 0, 0)"
        for partition in range(self._count):
            row = {**_number(live), "partition": partition, "position": live.position}
            connection.execute(self._text(insert), row)
        # Whoever still folds from the log finds the generation moved away from where it stood.
        connection.execute(self._text("UPDATE {g} SET position = -1 WHERE number = :g"), _number(live))

    def _claims(self, connection: Connection, live: Live) -> list[Claim]:
        query = "SELECT partition, epoch, position, next_offset, dead FROM {p} WHERE generation = :g ORDER BY partition"
        return [Claim(live.tables, *row) for row in connection.execute(self._text(query), _number(live))]

    def _moves(self, connection: Connection, update: str, place: Claim) -> bool:
        return bool(connection.execute(self._text(update), _bound(place)).rowcount)

    def _text(self, query: str) -> TextClause:
        return text(query.format(p=self._views.q("partitions"), g=self._views.q("generations")))


def _number(live: Live) -> dict[str, int]:
    return {"g": live.tables.number}


def _bound(claim: Claim) -> dict[str, int]:
    return {
        "g": claim.tables.number, "partition": claim.partition, "epoch": claim.epoch,
        "position": claim.position, "offset": claim.offset, "dead": claim.dead,
    }  # fmt: skip
