"""Who is let in: with a token issued here or by an issuer; on loopback where none is asked for, by being here."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple, Protocol

from domain.reader import Reader
from infra.doors.oidc import Issuer, Keys, issuer_of, reader
from infra.doors.peer import Peers
from infra.doors.tokens import ISSUER, Tokens, tokens_of, utc_now
from infra.log.urls import StoreUrl

PROXIES = "DANZE_TRUSTED_PROXIES"
"""The proxies in front of danze, as `api.limits` reads them."""
REMEMBERED = 2_000
"""Tokens that need no second look at their signature."""


class Noting(Protocol):
    """Where accesses are written down (`infra.doors.access`)."""

    def read(self, who: Reader, question: str, asked: Mapping[str, str]) -> None: ...
    def personal(self, who: Reader, question: str, asked: Mapping[str, str]) -> None: ...
    def denied(self, who: Reader, method: str, path: str, why: str) -> None: ...


class Checked(NamedTuple):
    """A token whose signature was checked."""

    reader: Reader
    until: float


class Doors:
    """The doors of one store. `open`: this machine's user needs no token."""

    def __init__(self, tokens: Tokens, issuer: Issuer | None, accesses: Noting, *, open: bool) -> None:  # noqa: A002
        self.open = open
        self.read, self.personal, self.denied = accesses.read, accesses.personal, accesses.denied
        self._tokens, self._issuer = tokens, issuer
        self._keys = Keys(issuer) if issuer else None
        if self._keys is not None:
            threading.Thread(target=self._keys.of, args=(None,), daemon=True).start()
        self._seen: OrderedDict[bytes, Checked] = OrderedDict()
        self.stranger = Peers().stranger

    def known(self, token: str) -> Reader | None:
        """Who holds a token that was checked before and still counts."""
        key = sha256(token.encode()).digest()
        seen, now = self._seen.get(key), utc_now()
        if seen is None:
            return None
        local = seen.reader.name.startswith("token:")
        lapsed = now.timestamp() >= seen.until
        if lapsed or (local and isinstance(self._tokens.standing(seen.reader.name[6:], now), str)):
            self._seen.pop(key, None)
            return None
        return seen.reader

    def until(self, who: Reader) -> float | None:
        """When the newest token of an issuer that he showed ends; None where it is none of an issuer."""
        ends = [seen.until for seen in [*self._seen.values()] if seen.reader == who and seen.until != float("inf")]
        return max(ends, default=None)

    def ended(self, by: str, until: float | None) -> str | None:
        """Why a token counts no more, by its name and, of an issuer's, its end; None while it does."""
        now = utc_now()
        if by.startswith("token:"):
            standing = self._tokens.standing(by[6:], now)
            return standing if isinstance(standing, str) else None
        return "the token has expired" if until is not None and now.timestamp() >= until else None

    def reader(self, token: str) -> Reader | str:
        """Who holds the token, checked anew; else why it is not taken."""
        import jwt

        try:
            by = jwt.decode(token, options={"verify_signature": False}).get("iss")
        except jwt.InvalidTokenError:
            return "this is no token: a JWT is three parts with dots between"
        found = self._by(token, by)
        if isinstance(found, str):
            return found
        while len(self._seen) >= REMEMBERED:
            self._seen.popitem(last=False)
        self._seen[sha256(token.encode()).digest()] = found
        return found.reader

    def _by(self, token: str, by: object) -> Checked | str:
        if by == ISSUER:
            holder = self._tokens.reader(token, utc_now())
            return holder if isinstance(holder, str) else Checked(holder, float("inf"))
        if self._issuer is None or self._keys is None or by != self._issuer.url:
            return "the token is of an issuer that is not known here"
        found = reader(token, self._issuer, self._keys)
        return found if isinstance(found, str) else Checked(*found)


def doors_of(place: StoreUrl, accesses: Noting, *, here: bool, required: bool) -> Doors:
    """The doors of a store: open only `here`, on loopback, where no token is `required`, nor issuer or proxy named."""
    issuer = issuer_of(os.environ)
    proxied = bool(os.environ.get(PROXIES))
    return Doors(Tokens(tokens_of(place)), issuer, accesses, open=here and not (required or issuer or proxied))
