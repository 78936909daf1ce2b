"""What decide may ask beside the state of its own subject: memory only, no clock and no disk."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct

from domain.petition.item import Item
from domain.rules.law import Rules
from domain.unit.state import Units


def _no(_: str) -> bool:
    return False


def _yes(_: str) -> bool:
    return True


def _nothing(_: str) -> Any:
    return None


def _none(_: str) -> tuple[tuple[str, Any], ...]:
    return ()


class Known(Struct, frozen=True):
    """The record at the moment at which an action is decided."""

    rules: Rules
    units: Units
    item: Callable[[str], Item | None]
    """An item by its NO."""
    repeats: Callable[[str], tuple[str, ...]]
    """NOs of the items judged to repeat the item NO itself."""
    recorded: datetime
    """When the log takes the action."""
    history: bool = False
    """The action comes from a past that is brought in; its operator is trusted."""
    head: int | None = None
    """Position of the newest event: what evidence may name. None where nobody keeps positions."""
    stands: Callable[[str], bool] = _no
    """Whether a finding of this id stands, decided on by a human or not."""
    state: Callable[[str], Any] = _nothing
    """What is kept of another subject, `duty:430400-gov`; None where there is nothing."""
    streams_of: Callable[[str], Iterable[tuple[str, Any]]] = _none
    """Every subject of a kind, `conference`, with what is kept of it."""
    sponsors: Callable[[str], bool] = _yes
    """Whether an official sponsors an item that is still open (D11)."""
