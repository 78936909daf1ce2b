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

from infra.log.port import StoreError, StoreLocked
from infra.log.urls import parse
from infra.vault.master_key import Source, source_of
from infra.vault.sealed_box import IntakeKey
from infra.vault.store import KeyStore, Rotated, open_key_store
from infra.vault.wrapping import Held, Wrap, held, opened, sealed

CACHED_KEYS = 10_000
"""Unwrapped keys kept in memory, some 4 MB."""
PATIENCE_SECONDS, PAUSE_SECONDS = 30.0, 0.02
"""So long, and so often, keys are looked at again that others rotate meanwhile."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


class Unopened(StoreError):
    """What is sealed cannot be opened, though nobody had it erased."""


class Vault:
    """Seals and opens personal fields. Safe to share between threads."""

    def __init__(self, store: KeyStore, source: Source) -> None:
        self._store = store
        self.source = source
        self._cache: OrderedDict[str, AESGCM] = OrderedDict()
        self._last_forgotten = 0
        self._lock = threading.Lock()
        self._held = self._read()

    @property
    def intake_key(self) -> IntakeKey:
        """Opens what producers sealed on their way here; looks whether it was rotated, so ask once for many lines."""
        return self._look().intake

    def seal(self, owner: str, fields: Mapping[str, str]) -> dict[str, str]:
        """The fields as `{"key": owner, "sealed": base64}`; makes the owner's key if there is none."""
        return self.seal_many([(owner, fields)])[0]

    def seal_many(self, wanted: Sequence[tuple[str, Mapping[str, str]]]) -> list[dict[str, str]]:
        """Many at once: all missing keys are made in one transaction, committed before anything is sealed with them."""
        keys = self._keys([owner for owner, _ in wanted], make=True)
        return [{"key": owner, "sealed": _text(sealed(keys[owner], owner, _encode(said)))} for owner, said in wanted]

    def open(self, fields: Mapping[str, str]) -> dict[str, str] | None:
        """The fields, or None when their owner was forgotten: they read as erased. Raises `Unopened`."""
        owner = fields["key"]
        key = self._keys([owner], make=False).get(owner)
        if key is not None:
            try:
                return _decode(opened(key, owner, base64.b64decode(fields["sealed"])))
            except (InvalidTag, ValueError):
                pass  # sealed with an earlier key of the owner, or tampered with: told apart below
        if self._store.was_forgotten(owner):
            return None
        raise Unopened(f"the personal fields of {owner} cannot be opened: no key, or the bytes were changed")

    def forget(self, owner: str) -> bool:
        """Destroy the owner's key; True if there was one. A later petition of the same owner gets a new key."""
        with self._lock:
            self._cache.pop(owner, None)
        return self._store.forget(owner, _now())

    def was_forgotten(self, owner: str) -> bool:
        return self._store.was_forgotten(owner)

    def digest(self, data: bytes) -> bytes:
        """16 bytes that tell equal content from other content, and that nobody without the keys can guess."""
        return blake2b(data, digest_size=16, key=self._held.digest).digest()

    def present(self, master: bytes) -> bool:
        """Whether this is the master key that fits now."""
        return master == self._look().wrap.master

    def rotate(self, master: bytes) -> int:
        """Every key wrapped anew under this master key, in one transaction; answers how many persons have a key.

        The digest's key stays and the intake's present key goes on opening, both wrapped under the new master key.
        Raises `Rotated` where another process was faster.
        """
        before, after = self._look(), Wrap(master)
        proof = after.proof()

        def anew(name: str, wrapped: bytes) -> bytes:
            return after.wrapped(name, _unwrapped(before.wrap, name, wrapped))

        done = self._store.rewrap((before.proof, proof), anew, before.handed_over(after), _now())
        self._held = self._under(after, proof) or self._held
        return done

    def drop_intake(self, name: str) -> bool:
        """Destroy a former key of the intake; True if there was one. What was sealed with it is opened no more."""
        dropped = name in self.intake_key.former and self._store.drop(name)
        self._held = self._read()
        return dropped

    def known(self, owners: Sequence[str]) -> set[str]:
        """Those of these persons of whom there is something to forget."""
        return set(self._store.wrapped(owners))

    def close(self) -> None:
        self._store.close()

    def _keys(self, owners: Sequence[str], *, make: bool) -> dict[str, AESGCM]:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._tried(owners, make=make)
            except Rotated:
                if time.monotonic() > give_up:
                    said = f"the keys in {self._store.where} are being rotated again and again"
                    raise StoreError(said) from None
                time.sleep(PAUSE_SECONDS)

    def _tried(self, owners: Sequence[str], *, make: bool) -> dict[str, AESGCM]:
        if not owners:
            return {}
        now = self._look()
        with self._lock:
            found = {owner: self._cache[owner] for owner in owners if owner in self._cache}
        missing = list(dict.fromkeys(owner for owner in owners if owner not in found))
        if not missing:
            return found
        kept = self._store.wrapped(missing)
        new = {o: now.wrap.wrapped(o, os.urandom(32)) for o in missing if o not in kept} if make else {}
        if new:
            # Another process may have made the same key first: what the store answers counts.
            kept |= self._store.add(new, _now(), now.proof)
        try:
            fresh = {owner: AESGCM(_unwrapped(now.wrap, owner, value)) for owner, value in kept.items()}
        except StoreError:
            if self._store.state().proof != now.proof:
                raise Rotated from None
            raise
        with self._lock:
            self._cache.update(fresh)
            while len(self._cache) > CACHED_KEYS:
                self._cache.popitem(last=False)
        return found | fresh

    def _look(self) -> Held:
        """What is held, after a look at what other processes did to it."""
        state = self._store.state()
        with self._lock:
            if state.forgotten != self._last_forgotten:
                # A key destroyed by another process must neither open nor seal here: nobody could read it later.
                self._cache.clear()
                self._last_forgotten = state.forgotten
        if (state.proof, state.secrets) != (self._held.proof, self._held.secrets):
            self._held = self._read()
        return self._held

    def _read(self) -> Held:
        """The secrets under the master key that fits; a new key store gets its proof."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            proof = self._store.state().proof
            for master in self.source.keys(fresh=proof is None):
                wrap = Wrap(master)
                proof = proof or self._store.set_proof(wrap.proof())
                if wrap.fits(proof) and (found := self._under(wrap, proof)):
                    self.source.settle(master)
                    return found
            if self._store.state().proof == proof or time.monotonic() > give_up:
                said = f"the master key does not fit the keys in {self._store.where}; it may have been rotated"
                raise StoreLocked(said)
            time.sleep(PAUSE_SECONDS)

    def _under(self, wrap: Wrap, proof: bytes) -> Held | None:
        """What lies under this master key; None where it was rotated meanwhile."""
        kept = self._store.secrets()
        return held(wrap, proof, kept) if self._store.state().proof == proof else None


def open_vault(url: str, *, create: bool = True) -> Vault:
    """The vault beside the log of a store URL, with its master key; `create` makes both for a log that is empty yet."""
    place = parse(url)
    store = open_key_store(place, create=create)
    try:
        return Vault(store, source_of(place))
    except BaseException:
        store.close()
        raise


def _unwrapped(wrap: Wrap, owner: str, wrapped: bytes) -> bytes:
    try:
        return wrap.unwrapped(owner, wrapped)
    except InvalidTag:
        raise StoreError(f"the key of {owner} was changed, or wrapped by another master key") from None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _now() -> int:
    """Microseconds since the epoch; for the record of who was forgotten when, never for a decision."""
    return time.time_ns() // 1000
