# Written by `make docs` from danze's domain; changes here are lost.
"""One action from its JSON, or the reason why it is none: what danze's intake does before it knows anything."""

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta, Raw, Struct

from danze_producer.facts import (
    LOG_ITSELF,
    LOG_MADE,
    PREFIXES,
    SUBJECT_KIND,
    Fact,
    Moment,
    PersonId,
    PetitionNo,
    UnitId,
)
from danze_producer.facts import TYPES as STORED

D = TypeVar("D")
Id = Annotated[str, Meta(min_length=1, max_length=512)]


class Action(Struct, Generic[D], frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What a producer says happened."""

    specversion: Literal["1.0"]
    id: Id
    source: Id
    type: Id
    subject: Id
    time: Moment
    data: D
    actor: Id
    unit: UnitId | None = None
    causationid: str | None = None
    correlationid: str | None = None
    traceparent: str | None = None
    datacontenttype: str | None = None
    dataschema: str | None = None
    recordedat: Moment | None = None
    """History mode only: when the old system took it."""


AnyAction = Action[Any]


class Rejected(Struct, frozen=True, gc=False):
    """Refused, with a reason that a citizen could read. `path` names the field."""

    code: str
    message: str
    path: str = "$"


_envelope = msgspec.json.Decoder(Action[Raw])
_encoder = msgspec.json.Encoder(order="sorted")
T = TypeVar("T")
YEARS = range(1900, 2200)
"""Years in which something reported may lie: no petition is older, and nothing can be due later."""
NUL = rb"\u0000"
"""How JSON writes the character that PostgreSQL's text cannot hold."""
LONGEST = 1 << 20
"""Bytes that one action may have; a longer one is refused as malformed."""


def decode_action(line: bytes) -> AnyAction | Rejected:
    """One action from its JSON, as it was sent (its type may be an earlier one), or the reason why it is none."""
    if len(line) > LONGEST:
        return Rejected("malformed", f"the action has {len(line):,} bytes; at most {LONGEST:,} are taken")
    envelope = _read(_envelope, line, "$")
    if isinstance(envelope, Rejected):
        return envelope
    name = envelope.type
    if name not in STORED:
        return Rejected("unknown-type", f"there is no type {name!r}", "$.type")
    if name in LOG_MADE:
        return Rejected("not-allowed", f"{name} is written by the log itself, never by a producer", "$.type")
    if envelope.source in LOG_ITSELF:  # who had its ids first would keep it from recording
        return Rejected("not-allowed", f"{envelope.source} is the source of the log itself", "$.source")
    fact = _read(_fact_decoder(name), envelope.data, "$.data")
    if isinstance(fact, Rejected):
        return fact
    action = msgspec.structs.replace(envelope, data=_numbered(fact))
    return _wrong_id(action) or _wrong_time(action) or (_nul(action) if NUL in line else None) or action


def _read(decoder: "msgspec.json.Decoder[T]", text: bytes | Raw, at: str) -> T | Rejected:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        return _refused(str(error).replace("\0", "\\u0000"), at)  # a field's name may hold it; columns of text may not
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Rejected("malformed", f"not an action in JSON (UTF-8): {error}")
    except RecursionError:
        return Rejected("malformed", "not an action: brackets are nested too deeply")


@cache
def _fact_decoder(type_name: str) -> "msgspec.json.Decoder[Fact]":
    return msgspec.json.Decoder(STORED[type_name])


_MISSING = re.compile(r"missing required field `(.+?)`")
_UNKNOWN = re.compile(r"unknown field `(.+?)`")
_AT = re.compile(r" - at `\$(.*)`$")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def _refused(error: str, base: str) -> Rejected:
    at = _AT.search(error)
    path = base + (at.group(1) if at else "")
    sentence = _AT.sub("", error)
    if missing := _MISSING.search(error):
        code = "ground-missing" if missing.group(1) == "ground" else "missing-field"
        return Rejected(code, sentence, f"{path}.{missing.group(1)}")
    if unknown := _UNKNOWN.search(error):
        return Rejected("unknown-field", sentence, f"{path}.{unknown.group(1)}")
    if path == "$":
        return Rejected("malformed", f"not an action: {sentence}")
    return Rejected("bad-value", sentence, path)


def _wrong_id(action: AnyAction) -> Rejected | None:
    """Ids carry their kind: `unit:…`, `official:…`, `person:…`; a subject has the kind that its type speaks about."""
    kind, colon, rest = action.subject.partition(":")
    if not (colon and rest) or kind not in SUBJECT_KIND[action.type]:
        return Rejected(
            "bad-value", f"{action.subject!r} is not a subject of {action.type}, which is {_subject_of(action.type)}",
            "$.subject",
        )  # fmt: skip
    if not rest.isprintable() or " " in rest:  # two that look alike on a slip would be two items
        return Rejected("bad-value", f"{action.subject!r} has a space, or a character that nobody sees", "$.subject")
    if kind == "petition" and ":" in rest:
        return Rejected("bad-value", f"{rest!r} is no number of an item: it has a colon", "$.subject")
    if action.unit is not None and not action.unit.startswith("unit:"):
        return Rejected("bad-value", f"{action.unit!r} is not a unit (unit:…)", "$.unit")
    kind_of_fact: type[Fact] = type(action.data)
    for name, prefix in _ids_of(kind_of_fact):
        value: Any = getattr(action.data, name)
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None and not (each.startswith(prefix) and len(each) > len(prefix)):
                # A citizen's name may stand there by mistake; it must not get into the reason, which is kept in clear.
                said = "a petitioner" if prefix == PREFIXES[PersonId] else repr(each)
                return Rejected("bad-value", f"{said} does not begin with {prefix!r}", f"$.data.{name}")
    return None


def _subject_of(type_name: str) -> str:
    if type_name.startswith("finding."):
        return "a finding's id, as F01:petition:NO"
    return " or ".join(f"{each}:…" for each in SUBJECT_KIND[type_name])


def _numbered(fact: Fact) -> Fact:
    """The fact with items by their numbers: `petition:NO`, an item's subject, is taken for NO."""
    named = {}
    for name in _items_of(type(fact)):
        value: Any = getattr(fact, name)
        if isinstance(value, tuple):
            named[name] = tuple(each.removeprefix("petition:") for each in value)
        elif value is not None:
            named[name] = value.removeprefix("petition:")
    return msgspec.structs.replace(fact, **named) if named else fact


@cache
def _items_of(fact: type[Fact]) -> tuple[str, ...]:
    """The fields of a fact that hold numbers of items."""
    hints = get_type_hints(fact).items()
    return tuple(name for name, hint in hints if PetitionNo in {hint, *get_args(hint)})


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


def _wrong_time(action: AnyAction) -> Rejected | None:
    """Times in `data` have an offset as the envelope's have, and no calendar is asked about the year 1 or 9999."""
    for name in ("time", "recordedat"):
        value = getattr(action, name)
        if value is not None and value.year < YEARS.start:
            return Rejected("bad-value", f"{value.isoformat()} lies before the year {YEARS.start}", f"$.{name}")
    fact: type[Fact] = type(action.data)
    for name in _times_of(fact):
        value = getattr(action.data, name)
        if value is None:
            continue
        if value.year not in YEARS:
            why = f"{value.isoformat()} lies outside the years {YEARS.start} to {YEARS.stop - 1}"
            return Rejected("bad-value", why, f"$.data.{name}")
        if isinstance(value, datetime) and value.tzinfo is None:
            return Rejected("bad-value", f"{value.isoformat()} has no offset", f"$.data.{name}")
    return None


@cache
def _times_of(fact: type[Fact]) -> tuple[str, ...]:
    """The fields of a fact that hold dates or times."""
    hints = get_type_hints(fact)
    return tuple(name for name, hint in hints.items() if {date, datetime} & {hint, *get_args(hint)})


def _nul(action: AnyAction) -> Rejected | None:
    """Only where the line has the escape: it may also be a backslash and four digits."""
    for where, value in (("$", action), ("$.data", action.data)):
        for name, text in msgspec.structs.asdict(value).items():
            if name != "data" and _NUL.search(_encoder.encode(text)):
                return Rejected("bad-value", "the character U+0000 is no part of a text", f"{where}.{name}")
    return None
