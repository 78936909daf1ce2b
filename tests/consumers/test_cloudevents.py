"""Records of `petition.actions`, in both modes of CloudEvents, become lines or are refused with a reason."""

import json

import pytest

from consumers.cloudevents import line_of, received
from domain.codec import decode_action, encode
from domain.envelope import Action, Rejected

DATA = {
    "channel": "visit", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 6,
    "petitioners": ["person:9f3a"], "title": "小区停车收费",
}  # fmt: skip
ENVELOPE = {
    "specversion": "1.0", "id": "window-3/17", "source": "/window-3", "type": "petition.registered.v1",
    "subject": "petition:1", "time": "2020-04-10T09:12:00+08:00", "actor": "official:a", "unit": "unit:430408-xfj",
    "recordedat": "2020-04-11T08:00:00+08:00", "causationid": "c-1", "correlationid": "k-1",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}  # fmt: skip
KEY = b"petition:1"
STRUCTURED = json.dumps({**ENVELOPE, "data": DATA}, ensure_ascii=False).encode()
VALUE = json.dumps(DATA, ensure_ascii=False).encode()


def binary(content_type: str | None = "application/json", **instead: bytes | None) -> list[tuple[str, bytes | None]]:
    told = {f"ce_{name}": text.encode() for name, text in ENVELOPE.items()}
    headers = {**told, **{f"ce_{name}": text for name, text in instead.items()}}
    return [*headers.items(), *([("content-type", content_type.encode())] if content_type else [])]


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("content-type", b"application/cloudevents+json")],
        [("Content-Type", b"Application/CloudEvents+JSON; charset=UTF-8")],
        [("traceparent", b"00-somebody-else's-01")],
        [("ce_id", b"another"), ("content-type", b"application/cloudevents+json")],
    ],
)
def test_structured_mode_passes_as_it_came(headers):
    assert received(KEY, STRUCTURED, headers) == STRUCTURED


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", None])
def test_binary_mode_is_the_same_action_byte_for_byte(content_type):
    line = received(KEY, VALUE, binary(content_type))
    assert isinstance(line, bytes)
    taken, same = decode_action(line), decode_action(STRUCTURED)
    assert isinstance(taken, Action)
    assert isinstance(same, Action)
    assert encode(taken) == encode(same)
    assert (taken.recordedat, taken.causationid, taken.correlationid, taken.traceparent) == (
        same.recordedat, "c-1", "k-1", ENVELOPE["traceparent"],
    )  # fmt: skip


def test_an_empty_header_is_an_absent_field():
    line = received(KEY, VALUE, binary(unit=None))
    assert isinstance(line, bytes)
    action = decode_action(line)
    assert isinstance(action, Action)
    assert action.unit is None


NO_ORDER = "the order per item would not hold"


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (None, f"the record has no key; it must be the subject 'petition:1', or {NO_ORDER}"),
        (b"petition:2", f"the record's key 'petition:2' is not its subject 'petition:1': {NO_ORDER}"),
        (b'"petition:1"', f"the record's key '\"petition:1\"' is not its subject 'petition:1': {NO_ORDER}"),
        (b"", f"the record's key '' is not its subject 'petition:1': {NO_ORDER}"),
        (b"\xff\x00", f"the record's key '\\\\xff\\x00' is not its subject 'petition:1': {NO_ORDER}"),
    ],
)
@pytest.mark.parametrize(("value", "headers"), [(STRUCTURED, []), (VALUE, binary())], ids=["structured", "binary"])
def test_a_key_that_is_not_the_subject_is_refused_and_the_action_kept_whole(key, why, value, headers):
    assert received(key, value, headers) == Rejected("bad-value", why, "$.key")
    kept = line_of(value, headers)
    assert json.loads(kept) == {**ENVELOPE, "data": DATA}, "sent again with the right key it is taken"
    assert received(KEY, kept, []) == kept


@pytest.mark.parametrize("value", [b"", b"\xff\xfe", b"{", b"[1, 2]", b'{"subject": 1}', b"[" * 100_000, b"{}"])
@pytest.mark.parametrize("key", [None, KEY])
def test_what_is_no_action_goes_to_the_intake_as_it_came(key, value):
    assert received(key, value, []) == value
    assert isinstance(decode_action(value), Rejected)


def test_a_record_without_a_value_is_an_empty_line():
    assert received(KEY, None, []) == b""


@pytest.mark.parametrize(
    ("value", "headers", "refused"),
    [
        (b"{", binary(), Rejected("malformed", "the record's value is no JSON (UTF-8)", "$.data")),
        (b"\xff", binary(), Rejected("malformed", "the record's value is no JSON (UTF-8)", "$.data")),
        (VALUE, binary(subject=b"\xff"), Rejected("bad-value", "the header ce_subject is not UTF-8", "$.subject")),
        (
            VALUE, [*binary(), ("ce_id", b"other")],
            Rejected("bad-value", "the header ce_id stands there twice", "$.id"),
        ),
        (
            VALUE, binary("text/plain"),
            Rejected("bad-value", "data is application/json; the record says text/plain", "$.datacontenttype"),
        ),
        (
            VALUE, binary(data=b"{}"),
            Rejected("unknown-field", "data stands in the record's value, not in a header ce_data", "$.data"),
        ),
    ],
)  # fmt: skip
def test_binary_mode_that_cannot_be_an_action_is_refused_at_its_field(value, headers, refused):
    assert received(KEY, value, headers) == refused
    assert isinstance(json.loads(line_of(value, headers)), dict), "what is kept can be read and mended"


def test_a_value_cannot_bring_fields_of_the_envelope_with_it():
    sneaked = b'{}, "unit": "unit:430400-xfj"'
    refused = received(KEY, sneaked, binary())
    assert refused == Rejected("malformed", "the record's value is no JSON (UTF-8)", "$.data")
    assert json.loads(line_of(sneaked, binary()))["unit"] == ENVELOPE["unit"]


def test_an_unknown_header_is_refused_by_the_intake_not_dropped():
    line = received(KEY, VALUE, binary(partitionkey=b"x"))
    assert isinstance(line, bytes)
    refused = decode_action(line)
    assert isinstance(refused, Rejected)
    assert (refused.code, refused.path) == ("unknown-field", "$.partitionkey")
