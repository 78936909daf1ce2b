"""Tokens of the embedded default: signed here, with a key that lies beside the store and leaves no machine.

A folder holds the key (0600, made when the first token is issued: there is no default secret) and a register of what
was issued and revoked, never a token itself. A token counts only while the register knows it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.fact import OfficialId, UnitId
from domain.reader import Reader, Role
from infra.log.port import StoreError
from infra.log.urls import StoreUrl
from infra.seals.keys import beside

ISSUER = AUDIENCE = "danze"
ALGORITHM = "HS256"
KEY_BYTES = 32
FOLDER_VARIABLE = "DANZE_TOKENS"
LEEWAY = 30
"""Seconds by which two clocks may differ."""


class Issued(Struct, frozen=True, omit_defaults=True):
    """A line of the register."""

    id: str
    role: Role
    units: tuple[UnitId, ...]
    issued: datetime
    expires: datetime
    official: OfficialId | None = None
    revoked: datetime | None = None

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
        self._seen: tuple[int, int] | None = None
        self._lines: dict[str, Issued] = {}

    def issue(
        self, role: Role, units: Sequence[str], official: str | None, *, days: int, now: datetime
    ) -> tuple[str, Issued]:
        """A new token, and its line in the register. The token is told here and never again."""
        import jwt

        line = Issued(
            id=secrets.token_hex(8),
            role=role,
            units=tuple(map(UnitId, units)),
            issued=now,
            expires=now + timedelta(days=days),
            official=OfficialId(official) if official else None,
        )
        claims = {"iss": ISSUER, "aud": AUDIENCE, "jti": line.id, "iat": line.issued, "exp": line.expires}
        token = jwt.encode(claims, self._key(make=True), algorithm=ALGORITHM)
        self._write(line)
        return token, line

    def revoke(self, id: str, now: datetime) -> bool:
        """Whether there was such a token. It is refused from now on."""
        line = self.register().get(id)
        if line is None:
            return False
        self._write(replace(line, revoked=line.revoked or now))
        return True

    def register(self) -> dict[str, Issued]:
        """What was issued, by id; read again only where the file has changed."""
        try:
            stat = self._register.stat()
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                lines = self._register.read_bytes().splitlines()
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

        key = self._key(make=False)
        if not key:
            return "no token was issued here"
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
            return f"the token is not taken: {error}"
        return self.standing(str(claims["jti"]), now)

    def standing(self, id: str, now: datetime) -> Reader | str:
        """Who holds the token of this id; else why it counts no more."""
        line = self.register().get(id)
        if line is None:
            return "the token is not in the register"
        if line.revoked is not None:
            return "the token was revoked"
        return line.reader if now < line.expires else "the token has expired"

    def _key(self, *, make: bool) -> bytes:
        if not self._key_file.exists():
            if not make:
                return b""
            self._key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(self._key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
        if (mode := self._key_file.stat().st_mode) & 0o077:
            raise StoreError(f"{self._key_file} is readable by others (mode {mode & 0o777:o}); chmod 600 it")
        return self._key_file.read_bytes()

    def _write(self, line: Issued) -> None:
        with os.fdopen(os.open(self._register, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _line(line: bytes) -> Issued:
    return msgspec.json.decode(line, type=Issued)


def utc_now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)
