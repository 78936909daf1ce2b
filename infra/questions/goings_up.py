"""Which goings up (上行) are counted, kind by kind: what is counted of them can be listed."""

from collections.abc import Callable
from typing import Any

KINDS: dict[str, Callable[[Any], Any]] = {
    "to_city": lambda c: c.level == "city", "to_province": lambda c: c.level == "province",
    "to_nation": lambda c: c.level == "national", "beyond": lambda c: c.beyond == 1,
    "collective_above": lambda c: c.kind == "collective", "irregular": lambda c: c.kind == "irregular",
}  # fmt: skip
"""As `projections.counters.GoneUp` has them; each a condition on columns of the table `raised`."""
