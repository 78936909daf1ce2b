"""OCEL 2.0 as JSON. Values are texts, as the published schema has them; their types are declared before them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any

import orjson

from domain.envelope import SHANGHAI
from infra.exporters.whole_file import afresh
from projections.object_types import EVENT_TYPES, OBJECT_TYPES, Types
from projections.objects import Happened, Object, Related
from projections.traces import Value

WORDS: dict[type, str] = {str: "string", int: "integer", bool: "boolean", date: "time", datetime: "time"}
FROM_THE_FIRST = "1970-01-01T00:00:00Z"
"""How OCEL writes that an attribute has its value from the beginning."""


def text(value: Value) -> str:
    """A value as text. A day is the first moment of that day in Asia/Shanghai: OCEL knows times only."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case date():
            return datetime.combine(value, time.min, SHANGHAI).isoformat()
        case _:
            return str(value)


@contextmanager
def json_file(path: Path) -> Iterator[JsonFile]:
    """The file, whole or not at all. Objects wait in a file of their own, for events stand before them."""
    types = {"eventTypes": _declared(EVENT_TYPES), "objectTypes": _declared(OBJECT_TYPES)}
    with afresh(path) as file, TemporaryFile(dir=path.parent) as objects:
        file.write(orjson.dumps(types)[:-1] + b',\n"events":[\n')
        yield JsonFile(file, objects)
        file.write(b'\n],\n"objects":[\n')
        objects.seek(0)
        copyfileobj(objects, file)
        file.write(b"\n]}\n")


class JsonFile:
    """Rows of the two lists."""

    def __init__(self, events: IO[bytes], objects: IO[bytes]) -> None:
        self._events, self._objects = events, objects
        self._begun: set[IO[bytes]] = set()

    def event(self, happened: Happened) -> None:
        told = {
            "id": happened.id, "type": happened.activity, "time": happened.time,
            "attributes": [{"name": name, "value": text(value)} for name, value in happened.told.items()],
            "relationships": _related(happened.objects),
        }  # fmt: skip
        self._row(self._events, told)

    def object(self, made: Object) -> None:
        first = [{"name": name, "value": text(value), "time": FROM_THE_FIRST} for name, value in made.first.items()]
        later = [{"name": name, "value": text(value), "time": when} for when, name, value in made.changes]
        told = {"id": made.id, "type": made.type, "attributes": first + later, "relationships": _related(made.objects)}
        self._row(self._objects, told)

    def _row(self, file: IO[bytes], told: dict[str, Any]) -> None:
        file.write((b",\n" if file in self._begun else b"") + orjson.dumps(told))
        self._begun.add(file)


def _declared(types: Types) -> list[dict[str, Any]]:
    return [
        {"name": name, "attributes": [{"name": each, "type": WORDS[kind]} for each, kind in attributes.items()]}
        for name, attributes in types.items()
    ]


def _related(objects: Iterable[Related]) -> list[dict[str, str]]:
    return [{"objectId": each[0], "qualifier": each[1]} for each in objects]
