"""Personal fields are sealed to danze's intake before they leave the process, or touch its disk.

X25519 with a key pair of this action alone, HKDF-SHA256, AES-256-GCM; source, id and subject are bound. The form is
danze's decision 18; `cryptography` comes with `danze_producer[personal]`.
"""

import base64
import binascii
from hashlib import sha256
from typing import Any

import msgspec

KEY_BYTES, NONCE_BYTES = 32, 12
PURPOSE = b"danze personal fields to the intake, 1"
NAMED = "intake:"


class Seal:
    """Closes personal fields with the intake's public key, as `danze keys` prints it."""

    def __init__(self, public: str) -> None:
        """Raises ValueError where the text is no such key, ImportError where `cryptography` is missing."""
        try:
            from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
        except ImportError:
            raise ImportError("sealing personal fields needs danze_producer[personal] (cryptography)") from None
        try:
            self._bytes = base64.b64decode(public, validate=True)
            self._public = X25519PublicKey.from_public_bytes(self._bytes)
            X25519PrivateKey.generate().exchange(self._public)  # some of 32 bytes are no point that keys come of
        except (binascii.Error, ValueError):
            raise ValueError(f"intake_key: {public!r} is no public key of an intake (32 bytes in base64)") from None
        self.name = NAMED + sha256(self._bytes).hexdigest()[:16]

    def closed(self, action: dict[str, Any]) -> dict[str, str]:
        """The personal fields of an action as it may travel."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        passing = X25519PrivateKey.generate()
        ours = passing.public_key().public_bytes_raw()
        length = KEY_BYTES + NONCE_BYTES
        made = HKDF(hashes.SHA256(), length, ours + self._bytes, PURPOSE).derive(passing.exchange(self._public))
        bound = msgspec.json.encode([action["source"], action["id"], action["subject"]])
        plain = msgspec.json.encode(action["data"]["personal"])
        sealed = ours + AESGCM(made[:KEY_BYTES]).encrypt(made[KEY_BYTES:], plain, bound)
        return {"key": self.name, "sealed": base64.b64encode(sealed).decode()}


def is_sealed(personal: dict[str, str]) -> bool:
    return personal.keys() == {"key", "sealed"} and personal["key"].startswith(NAMED)
