"""JSON Schema (2020-12) of the `data` of each type, of an action, and of an event as the log keeps it."""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec.structs import fields as fields_of

from cli.reference.meaning import remarks, said
from domain.envelope import Action, Event
from domain.fact import PREFIXES, Fact
from domain.vocabulary import LOG_MADE, STORED, SUBJECT_KIND

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def schemas() -> dict[str, str]:
    """File names and their JSON."""
    told = {f"{name}.json": _text(of_type(name)) for name in STORED}
    return {**told, "action.json": _text(action()), "event.json": _text(event())}


def _text(schema: Schema) -> str:
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def of_type(name: str) -> Schema:
    """The schema of `data` of one type, with the patterns of ids that the intake checks as well."""
    fact = STORED[name]
    whole = _opened(msgspec.json.schema(fact), fact.__name__)
    notes = remarks(fact)
    for each in fields_of(fact):
        field: Schema = whole["properties"][each.encode_name]
        if prefix := _prefix(fact, each.name):
            _patterned(field, f"^{prefix}.")
        if note := notes.get(each.name):
            field["description"] = note
    return {"$schema": DIALECT, "$id": f"{name}.json", "title": name, "description": said(fact), **whole}


def _opened(schema: Schema, name: str) -> Schema:
    """The definition that the schema points to, on top; the others stay under `$defs`."""
    others = schema.get("$defs", {})
    top: Schema = others.pop(name)
    top.pop("title", None)
    top.pop("description", None)
    return {**top, **({"$defs": others} if others else {})}


def _prefix(fact: type[Fact], field: str) -> str:
    return next((PREFIXES[kind] for kind in _parts(get_type_hints(fact)[field]) if kind in PREFIXES), "")


def _parts(hint: object) -> Iterator[object]:
    """A type and the types it is made of."""
    yield hint
    for each in get_args(hint):
        yield from _parts(each)


def _patterned(schema: Schema, pattern: str) -> None:
    """Puts the pattern on every text in a schema: itself, one of several, or the items of a list."""
    if schema.get("type") == "string":
        schema["pattern"] = pattern
    for inner in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        _patterned(inner, pattern)


def action() -> Schema:
    """The envelope of what a producer sends; each type asks for its own `data` and kind of subject."""
    whole = _opened(msgspec.json.schema(Action[Any]), "Action_Any_")
    sent = [name for name in STORED if name not in LOG_MADE]
    whole["properties"]["type"] = {"enum": sent}
    _patterned(whole["properties"]["unit"], "^unit:.")
    described = "One action as a producer sends it: CloudEvents 1.0, structured JSON mode."
    by_type = [_when(name) for name in sent]
    return {
        "$schema": DIALECT,
        "$id": "action.json",
        "title": "action",
        "description": described,
        **whole,
        "allOf": by_type,
    }


def _when(name: str) -> Schema:
    kinds = "|".join(re.escape(kind) for kind in SUBJECT_KIND[name])
    then = {"subject": {"pattern": f"^({kinds}):."}, "data": {"$ref": f"{name}.json"}}
    return {"if": {"properties": {"type": {"const": name}}}, "then": {"properties": then}}


def event() -> Schema:
    """An event as the log keeps it. `position` stands beside the stored bytes; answers and topics carry it."""
    whole = _opened(msgspec.json.schema(Event[Any]), "Event_Any_")
    whole["properties"]["type"] = {"enum": list(STORED)}
    described = "One event as the log took it: the action, its place, and what was decided about it."
    return {"$schema": DIALECT, "$id": "event.json", "title": "event", "description": described, **whole}
