"""Which units have to do with something that is not of one unit alone."""

from domain.fact import UnitId


def parties(known: tuple[UnitId, ...], *more: str | None) -> tuple[UnitId, ...]:
    """Units that have to do with something, with those that an event names or that reported it; each once."""
    return tuple(dict.fromkeys((*known, *(UnitId(unit) for unit in more if unit is not None))))
