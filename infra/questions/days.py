"""Days between which something is asked for."""

from datetime import date
from typing import Any


def within(day: Any, from_: date | None, to: date | None) -> list[Any]:
    """That a column of days lies between two, both included, where they are given."""
    return [*([day >= from_.isoformat()] if from_ else []), *([day <= to.isoformat()] if to else [])]
