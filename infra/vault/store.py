"""Where wrapped keys lie: PATH.keys beside an SQLite log, schema NAME_keys beside a PostgreSQL one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.schema import CreateIndex, CreateTable

from infra.log.port import StoreMissing
from infra.log.urls import PostgresUrl, StoreUrl
from infra.parts import parts
from infra.postgres import ensure_schema
from infra.postgres import sentence as postgres_sentence
from infra.sql_errors import speaking
from infra.sqlite import BUSY_SECONDS, private, reading_only, unwritable, write_ahead
from infra.sqlite import sentence as sqlite_sentence

REWRAPPED = 10_000
"""Keys in memory at a time while all of them are wrapped anew."""

TABLES = sa.MetaData()
KEYS = sa.Table(
    "keys",
    TABLES,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
)
FORGOTTEN = sa.Table(
    "forgotten",
    TABLES,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("when", sa.BigInteger, nullable=False, index=True),
)
PROOFS = sa.Table(
    "proofs", TABLES, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.LargeBinary, nullable=False)
)
SECRETS = sa.Table(
    "secrets",
    TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
)
"""What outlives the master key that it came from: the digest's key, the intake's former keys."""


class Rotated(Exception):
    """The keys are wrapped under another master key by now: read it, and do it again."""


class State(NamedTuple):
    """What tells a process that its memory of the keys is out of date."""

    forgotten: int
    """When a key was destroyed last, by whichever process, in microseconds; 0 if never."""
    proof: bytes | None
    """What the present master key opens; None in a key store that is new."""
    secrets: int
    """How many secrets there are: one that was destroyed opens nothing more anywhere."""


class KeyStore:
    """Rows of wrapped keys; knows nothing of what is in them."""

    def __init__(self, engine: sa.Engine, where: str) -> None:
        self.engine = engine
        self.where = where
        self._sqlite = engine.dialect.name == "sqlite"
        with engine.begin() as connection:
            if not self._sqlite:
                # CREATE … IF NOT EXISTS is not atomic there.
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": where})
            for table in TABLES.sorted_tables:
                connection.execute(CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))

    def wrapped(self, owners: Sequence[str]) -> dict[str, bytes]:
        """The keys of those owners that have one."""
        with self.engine.connect() as connection:
            return _select(connection, owners)

    def add(self, new: Mapping[str, bytes], when: int, proof: bytes) -> dict[str, bytes]:
        """Keep these keys unless their owners have one by now; answers what is kept.

        Raises `Rotated`, with nothing kept, where `proof` is no longer the one: nobody could read them later.
        """
        rows = [{"owner": owner, "wrapped": wrapped, "created": when} for owner, wrapped in new.items()]
        with self.engine.begin() as connection:
            connection.execute(self._insert_missing(KEYS), rows)
            # Last: the insert holds SQLite's lock by now; in PostgreSQL this waits for a rotation under way.
            if connection.execute(sa.select(PROOFS.c.value).with_for_update(read=True)).scalar() != proof:
                raise Rotated
            return _select(connection, list(new))

    def rewrap(
        self, proofs: tuple[bytes, bytes], anew: Callable[[str, bytes], bytes], handed: Mapping[str, bytes], when: int
    ) -> int:
        """Every key and secret wrapped anew, and what is handed over beside them, in one transaction.

        `anew` gives the new wrapping for a name and the old one. Answers how many persons' keys there are. Raises
        `Rotated`, with nothing changed, where another was faster.
        """
        old, new = proofs
        with self.engine.begin() as connection:
            # First: from here on nobody adds a key under the old one.
            if not connection.execute(PROOFS.update().where(PROOFS.c.value == old).values(value=new)).rowcount:
                raise Rotated
            for name, wrapped in connection.execute(sa.select(SECRETS.c.name, SECRETS.c.wrapped)).all():
                connection.execute(SECRETS.update().where(SECRETS.c.name == name).values(wrapped=anew(name, wrapped)))
            rows = [{"name": name, "wrapped": wrapped, "created": when} for name, wrapped in handed.items()]
            connection.execute(self._insert_missing(SECRETS), rows)
            done = sum(_rewrap(connection, chunk, anew) for chunk in _chunks(connection))
        self._clean(KEYS, SECRETS, PROOFS)
        return done

    def forget(self, owner: str, when: int) -> bool:
        with self.engine.begin() as connection:
            gone = connection.execute(KEYS.delete().where(KEYS.c.owner == owner)).rowcount
            note = self._insert(FORGOTTEN).values(owner=owner, when=when)
            connection.execute(note.on_conflict_do_update(index_elements=["owner"], set_={"when": when}))
        self._clean(KEYS)
        return bool(gone)

    def secrets(self) -> dict[str, bytes]:
        """What is kept beside the persons' keys: name to wrapped bytes."""
        with self.engine.connect() as connection:
            return {row.name: row.wrapped for row in connection.execute(sa.select(SECRETS))}

    def drop(self, name: str) -> bool:
        """Destroy a secret; True if there was one."""
        with self.engine.begin() as connection:
            gone = connection.execute(SECRETS.delete().where(SECRETS.c.name == name)).rowcount
        self._clean(SECRETS)
        return bool(gone)

    def was_forgotten(self, owner: str) -> bool:
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(FORGOTTEN.c.owner).where(FORGOTTEN.c.owner == owner)).first()
        return found is not None

    def state(self) -> State:
        last = sa.select(sa.func.max(FORGOTTEN.c.when)).scalar_subquery()
        proof = sa.select(PROOFS.c.value).scalar_subquery()
        secrets = sa.select(sa.func.count()).select_from(SECRETS).scalar_subquery()
        with self.engine.connect() as connection:
            forgotten, value, count = connection.execute(sa.select(last, proof, secrets)).one()
        return State(forgotten or 0, value, count)

    def set_proof(self, value: bytes) -> bytes:
        """Keep the first proof ever given, and answer it."""
        with self.engine.begin() as connection:
            connection.execute(self._insert_missing(PROOFS), [{"name": "master", "value": value}])
            kept: bytes = connection.execute(sa.select(PROOFS.c.value)).scalar_one()
        return kept

    def close(self) -> None:
        self.engine.dispose()

    def _clean(self, *tables: sa.Table) -> None:
        """Destroyed rows live on in SQLite's write-ahead log, or as dead bytes in PostgreSQL's pages, until this."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self._sqlite:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
                return
            for table in tables:
                connection.execute(sa.text(f"VACUUM (FULL) {self._named(table)}"))

    def _insert(self, table: sa.Table) -> Any:
        return (sqlite_insert if self._sqlite else postgres_insert)(table)

    def _insert_missing(self, table: sa.Table) -> Any:
        return self._insert(table).on_conflict_do_nothing()

    def _named(self, table: sa.Table) -> str:
        schema = self.engine.get_execution_options()["schema_translate_map"][None]
        return f"{schema}.{table.name}"


def open_key_store(place: StoreUrl, *, create: bool = True) -> KeyStore:
    """The keys beside a log. Without `create`, a StoreError where there are none: others would fit nothing sealed."""
    if isinstance(place, PostgresUrl):
        return _postgres(place, create=create)
    path = place.beside("keys")
    if not create and not path.exists():
        raise StoreMissing(
            f"the keys of this store are not at {path}; put them back, nothing sealed can be read without"
        )
    return _sqlite(path)


def _sqlite(path: Path) -> KeyStore:
    if unwritable(path):
        read = partial(sqlite3.connect, reading_only(path), uri=True)
        engine = sa.create_engine("sqlite://", creator=read, poolclass=sa.NullPool)
        return KeyStore(speaking(engine, lambda error: sqlite_sentence(path, error)), str(path))
    private(path)
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        # A key must outlive a power cut before anything is sealed with it, and leave no trace when it is destroyed.
        write_ahead(connection)
        for pragma in ("synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return KeyStore(speaking(engine, lambda error: sqlite_sentence(path, error)), str(path))


def _postgres(place: PostgresUrl, *, create: bool) -> KeyStore:
    schema = place.beside("keys")
    ensure_schema(place, schema, create=create)
    engine = sa.create_engine(
        "postgresql+psycopg://", connect_args=place.connection(), pool_pre_ping=True,
        execution_options={"schema_translate_map": {None: schema}},
    )  # fmt: skip
    where = f"{place.place} (schema {schema})"
    return KeyStore(speaking(engine, lambda error: postgres_sentence(where, error)), where)


def _select(connection: sa.Connection, owners: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in parts(owners):
        rows = connection.execute(sa.select(KEYS.c.owner, KEYS.c.wrapped).where(KEYS.c.owner.in_(part)))
        found.update((owner, wrapped) for owner, wrapped in rows)
    return found


def _chunks(connection: sa.Connection) -> Iterator[Sequence[Any]]:
    """All keys in the order of their owners, as (owner, wrapped)."""
    query, last = sa.select(KEYS.c.owner, KEYS.c.wrapped).order_by(KEYS.c.owner).limit(REWRAPPED), ""
    while rows := connection.execute(query.where(KEYS.c.owner > last)).all():
        yield rows
        last = rows[-1].owner


def _rewrap(connection: sa.Connection, rows: Sequence[Any], anew: Callable[[str, bytes], bytes]) -> int:
    change = KEYS.update().where(KEYS.c.owner == sa.bindparam("whose")).values(wrapped=sa.bindparam("anew"))
    connection.execute(change, [{"whose": row.owner, "anew": anew(row.owner, row.wrapped)} for row in rows])
    return len(rows)
