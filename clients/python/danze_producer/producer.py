"""The door for other services: `emit` what happened; it is checked, kept on disk, and sent when Kafka is there."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from danze_producer.check import Rejected, decode_action
from danze_producer.facts import Fact
from danze_producer.problems import NotSent, Refused
from danze_producer.sealing import Seal, is_sealed
from danze_producer.sending import Sender
from danze_producer.spool import Spool

TOPIC = "petition.actions"
LIMIT = 256 << 20
CLOSING = 10.0
"""Seconds that `close` waits for Kafka."""
_encode = msgspec.json.Encoder(order="sorted").encode


class Producer:
    """Sends actions of one source. Safe to share between threads; one process per spool.

    `brokers` is `HOST:PORT[,HOST:PORT]` or a list; more arguments (`security_protocol=…`) are kafka-python's.
    `spool` is a folder of this producer's own, `limit` the bytes it may hold. `actor` and `unit` stand for those
    actions that name none. `intake_key` is what `danze keys` prints; actions with personal fields need it.
    """

    def __init__(
        self, brokers: str | Sequence[str], source: str, *, spool: str | os.PathLike[str], actor: str | None = None,
        unit: str | None = None, intake_key: str | None = None, topic: str = TOPIC, limit: int = LIMIT, **kafka: Any,
    ) -> None:  # fmt: skip
        self.source = source
        self._actor, self._unit = actor, unit
        self._seal = Seal(intake_key) if intake_key else None
        servers = brokers.split(",") if isinstance(brokers, str) else list(brokers)
        self._spool = Spool(Path(spool), limit)
        self._sender = Sender(self._spool, topic, {"bootstrap_servers": servers, **kafka})
        self._closed = False
        self._sender.start()

    def emit(
        self, type: str, subject: str, data: Fact | Mapping[str, Any], *, time: datetime | str | None = None,
        actor: str | None = None, unit: str | None = None, id: str | None = None, **extensions: str | None,
    ) -> str:  # fmt: skip
        """Keeps one action, to be sent in turn; it is on disk when this returns. Answers its id.

        Without `id` it is made of the content: the same call with the same `time` is the same action, which danze
        takes once. Without `time` it is now. Raises Refused where danze would refuse it, SpoolFull where there is no
        room. `extensions` are causationid, correlationid, traceparent, recordedat.
        """
        if self._closed:
            raise NotSent("this producer is closed")
        action: dict[str, Any] = {
            "specversion": "1.0", "source": self.source, "type": type, "subject": subject,
            "time": datetime.now().astimezone() if time is None else time,
            "actor": actor or self._actor, "unit": unit or self._unit, "data": msgspec.to_builtins(data), **extensions,
        }  # fmt: skip
        action = {name: value for name, value in action.items() if value is not None}
        action["id"] = id if id is not None else _id_of(action)
        line = self._checked(action)
        self._spool.append(line)
        self._sender.wake()
        return str(action["id"])

    @property
    def waiting(self) -> int:
        """Actions that Kafka has not acknowledged yet."""
        return self._spool.waiting

    @property
    def trouble(self) -> str:
        """Why sending does not get on; empty while it does."""
        return self._sender.trouble

    def flush(self, timeout: float | None = None) -> None:
        """Returns when Kafka has everything. Raises NotSent after `timeout` seconds; nothing is lost then."""
        if not self._sender.wait_until_sent(timeout):
            why = f" ({self.trouble})" if self.trouble else ""
            raise NotSent(f"{self.waiting:,} actions wait in the spool {self._spool.folder}{why}")

    def close(self, timeout: float = CLOSING) -> None:
        """Waits so long for Kafka, and ends. What it has not got then waits in the spool for the next producer."""
        if self._closed:
            return
        self._closed = True
        self._sender.wait_until_sent(timeout)
        self._sender.stop()
        self._spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _checked(self, action: dict[str, Any]) -> bytes:
        """The line to be sent, its personal fields sealed; Refused where danze would refuse it."""
        line = _encode(action)
        refused = decode_action(line)
        if isinstance(refused, Rejected):
            raise Refused(refused.code, refused.message, refused.path)
        personal = action["data"].get("personal")
        if not personal or is_sealed(personal):
            return line
        if self._seal is None:
            why = "personal fields are not sent in clear: give Producer the intake_key that `danze keys` prints"
            raise Refused("bad-value", why, "$.data.personal")
        return _encode({**action, "data": {**action["data"], "personal": self._seal.closed(action)}})


def _id_of(action: dict[str, Any]) -> str:
    """Made of all but the personal fields: from an id that travels in clear nobody shall try out telephone numbers."""
    data = action["data"]
    told = {name: value for name, value in data.items() if name != "personal"} if isinstance(data, dict) else data
    return sha256(_encode({**action, "data": told})).hexdigest()[:32]
