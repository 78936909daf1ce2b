"""The vault: one key per petitioner, apart from the log. Destroying a key erases what it sealed, and proofs still hold.

Fields are sealed with AES-256-GCM under the owner's key, the owner bound as associated data, so that a sealed field
cannot be moved to another person. Owners' keys are wrapped by a key derived from the master key (`master_key.py`).
"""

from __future__ import annotations

import base64
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.log.port import StoreError
from infra.log.urls import parse
from infra.master_key import master_key
from infra.sealed_box import IntakeKey
from infra.vault_store import KeyStore, open_key_store

NONCE_BYTES = 12
CACHED_KEYS = 10_000
"""Unwrapped keys kept in memory, some 4 MB."""
PROOF = "danze"
"""Wrapped once when a key store is made: opening it tells a wrong master key from a right one."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class Vault:
    """Seals and opens personal fields. Safe to share between threads."""

    def __init__(self, store: KeyStore, master: bytes) -> None:
        self._store = store
        self._wrap = AESGCM(_derived(master, b"danze wrap"))
        self._digest_key = _derived(master, b"danze digest")
        self.intake_key = IntakeKey(_derived(master, b"danze intake"))
        """Opens what producers sealed on their way here."""
        self._cache: OrderedDict[str, AESGCM] = OrderedDict()
        self._last_forgotten = 0
        self._lock = threading.Lock()
        self._prove()

    def seal(self, owner: str, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields as `{"key": owner, "sealed": base64}`; makes the owner's key if there is none."""
        return self.seal_many([(owner, fields)])[0]

    def seal_many(self, wanted: Sequence[tuple[str, Mapping[str, str]]]) -> list[dict[str, str]]:
        """Many at once: all missing keys are made in one transaction, committed before anything is sealed with them."""
        keys = self._keys([owner for owner, _ in wanted], make=True)
        return [{"key": owner, "sealed": _sealed(keys[owner], owner, _encode(fields))} for owner, fields in wanted]

    def open(self, sealed: Mapping[str, str]) -> dict[str, str] | None:
        """The fields, or None when their owner was forgotten: they read as erased."""
        owner = sealed["key"]
        key = self._keys([owner], make=False).get(owner)
        if key is not None:
            try:
                return _decode(_opened(key, owner, base64.b64decode(sealed["sealed"])))
            except (InvalidTag, ValueError):
                pass  # sealed with an earlier key of the owner, or tampered with: told apart below
        if self._store.was_forgotten(owner):
            return None
        raise StoreError(f"the personal fields of {owner} cannot be opened: no key, or the bytes were changed")

    def forget(self, owner: str) -> bool:
        """Destroy the owner's key; True if there was one. A later petition of the same owner gets a new key."""
        with self._lock:
            self._cache.pop(owner, None)
        return self._store.forget(owner, _now())

    def was_forgotten(self, owner: str) -> bool:
        return self._store.was_forgotten(owner)

    def digest(self, data: bytes) -> bytes:
        """16 bytes that tell equal content from other content, and that nobody without the master key can guess."""
        return blake2b(data, digest_size=16, key=self._digest_key).digest()

    def close(self) -> None:
        self._store.close()

    def _keys(self, owners: Sequence[str], *, make: bool) -> dict[str, AESGCM]:
        if not owners:
            return {}
        last = self._store.last_forgotten()
        with self._lock:
            if last != self._last_forgotten:
                # A key destroyed by another process must neither open nor seal here: nobody could read it later.
                self._cache.clear()
                self._last_forgotten = last
            found = {owner: self._cache[owner] for owner in owners if owner in self._cache}
        missing = list(dict.fromkeys(owner for owner in owners if owner not in found))
        if not missing:
            return found
        wrapped = self._store.wrapped(missing)
        new = {owner: self._wrapped(owner, os.urandom(32)) for owner in missing if owner not in wrapped} if make else {}
        if new:
            # Another process may have made the same key first: what the store answers counts.
            wrapped |= self._store.add(new, _now())
        fresh = {owner: AESGCM(self._unwrapped(owner, value)) for owner, value in wrapped.items()}
        with self._lock:
            self._cache.update(fresh)
            while len(self._cache) > CACHED_KEYS:
                self._cache.popitem(last=False)
        return found | fresh

    def _wrapped(self, owner: str, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, key, owner.encode())

    def _unwrapped(self, owner: str, wrapped: bytes) -> bytes:
        try:
            return _opened(self._wrap, owner, wrapped)
        except InvalidTag:
            raise StoreError(f"the key of {owner} was changed, or wrapped by another master key") from None

    def _prove(self) -> None:
        proof = self._store.proof()
        if proof is None:
            proof = self._store.set_proof(self._wrapped(PROOF, PROOF.encode()))
        try:
            _opened(self._wrap, PROOF, proof)
        except InvalidTag:
            raise StoreError(f"the master key does not fit the keys in {self._store.where}") from None


def open_vault(url: str, *, create: bool = True) -> Vault:
    """The vault beside the log of a store URL, with its master key; `create` makes both for a log that is empty yet."""
    place = parse(url)
    store = open_key_store(place, create=create)
    try:
        return Vault(store, master_key(place, fresh=store.proof() is None))
    except BaseException:
        store.close()
        raise


def _derived(master: bytes, purpose: bytes) -> bytes:
    # The master key is uniformly random, so a keyed hash is all the derivation it needs.
    return blake2b(purpose, key=master, digest_size=32).digest()


def _sealed(key: AESGCM, owner: str, plain: bytes) -> str:
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + key.encrypt(nonce, plain, owner.encode())).decode()


def _opened(key: AESGCM, owner: str, data: bytes) -> bytes:
    return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], owner.encode())


def _now() -> int:
    """Microseconds since the epoch; for the record of who was forgotten when, never for a decision."""
    return time.time_ns() // 1000
