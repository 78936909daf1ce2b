"""OCEL 2.0 as an SQLite file: a table for each type of event and of object, typed columns, two of relations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

from infra.exporters.ocel_json import FROM_THE_FIRST, text
from infra.exporters.whole_file import put_in_place
from infra.sqlite import trouble
from projections.object_types import EVENT_TYPES, OBJECT_TYPES, Types
from projections.objects import Happened, Object
from projections.traces import Told, Value

COLUMNS: dict[type, str] = {str: "TEXT", int: "INTEGER", bool: "BOOLEAN", date: "TIMESTAMP", datetime: "TIMESTAMP"}
CHANGED: dict[str, type] = {"ocel_changed_field": str}
"""Which attribute a row changes; empty in the row that tells what was known from the first."""
TABLES = """
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES event_map_type (ocel_type));
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT REFERENCES object_map_type (ocel_type));
CREATE TABLE event_object (
    ocel_event_id TEXT REFERENCES event (ocel_id), ocel_object_id TEXT REFERENCES object (ocel_id), ocel_qualifier TEXT,
    PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier)
);
CREATE TABLE object_object (
    ocel_source_id TEXT REFERENCES object (ocel_id), ocel_target_id TEXT REFERENCES object (ocel_id),
    ocel_qualifier TEXT, PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier)
);
"""


@contextmanager
def sqlite_file(path: Path) -> Iterator[SQLiteFile]:
    """The file, whole or not at all."""
    draft = path.with_name(path.name + ".part")
    try:
        draft.unlink(missing_ok=True)
        with closing(sqlite3.connect(draft)) as connection:
            connection.execute("PRAGMA journal_mode=OFF")  # a draft that is left half way is thrown away
            connection.executescript(TABLES)
            _types(connection, "event", EVENT_TYPES, "PRIMARY KEY")
            _types(connection, "object", {n: {**CHANGED, **each} for n, each in OBJECT_TYPES.items()}, "")
            yield SQLiteFile(connection)
            connection.commit()
        put_in_place(draft, path)
    except sqlite3.Error as error:
        raise trouble(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _types(connection: sqlite3.Connection, of: str, types: Types, key: str) -> None:
    connection.executemany(f"INSERT INTO {of}_map_type VALUES (?, ?)", [(name, table(name)) for name in types])  # noqa: S608 -- `event` or `object`
    for name, attributes in types.items():
        columns = "".join(f', "{each}" {COLUMNS[kind]}' for each, kind in attributes.items())
        id = f"ocel_id TEXT {key} REFERENCES {of} (ocel_id)"
        connection.execute(f"CREATE TABLE {of}_{table(name)} ({id}, ocel_time TIMESTAMP{columns})")


def table(type_name: str) -> str:
    """`petition_referred` for `petition.referred`."""
    return type_name.replace(".", "_")


class SQLiteFile:
    """Rows of the tables."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def event(self, happened: Happened) -> None:
        execute = self._connection.execute
        execute("INSERT INTO event VALUES (?, ?)", (happened.id, happened.activity))
        known = {"ocel_id": happened.id, "ocel_time": happened.time, **happened.told}
        self._insert(f"event_{table(happened.activity)}", known)
        related = [(happened.id, *each) for each in happened.objects]
        self._connection.executemany("INSERT INTO event_object VALUES (?, ?, ?)", related)

    def object(self, made: Object) -> None:
        self._connection.execute("INSERT INTO object VALUES (?, ?)", (made.id, made.type))
        self._insert(f"object_{made.type}", {"ocel_id": made.id, "ocel_time": FROM_THE_FIRST, **made.first})
        for when, name, value in made.changes:
            changed: Told = {"ocel_id": made.id, "ocel_time": when, "ocel_changed_field": name, name: value}
            self._insert(f"object_{made.type}", changed)
        related = [(made.id, *each) for each in made.objects]
        self._connection.executemany("INSERT INTO object_object VALUES (?, ?, ?)", related)

    def _insert(self, into: str, row: Mapping[str, Value]) -> None:
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        values = [value if isinstance(value, int) else text(value) for value in row.values()]
        self._connection.execute(f"INSERT INTO {into} ({names}) VALUES ({marks})", values)  # noqa: S608 -- our own words
