"""Tokens of the embedded default: signed here, with a key that lies beside the store and leaves no machine.

A folder holds the key (0600, made when the first token is issued: there is no default secret), the one before it, and a
register of what was issued and revoked, never a token itself. A token counts only while the register knows it, and one
of the two keys has signed it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.fact import OfficialId, UnitId
from domain.reader import Reader, Role
from domain.reasons import Reasons
from infra import line_files, secret_files
from infra.log.port import StoreError
from infra.log.urls import StoreUrl
from infra.one_at_a_time import alone
from infra.seals.keys import beside

ISSUER = AUDIENCE = "danze"
ALGORITHM = "HS256"
KEY_BYTES = 32
LOST = "tokens that it signed count no more"
FOLDER_VARIABLE = "DANZE_TOKENS"
LEEWAY = 30
"""Seconds by which two clocks may differ."""
LOGGER = logging.getLogger("danze.tokens")


class Issued(Struct, frozen=True, omit_defaults=True):
    """A line of the register."""

    id: str
    role: Role
    units: tuple[UnitId, ...]
    issued: datetime
    expires: datetime
    official: OfficialId | None = None
    revoked: datetime | None = None
    key: str = ""
    """Name of the key that signed it; empty for the first one."""

    def counts(self, now: datetime) -> bool:
        return self.revoked is None and now < self.expires

    @property
    def reader(self) -> Reader:
        """Who holds the token."""
        return Reader(self.role, self.units, self.official, f"token:{self.id}")


def tokens_of(place: StoreUrl) -> Path:
    """Where the tokens of a store are: `DANZE_TOKENS`, else beside the store."""
    return Path(os.environ.get(FOLDER_VARIABLE) or beside(place, "tokens"))


class Tokens:
    """The tokens of one folder."""

    def __init__(self, folder: Path) -> None:
        self._key_file, self._register = folder / "key", folder / "register.jsonl"
        self._former_file = folder / "key.former"
        self._seen: tuple[int, int] | None = None
        self._lines: dict[str, Issued] = {}
        self._damaged = Reasons()

    def issue(
        self, role: Role, units: Sequence[str], official: str | None, *, days: int, now: datetime
    ) -> tuple[str, Issued]:
        """A new token, and its line in the register. The token is told here and never again."""
        import jwt

        key = self._key(make=True)
        line = Issued(
            id=secrets.token_hex(8),
            role=role,
            units=tuple(map(UnitId, units)),
            issued=now,
            expires=now + timedelta(days=days),
            official=OfficialId(official) if official else None,
            key=_name(key),
        )
        claims = {"iss": ISSUER, "aud": AUDIENCE, "jti": line.id, "iat": line.issued, "exp": line.expires}
        token = jwt.encode(claims, key, algorithm=ALGORITHM)
        self._write(line)
        return token, line

    def revoke(self, id: str, now: datetime) -> bool:
        """Whether there was such a token. It is refused from now on."""
        line = self.register().get(id)
        if line is None:
            return False
        self._write(replace(line, revoked=line.revoked or now))
        return True

    def rotate(self, now: datetime, *, drop: bool = False) -> tuple[int, int]:
        """Signs with a new key from now on; tokens of the last one count until they expire. How many those are, and how
        many were revoked.

        The key before the last goes. A StoreError while tokens of it count, unless `drop` revokes them.
        """
        secret_files.folder(self._key_file.parent)
        with alone(self._key_file.parent):
            last, former = self._key(make=True), _read(self._former_file)
            old = ("", _name(former)) if former else ()
            held = [line for line in self.register().values() if line.counts(now)]
            lost = [line for line in held if line.key in old]
            if lost and not drop:
                until = max(line.expires for line in lost)
                raise StoreError(
                    f"{len(lost)} tokens of the former key count until {until:%Y-%m-%d}; --drop revokes them at once"
                )
            for line in lost:
                self._write(replace(line, revoked=now))
            secret_files.replace(self._former_file, last)
            secret_files.replace(self._key_file, secrets.token_bytes(KEY_BYTES))
        return len(held) - len(lost), len(lost)

    def register(self) -> dict[str, Issued]:
        """What was issued, by id; read again only where the file has changed."""
        try:
            stat = self._register.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                lines = line_files.whole(self._register.read_bytes())
                self._lines = {line.id: line for line in map(_line, lines)}
                self._seen = (stat.st_mtime_ns, stat.st_size)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            raise StoreError(f"the register of tokens {self._register} cannot be read ({error})") from error
        return self._lines

    def reader(self, token: str, now: datetime) -> Reader | str:
        """Who holds the token; else why it is not taken."""
        import jwt

        why = "no token was issued here"
        for key in filter(None, (self._key(make=False), self._former())):
            try:
                claims: dict[str, Any] = jwt.decode(
                    token,
                    key,
                    algorithms=[ALGORITHM],
                    audience=AUDIENCE,
                    issuer=ISSUER,
                    options={"require": ["exp", "iat", "jti"], "verify_exp": False},
                )
            except jwt.InvalidTokenError as error:
                why = f"the token is not taken: {error}"
            else:
                return self.standing(str(claims["jti"]), now)
        return why

    def standing(self, id: str, now: datetime) -> Reader | str:
        """Who holds the token of this id; else why it counts no more."""
        line = self.register().get(id)
        if line is None:
            return "the token is not in the register"
        if line.revoked is not None:
            return "the token was revoked"
        return line.reader if now < line.expires else "the token has expired"

    def _key(self, *, make: bool) -> bytes:
        if not secret_files.there(self._key_file):
            if not make:
                return b""
            secret_files.make(self._key_file, secrets.token_bytes(KEY_BYTES))
        return _read(self._key_file)

    def _former(self) -> bytes:
        """The key before, for a look at a token: where it cannot be used, the present one counts alone."""
        try:
            key = _read(self._former_file)
        except StoreError as error:
            if self._damaged.new(str(error)):
                LOGGER.warning("the former key of tokens is passed over: %s", error)
            return b""
        self._damaged.works()
        return key

    def _write(self, line: Issued) -> None:
        with os.fdopen(os.open(self._register, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            line_files.add(file, msgspec.json.encode(line))


def _read(file: Path) -> bytes:
    """The key in a file; empty where there is none."""
    return secret_files.key(file, KEY_BYTES, LOST) if secret_files.there(file) else b""


def _name(key: bytes) -> str:
    return sha256(b"danze token key" + key).hexdigest()[:8]


def _line(line: bytes) -> Issued:
    return msgspec.json.decode(line, type=Issued)


def utc_now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)
