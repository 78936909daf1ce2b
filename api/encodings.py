"""How an answer travels: as small as the client takes it (RFC 9110 12.5.3). zstd costs least, brotli is next."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from cramjam import brotli, zstd

WORTH = 1_000
"""Bytes from which on it is worth it."""
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: bytes(zstd.compress(body, level=3)),
    "br": lambda body: bytes(brotli.compress(body, level=5)),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
}
"""In our order, of what a client takes equally gladly."""


def packed(body: bytes, accepted: str) -> tuple[bytes, str | None]:
    """The body as it travels, and the name of its packing; as it is where that is not worth it, or none is taken."""
    named = dict(_weighed(each) for each in accepted.lower().split(","))
    weights = {name: named.get(name, named.get("*", 0.0)) for name in PACKINGS}
    best = max(weights, key=lambda name: weights[name])
    if len(body) < WORTH or weights[best] <= 0:
        return body, None
    return PACKINGS[best](body), best


def _weighed(said: str) -> tuple[str, float]:
    """A packing and how gladly it is taken; one whose weight cannot be read is not."""
    name, _, weight = said.partition(";")
    try:
        return name.strip(), float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        return name.strip(), 0.0
