"""Store URLs: where a log, its read models and its keys are kept. No store is opened here.

A PostgreSQL password may lie in a file instead of the URL, which every user of a machine can see in its list of
processes: DANZE_STORE_PASSWORD_FILE names it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from infra.log.port import StoreError

TLS = ("sslmode", "sslrootcert", "sslcert", "sslkey")
"""libpq's options of these names: how the connection is encrypted, and by which certificate the server is known."""
LINE: dict[str, str | int] = {
    "connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4 "
    "-c tcp_user_timeout=30000",
}  # fmt: skip
"""How both ends of every connection notice within 30 s that the line is cut, of which nobody tells them: `options` are
for the server, which keeps the locks of who is gone until then. TCP alone takes a quarter of an hour where something
was sent, and for ever where an answer is waited for."""
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
FORMS = "sqlite:///relative.db, sqlite:////absolute/path.db, a path, or postgresql://user@host:port/db?schema=NAME"
UNREADABLE = f"this is no store URL; in a password write %40 for @ and %2F for /: {FORMS}"
"""No more is told: what was taken for a port may be half a password."""
PASSWORD_FILE = "DANZE_STORE_PASSWORD_FILE"  # noqa: S105 -- its name
SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,49}")
"""Lower case, and short enough that `_views` still fits PostgreSQL's 63 bytes."""


class SQLiteUrl(NamedTuple):
    path: Path

    def beside(self, what: str) -> Path:
        """PATH.views, PATH.keys, PATH.master."""
        return self.path.with_name(f"{self.path.name}.{what}")


class PostgresUrl(NamedTuple):
    """`host` may be the folder of a Unix socket; `password` is empty where the server asks for none."""

    user: str
    password: str
    host: str
    port: int
    dbname: str
    schema: str
    tls: tuple[tuple[str, str], ...] = ()
    """Those of TLS that the URL says, by name."""

    def beside(self, what: str) -> str:
        """The schema NAME_views or NAME_keys."""
        return f"{self.schema}_{what}"

    @property
    def place(self) -> str:
        """The store without who is asking: safe to print, equal for every user of it."""
        return f"postgresql://{self.host}:{self.port}/{self.dbname}?schema={self.schema}"

    def connection(self, dbname: str | None = None) -> dict[str, str | int]:
        """Arguments for psycopg. What PGOPTIONS says of the session stands after what `LINE` does."""
        wanted: dict[str, str | int] = {
            "user": self.user,
            "password": self.password,
            "host": self.host,
            "port": self.port,
            "dbname": dbname or self.dbname,
        }
        own = f"{LINE['options']} {os.environ.get('PGOPTIONS', '')}".strip()
        return {name: value for name, value in wanted.items() if value != ""} | dict(self.tls) | LINE | {"options": own}


StoreUrl = SQLiteUrl | PostgresUrl


def parse(url: str) -> StoreUrl:
    """The store a URL or bare path means; a StoreError that says which forms there are."""
    if "://" not in url:
        if not url.strip() or "\0" in url:
            raise StoreError(f"{url!r} names no store; write {FORMS}")
        return SQLiteUrl(Path(url))
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return _sqlite(url, rest)
    if scheme in ("postgresql", "postgres"):
        return _postgres(url)
    raise StoreError(f"{scheme}:// is no kind of store; write {FORMS}")


def printable(url: str) -> str:
    """The URL as it may stand on a screen or in a file: without a password."""
    place = parse(url)
    return place.place if isinstance(place, PostgresUrl) else url


def _sqlite(url: str, rest: str) -> SQLiteUrl:
    path = unquote(rest.removeprefix("/"))
    if not rest.startswith("/") or not path or path.endswith("/"):
        raise StoreError(f"{url} names no file; write sqlite:///relative.db or sqlite:////absolute/path.db")
    if "?" in path:
        raise StoreError(f"{url}: an SQLite store takes no options")
    return SQLiteUrl(Path(path))


def _postgres(url: str) -> PostgresUrl:
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        port = int(options.pop("port", parts.port or 5432))
    except ValueError:
        raise StoreError(UNREADABLE) from None
    if "@" in parts.path:
        raise StoreError(UNREADABLE)
    schema = options.pop("schema", "danze")
    tls = tuple((name, options.pop(name)) for name in TLS if name in options)
    if (mode := dict(tls).get("sslmode", "prefer")) not in SSL_MODES:
        raise StoreError(f"sslmode={mode} is none of {', '.join(SSL_MODES)}")
    host = options.pop("host", "") or unquote(parts.hostname or "") or "localhost"
    if options:
        raise StoreError(
            f"{', '.join(options)}: unknown option; a PostgreSQL store takes schema, host, port, {', '.join(TLS)}"
        )
    if not SCHEMA_NAME.fullmatch(schema):
        raise StoreError(f"schema {schema!r}: use lower-case letters, digits and _, at most 50")
    dbname = unquote(parts.path.removeprefix("/"))
    if not dbname:
        raise StoreError("a PostgreSQL store names its database: postgresql://user@host:port/db?schema=NAME")
    user, password = unquote(parts.username or ""), unquote(parts.password or "") or _password()
    return PostgresUrl(user or "postgres", password, host, port, dbname, schema, tls)


def _password() -> str:
    if not (file := os.environ.get(PASSWORD_FILE)):
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise StoreError(f"{PASSWORD_FILE}: {file} cannot be read ({why})") from None
