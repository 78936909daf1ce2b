"""Bytes to values and back: actions strictly, with the path of what is wrong; events as they were stored.

Canonical bytes are JSON with sorted keys, no floats, absent fields left out: what is hashed, stored and sent on.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import Raw

from domain.envelope import Action, AnyAction, AnyEvent, Event, Rejected
from domain.fact import PREFIXES, Fact
from domain.vocabulary import LOG_MADE, SUBJECT_KIND, TYPES

_envelope = msgspec.json.Decoder(Action[Raw])
_encoder = msgspec.json.Encoder(order="sorted")

LONGEST = 1 << 20
"""Bytes that one action may have; a longer one is refused as malformed."""


def encode(value: AnyAction | AnyEvent) -> bytes:
    """Canonical bytes. The same value gives the same bytes on every machine."""
    return _encoder.encode(value)


_decoders: dict[str, Callable[[bytes], AnyEvent]] = {}


def event_decoder(type_name: str) -> Callable[[bytes], AnyEvent]:
    """What decodes the events of one type."""
    if type_name not in _decoders:
        _decoders[type_name] = msgspec.json.Decoder(Event[TYPES[type_name]]).decode  # type: ignore[valid-type]
    return _decoders[type_name]


def decode_event(type_name: str, body: bytes, position: int) -> AnyEvent:
    """The event stored under this type at this position."""
    event = (_decoders.get(type_name) or event_decoder(type_name))(body)
    event.position = position
    return event


def decode_action(line: bytes) -> AnyAction | Rejected:
    """One action from its JSON, or the reason why it is none."""
    if len(line) > LONGEST:
        return Rejected("malformed", f"the action has {len(line):,} bytes; at most {LONGEST:,} are taken")
    try:
        envelope = _envelope.decode(line)
    except msgspec.ValidationError as error:
        return _refused(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Rejected("malformed", f"not an action in JSON (UTF-8): {error}")
    name = envelope.type
    if name not in TYPES:
        return Rejected("unknown-type", f"there is no type {name!r}", "$.type")
    if name in LOG_MADE:
        return Rejected("not-allowed", f"{name} is written by the log itself, never by a producer", "$.type")
    try:
        fact = _fact_decoder(name).decode(envelope.data)
    except msgspec.ValidationError as error:
        return _refused(str(error), "$.data")
    action = msgspec.structs.replace(envelope, data=fact)
    return _wrong_id(action) or action


@cache
def _fact_decoder(type_name: str) -> "msgspec.json.Decoder[Fact]":
    return msgspec.json.Decoder(TYPES[type_name])


_MISSING = re.compile(r"missing required field `(.+?)`")
_UNKNOWN = re.compile(r"unknown field `(.+?)`")
_AT = re.compile(r" - at `\$(.*)`$")


def _refused(error: str, base: str = "$") -> Rejected:
    at = _AT.search(error)
    path = base + (at.group(1) if at else "")
    sentence = _AT.sub("", error)
    if missing := _MISSING.search(error):
        code = "ground-missing" if missing.group(1) == "ground" else "missing-field"
        return Rejected(code, sentence, f"{path}.{missing.group(1)}")
    if unknown := _UNKNOWN.search(error):
        return Rejected("unknown-field", sentence, f"{path}.{unknown.group(1)}")
    return Rejected("bad-value", sentence, path)


def _wrong_id(action: AnyAction) -> Rejected | None:
    """Ids carry their kind: `unit:…`, `official:…`, `person:…`; a subject has the kind that its type speaks about."""
    kind, colon, rest = action.subject.partition(":")
    if not (colon and rest) or kind not in SUBJECT_KIND[action.type]:
        kinds = " or ".join(f"{each}:…" for each in SUBJECT_KIND[action.type][:3])
        return Rejected(
            "bad-value", f"{action.subject!r} is not a subject of {action.type}, which is {kinds}", "$.subject"
        )
    if action.unit is not None and not action.unit.startswith("unit:"):
        return Rejected("bad-value", f"{action.unit!r} is not a unit (unit:…)", "$.unit")
    kind_of_fact: type[Fact] = type(action.data)
    for name, prefix in _ids_of(kind_of_fact):
        value: Any = getattr(action.data, name)
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None and not (each.startswith(prefix) and len(each) > len(prefix)):
                return Rejected("bad-value", f"{each!r} does not begin with {prefix!r}", f"$.data.{name}")
    return None


@cache
def _ids_of(fact: type[Fact]) -> tuple[tuple[str, str], ...]:
    """The fields of a fact that hold ids, each with what its ids begin with."""
    hints = get_type_hints(fact).items()
    return tuple((name, prefix) for name, hint in hints if (prefix := _prefix_in(hint)) is not None)


def _prefix_in(hint: Any) -> str | None:
    """What ids of this type begin with, however deep in tuples and unions it stands."""
    if hint in PREFIXES:
        return PREFIXES[hint]
    return next((prefix for part in get_args(hint) if (prefix := _prefix_in(part)) is not None), None)
