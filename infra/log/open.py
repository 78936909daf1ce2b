"""Opens the log that a store URL names. Only here and in the stores is the `eventsourcing` library imported:
importing it changes `dataclasses` for the whole process, so code that merely uses a log must not need it.
"""

from __future__ import annotations

from infra.log.port import Log
from infra.log.urls import SQLiteUrl, parse


def open_log(url: str, *, create: bool = True) -> Log:
    """The log at a URL, made if it is missing and `create` is set; a StoreError with a clear sentence otherwise."""
    place = parse(url)
    if isinstance(place, SQLiteUrl):
        from infra.log.sqlite import SQLiteLog

        return SQLiteLog(place.path, create=create)
    from infra.log.postgres import PostgresLog

    return PostgresLog(place, create=create)
