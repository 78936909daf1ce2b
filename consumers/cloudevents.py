"""A Kafka record becomes the line that the intake takes: CloudEvents 1.0, structured or binary mode, key = subject.

Nothing is judged here but what only the record shows: its key and its headers. All else is the intake's to refuse.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Raw, Struct

from domain.envelope import Rejected

Headers = Sequence[tuple[str, bytes | None]]

STRUCTURED = "application/cloudevents"
PREFIX = "ce_"


class _Addressed(Struct):
    """As much of an action as the key is compared with."""

    subject: str


_addressed = msgspec.json.Decoder(_Addressed)
_json = msgspec.json.Decoder()


def received(key: bytes | None, value: bytes | None, headers: Headers) -> bytes | Rejected:
    """The action's line for `Intake.take`, or why the record is refused; `line_of` gives what to keep of it then.

    A line that is no action at all passes, so that the intake refuses it with its own reason.
    """
    line = line_of(value, headers)
    return _wrong_headers(value or b"", headers) or _wrong_key(key, line) or line


def line_of(value: bytes | None, headers: Headers) -> bytes:
    """The record in structured mode: whole, so that it can be kept and sent again. A structured one is as it came."""
    value = value or b""
    if not is_binary(headers):
        return value
    envelope: dict[str, object] = {
        name.removeprefix(PREFIX): told.decode("utf-8", "backslashreplace")
        for name, told in headers
        if name.startswith(PREFIX) and told is not None
    }
    # The content type stays out: the same action in either mode is the same action, a duplicate and not `id-reused`.
    data = Raw(value) if _is_json(value) else value.decode("utf-8", "backslashreplace")
    return msgspec.json.encode({**envelope, "data": data})


def is_binary(headers: Headers) -> bool:
    """Whether the envelope stands in headers. A record with neither content type nor such headers is structured."""
    if (content := _content_type(headers)) is not None and content.startswith(STRUCTURED):
        return False
    return any(name.startswith(PREFIX) for name, _ in headers)


def _content_type(headers: Headers) -> str | None:
    found = next((told for name, told in headers if name.lower() == "content-type" and told), None)
    return found.decode("utf-8", "replace").strip().lower() if found else None


def _wrong_headers(value: bytes, headers: Headers) -> Rejected | None:
    """Of binary mode: headers that are no text, and data that is no JSON."""
    if not is_binary(headers):
        return None
    seen: set[str] = set()
    for name, told in headers:
        if not name.startswith(PREFIX) or told is None:
            continue
        field = name.removeprefix(PREFIX)
        if field == "data":
            return Rejected("unknown-field", "data stands in the record's value, not in a header ce_data", "$.data")
        if field in seen:
            return Rejected("bad-value", f"the header {name} stands there twice", f"$.{field}")
        seen.add(field)
        try:
            told.decode()
        except UnicodeDecodeError:
            return Rejected("bad-value", f"the header {name} is not UTF-8", f"$.{field}")
    content = (_content_type(headers) or "application/json").partition(";")[0].strip()
    if content != "application/json" and not content.endswith("+json"):
        return Rejected("bad-value", f"data is application/json; the record says {content}", "$.datacontenttype")
    return None if _is_json(value) else Rejected("malformed", "the record's value is no JSON (UTF-8)", "$.data")


def _wrong_key(key: bytes | None, line: bytes) -> Rejected | None:
    """The key chooses the partition, and only within one does Kafka keep the order of what happened to an item."""
    try:
        subject = _addressed.decode(line).subject
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None  # no action: the intake says so
    if key is None:
        why = f"the record has no key; it must be the subject {subject!r}, or the order per item would not hold"
    elif key != subject.encode("utf-8", "surrogatepass"):
        told = key[:80].decode("utf-8", "backslashreplace")
        why = f"the record's key {told!r} is not its subject {subject!r}: the order per item would not hold"
    else:
        return None
    return Rejected("bad-value", why, "$.key")


def _is_json(value: bytes) -> bool:
    """Looked at whole: a value that only begins as JSON could bring fields of the envelope with it."""
    try:
        _json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
