"""Where letters may go: to the origins that the operator named, and nowhere else.

Whoever may subscribe could otherwise have this machine knock at doors inside its own network.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

VARIABLE = "DANZE_WEBHOOK_HOSTS"
SCHEMES = {"https": 443, "http": 80}


def refused(url: str) -> str | None:
    """Why nothing is sent to an address, in a sentence; None where it may be."""
    try:
        origin = origin_of(url)
    except ValueError as error:
        return f"{url!r} is no address to send to: {error}"
    try:
        if origin in allowed():
            return None
    except ValueError as error:
        return str(error)
    return f"{'://'.join(origin[:2])}:{origin[2]} is not among the origins that the operator allows in {VARIABLE}"


def is_address(url: str) -> bool:
    """Whether something could be sent there at all."""
    try:
        origin_of(url)
    except ValueError:
        return False
    return True


def allowed() -> set[tuple[str, str, int]]:
    """The origins that the operator named. Raises ValueError where one of them is none."""
    found = set()
    for each in filter(None, map(str.strip, os.environ.get(VARIABLE, "").split(","))):
        try:
            found.add(origin_of(each))
        except ValueError as error:
            raise ValueError(f"{VARIABLE}: {each!r} is no origin: {error}") from None
    return found


def origin_of(url: str) -> tuple[str, str, int]:
    """(scheme, host, port). Raises ValueError for what is no web address, or names a user."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise ValueError("write https://host/path")
    if parts.username is not None or parts.fragment or any(not 32 < ord(each) < 127 for each in url):
        raise ValueError("no user, no fragment, and nothing but printable ASCII")
    return parts.scheme, parts.hostname, parts.port or SCHEMES[parts.scheme]
