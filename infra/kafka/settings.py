"""Where Kafka is and how one gets in: servers from `--kafka` or DANZE_KAFKA, security from DANZE_KAFKA_* alone.

A password is never printed and never an option: a command line is seen by every user of a machine.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.digits import digits

SECURITY = ("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
PORT = 9092


class KafkaProblem(Exception):
    """Kafka cannot be used as asked; the message is one sentence for the person at the keyboard."""


class Unreachable(KafkaProblem):
    """Nothing reached Kafka, or not all of it was acknowledged: the same again later may succeed."""


class Refused(KafkaProblem):
    """Kafka will not take it, now or later: a record too large, a topic that is missing, a right not given."""


VARIABLES = tuple(
    f"DANZE_KAFKA_{each}" for each in ("SECURITY", "MECHANISM", "USER", "PASSWORD", "PASSWORD_FILE", "CA")
)
"""What the environment may say."""


@dataclass(frozen=True)
class KafkaSettings:
    """One cluster, as danze's processes reach it."""

    servers: tuple[str, ...]
    security: str = "plaintext"
    mechanism: str = "PLAIN"
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    """File with the certificates that are trusted; empty: those of the machine."""

    @classmethod
    def parse(cls, servers: str, environ: Mapping[str, str]) -> KafkaSettings:
        """Settings from `HOST:PORT[,HOST:PORT]` and the environment; a KafkaProblem names what is wrong in which."""
        security = environ.get("DANZE_KAFKA_SECURITY", "plaintext").lower()
        if security not in SECURITY:
            raise KafkaProblem(f"DANZE_KAFKA_SECURITY: {security!r} is none of {', '.join(SECURITY)}")
        mechanism = environ.get("DANZE_KAFKA_MECHANISM", "PLAIN").upper()
        if mechanism not in MECHANISMS:
            raise KafkaProblem(f"DANZE_KAFKA_MECHANISM: {mechanism!r} is none of {', '.join(MECHANISMS)}")
        user, password = environ.get("DANZE_KAFKA_USER", ""), _password(environ)
        if security.startswith("sasl_") and not (user and password):
            raise KafkaProblem(f"DANZE_KAFKA_SECURITY={security} needs DANZE_KAFKA_USER and DANZE_KAFKA_PASSWORD_FILE")
        ca = environ.get("DANZE_KAFKA_CA", "")
        if ca and not Path(ca).is_file():
            raise KafkaProblem(f"DANZE_KAFKA_CA: there is no file {ca}")
        return cls(tuple(_server(each.strip()) for each in servers.split(",")), security, mechanism, user, password, ca)

    @property
    def place(self) -> str:
        return ",".join(self.servers)

    @property
    def encrypted(self) -> bool:
        return self.security in ("ssl", "sasl_ssl")

    @property
    def asks_for_a_user(self) -> bool:
        return self.security.startswith("sasl_")

    def client(self) -> dict[str, Any]:
        """Keyword arguments that kafka-python's and aiokafka's clients take alike."""
        given: dict[str, Any] = {"bootstrap_servers": list(self.servers), "security_protocol": self.security.upper()}
        if self.encrypted:
            given["ssl_context"] = self.ssl_context()
        if self.asks_for_a_user:
            given["sasl_mechanism"] = self.mechanism
            given["sasl_plain_username"] = self.user
            given["sasl_plain_password"] = self.password
        return given

    def faust(self, scheme: str = "kafka") -> dict[str, Any]:
        """Keyword arguments of a Faust app: `broker`, whose URLs begin with the transport's scheme, and credentials."""
        from faust.auth import SASLCredentials, SSLCredentials

        context = self.ssl_context() if self.encrypted else None
        given: dict[str, Any] = {"broker": [f"{scheme}://{server}" for server in self.servers]}
        if self.asks_for_a_user:
            given["broker_credentials"] = SASLCredentials(
                username=self.user, password=self.password, ssl_context=context, mechanism=self.mechanism
            )
        elif context is not None:
            given["broker_credentials"] = SSLCredentials(context=context)
        return given

    def ssl_context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca or None)
        except (ssl.SSLError, OSError) as error:
            raise KafkaProblem(f"DANZE_KAFKA_CA: {self.ca} holds no certificates ({error})") from None


def _server(text: str) -> str:
    host, colon, port = text.rpartition(":")
    if not colon:
        host, port = text, str(PORT)
    if not host or not digits(port, 65_535) or "/" in host:
        raise KafkaProblem(f"--kafka {text!r} is no HOST:PORT")
    return f"{host}:{port}"


def _password(environ: Mapping[str, str]) -> str:
    if not (file := environ.get("DANZE_KAFKA_PASSWORD_FILE")):
        return environ.get("DANZE_KAFKA_PASSWORD", "")
    try:
        return Path(file).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise KafkaProblem(f"DANZE_KAFKA_PASSWORD_FILE: {file} cannot be read ({error})") from None
