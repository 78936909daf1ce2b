"""What became of a matter: its repeats, the levels it reached, whether the first handling settled it?"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from domain.petition.item import Item


def matter(items: Sequence[Item]) -> dict[str, Any]:
    """The matter of its items, the first item first."""
    first, repeats = items[0], items[1:]
    raised = Counter((level, kind) for item in items for level, kind, *_ in item.raised)
    beyond = sum(above for item in items for *_, above, _ in item.raised)
    return {
        "first": first.no,
        "items": [item.no for item in items],
        "repeats": len(repeats),
        "first_time_resolved": first.resolved and not repeats,
        "collective": sum(item.collective for item in items),
        "skip_level": sum(item.skip_level for item in items) + beyond,
        "raised": [{"level": level, "kind": kind, "times": times} for (level, kind), times in sorted(raised.items())],
    }
