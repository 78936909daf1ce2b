"""The log in OCEL 2.0: sound in itself, the same in both forms, and as danze itself has it."""

import resource
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema_rs import Draft7Validator


def list_of(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": required,
                                       "additionalProperties": False}}  # fmt: skip


TEXT, TIME = {"type": "string"}, {"type": "string", "format": "date-time"}
TYPES = list_of({"name": TEXT, "attributes": list_of({
    "name": TEXT, "type": {"enum": ["string", "time", "integer", "float", "boolean"]},
})})  # fmt: skip
RELATED = list_of({"objectId": TEXT, "qualifier": TEXT})
SCHEMA = {
    "eventTypes": TYPES, "objectTypes": TYPES,
    "events": list_of({"id": TEXT, "type": TEXT, "time": TIME, "relationships": RELATED,
                       "attributes": list_of({"name": TEXT, "value": TEXT})}),
    "objects": list_of({"id": TEXT, "type": TEXT, "relationships": RELATED,
                        "attributes": list_of({"name": TEXT, "value": TEXT, "time": TIME})}),
}  # fmt: skip
"""What chapter 8 of the OCEL 2.0 specification asks of a log in JSON, and no field beside."""


@pytest.fixture(scope="module")
def written(quarter) -> dict[str, Any]:
    """What the command said of the JSON form."""
    return quarter("export", "ocel", Path(quarter.store).with_name("log.json"), "--json").json


@pytest.fixture(scope="module")
def log(quarter, written) -> dict[str, Any]:
    return orjson.loads(Path(quarter.store).with_name("log.json").read_bytes())


@pytest.fixture(scope="module")
def tables(quarter) -> sqlite3.Connection:
    path = Path(quarter.store).with_name("log.sqlite")
    assert quarter("export", "ocel", path).code == 0
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_it_has_the_shape_that_the_standard_asks_for(log):
    schema = {"type": "object", "properties": SCHEMA, "required": list(SCHEMA), "additionalProperties": False}
    assert Draft7Validator(schema, validate_formats=True).is_valid(log)


def test_whatever_is_named_is_there_once_and_declared(log):
    for kind, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {each["name"]: {one["name"] for one in each["attributes"]} for each in log[types]}
        for each in log[kind]:
            assert {one["name"] for one in each["attributes"]} <= declared[each["type"]]
        assert max(Counter(each["id"] for each in log[kind]).values()) == 1
    known = {each["id"] for each in log["objects"]}
    assert {one["objectId"] for each in log["events"] + log["objects"] for one in each["relationships"]} == known


def test_every_event_of_the_log_is_in_it_as_it_happened(quarter, log, written):
    told = [orjson.loads(line) for line in quarter("export", "jsonl", "-").out.splitlines()]
    stored = {(f"event:{each['position']}", each["type"][:-3], each["time"]) for each in told}
    assert {(each["id"], each["type"], each["time"]) for each in log["events"]} == stored
    assert written == {"events": len(stored), "objects": len(log["objects"]), "left_out": 0, "position": len(stored)}


def test_findings_and_deadlines_are_those_that_danze_tells(quarter, log):
    objects = {each["id"]: each for each in log["objects"]}
    standing = {id for id, each in objects.items() if each["type"] == "finding" and newest(each)["cleared"] == "false"}
    assert standing == {each["id"] for each in quarter("findings", "--json").json["findings"]}
    for item in [each for each in log["objects"] if each["type"] == "petition"][::10]:
        shown = quarter("show", item["id"], "--json").json
        of_item = f"deadline:{item['id'].removeprefix('petition:')}:"
        told = [newest(each) for id, each in objects.items() if id.startswith(of_item)]
        assert {(each["clock"], each["due_on"][:10], each.get("met_on", "none")[:10]) for each in told} >= {
            (each["clock"], each["due_on"], each["met_on"] or "none") for each in shown["deadlines"]
        }
        assert len(told) - sum(each["clock"][0] == "S" for each in told) == len(shown["deadlines"])
        assert newest(item)["state"] == shown["state"]


def newest(made: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in made["attributes"]}


def test_both_forms_say_the_same(log, tables):
    for kind in ("event", "object"):
        assert set(tables.execute(f"SELECT * FROM {kind}")) == {(each["id"], each["type"]) for each in log[f"{kind}s"]}
    for kind, table in (("events", "event_object"), ("objects", "object_object")):
        told = {(each["id"], one["objectId"], one["qualifier"]) for each in log[kind] for one in each["relationships"]}
        assert set(tables.execute(f"SELECT * FROM {table}")) == told
    met = {each["id"]: newest(each).get("met_on") for each in log["objects"] if each["type"] == "deadline"}
    rows = tables.execute("SELECT ocel_id, max(met_on) FROM object_deadline GROUP BY ocel_id")
    assert dict(rows) == met
    assert tables.execute("PRAGMA foreign_key_check").fetchall() == []


def test_the_same_log_makes_the_same_file(quarter, log, tmp_path):
    assert quarter("export", "ocel", tmp_path / "again.json").code == 0
    assert (tmp_path / "again.json").read_bytes() == Path(quarter.store).with_name("log.json").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.json"]


def test_an_object_is_told_as_it_was_at_a_day(quarter, tmp_path):
    assert quarter("export", "ocel", tmp_path / "log.json", "--to", "2020-07-20").code == 0
    told = orjson.loads((tmp_path / "log.json").read_bytes())
    for item in [each for each in told["objects"] if each["type"] == "petition"][::10]:
        assert newest(item)["state"] == quarter("show", item["id"], "--as-of", "2020-07-20", "--json").json["state"]


def test_where_no_database_can_be_made_is_a_sentence(quarter, tmp_path):
    (tmp_path / "x.sqlite").write_bytes(b"of before")
    quarter("export", "ocel", tmp_path / "nowhere/x.sqlite").refused("nowhere/x.sqlite cannot be opened for writing")

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    quarter("export", "ocel", tmp_path / "x.sqlite", preexec_fn=small).refused("no space left to write")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("x.sqlite", b"of before")]


def test_a_name_that_says_no_form_is_refused(quarter, tmp_path):
    quarter("export", "ocel", tmp_path / "log.xml").refused(".json", ".sqlite")
    assert not list(tmp_path.iterdir())
