"""A witness (C2SP tlog-witness): vouches that a log has only grown since it last looked, and for nothing else.

It keeps the newest checkpoint of each log that it knows, and signs a new one only with a proof that it continues that
one. A log that shows two people two histories would need the witness's key to do so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from domain.digits import digits
from infra import durable
from infra.seals.checkpoints import MOST_LEAVES, Checkpoint, checkpoint_of
from infra.seals.notes import Note, SealError, Signer, Verifier, decoded, parse_note
from infra.seals.proofs import check_consistency

MOST_HASHES = 63
SIZE_TYPE, TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"


class Reply(NamedTuple):
    """What is answered over HTTP: status, media type, text."""

    status: int
    media_type: str
    text: str


class Witness:
    """One witness with its key, the logs that it knows, and the file in which it keeps what it signed last."""

    def __init__(self, signer: Signer, logs: Iterable[Verifier], state: Path) -> None:
        self.signer = signer
        self._logs: dict[str, list[Verifier]] = {}
        for each in logs:
            self._logs.setdefault(each.name, []).append(each)
        self._state = state
        self._lock = threading.Lock()
        self._seen = _kept(state)

    def add_checkpoint(self, body: bytes, now: int) -> Reply:
        """Answers one request of a log; `now` is in seconds since 1970. Signs only what it has written down first."""
        try:
            old, proof, note, checkpoint = _request(body.decode())
        except (SealError, UnicodeDecodeError) as error:
            return _said(400, str(error))
        verifiers = self._logs.get(checkpoint.origin)
        if verifiers is None:
            return _said(404, f"this witness does not know the log {checkpoint.origin}")
        try:
            signed = [each for each in verifiers if each.signed(note) is not None]
        except SealError:
            signed = []
        if not signed:
            return _said(403, "no key of this log that the witness trusts has signed the checkpoint")
        if old > checkpoint.size:
            return _said(400, f"the old size {old} is larger than the checkpoint's {checkpoint.size}")
        with self._lock:
            return self._grown(old, proof, checkpoint) or self._cosigned(checkpoint, now)

    def _grown(self, old: int, proof: list[bytes], checkpoint: Checkpoint) -> Reply | None:
        """What is wrong with the growth; None where the log has only grown."""
        seen = self._seen.get(checkpoint.origin) or Checkpoint(checkpoint.origin, 0, b"")
        if old != seen.size or (old == checkpoint.size and old and checkpoint.root != seen.root):
            return Reply(409, SIZE_TYPE, f"{seen.size}\n")
        try:
            check_consistency(old, seen.root, checkpoint.size, checkpoint.root, proof)
        except SealError as error:
            return _said(422, str(error))
        return None

    def _cosigned(self, checkpoint: Checkpoint, now: int) -> Reply:
        seen = self._seen | {checkpoint.origin: checkpoint}
        kept = {origin: (each.size, each.root.hex()) for origin, each in seen.items()}
        try:
            durable.put(self._state, msgspec.json.encode(kept))
        except OSError as error:
            return _said(503, f"this witness cannot write down what it signs ({error.strerror}), and signed nothing")
        self._seen = seen
        return Reply(200, TEXT_TYPE, self.signer.sign(checkpoint.text, now).line)


def _kept(state: Path) -> dict[str, Checkpoint]:
    """What the file holds, by log. Raises `SealError` where it is damaged: begun anew, a witness could vouch for two
    histories.
    """
    if not state.exists():
        return {}
    try:
        held = msgspec.json.decode(state.read_bytes(), type=dict[str, tuple[int, str]])
        return {origin: Checkpoint(origin, size, bytes.fromhex(root)) for origin, (size, root) in held.items()}
    except (ValueError, msgspec.MsgspecError):
        do = "put its newest copy in place; without one begin with a new key, for who trusts this one trusts its memory"
        raise SealError(f"{state} does not say what was vouched for: {do}") from None


def _request(text: str) -> tuple[int, list[bytes], Note, Checkpoint]:
    """`old SIZE`, the proof's hashes in base64, an empty line, the checkpoint. Raises `SealError`."""
    above, blank, below = text.partition("\n\n")
    first, *lines = above.split("\n")
    word, _, size = first.partition(" ")
    held = digits(size, MOST_LEAVES)
    if not blank or word != "old" or str(held) != size or held is None:
        raise SealError("the request begins with `old SIZE`, the proof, and an empty line")
    if len(lines) > MOST_HASHES:
        raise SealError(f"a proof has at most {MOST_HASHES} hashes")
    note = parse_note(below)
    return held, [decoded(line) for line in lines], note, checkpoint_of(note)


def _said(status: int, sentence: str) -> Reply:
    return Reply(status, TEXT_TYPE, sentence + "\n")
