"""Letters to subscribers: CloudEvents, signed as Standard Webhooks say."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import orjson

SOURCE = "/danze"
FOLLOWED = ("correlationid", "traceparent")
"""Extensions of an action that its letters bear as well."""
SNAPSHOTS = ("counters", "deadlines")
"""Kinds of news that say how things stand (`Answers.sums`), for who names them."""


def signed(secret: str, id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of a letter: an HMAC-SHA256 over its id, its time and its bytes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.digest(key, b"%s.%d.%s" % (id.encode(), at, body), hashlib.sha256)
    return {
        "content-type": "application/cloudevents+json", "user-agent": "danze",
        "webhook-id": id, "webhook-timestamp": str(at), "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }  # fmt: skip


def letter(change: dict[str, Any], as_of: str) -> tuple[str, bytes]:
    """(id, bytes) of a change of a finding as a CloudEvent. The same change has the same id whenever it is sent."""
    finding = change["finding"]["id"]
    id = f"{change['position']}/{change['type']}/{finding}"
    event = {
        "specversion": "1.0", "id": id, "source": SOURCE, "type": f"danze.{change['type']}", "subject": finding,
        "time": as_of, "datacontenttype": "application/json", "data": change,
        **{name: change[name] for name in FOLLOWED if name in change},
    }  # fmt: skip
    return id, orjson.dumps(event)


def snapshot(kind: str, sums: dict[str, Any], unit: str | None) -> tuple[str, bytes, str]:
    """(id, bytes, digest) of how things stand, as on the stream. What is the same at one position has the same id."""
    data = sums["snapshots"][kind]
    digest = hashlib.sha256(orjson.dumps([kind, unit, data])).hexdigest()[:16]
    id = f"{sums['position']}/{kind}/{digest}"
    event = {
        "specversion": "1.0", "id": id, "source": SOURCE, "type": f"danze.{kind}",
        **({"subject": unit} if unit is not None else {}),
        "time": sums["as_of"], "datacontenttype": "application/json", "data": {"as_of": sums["as_of"], **data},
    }  # fmt: skip
    return id, orjson.dumps(event), digest
