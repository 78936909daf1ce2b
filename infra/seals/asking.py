"""Asking witnesses to cosign a checkpoint, over HTTP (C2SP tlog-witness, from the side of the log)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from infra.seals.checkpoints import checkpoint_of
from infra.seals.notes import Note, SealError, Signature, Verifier, parse_signatures
from infra.seals.tiles import Tiles

SECONDS = 10
MOST_BYTES = 65_536


class Asked(NamedTuple):
    """A witness: its key as we know it, and where it listens."""

    verifier: Verifier
    url: str


def ask_all(witnesses: Sequence[Asked], note: Note, tiles: Tiles) -> list[Signature | str]:
    """The cosignature of each witness, or the sentence that says why there is none; all are asked at once."""
    if not witnesses:
        return []
    with ThreadPoolExecutor(max_workers=len(witnesses)) as pool:
        return list(pool.map(lambda each: _ask(each, note, tiles), witnesses))


def _ask(witness: Asked, note: Note, tiles: Tiles) -> Signature | str:
    """A witness says where it stands when it is asked from elsewhere; then it is asked from there."""
    size, old = checkpoint_of(note).size, 0
    try:
        for _ in range(3):
            status, said = _post(witness.url, old, tiles.consistency(old, size), note)
            if status != 409:
                break
            old = int(said)
            if old > size:
                return (
                    f"witness {witness.verifier.name} has seen {old} events of this log, more than the {size} there are"
                )
        if status != 200:
            return f"witness {witness.verifier.name} refused ({status}): {said.strip()}"
        return _cosignature(witness.verifier, note, said)
    except (SealError, ValueError) as error:
        return f"witness {witness.verifier.name}: {error}"
    except (URLError, OSError) as error:
        return f"witness {witness.verifier.name} at {witness.url} does not answer: {getattr(error, 'reason', error)}"


def _post(url: str, old: int, proof: Sequence[bytes], note: Note) -> tuple[int, str]:
    lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
    body = f"old {old}\n{lines}\n{note}".encode()
    request = Request(f"{url}/add-checkpoint", data=body, method="POST")  # noqa: S310 -- http and https only, see cli
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read(MOST_BYTES).decode()
    except HTTPError as refusal:
        return refusal.code, refusal.read(MOST_BYTES).decode(errors="replace")


def _cosignature(verifier: Verifier, note: Note, said: str) -> Signature:
    """The signature of the witness that was asked; others that come with it are left out."""
    for each in parse_signatures(said):
        if (each.name, each.key_id) == (verifier.name, verifier.key_id):
            verifier.signed(Note(note.text, (each,)))
            return each
    raise SealError("the answer bears no signature of its key")
