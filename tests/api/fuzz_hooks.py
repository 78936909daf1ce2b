"""What schemathesis has to know of bodies that are text."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson", "application/toml")
def text(_: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
