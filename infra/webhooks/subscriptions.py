"""Who wants news at which address, how far each has been told, and what became of each attempt.

One file beside the store (0600), for it holds the secrets that letters are signed with. Not a part of the record.
"""

from __future__ import annotations

import base64
import errno
import fcntl
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import SHANGHAI
from domain.reader import Reader
from infra.log.port import StoreDamaged, StoreError
from infra.log.urls import StoreUrl
from infra.questions.order import cursor_of, place_of
from infra.seals.keys import beside
from infra.sqlite import reading_only, trouble, unwritable
from infra.webhooks.hosts import refused
from projections.orders import Deliveries, split

REMEMBERED = 1_000
"""Attempts kept of each subscription."""
RESTORED = "restored from a backup"
"""Why nothing is sent from a store that may be a copy, with the secrets of the living one, until a human says so."""
TABLES = """
CREATE TABLE IF NOT EXISTS subscriptions (id TEXT PRIMARY KEY, body BLOB NOT NULL, secret TEXT NOT NULL,
    mark INTEGER NOT NULL, last TEXT NOT NULL, failed INTEGER NOT NULL, next REAL NOT NULL, paused TEXT);
CREATE TABLE IF NOT EXISTS deliveries (number INTEGER PRIMARY KEY, subscription TEXT NOT NULL, message TEXT NOT NULL,
    at REAL NOT NULL, status INTEGER, error TEXT, milliseconds INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_of ON deliveries (subscription, number);
CREATE TABLE IF NOT EXISTS snapshots (subscription TEXT NOT NULL, kind TEXT NOT NULL, digest TEXT NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (subscription, kind));
"""
COLUMNS = "id, body, secret, mark, last, failed, next, paused"
"""By their names: a later release may have added some."""


class Wanted(Struct, frozen=True, omit_defaults=True):
    """What somebody subscribed to: which kinds of news, of which unit and those below it, as who may see what."""

    url: str
    reader: Reader
    types: tuple[str, ...] = ()
    """As `finding.raised`; none for all of findings. Snapshots (`letters.SNAPSHOTS`) are for who names them."""
    unit: str | None = None
    by: str = ""
    """The token that made it, or resumed it last, as the access log names it; none of the command line's operator."""
    until: float | None = None
    """Of a token of an issuer: when it ends, in seconds since 1970."""


class Subscription(Struct, frozen=True):
    """How one stands."""

    id: str
    wanted: Wanted
    secret: str
    mark: int
    """The position up to which everything was told."""
    last: str
    """The message after it that was told last."""
    failed: int
    """Attempts in vain since."""
    next: float
    """When it is tried again, in seconds since 1970."""
    paused: str | None
    """Why nothing is tried any more."""

    @property
    def failing(self) -> bool:
        """The last attempt was in vain, and there will be another."""
        return self.failed > 0 and self.paused is None


class Subscriptions:
    """The subscriptions of one store. Safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else carries these letters; within it nobody begins to."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(f"{self.path}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(held)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                with closing(self._connected()) as connection, connection:
                    if not unwritable(self.path):
                        connection.executescript(TABLES)
                    yield connection
            except sqlite3.Error as error:
                raise self._trouble(error) from error

    def _connected(self) -> sqlite3.Connection:
        """Whoever only reads does so on a medium that is read only, too."""
        if unwritable(self.path):
            return sqlite3.connect(reading_only(self.path), uri=True)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise StoreError(f"{self.path} cannot be opened: {error.strerror}") from error
        return sqlite3.connect(self.path, timeout=10)

    def _trouble(self, error: sqlite3.Error) -> StoreError:
        if not any(said in str(error) for said in ("not a database", "malformed")):
            return trouble(self.path, error)
        mend = "put the one of a backup in its place, or delete it and have those who want news subscribe again"
        return StoreDamaged(f"{self.path}: this file of subscriptions is damaged ({error}); {mend}")

    def restored(self, position: int) -> None:
        """Of a store that ends at a position: nobody was told more of it, and nobody is told anything until resumed.

        Which snapshots were told after the backup was made is not known: they are told again.
        """
        with self._open() as rows:
            rows.execute("DELETE FROM snapshots")
            rows.execute(
                "UPDATE subscriptions SET mark = min(mark, ?), failed = 0, next = 0, paused = coalesce(paused, ?)",
                (position, RESTORED),
            )

    def add(self, wanted: Wanted, mark: int) -> Subscription:
        """From a position on. Raises StoreError where the operator does not allow the address."""
        if why := refused(wanted.url):
            raise StoreError(why)
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        new = Subscription(secrets.token_hex(8), wanted, secret, mark, "", 0, 0.0, None)
        with self._open() as rows:
            values = (new.id, msgspec.json.encode(wanted), secret, mark, "", 0, 0.0, None)
            rows.execute(f"INSERT INTO subscriptions ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608 -- our names
        return new

    def all(self) -> list[Subscription]:
        """By id. Raises StoreDamaged where one cannot be read."""
        if not self.path.exists():
            return []
        with self._open() as rows:
            found = rows.execute(f"SELECT {COLUMNS} FROM subscriptions ORDER BY id").fetchall()  # noqa: S608 -- our names
        return [Subscription(row[0], self._wanted(row[0], row[1]), *row[2:]) for row in found]

    def _wanted(self, id: str, body: bytes) -> Wanted:
        try:
            return msgspec.json.decode(body, type=Wanted)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            what = f"what subscription {id} wants cannot be read: {error}; danze webhook remove {id} ends it"
            raise StoreDamaged(f"{self.path}: {what}") from error

    def get(self, id: str) -> Subscription | None:
        return next((each for each in self.all() if each.id == id), None)

    def remove(self, id: str) -> bool:
        """With its secret and what is remembered of its attempts; whether there was one."""
        if not self.path.exists():
            return False
        with self._open() as rows:
            rows.execute("DELETE FROM deliveries WHERE subscription = ?", (id,))
            rows.execute("DELETE FROM snapshots WHERE subscription = ?", (id,))
            return bool(rows.execute("DELETE FROM subscriptions WHERE id = ?", (id,)).rowcount)

    def resume(self, id: str, by: str = "", until: float | None = None) -> bool:
        """What was paused goes on where it was, for as long as the token that says so counts."""
        one = self.get(id)
        if one is None:
            return False
        wanted = replace(one.wanted, by=by, until=until)
        with self._open() as rows:
            sentence = "UPDATE subscriptions SET body = ?, paused = NULL, failed = 0, next = 0 WHERE id = ?"
            return bool(rows.execute(sentence, (msgspec.json.encode(wanted), id)).rowcount)

    def told(self, id: str, mark: int, last: str = "") -> None:
        """Everything up to a position was told, and after it up to a message."""
        with self._open() as rows:
            sentence = "UPDATE subscriptions SET mark = ?, last = ?, failed = 0, next = 0 WHERE id = ?"
            rows.execute(sentence, (mark, last, id))

    def read(self, id: str, mark: int) -> None:
        """Everything up to a position was told, and more is to come: attempts in vain stay counted."""
        with self._open() as rows:
            rows.execute("UPDATE subscriptions SET mark = ?, last = '' WHERE id = ?", (mark, id))

    def shown(self, id: str) -> dict[str, tuple[str, float]]:
        """The digest of each snapshot as it was told last, and when it was looked at since, in seconds since 1970."""
        with self._open() as rows:
            found = rows.execute("SELECT kind, digest, at FROM snapshots WHERE subscription = ?", (id,)).fetchall()
        return {kind: (digest, at) for kind, digest, at in found}

    def looked(self, id: str, kind: str, at: float) -> None:
        """A snapshot is still as it was told."""
        with self._open() as rows:
            rows.execute("UPDATE snapshots SET at = ? WHERE subscription = ? AND kind = ?", (at, id, kind))

    def showed(self, id: str, kind: str, digest: str, at: float) -> None:
        """A snapshot was told as it stood at a time."""
        with self._open() as rows:
            sentence = "INSERT OR REPLACE INTO snapshots (subscription, kind, digest, at) VALUES (?, ?, ?, ?)"
            rows.execute(sentence, (id, kind, digest, at))
            rows.execute("UPDATE subscriptions SET failed = 0, next = 0 WHERE id = ?", (id,))

    def failed(self, id: str, next_: float, paused: str | None) -> None:
        """An attempt was in vain; the next one is to be later, or none."""
        with self._open() as rows:
            sentence = "UPDATE subscriptions SET failed = failed + 1, next = ?, paused = ? WHERE id = ?"
            rows.execute(sentence, (next_, paused, id))

    def tried(self, id: str, message: str, at: float, outcome: int | str, milliseconds: int) -> None:
        """Notes an attempt: the status it was answered with, or what went wrong."""
        status, error = (outcome, None) if isinstance(outcome, int) else (None, outcome)
        with self._open() as rows:
            rows.execute(
                "INSERT INTO deliveries (subscription, message, at, status, error, milliseconds) "
                "VALUES (?, ?, ?, ?, ?, ?)", (id, message, at, status, error, milliseconds),
            )  # fmt: skip
            rows.execute(
                "DELETE FROM deliveries WHERE subscription = ? AND number <= (SELECT number FROM deliveries "
                "WHERE subscription = ? ORDER BY number DESC LIMIT 1 OFFSET ?)", (id, id, REMEMBERED),
            )  # fmt: skip

    def deliveries(
        self, id: str, limit: int = 100, cursor: str | None = None, sort: Deliveries = "-at"
    ) -> tuple[list[dict[str, object]], str | None]:
        """Attempts, the newest first or as asked, and the cursor of those that follow. Raises ValueError."""
        name, down = split(sort)
        by, way, beyond = ("number" if name == "at" else name), ("DESC" if down else "ASC"), ("<" if down else ">")
        after = f"AND ({by}, number) {beyond} (?, ?)" if cursor else ""
        place = place_of(cursor, sort, [int, int]) if cursor else ()
        with self._open() as rows:
            query = (
                f"SELECT message, at, status, error, milliseconds, {by}, number FROM deliveries "  # noqa: S608 -- our names
                f"WHERE subscription = ? {after} ORDER BY {by} {way}, number {way} LIMIT ?"
            )
            found = rows.execute(query, (id, *place, limit + 1)).fetchall()
        told = [
            {"message": row[0], "at": datetime.fromtimestamp(row[1], SHANGHAI).isoformat(timespec="milliseconds"),
             "status": row[2], "error": row[3], "milliseconds": row[4]}
            for row in found[:limit]
        ]  # fmt: skip
        return told, cursor_of(sort, found[limit - 1][5:]) if len(found) > limit else None


def subscriptions_of(place: StoreUrl) -> Subscriptions:
    """The subscriptions of a store lie beside it."""
    return Subscriptions(Path(beside(place, "webhooks")))
