"""Adds to the golden files what they do not show yet: `python -m tests.golden.freeze STORE`.

For each type the log of a store holds events of, and for each of its fields, the first event that has it goes to
`events.jsonl`, byte by byte; types that are not frozen yet go to `schemas.json`. What is there is never changed.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import orjson

from cli.reference.schemas import of_type
from domain.envelope import Event
from domain.vocabulary import STORED
from infra.log.open import open_log

HERE = Path(__file__).parent
EVENTS, SCHEMAS = HERE / "events.jsonl", HERE / "schemas.json"
FOR_READERS = ("$schema", "$id", "title", "description")
Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """What lies in the bytes of each type, and in the envelope around it, as the code has it today."""
    around = msgspec.json.schema(Event[Any])["$defs"]
    told = orjson.loads(orjson.dumps({**{name: of_type(name) for name in STORED}, **around}))
    return {name: _bare(schema) for name, schema in told.items()}


def _bare(schema: Any) -> Any:
    """Without what only people read."""
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    named = {name: _bare(each) for name, each in schema.get("properties", {}).items()}
    bare = {name: _bare(each) for name, each in schema.items() if name not in (*FOR_READERS, "properties")}
    return {**bare, **({"properties": named} if "properties" in schema else {})}


def frozen() -> dict[str, Schema]:
    return dict(orjson.loads(SCHEMAS.read_bytes())) if SCHEMAS.exists() else {}


def examples() -> list[bytes]:
    """The stored bytes of events of every type there ever was."""
    return EVENTS.read_bytes().splitlines() if EVENTS.exists() else []


def shown(body: bytes) -> Iterator[tuple[str, str]]:
    """The type, and the fields that an example has something in."""
    event = orjson.loads(body)
    yield from ((event["type"], field) for field in event["data"])
    yield from (("Decided", field) for field in event.get("decided", ()))


def main(store: str) -> None:
    kept = examples()
    known = {each for body in kept for each in shown(body)} | {(orjson.loads(body)["type"], "") for body in kept}
    with closing(open_log(store, create=False)) as log:
        for entry in log.read(0, limit=10**9):
            if new := {(entry.type, ""), *shown(entry.body)} - known:
                known |= new
                kept.append(entry.body)
    EVENTS.write_bytes(b"".join(body + b"\n" for body in kept))
    told = sorted({**schemas(), **frozen()}.items())
    lines = [b"%b: %b" % (orjson.dumps(name), orjson.dumps(s, option=orjson.OPT_SORT_KEYS)) for name, s in told]
    SCHEMAS.write_bytes(b"{\n" + b",\n".join(lines) + b"\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
