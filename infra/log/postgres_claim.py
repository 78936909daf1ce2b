"""The claim of one process on a store: an advisory lock in a PostgreSQL database, which goes with the process."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psycopg

from infra.log.urls import PostgresUrl
from infra.postgres import sentence, trouble


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
