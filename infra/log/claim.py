"""Claims of one process on a store: a locked file beside an SQLite log, an advisory lock in a PostgreSQL database.

Both go with the process, however it ends.
"""

from __future__ import annotations

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from infra.log.port import StoreError
from infra.log.urls import PostgresUrl
from infra.postgres import sentence, trouble


class FileClaim:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def held(self) -> bool:
        return not self._file.closed

    def release(self) -> None:
        self._file.close()


def claim_file(path: Path) -> FileClaim | None:
    """The file stays when the claim has gone: whoever removed it might remove another's."""
    try:
        file = path.open("ab")
    except OSError as error:
        raise StoreError(f"{path} cannot be opened for writing ({error.strerror})") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return FileClaim(file)


class ServerClaim:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def held(self) -> bool:
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def release(self) -> None:
        with suppress(psycopg.Error):
            self._connection.close()


def claim_server(place: PostgresUrl, name: str) -> ServerClaim | None:
    """A session lock on a connection of its own, which the server drops with the connection.

    It notices a machine that is gone by `infra.log.urls.LINE`.
    """
    try:
        connection = psycopg.connect(**place.connection(), autocommit=True)  # type: ignore[arg-type]
        try:
            key = f"danze {place.schema} {name}"
            row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (key,)).fetchone()
        except BaseException:
            connection.close()
            raise
    except psycopg.Error as error:
        raise trouble(sentence(place.place, error), error) from error
    if row is None or not row[0]:
        connection.close()
        return None
    return ServerClaim(connection)
