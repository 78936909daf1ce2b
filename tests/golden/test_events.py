"""Every event ever stored is read for ever: golden bytes of each type and field, and what their types promise."""

from __future__ import annotations

import re

import orjson
import pytest

from domain.codec import decode_each, decode_event, encode
from domain.vocabulary import EARLIER, STORED, TYPES
from tests.golden.freeze import Schema, examples, frozen, schemas, shown

NEXT = "Give it a new version beside the old one (docs/guides/upgrades.md)"
EXAMPLES = examples()
"""All but the last of these were recorded by danze 0.1.0; none is ever changed."""


@pytest.mark.parametrize("body", EXAMPLES, ids=lambda body: str(orjson.loads(body)["type"]))
def test_what_was_stored_is_read_as_it_is_told_today(body: bytes) -> None:
    name = orjson.loads(body)["type"]
    event, (seen,) = decode_event(name, body, 7), decode_each([(7, "", 0, name, 0, body)])
    today = TYPES[EARLIER[name].name if name in EARLIER else name]
    assert (type(event.data), type(seen.data), seen.decided) == (today, today, event.decided)
    if name not in EARLIER:
        assert encode(event).replace(b',"position":7', b"") == body, "canonical bytes are for ever"


def test_every_type_and_every_field_stands_in_an_example() -> None:
    there = {each for body in EXAMPLES for each in shown(body)}
    told = {(name, field) for name in (*STORED, "Decided") for field in schemas()[name]["properties"]}
    assert sorted({each for each in told - there if each[1] != "origin"}) == [], "python -m tests.golden.freeze STORE"
    assert {orjson.loads(body)["type"] for body in EXAMPLES} == {*STORED}


@pytest.mark.parametrize("name", sorted(frozen()))
def test_a_type_stays_as_it_was_frozen_but_for_what_may_be_left_out(name: str) -> None:
    assert name in schemas(), f"{name} is stored and cannot be read any more"
    was, now = frozen()[name], schemas()[name]
    assert broken(was, now) == [], f"{name} is another than it was. {NEXT}"


def test_what_is_new_is_frozen() -> None:
    assert {*schemas()} == {*frozen()}, "python -m tests.golden.freeze STORE"
    for name, schema in schemas().items():
        assert {*schema.get("properties", ())} == {*frozen()[name].get("properties", ())}, name


def test_stored_names_say_their_version() -> None:
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[1-9]\d*", name) for name in STORED)


def broken(was: Schema, now: Schema) -> list[str]:
    """What of a frozen schema does not hold any more: a field gone, changed, or asked for that was not."""
    before, after = was.get("properties", {}), now.get("properties", {})
    told = [f"{field} is gone" for field in before.keys() - after.keys()]
    told += [f"{field} is another" for field in before.keys() & after.keys() if not wider(before[field], after[field])]
    told += [f"{field} must be given" for field in {*now.get("required", ())} - {*was.get("required", ())}]
    rest = [{name: each for name, each in schema.items() if name in ("type", "enum")} for schema in (was, now)]
    return told + ([] if wider(*rest) else ["the whole is another"])


def wider(was: Schema, now: Schema) -> bool:
    """Whether all that one allows is allowed by the other; words may be added to a list of words."""
    if "enum" in was and "enum" in now:
        return {*was["enum"]} <= {*now["enum"]} and {**was, "enum": 0} == {**now, "enum": 0}
    return was == now


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s: s["properties"].pop("place"), "place is gone"),
        (lambda s: s["properties"]["persons"].update(minimum=2), "persons is another"),
        (lambda s: s["properties"]["channel"]["enum"].remove("visit"), "channel is another"),
        (lambda s: s["required"].append("about_unit"), "about_unit must be given"),
    ],
)
def test_a_change_that_old_events_cannot_bear_is_noticed(change, told) -> None:
    changed = schemas()["petition.registered.v1"]
    change(changed)
    assert broken(frozen()["petition.registered.v1"], changed) == [told]


def test_a_field_that_may_be_left_out_and_one_more_word_are_borne() -> None:
    changed = schemas()["petition.registered.v1"]
    changed["properties"] |= {"language": {"type": "string"}}
    changed["properties"]["channel"]["enum"].append("app")
    assert broken(frozen()["petition.registered.v1"], changed) == []
