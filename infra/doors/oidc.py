"""Tokens of an OpenID Connect issuer: its keys fetched and kept, its claims read as a role of ours."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from domain.fact import OfficialId, UnitId
from domain.reader import GIVEN, Reader, Role, mistake
from infra.doors.tokens import LEEWAY
from infra.log.port import StoreError

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a key that only the issuer has. A shared secret is none, nor is "none"."""
ROLES = GIVEN - {"operator"}
"""What an issuer may say; the operator sits at the machine."""
FRESH, AGAIN, STALE = 600.0, 30.0, 86_400.0
"""Seconds: how long keys are kept unasked; how soon they are asked for again, whatever tokens name (twice as late after
each time that it was in vain); how long keys serve whose issuer does not answer."""
PATIENCE = 5.0
LARGEST = 1 << 20


PREFIX = "DANZE_OIDC_"
VARIABLES = tuple(
    PREFIX + each for each in ("ISSUER", "AUDIENCE", "JWKS", "ROLE_CLAIM", "UNIT_CLAIM", "OFFICIAL_CLAIM")
)


class Issuer(NamedTuple):
    """Whose tokens are taken, for whom they must be, and which claims say what."""

    url: str
    audience: str
    jwks: str | None = None
    role: str = "danze_role"
    unit: str = "danze_unit"
    official: str = "danze_official"


def issuer_of(environment: Mapping[str, str]) -> Issuer | None:
    """From DANZE_OIDC_ISSUER, _AUDIENCE, _JWKS, _ROLE_CLAIM, _UNIT_CLAIM, _OFFICIAL_CLAIM. Raises `StoreError`."""
    said = {name.removeprefix(PREFIX): environment.get(name, "") for name in VARIABLES}
    if not said["ISSUER"]:
        return None
    if not said["AUDIENCE"]:
        raise StoreError("DANZE_OIDC_ISSUER without DANZE_OIDC_AUDIENCE: say for whom its tokens must be")
    named = {"role": said["ROLE_CLAIM"], "unit": said["UNIT_CLAIM"], "official": said["OFFICIAL_CLAIM"]}
    issuer = Issuer(said["ISSUER"], said["AUDIENCE"], said["JWKS"] or None, **{k: v for k, v in named.items() if v})
    for url in (issuer.url, issuer.jwks or issuer.url):
        _safe(url)
    return issuer


def _safe(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise StoreError(f"{url}: this is no address of an issuer ({error})") from None
    here = parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not here:
        raise StoreError(f"{url}: the keys of an issuer are fetched by https")


class Keys:
    """The issuer's public keys. A key that is not among them makes us look again, but not at every token.

    Who names a key that we have never waits. Of those who name another one at most waits, while it is looked for: names
    can be made up, and must hold up nobody else.
    """

    def __init__(self, issuer: Issuer, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer, self._clock = issuer, clock
        self._keys: dict[str | None, Any] = {}
        self._fetched = self._tried = -STALE
        self._again = AGAIN
        self._asking = threading.Lock()

    def of(self, kid: str | None) -> Any:
        """The key of this name; without a name, the only one."""
        now = self._clock()
        known = self._known(kid, now)
        if (known is None or now - self._fetched > FRESH) and self._may_ask(now):
            asking = threading.Thread(target=self._ask, args=(now,), daemon=True)
            asking.start()
            if known is None:
                asking.join()
        return self._known(kid, now)

    def _may_ask(self, now: float) -> bool:
        """Whether it is time to, and nobody else asks; he who may must ask."""
        if now - self._tried <= self._again or not self._asking.acquire(blocking=False):
            return False
        self._tried = now
        return True

    def _known(self, kid: str | None, now: float) -> Any:
        return self._named(kid) if now - self._fetched <= STALE else None

    def _ask(self, now: float) -> None:
        """Fetches the keys, and lets the next one ask."""
        from jwt import PyJWKSet

        before = self._keys
        try:
            with suppress(Exception):  # whatever an issuer answers instead of keys: those that we have go on
                self._keys = {key.key_id: key for key in PyJWKSet.from_dict(self._read()).keys}
                self._fetched = now
        finally:
            self._again = AGAIN if self._keys.keys() != before.keys() else min(2 * self._again, FRESH)
            self._asking.release()

    def _named(self, kid: str | None) -> Any:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid) if kid is not None else None

    def _read(self) -> dict[str, Any]:
        where = self._issuer.jwks
        if where is None:
            where = str(_fetched(f"{self._issuer.url.rstrip('/')}/.well-known/openid-configuration")["jwks_uri"])
        return _fetched(where)


def _fetched(url: str) -> dict[str, Any]:
    try:
        _safe(url)
    except StoreError as error:
        raise ValueError(str(error)) from error
    asked = Request(url, headers={"Accept": "application/json"})  # noqa: S310 -- `_safe` let https and loopback through
    with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310 -- the same
        read: dict[str, Any] = json.loads(answer.read(LARGEST))
    return read


def reader(token: str, issuer: Issuer, keys: Keys) -> tuple[Reader, float] | str:
    """Who holds the token, and until when (seconds since 1970); else why it is not taken."""
    import jwt

    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            return f"the token is signed by {header.get('alg')}, which is not taken"
        key = keys.of(header.get("kid"))
        if key is None:
            return "the token is signed with a key that its issuer does not publish"
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            audience=issuer.audience,
            issuer=issuer.url,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "sub", "iss", "aud"]},
        )
    except jwt.InvalidTokenError as error:
        return f"the token is not taken: {error}"
    found = _claimed(claims, issuer)
    return found if isinstance(found, str) else (found, float(claims["exp"]))


def _claimed(claims: dict[str, Any], issuer: Issuer) -> Reader | str:
    roles = [role for role in _texts(claims.get(issuer.role)) if role in ROLES]
    units, officials = _texts(claims.get(issuer.unit)), _texts(claims.get(issuer.official))
    official = officials[0] if officials else None
    if len(roles) != 1:
        return f"the token names no one role of ours in {issuer.role}: one of {', '.join(sorted(ROLES))}"
    if wrong := mistake(roles[0], units, official):
        return f"the token is not taken: {wrong}"
    return Reader(
        cast(Role, roles[0]),
        tuple(map(UnitId, units)),
        OfficialId(official) if official else None,
        f"sub:{claims['sub']}",
    )


def _texts(said: Any) -> list[str]:
    """A claim that is one text or several."""
    return [said] if isinstance(said, str) else [each for each in said or () if isinstance(each, str)]
