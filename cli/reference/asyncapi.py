"""`docs/asyncapi.json`: the Kafka topics as an AsyncAPI 3 document, for people and for generators of clients."""

from collections.abc import Iterator
from typing import Any

import msgspec

from cli.reference.examples import example_actions, example_event, example_refusal, example_seal
from cli.reference.meaning import said
from consumers.projector import Told
from domain.envelope import CODES, Action, AnyAction
from domain.vocabulary import LOG_MADE, TYPES
from infra.kafka.topics import LONGEST, PARTITIONS, Topic, Topics

JSON = "application/json"
STRUCTURED = "application/cloudevents+json"
BINDING = "0.5.0"
Part = dict[str, Any]

ABOUT = """\
The topics of danze, the record of a city's petition work (信访). A record's key is its subject, so that what
happened to one item stays in order. Producers send CloudEvents 1.0 to petition.actions: structured mode (the whole
action as value) or binary mode (the envelope in `ce_…` headers, `data` as value). A record whose key is not its subject
is refused. Its partition is the one that murmur2 chooses, as in Java's clients (librdkafka:
partitioner=murmur2_random). Personal fields are sealed with the intake's public key before they are sent (`danze
keys`; decision 18).
The same (source, id) is taken once. Written from the code by `make docs`; the schemas are those of docs/schemas.
"""
ADDRESSES = {
    "actions": "What producers send: this happened.",
    "events": "The log, in order per subject, for ever: each action that was taken, and what was decided about it. "
    "A record may come twice, with the same position: skip what is not above the last one of its partition.",
    "rejected": "Actions that were refused, whole, with the reason, personal fields sealed; mend and send them again.",
    "findings": "Findings as they are raised, cleared and judged by humans. After a crash a record may come twice, "
    "with the same id and position.",
    "seals": "Signed checkpoints of the log (C2SP tlog-checkpoint) that `danze seal --kafka` gave out, in one order; "
    "key is the log's name. After a failure a record may come twice.",
}


def asyncapi() -> str:
    """The whole document."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2).decode() + "\n"


def document() -> Part:
    topics = Topics()
    by_name = {name: topic for topic in topics.all if (name := topic.name.rpartition(".")[2]) in ADDRESSES}
    binary = [name for name in TYPES if name not in LOG_MADE]
    messages = {
        "action": _structured(), **{name: _binary(name) for name in binary}, "event": _event(),
        "rejected": _rejected(), "finding": _finding(), "seal": _seal(),
    }  # fmt: skip
    carried = {
        "actions": ["action", *binary], "events": ["event"], "rejected": ["rejected"], "findings": ["finding"],
        "seals": ["seal"],
    }  # fmt: skip
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "danze", "version": "1", "description": " ".join(ABOUT.split()),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": JSON,
        "servers": {"local": {"host": "127.0.0.1:9092", "protocol": "kafka", "description": "`make kafka` starts it."}},
        "channels": {name: _channel(by_name[name], ADDRESSES[name], carried[name]) for name in ADDRESSES},
        "operations": {
            "takeActions": _operation("receive", "actions", "The intake decides, and records or refuses."),
            "publishEvents": _operation("send", "events", "The relay publishes the log."),
            "publishRejected": _operation("send", "rejected", "The relay publishes what was refused."),
            "publishFindings": _operation("send", "findings", "Raised and cleared."),
            "publishSeals": _operation("send", "seals", "Checkpoints."),
        },
        "components": {"messages": messages},
    }  # fmt: skip


def _channel(topic: Topic, description: str, messages: list[str]) -> Part:
    configuration = {"cleanup.policy": ["delete"], "retention.ms": topic.retention, "max.message.bytes": LONGEST}
    return {
        "address": topic.name,
        "description": description,
        "messages": {_local(name): {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "kafka": {
                "topic": topic.name, "partitions": topic.partitions or PARTITIONS,
                "topicConfiguration": configuration, "bindingVersion": BINDING,
            }
        },
    }  # fmt: skip


def _local(name: str) -> str:
    return name.replace(".", "_")


def _operation(action: str, channel: str, summary: str) -> Part:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _message(name: str, summary: str, content: str, payload: Part, **more: Any) -> Part:
    told = {"name": name, "summary": summary, "contentType": content, "payload": payload}
    return {**told, "bindings": _keyed("The subject."), **more}


def _keyed(described: str) -> Part:
    return {"kafka": {"key": {"type": "string", "description": described}, "bindingVersion": BINDING}}


def _structured() -> Part:
    described = _headers({"content-type": {"type": "string", "pattern": f"^{STRUCTURED.replace('+', '[+]')}"}})
    examples = [{"name": each.type, "payload": _json(each)} for each in example_actions().values()]
    summary = "One action in structured mode; the content type may be left out."
    return _message("action", summary, STRUCTURED, _schema("action"), headers=described, examples=examples)


def _binary(name: str) -> Part:
    """One type in binary mode."""
    told = {
        f"ce_{each}": _attribute(each) for each in Action.__struct_fields__ if each not in ("data", "datacontenttype")
    }
    told["ce_type"] = {"const": name}
    told["content-type"] = {"type": "string", "pattern": f"^{JSON}"}
    required = [f"ce_{each}" for each in ("specversion", "id", "source", "type", "subject", "time", "actor")]
    example = example_actions().get(name)
    examples = {"examples": [_split(example)]} if example else {}
    summary = f"Binary mode. {said(TYPES[name])}"
    return _message(name, summary, JSON, _schema(name), headers=_headers(told, required), **examples)


def _attribute(name: str) -> Part:
    if name == "specversion":
        return {"const": "1.0"}
    return {"type": "string", **({"format": "date-time"} if name in ("time", "recordedat") else {})}


def _split(action: AnyAction) -> Part:
    """An action in binary mode: its envelope as headers, its data as payload."""
    envelope = _json(action)
    data = envelope.pop("data")
    return {
        "headers": {**{f"ce_{name}": told for name, told in envelope.items()}, "content-type": JSON},
        "payload": data,
    }


def _event() -> Part:
    told = {
        "position": ("Place in the log, from 1; what consumers tell duplicates by.", "integer"),
        "type": ("The event's type.", "string"),
        "version": ("Place in its subject's stream, from 1.", "integer"),
        "recorded": ("When the log took it: microseconds since 1970 (UTC).", "integer"),
    }
    example, headers = example_event()
    return _message(
        "event", "One event, the exact bytes that the log holds and proofs are made over.", JSON, _schema("event"),
        headers=_headers(dict(_decimals(told)), list(told)),
        examples=[{"name": example["type"], "headers": headers, "payload": example}],
    )  # fmt: skip


def _rejected() -> Part:
    reason = {
        "type": "object",
        "required": ["code", "message", "path"],
        "properties": {"code": {"enum": list(CODES)}, "message": {"type": "string"}, "path": {"type": "string"}},
    }
    payload = {"type": "object", "required": ["rejection"], "properties": {"rejection": reason}}
    told = {
        "number": ("Under which the store keeps it.", "integer"),
        "code": ("Why, as in the value.", "string"),
        "recorded": ("When it was refused: microseconds since 1970 (UTC).", "integer"),
    }
    return _message(
        "rejected", "The action as it is kept, and `rejection` beside its fields.", JSON, payload,
        headers=_headers(dict(_decimals(told)), list(told)), examples=[{"payload": example_refusal()}],
    )  # fmt: skip


def _finding() -> Part:
    (reference,), parts = msgspec.json.schema_components([Told], ref_template="#/$defs/{name}")
    told = reference["$ref"].rpartition("/")[2]
    payload = {**parts.pop(told), "$defs": parts}
    return _message("finding", "A finding that was raised, cleared or judged; `id` is its stable id.", JSON, payload)


def _seal() -> Part:
    told = {
        "size": {"type": "integer", "minimum": 1, "description": "How many events are sealed."},
        "at": {"type": "string", "format": "date-time", "description": "When it was signed."},
        "note": {"type": "string", "description": "Origin, size and root; signatures of the log and of witnesses."},
    }
    payload = {"type": "object", "required": list(told), "properties": told}
    return _message(
        "seal", "A checkpoint, a signed note (C2SP).", JSON, payload, bindings=_keyed("The log's name."),
        examples=[{"payload": example_seal()}],
    )  # fmt: skip


def _decimals(told: dict[str, tuple[str, str]]) -> Iterator[tuple[str, Part]]:
    """Headers of Kafka are bytes: numbers stand there in decimals."""
    for name, (description, kind) in told.items():
        pattern = {"pattern": "^[0-9]+$"} if kind == "integer" else {}
        yield name, {"type": "string", "description": description, **pattern}


def _headers(properties: Part, required: list[str] | None = None) -> Part:
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def _schema(name: str) -> Part:
    return {"$ref": f"schemas/{name}.json"}


def _json(value: AnyAction) -> Part:
    decoded: Part = msgspec.json.decode(msgspec.json.encode(value))
    return decoded
