"""The shapes of subscriptions, with examples."""

from typing import Any, TypedDict

import msgspec

TYPES = (
    "finding.raised", "finding.evidence_added", "finding.cleared", "finding.opened", "finding.dissent_recorded",
    "finding.decided", "finding.dismissed", "finding.appealed", "finding.appeal_decided",
    "deadlines", "counters",
)  # fmt: skip


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """Where to send what: `types` none for all of findings; `unit` with those below it."""

    url: str
    types: list[str] = []
    unit: str = ""


class Subscription(TypedDict):
    """How one stands: told up to `mark`, tried in vain so often since, and why nothing is tried any more."""

    id: str
    url: str
    types: list[str]
    unit: str | None
    mark: int
    failed: int
    next: str | None
    paused: str | None


class Made(Subscription):
    """With the secret, once."""

    secret: str


class Subscriptions(TypedDict):
    """All that who asks has made."""

    subscriptions: list[Subscription]


class Delivery(TypedDict):
    """One attempt: the status it was answered with, or what went wrong."""

    message: str
    at: str
    status: int | None
    error: str | None
    milliseconds: int


class Deliveries(TypedDict):
    """The newest first, or as asked; ask again with cursor = next for more."""

    deliveries: list[Delivery]
    next: str | None


SUBSCRIPTION: dict[str, Any] = {
    "id": "5f0c9a77de01b2c4", "url": "https://hooks.example.org/danze", "types": ["finding.raised", "counters"],
    "unit": "unit:430408-gov", "mark": 40117, "failed": 0, "next": None, "paused": None,
}  # fmt: skip
MADE = {**SUBSCRIPTION, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="}
SUBSCRIPTIONS = {"subscriptions": [SUBSCRIPTION]}
DELIVERIES = {
    "deliveries": [
        {"message": "40117/finding.raised/F04:petition:430408-2020-000002:K5", "at": "2020-08-31T18:00:01.204+08:00",
         "status": 200, "error": None, "milliseconds": 41},
        {"message": "40117/counters/9b1f6a0c52e7d384", "at": "2020-08-31T18:00:01.161+08:00",
         "status": 200, "error": None, "milliseconds": 38},
    ],
    "next": None,
}  # fmt: skip
