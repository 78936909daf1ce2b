"""One event as a line of a file: the stored bytes, with what stands beside them in the log put in front.

`{"position":17,"digest":"9f…","touches":["matter:1"],` and then the stored bytes without their first brace, so that
the line is one flat JSON object, and what was hashed is in it byte by byte. `touches` is left out where it is empty.
"""

from __future__ import annotations

import msgspec

from domain.codec import decode_event
from domain.envelope import AnyEvent
from domain.vocabulary import STORED
from infra.log.port import NewEntry, RawEntry, key_of, leaf_of
from infra.log.times import micros


class BrokenLine(Exception):
    """A line that danze did not write. The message says what is wrong with it."""


class Beside(msgspec.Struct, gc=False):
    """What a line says beside the event, and the event's type."""

    position: int
    digest: str
    type: str
    touches: tuple[str, ...] = ()


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Beside).decode


def line(row: RawEntry, touches: tuple[str, ...]) -> bytes:
    """The line of an event, with its end."""
    return _front(row.position, row.digest.hex(), touches) + row.body[1:] + b"\n"


def _front(position: int, digest: str, touches: tuple[str, ...]) -> bytes:
    touched = b'"touches":' + _encode(touches) + b"," if touches else b""
    return b'{"position":%d,"digest":"%s",%s' % (position, digest.encode(), touched)


def read(text: bytes) -> tuple[RawEntry, tuple[str, ...]]:
    """The row that a line stands for, and its touches. Raises `BrokenLine`."""
    try:
        beside = _decode(text)
        digest = bytes.fromhex(beside.digest)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BrokenLine(f"it is no event as danze exports it ({error})") from error
    front = _front(beside.position, digest.hex(), beside.touches)
    if not text.startswith(front):
        raise BrokenLine("it was written by another program: the stored bytes cannot be told from it")
    body = b"{" + text[len(front) :]
    event = _event(beside, body)
    recorded = micros(event.recorded)
    key = key_of(event.source, event.id)
    row = RawEntry(
        beside.position, event.subject, event.version, event.type, recorded, body, key, digest, leaf_of(body)
    )
    return row, beside.touches


def _event(beside: Beside, body: bytes) -> AnyEvent:
    if beside.type not in STORED:
        raise BrokenLine(f"this danze knows no type {beside.type!r}; a later one wrote it")
    try:
        event = decode_event(beside.type, body, beside.position)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BrokenLine(f"its stored bytes are no event ({error})") from error
    for name in ("time", "recorded"):
        if getattr(event, name).tzinfo is None:
            raise BrokenLine(f"its stored bytes are no event ($.{name} has no offset)")
    return event


def entry(row: RawEntry, touches: tuple[str, ...]) -> NewEntry:
    """The row as the log takes it."""
    return NewEntry(row.subject, row.version, row.type, row.recorded, row.body, row.key, row.digest, touches)
