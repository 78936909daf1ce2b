"""Personal fields on their way to the intake: sealed with its public key, opened by nobody but the intake.

`data.personal` becomes `{"key": "intake:…", "sealed": base64}`, the form that sealed fields have in the log, where
`key` names a person. X25519 with a key pair made for this action alone, HKDF-SHA256, AES-256-GCM; source, id and
subject are bound, so that a sealed field cannot be moved to another action (docs/decisions/0018).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.envelope import Rejected

KEY_BYTES = 32
NONCE_BYTES = 12
PURPOSE = b"danze personal fields to the intake, 1"
NAMED = "intake:"
"""What `key` begins with in fields that are sealed for an intake."""
AT = "$.data.personal"

_Fields = dict[str, msgspec.Raw]
_whole = msgspec.json.Decoder(_Fields)
_personal = msgspec.json.Decoder(dict[str, str])
_encode = msgspec.json.encode


class IntakeKey:
    """The intake's key pair, derived from the store's master key: whoever may open the log's fields opens these."""

    def __init__(self, private: bytes, former: Sequence[IntakeKey] = ()) -> None:
        """`former` keys still open what producers sealed before a rotation."""
        self._private = X25519PrivateKey.from_private_bytes(private)
        self._bytes = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

        self._by_name = {each.name: each for each in (*former, self)}

    @property
    def former(self) -> list[str]:
        """Names of the keys that came before and still open."""
        return [name for name in self._by_name if name != self.name]

    @property
    def public(self) -> str:
        """What producers seal with; `danze keys` prints it."""
        return base64.b64encode(self._bytes).decode()

    @property
    def name(self) -> str:
        return _name(self._bytes)

    def opened(self, line: bytes) -> bytes | Rejected:
        """The line with its personal fields in clear, for `Intake.take`, which seals them under the petitioner's key.

        A line without fields sealed for an intake comes back as it is, also one that is no action at all.
        """
        if NAMED.encode() not in line and b"\\u" not in line:
            return line  # of many that pass here, few are sealed
        found = _found(line)
        if found is None or not is_sealed(personal := found[2]):
            return line
        key = self._by_name.get(personal["key"])
        if key is None:
            why = f"the personal fields are sealed for {personal['key']!r}; this intake is {self.name}"
            return Rejected("bad-value", f"{why} (`danze keys` prints its public key)", f"{AT}.key")
        whole, data, _ = found
        try:
            plain = key.unsealed(base64.b64decode(personal["sealed"], validate=True), _bound(whole))
            _personal.decode(plain)
        except (InvalidTag, ValueError, binascii.Error, msgspec.MsgspecError):
            why = "the personal fields cannot be opened: they were changed, or sealed for another id, source or subject"
            return Rejected("bad-value", why, f"{AT}.sealed")
        return _encode({**whole, "data": {**data, "personal": msgspec.Raw(plain)}})

    def unsealed(self, sealed: bytes, bound: bytes) -> bytes:
        theirs, rest = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
        secret = self._private.exchange(X25519PublicKey.from_public_bytes(theirs))
        key, nonce = _derived(secret, theirs + self._bytes)
        return AESGCM(key).decrypt(nonce, rest, bound)


class Envelope:
    """What a producer seals personal fields with: the intake's public key, as `danze keys` prints it."""

    def __init__(self, public: str) -> None:
        """Raises ValueError with a sentence where the text is no such key."""
        try:
            self._bytes = base64.b64decode(public, validate=True)
            self._public = X25519PublicKey.from_public_bytes(self._bytes)
            X25519PrivateKey.generate().exchange(self._public)  # some of 32 bytes are no point that keys come of
        except (binascii.Error, ValueError):
            raise ValueError(f"{public!r} is no public key of an intake: {KEY_BYTES} bytes in base64") from None
        self.name = _name(self._bytes)

    def closed(self, line: bytes) -> bytes:
        """The line with its personal fields sealed; as it is where there are none in clear."""
        found = _found(line)
        if found is None or not found[2] or is_sealed(found[2]):
            return line
        whole, data, personal = found
        passing = X25519PrivateKey.generate()
        ours = passing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        key, nonce = _derived(passing.exchange(self._public), ours + self._bytes)
        sealed = ours + AESGCM(key).encrypt(nonce, _encode(personal), _bound(whole))
        fields = {"key": self.name, "sealed": base64.b64encode(sealed).decode()}
        return _encode({**whole, "data": {**data, "personal": fields}})


def in_clear(line: bytes) -> bool:
    """Whether a line carries personal fields that anybody can read."""
    found = _found(line)
    return found is not None and bool(found[2]) and not is_sealed(found[2])


def _found(line: bytes) -> tuple[_Fields, _Fields, dict[str, str]] | None:
    """The action, its data and its personal fields, none of them judged; None where there are none."""
    if b"personal" not in line and b"\\u" not in line:
        return None
    try:
        whole = _whole.decode(line)
        data = _whole.decode(whole["data"])
        return whole, data, _personal.decode(data["personal"])
    except (KeyError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def is_sealed(personal: dict[str, str]) -> bool:
    """Whether these personal fields are sealed for an intake, ours or another."""
    return personal.keys() == {"key", "sealed"} and personal["key"].startswith(NAMED)


def _bound(whole: _Fields) -> bytes:
    """What the fields belong to, however its JSON was spelled."""
    told: list[Any] = [msgspec.json.decode(whole.get(name, b"null")) for name in ("source", "id", "subject")]
    return _encode(told)


def _name(public: bytes) -> str:
    return NAMED + sha256(public).hexdigest()[:16]


def _derived(secret: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of one action: its key pair is never used again, so neither is the nonce."""
    made = HKDF(hashes.SHA256(), KEY_BYTES + NONCE_BYTES, salt, PURPOSE).derive(secret)
    return made[:KEY_BYTES], made[KEY_BYTES:]
