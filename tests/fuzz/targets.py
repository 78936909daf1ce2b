"""What danze reads from others, each as a function of bytes that may end in two ways: it is read, or refused in words.

Anything else, an exception of another kind, a hang, memory that grows, is a find.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from api.problems import Problem
from api.routes.actions import ACCEPTED, split
from domain.codec import decode_action, encode
from domain.envelope import CODES, Rejected
from infra.importers.eventlog import eventlog
from infra.importers.messages import messages
from infra.importers.records import records
from infra.importers.rows import ImportProblem
from infra.importers.workorders import workorders
from infra.intake import Intake
from infra.log import bundle
from infra.log.open import open_log
from infra.log.port import StoreError
from infra.log.urls import parse
from infra.log.verify import verify
from infra.seals.checkpoints import checkpoint_of
from infra.seals.copies import exported
from infra.seals.memory import FIRST_LINE, Memory
from infra.seals.notes import parse_note, parse_signer, parse_verifier
from infra.shipped import shipped_rules
from infra.vault.vault import open_vault

Target = Callable[[bytes], object]
REFUSED = (ImportProblem, StoreError, bundle.BrokenLine, Problem)
"""How a reader says that it will not have something: one sentence."""


def action(data: bytes) -> None:
    """One action: taken or refused with a code; what was taken is the same when it is written and read again."""
    said = decode_action(data)
    if isinstance(said, Rejected):
        assert said.code in CODES, said
        assert said.message, said
        said.message.encode()
    else:
        assert decode_action(encode(said)) == said


def body(data: bytes) -> None:
    """A request's body, under every media type that is accepted; each part goes on to the decoder."""
    for kind in ACCEPTED:
        try:
            parts = split(kind, data)
        except Problem:
            continue
        for part in parts[:50]:
            action(part)


@cache
def _intake() -> Intake:
    """A real one, on a store in a folder that goes with the process."""
    url = str(_folder() / "danze.db")
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    return Intake(open_log(url), open_vault(url), shipped_rules(), now=lambda: moment)


def intake(data: bytes) -> None:
    """Lines as a producer sends them: each is recorded, known or refused, and stored whole."""
    lines = [line for line in data.split(b"\n") if line]
    outcomes = _intake().take(lines)
    assert len(outcomes) == len(lines)


def _read(read: Callable[[Path], Iterable[dict[str, Any]]], name: str) -> Target:
    """An importer; what it makes of a file are actions."""

    def target(data: bytes) -> None:
        for made in read(_file(name, data)):
            said = decode_action(orjson.dumps(made))
            assert not isinstance(said, Rejected) or said.code in {"bad-value", "malformed"}, (said, made)

    return target


@cache
def _folder() -> Path:
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="danze-fuzz-", dir=memory if memory.is_dir() else None))


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def line(data: bytes) -> None:
    """A line of an export: what is read from it is written as the same line."""
    row, touches = bundle.read(data)
    assert bundle.line(row, touches) == data + b"\n"


def copy(data: bytes) -> None:
    """An export: verified, or wrong at a position that is in it or just behind."""
    said = verify(exported(_file("log.jsonl", data)))
    assert said["ok"] or 1 <= said["first_bad"]["position"] <= data.count(b"\n") + 1


def note(data: bytes) -> None:
    """A signed checkpoint."""
    checkpoint_of(parse_note(data.decode("utf-8", "surrogateescape")))


def key(data: bytes) -> None:
    """A verifier key, a signing key, a store's URL."""
    for read in (parse_verifier, parse_signer, parse):
        try:
            read(data.decode("utf-8", "replace"))
        except StoreError as refused:
            str(refused).encode()


def memory(data: bytes) -> None:
    """What an auditor kept, as somebody writes it who knows its form; the file's own hash would refuse all others."""
    whole = FIRST_LINE + sha256(data).hexdigest().encode() + b"\n" + data
    Memory(_file("verified", whole)).kept()


TARGETS: dict[str, Target] = {
    "action": action, "body": body, "intake": intake, "line": line, "copy": copy, "note": note, "key": key,
    "memory": memory,
    "messages": _read(messages, "messages.csv"),
    "workorders": _read(workorders, "orders.csv"),
    "records": _read(records, "records.csv"),
    "eventlog": _read(eventlog, "log.csv"),
    "xes": _read(eventlog, "log.xes"),
}  # fmt: skip


def corpus(name: str) -> list[bytes]:
    """What a target begins with: good examples, and whatever was a find once."""
    return [path.read_bytes() for path in sorted((Path(__file__).parent / "corpus" / name).iterdir())]
