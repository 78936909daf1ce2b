"""Signed notes (C2SP signed-note): a text, and below it who vouches for it with an Ed25519 key.

Two kinds of signatures: a log's own over the text, and a witness's cosignature, which says when it was given as well
(C2SP tlog-cosignature).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from infra.log.port import StoreError

LOG, WITNESS = 1, 4
"""Signature types: Ed25519 over the text; Ed25519 over time and text (cosignature/v1)."""
KIND_BYTES, ID_BYTES, KEY_BYTES, TIME_BYTES, SIGNATURE_BYTES = 1, 4, 32, 8, 64
MOST_SIGNATURES = 64
SECRET = "PRIVATE+KEY+"  # noqa: S105 -- what every signing key begins with


class SealError(StoreError):
    """A note, key or proof is not what it should be; one sentence."""


class Signature(NamedTuple):
    """One line below the text: whose key, by name and id, and the bytes."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """`— name base64`, as it stands in the note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


class Note(NamedTuple):
    """A text, its last line break included, and the signatures below it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(each.line for each in self.signatures)

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The note with these signatures, one a key: the newer of two by one key stands."""
        by_key = {(each.name, each.key_id): each for each in (*self.signatures, *more)}
        return Note(self.text, tuple(by_key.values()))


def parse_note(data: str) -> Note:
    """A note from its text form. Raises `SealError`."""
    text, blank, below = data.rpartition("\n\n")
    if not blank or any(ord(char) < 32 and char != "\n" for char in data):
        raise SealError("this is no signed note: a text, an empty line, and lines of signatures")
    return Note(text + "\n", parse_signatures(below))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """Signature lines, each ended by a line break. Raises `SealError`."""
    if not lines.endswith("\n") or not 0 < lines.count("\n") <= MOST_SIGNATURES:
        raise SealError(f"a note bears 1 to {MOST_SIGNATURES} signatures, each on a line")
    return tuple(_signature(line) for line in lines[:-1].split("\n"))


def _signature(line: str) -> Signature:
    match line.split(" "):
        case ["—", name, encoded] if name:
            data = decoded(encoded)
            if len(data) > ID_BYTES:
                return Signature(name, data[:ID_BYTES], data[ID_BYTES:])
    raise SealError(f"{line[:80]!r} is no signature line")


def decoded(text: str) -> bytes:
    """Standard base64, strictly: no other text stands for the same bytes. Raises `SealError`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if base64.b64encode(data).decode() != text:
        raise SealError(f"{text[:80]!r} is not base64")
    return data


class Verifier(NamedTuple):
    """A public key under its name."""

    name: str
    kind: int
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:ID_BYTES]

    def __str__(self) -> str:
        """`name+id+key`, as other tools read and write verifier keys."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(bytes([self.kind]) + self.key).decode()}"

    def signed(self, note: Note) -> int | None:
        """Whether this key signed the note: when, in seconds since 1970 (0 for a log's own); None where it did not.

        Raises `SealError` where a signature of this key does not fit the text.
        """
        found = None
        for each in note.signatures:
            if (each.name, each.key_id) == (self.name, self.key_id):
                found = self._checked(note.text, each.signature)
        return found

    def _checked(self, text: str, signature: bytes) -> int:
        time = b""
        if self.kind == WITNESS:
            time, signature = signature[:TIME_BYTES], signature[TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, _message(self.kind, time, text))
        except (InvalidSignature, ValueError):
            raise SealError(f"the signature of {self.name} does not fit the note: it was forged or altered") from None
        return int.from_bytes(time, "big")


def parse_verifier(text: str) -> Verifier:
    """A verifier key. Raises `SealError`."""
    name, key_id, key = _key_parts(text.strip(), "verifier key, NAME+ID+KEY")
    verifier = Verifier(name, key[0], key[KIND_BYTES:])
    if verifier.key_id != key_id:
        raise SealError(f"the id in the verifier key of {name} is not that of its key")
    return verifier


class Signer:
    """A private key under its name."""

    def __init__(self, name: str, kind: int, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self._seed = seed
        self.verifier = Verifier(name, kind, self._private.public_key().public_bytes_raw())

    @property
    def secret(self) -> str:
        """`PRIVATE+KEY+name+id+key`, for a file that only its owner reads."""
        key = base64.b64encode(bytes([self.verifier.kind]) + self._seed).decode()
        return f"{SECRET}{self.verifier.name}+{self.verifier.key_id.hex()}+{key}"

    def sign(self, text: str, now: int = 0) -> Signature:
        """A signature over the text; a witness's tells `now`, in seconds since 1970."""
        kind = self.verifier.kind
        time = now.to_bytes(TIME_BYTES, "big") if kind == WITNESS else b""
        signature = self._private.sign(_message(kind, time, text))
        return Signature(self.verifier.name, self.verifier.key_id, time + signature)


def parse_signer(text: str) -> Signer:
    """A signer from its secret. Raises `SealError`, without the secret in it."""
    if not text.startswith(SECRET):
        raise SealError(f"a signing key begins with {SECRET}")
    name, key_id, key = _key_parts(text.strip().removeprefix(SECRET), "signing key")
    signer = Signer(name, key[0], key[KIND_BYTES:])
    if signer.verifier.key_id != key_id:
        raise SealError(f"the id in the signing key of {name} is not that of its key")
    return signer


def _key_parts(text: str, what: str) -> tuple[str, bytes, bytes]:
    try:
        name, key_id, encoded = text.split("+", 2)
        key = decoded(encoded)
        if named(name) and len(key) == KIND_BYTES + KEY_BYTES and key[0] in (LOG, WITNESS):
            return name, bytes.fromhex(key_id), key
    except (ValueError, SealError):
        pass
    raise SealError(f"this is no {what}")


def named(name: str) -> bool:
    """Whether a key may have this name."""
    return bool(name) and "+" not in name and not any(char.isspace() or ord(char) < 32 for char in name)


def _message(kind: int, time: bytes, text: str) -> bytes:
    if kind == WITNESS:
        return f"cosignature/v1\ntime {int.from_bytes(time, 'big')}\n{text}".encode()
    return text.encode()
