"""Where wrapped keys lie: PATH.keys beside an SQLite log, schema NAME_keys beside a PostgreSQL one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.schema import CreateIndex, CreateTable

from infra.log.port import StoreError
from infra.log.urls import PostgresUrl, StoreUrl
from infra.postgres import ensure_schema
from infra.postgres import sentence as postgres_sentence
from infra.sentences import speaking
from infra.sqlite import BUSY_SECONDS, write_ahead
from infra.sqlite import sentence as sqlite_sentence

CHUNK = 500
"""Names in one SELECT … IN."""

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

    def add(self, new: Mapping[str, bytes], when: int) -> dict[str, bytes]:
        """Keep these keys unless their owners have one by now; answers what is kept."""
        rows = [{"owner": owner, "wrapped": wrapped, "created": when} for owner, wrapped in new.items()]
        with self.engine.begin() as connection:
            connection.execute(self._insert_missing(KEYS), rows)
            return _select(connection, list(new))

    def forget(self, owner: str, when: int) -> bool:
        with self.engine.begin() as connection:
            gone = connection.execute(KEYS.delete().where(KEYS.c.owner == owner)).rowcount
            note = self._insert(FORGOTTEN).values(owner=owner, when=when)
            connection.execute(note.on_conflict_do_update(index_elements=["owner"], set_={"when": when}))
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # A deleted row lives on in the write-ahead log or as a dead tuple until these.
            clean = "PRAGMA wal_checkpoint(TRUNCATE)" if self._sqlite else f"VACUUM {self._keys()}"
            connection.execute(sa.text(clean))
        return bool(gone)

    def was_forgotten(self, owner: str) -> bool:
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(FORGOTTEN.c.owner).where(FORGOTTEN.c.owner == owner)).first()
        return found is not None

    def proof(self) -> bytes | None:
        with self.engine.connect() as connection:
            return connection.execute(sa.select(PROOFS.c.value)).scalar()

    def set_proof(self, value: bytes) -> bytes:
        """Keep the first proof ever given, and answer it."""
        with self.engine.begin() as connection:
            connection.execute(self._insert_missing(PROOFS), [{"name": "master", "value": value}])
            kept: bytes = connection.execute(sa.select(PROOFS.c.value)).scalar_one()
        return kept

    def close(self) -> None:
        self.engine.dispose()

    def last_forgotten(self) -> int:
        """When a key was destroyed last, by whichever process; 0 if never."""
        with self.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.max(FORGOTTEN.c.when))).scalar() or 0

    def _insert(self, table: sa.Table) -> Any:
        return (sqlite_insert if self._sqlite else postgres_insert)(table)

    def _insert_missing(self, table: sa.Table) -> Any:
        return self._insert(table).on_conflict_do_nothing()

    def _keys(self) -> str:
        schema = self.engine.get_execution_options()["schema_translate_map"][None]
        return f"{schema}.keys"


def open_key_store(place: StoreUrl, *, create: bool = True) -> KeyStore:
    """The keys beside a log. Without `create`, a StoreError where there are none: others would fit nothing sealed."""
    if isinstance(place, PostgresUrl):
        return _postgres(place, create=create)
    path = place.beside("keys")
    if not create and not path.exists():
        raise StoreError(f"the keys of this store are not at {path}; put them back, nothing sealed can be read without")
    return _sqlite(path)


def _sqlite(path: Path) -> KeyStore:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})

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
    address = sa.URL.create("postgresql+psycopg", query={"host": place.host, "port": str(place.port)})
    address = address.set(username=place.user, password=place.password or None, database=place.dbname)
    engine = sa.create_engine(address, execution_options={"schema_translate_map": {None: schema}}, pool_pre_ping=True)
    where = f"{place.place} (schema {schema})"
    return KeyStore(speaking(engine, lambda error: postgres_sentence(where, error)), where)


def _select(connection: sa.Connection, owners: Sequence[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for start in range(0, len(owners), CHUNK):
        chosen = KEYS.c.owner.in_(owners[start : start + CHUNK])
        rows = connection.execute(sa.select(KEYS.c.owner, KEYS.c.wrapped).where(chosen))
        found.update((owner, wrapped) for owner, wrapped in rows)
    return found
