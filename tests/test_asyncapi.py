"""The AsyncAPI document is valid, its examples are what intake and log take, and its topics are those that are made."""

import json
from pathlib import Path

import pytest
from jsonschema_rs import Draft7Validator, Draft202012Validator, Registry

from cli.reference.schemas import schemas
from consumers.cloudevents import received
from domain.codec import decode_action, decode_event
from domain.envelope import Action, Event
from domain.vocabulary import LOG_MADE, TYPES
from infra.kafka.topics import Topics

ROOT = Path(__file__).parent.parent
DOCUMENT = json.loads((ROOT / "docs/asyncapi.json").read_text(encoding="utf-8"))
OFFICIAL = json.loads((ROOT / "tests/asyncapi/3.0.0.json").read_text(encoding="utf-8"))
"""AsyncAPI's own schema of documents, from version 6.11.1 of its specifications (Apache-2.0, LICENSE beside it)."""
MESSAGES = DOCUMENT["components"]["messages"]
EXAMPLES = [(name, each) for name, message in MESSAGES.items() for each in message.get("examples", ())]
BINARY = [(name, each) for name, each in EXAMPLES if name in TYPES]


def test_the_document_is_valid_by_the_official_schema():
    assert [error.message for error in Draft7Validator(OFFICIAL).iter_errors(DOCUMENT)] == []


def test_the_official_schema_would_see_a_fault():
    assert not Draft7Validator(OFFICIAL).is_valid({**DOCUMENT, "channels": {"actions": {"adress": "petition.actions"}}})


def test_topics_are_as_danze_makes_them():
    made = {topic.name: topic for topic in Topics().all}
    told = {each["address"]: each["bindings"]["kafka"] for each in DOCUMENT["channels"].values()}
    assert told.keys() == made.keys() - {Topics().dead}
    for name, topic in told.items():
        assert topic["topicConfiguration"]["retention.ms"] == made[name].retention
        assert topic["partitions"] == (made[name].partitions or 12)


def test_every_type_that_a_producer_may_send_has_its_message():
    carried = {each["$ref"].rpartition("/")[2] for each in DOCUMENT["channels"]["actions"]["messages"].values()}
    assert carried == {"action", *TYPES} - LOG_MADE


@pytest.mark.parametrize("example", MESSAGES["action"]["examples"], ids=lambda each: each["name"])
def test_examples_in_structured_mode_are_taken(example):
    value = json.dumps(example["payload"]).encode()
    line = received(example["payload"]["subject"].encode(), value, [])
    assert isinstance(line, bytes)
    assert isinstance(decode_action(line), Action)


@pytest.mark.parametrize(("name", "example"), BINARY)
def test_examples_in_binary_mode_are_the_same_actions(name, example):
    headers = [(header, text.encode()) for header, text in example["headers"].items()]
    key = example["headers"]["ce_subject"].encode()
    line = received(key, json.dumps(example["payload"]).encode(), headers)
    assert isinstance(line, bytes)
    structured = next(each for each in MESSAGES["action"]["examples"] if each["name"] == name)
    assert json.loads(line) == structured["payload"]
    assert isinstance(decode_action(line), Action)


def test_the_example_of_an_event_is_read_as_one_with_its_headers():
    (example,) = MESSAGES["event"]["examples"]
    headers, body = example["headers"], json.dumps(example["payload"]).encode()
    event = decode_event(headers["type"], body, int(headers["position"]))
    assert isinstance(event, Event)
    assert (str(event.version), int(event.recorded.timestamp() * 1e6)) == (headers["version"], int(headers["recorded"]))


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_examples_fit_their_schemas(name, example):
    message = MESSAGES[name]
    others = [(f"json-schema:///schemas/{file}", json.loads(text)) for file, text in schemas().items()]
    for part in ("headers", "payload"):
        if part in example:
            schema = {"$id": "json-schema:///asyncapi.json", **message[part]}
            validator = Draft202012Validator(schema, registry=Registry(others))
            assert [error.message for error in validator.iter_errors(example[part])] == []
