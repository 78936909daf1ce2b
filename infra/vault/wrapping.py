"""What a master key wraps: every person's key, the digest's key, and the intake's keys of before a rotation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.log.port import StoreError
from infra.vault.sealed_box import NAMED, IntakeKey

NONCE_BYTES = 12
PROOF = "danze"
"""Wrapped once when a key store is made: opening it tells a wrong master key from a right one."""
DIGEST, INTAKE = "digest", b"danze intake"


class Wrap:
    """Wraps and unwraps keys under one master key; each is bound to its name, so that it cannot be given to another."""

    def __init__(self, master: bytes) -> None:
        self.master = master
        self._cipher = AESGCM(derived(master, b"danze wrap"))

    def wrapped(self, name: str, key: bytes) -> bytes:
        return sealed(self._cipher, name, key)

    def unwrapped(self, name: str, wrapped: bytes) -> bytes:
        """Raises `InvalidTag` where it was changed, or wrapped under another master key."""
        return opened(self._cipher, name, wrapped)

    def proof(self) -> bytes:
        return self.wrapped(PROOF, PROOF.encode())

    def fits(self, proof: bytes) -> bool:
        try:
            self.unwrapped(PROOF, proof)
        except InvalidTag:
            return False
        return True


class Held(NamedTuple):
    """What a process holds in memory of the present master key."""

    proof: bytes
    wrap: Wrap
    digest: bytes
    intake: IntakeKey
    secrets: int
    """How many there were in the store."""

    def handed_over(self, to: Wrap) -> dict[str, bytes]:
        """What must outlive this master key, wrapped under the next: else what comes twice would not be recognised,
        and what producers have sealed would not be opened.
        """
        secrets = {DIGEST: self.digest, self.intake.name: derived(self.wrap.master, INTAKE)}
        return {name: to.wrapped(name, value) for name, value in secrets.items()}


def held(wrap: Wrap, proof: bytes, kept: Mapping[str, bytes]) -> Held:
    """Derived from the master key, but for what was handed over by one before it."""
    try:
        secrets = {name: wrap.unwrapped(name, value) for name, value in kept.items()}
    except InvalidTag:
        raise StoreError("a key that was handed over at a rotation was changed") from None
    former = [IntakeKey(private) for name, private in secrets.items() if name.startswith(NAMED)]
    digest = secrets.get(DIGEST) or derived(wrap.master, b"danze digest")
    return Held(proof, wrap, digest, IntakeKey(derived(wrap.master, INTAKE), former), len(kept))


def derived(master: bytes, purpose: bytes) -> bytes:
    # The master key is uniformly random, so a keyed hash is all the derivation it needs.
    return blake2b(purpose, key=master, digest_size=32).digest()


def sealed(key: AESGCM, name: str, plain: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, name.encode())


def opened(key: AESGCM, name: str, data: bytes) -> bytes:
    """Raises `InvalidTag`, or `ValueError` for bytes that are too short."""
    return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], name.encode())
