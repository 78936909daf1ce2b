"""Clients of kafka-python, begun so that a failure says why: nobody there, or somebody who does not let us in."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from infra.kafka.settings import KafkaProblem, KafkaSettings, Refused, Unreachable

REACH_SECONDS = 3
"""How long a broker may take to accept a connection."""
BOOTSTRAP_SECONDS = 5
"""How long it may take after that to say who is in the cluster."""
UNHEARD = "for unknown reasons"
"""So kafka-python (3.0.12) speaks of a first request of an idempotent producer whose answer was never had; it does not
say that the same may work again.
"""
C = TypeVar("C")


def begun(client: Callable[..., C], settings: KafkaSettings, **more: Any) -> C:
    """A client that has met the cluster; Unreachable or KafkaProblem with a sentence otherwise."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # it logs every attempt; ours is one sentence
    reached = _reached(settings)
    inner: list[KafkaNetClient] = []

    def remembered(**given: Any) -> KafkaNetClient:
        inner.append(KafkaNetClient(**given))
        return inner[-1]

    try:
        return client(
            **settings.client(), bootstrap_timeout_ms=BOOTSTRAP_SECONDS * 1000, kafka_client=remembered, **more
        )
    except KafkaError as error:
        for each in inner:  # the library leaves its thread running
            with suppress(KafkaError):
                each.close()
        raise _not_let_in(settings, reached, error) from error


@contextmanager
def admin(settings: KafkaSettings) -> Iterator[KafkaAdminClient]:
    """Asks about and changes topics."""
    client = begun(KafkaAdminClient, settings)
    try:
        yield client
    except KafkaError as error:
        raise as_problem(settings, error) from error
    finally:
        client.close()


def as_problem(settings: KafkaSettings, error: KafkaError) -> KafkaProblem:
    """Worth trying again, or not: the library knows of each error which."""
    said = reason(error)
    unheard = UNHEARD in str(error)
    if error.retriable or unheard or type(error).__name__ in ("KafkaTimeoutError", "Cancelled"):
        return Unreachable(f"Kafka at {settings.place} does not answer: {said}")
    return Refused(f"Kafka at {settings.place} refused: {said}")


def reason(error: KafkaError) -> str:
    """The broker's own words, without the request that it answered."""
    return (str(error).splitlines() or [type(error).__name__])[0].partition(": Request '")[0][:300]


def _reached(settings: KafkaSettings) -> str:
    """The first server that accepts a connection."""
    reasons = []
    tls = settings.ssl_context() if settings.encrypted else None
    for server in settings.servers:
        host, _, port = server.rpartition(":")
        name = host.strip("[]")
        try:
            with socket.create_connection((name, int(port)), REACH_SECONDS) as reached:
                if tls is not None:
                    tls.wrap_socket(reached, server_hostname=name).close()
        except ssl.SSLCertVerificationError as error:
            reasons.append(
                f"{server} shows a certificate that is not trusted, see DANZE_KAFKA_CA: {error.verify_message}"
            )
        except OSError as error:
            reasons.append(f"{server}: {error.strerror or error}")
        else:
            return server
    raise Unreachable(f"no Kafka broker to be reached ({'; '.join(reasons)})")


def _not_let_in(settings: KafkaSettings, server: str, error: KafkaError) -> KafkaProblem:
    """Brokers close the connection on a wrong password or protocol: that somebody answered is all that is known."""
    if settings.asks_for_a_user:
        return Unreachable(
            f"{server} answers, but does not let the user {settings.user} in with {settings.mechanism}: "
            "are DANZE_KAFKA_USER, _PASSWORD_FILE and _MECHANISM right?"
        )
    return Unreachable(
        f"{server} answers, but not as Kafka with DANZE_KAFKA_SECURITY={settings.security} ({reason(error)})"
    )
