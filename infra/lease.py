"""One of several processes at a time: held while its holder lives, free for the next when it is gone."""

from __future__ import annotations

import fcntl
import os
from typing import Protocol

import psycopg

from infra.log.port import StoreError
from infra.log.urls import PostgresUrl, SQLiteUrl, parse
from infra.postgres import CONNECT_SECONDS, reason


class Lease(Protocol):
    """A right that one process has at a time."""

    def held(self) -> bool:
        """Whether this process has it now; takes it where it is free."""
        ...

    def give_back(self) -> None: ...


def lease(store: str, name: str) -> Lease:
    """The lease of that name beside a store."""
    place = parse(store)
    return FileLease(place, name) if isinstance(place, SQLiteUrl) else PostgresLease(place, name)


class FileLease:
    """Of the processes of one machine: a locked file beside the store, which the system frees when they end."""

    def __init__(self, place: SQLiteUrl, name: str) -> None:
        self._path = place.beside(f"{name}.lease")
        self._file: int | None = None

    def held(self) -> bool:
        if self._file is None:
            opened = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(opened)
                return False
            self._file = opened
        return True

    def give_back(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


class PostgresLease:
    """Of the processes of one server: a lock of its session, which the server frees when the connection ends."""

    def __init__(self, place: PostgresUrl, name: str) -> None:
        self._place = place
        self._name = f"danze {name} {place.schema}"
        self._session: psycopg.Connection[tuple[object, ...]] | None = None

    def held(self) -> bool:
        try:
            if self._session is None:
                self._session = self._asked()
            else:
                self._session.execute("SELECT 1")
        except psycopg.Error as error:
            self._session = None
            raise StoreError(f"{self._place.place}: {reason(error)}") from error
        return self._session is not None

    def _asked(self) -> psycopg.Connection[tuple[object, ...]] | None:
        """The session that holds the lock, or None where another one does."""
        session = psycopg.connect(**self._place.connection(), connect_timeout=CONNECT_SECONDS, autocommit=True)  # type: ignore[arg-type]
        row = session.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (self._name,)).fetchone()
        if row is not None and row[0]:
            return session
        session.close()
        return None

    def give_back(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
