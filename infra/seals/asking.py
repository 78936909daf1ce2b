"""Asking witnesses to cosign a checkpoint, over HTTP (C2SP tlog-witness, from the side of the log)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import socket
from time import monotonic
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from domain.digits import digits
from infra.in_time import cut
from infra.seals.checkpoints import MOST_LEAVES, checkpoint_of
from infra.seals.notes import Note, SealError, Signature, Verifier, parse_signatures
from infra.seals.tiles import Tiles

SECONDS = 10
"""For all that one witness is asked and answers."""
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
    size, old, end = checkpoint_of(note).size, 0, monotonic() + SECONDS
    try:
        for _ in range(3):
            status, said = _post(witness.url, old, tiles.consistency(old, size), note, end - monotonic())
            if status != 409:
                break
            held = digits(said.strip(), MOST_LEAVES)
            if held is None:
                return f"witness {witness.verifier.name} says that it has seen {said.strip()[:40]!r} events"
            if (old := held) > size:
                return (
                    f"witness {witness.verifier.name} has seen {old} events of this log, more than the {size} there are"
                )
        if status != 200:
            return f"witness {witness.verifier.name} refused ({status}): {said.strip()}"
        return _cosignature(witness.verifier, note, said)
    except (SealError, ValueError) as error:
        return f"witness {witness.verifier.name}: {error}"
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", None) or f"{type(error).__name__}: {error}"
        return f"witness {witness.verifier.name} at {witness.url} does not answer: {why}"


def _post(url: str, old: int, proof: Sequence[bytes], note: Note, seconds: float) -> tuple[int, str]:
    lines = "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
    body = f"old {old}\n{lines}\n{note}".encode()
    request = Request(f"{url}/add-checkpoint", data=body, method="POST")  # noqa: S310 -- http and https only, see cli
    held, late = _Held(), TimeoutError(f"not within {SECONDS} s")
    if seconds <= 0:
        raise late
    with cut(seconds, held.sock) as over:
        try:
            try:
                with build_opener(held).open(request, timeout=seconds) as answer:
                    status, said = answer.status, answer.read(MOST_BYTES)
            except HTTPError as refusal:
                status, said = refusal.code, refusal.read(MOST_BYTES)
        except (OSError, HTTPException, AttributeError, ValueError) as error:  # the last two: TLS is cut as it is read
            if over.is_set() or isinstance(getattr(error, "reason", error), TimeoutError):
                raise late from None
            raise
        if over.is_set():
            raise late
    return status, said.decode(errors="strict" if status == 200 else "replace")


class _Held(HTTPHandler, HTTPSHandler):
    """Knows the socket of an exchange, which is out of reach of others once the head of the answer was read."""

    def __init__(self) -> None:
        super().__init__()
        self._made: HTTPConnection | None = None
        self._sock: socket | None = None

    def sock(self) -> socket | None:
        return self._sock or (self._made.sock if self._made is not None else None)

    def do_open(self, http_class: Any, req: Request, **http_conn_args: Any) -> HTTPResponse:
        def held(*where: Any, **how: Any) -> Any:
            made = self._made = http_class(*where, **how)
            connect = made.connect

            def connected() -> None:
                connect()
                self._sock = made.sock

            made.connect = connected
            return made

        return super().do_open(held, req, **http_conn_args)


def _cosignature(verifier: Verifier, note: Note, said: str) -> Signature:
    """The signature of the witness that was asked; others that come with it are left out."""
    for each in parse_signatures(said):
        if (each.name, each.key_id) == (verifier.name, verifier.key_id):
            verifier.signed(Note(note.text, (each,)))
            return each
    raise SealError("the answer bears no signature of its key")
