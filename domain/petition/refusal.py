"""Whether the ground of a refusal fits the facts on record (domain.md 1.3). Only what the record can show is judged."""

from collections.abc import Sequence
from datetime import date

from domain.deadlines import HANDLING_CLOCKS
from domain.petition.item import Item

WAITED_FOR: dict[str, tuple[str, ...]] = {
    "registered": ("K1", "K3"), "routed": ("K2",), "accepted": HANDLING_CLOCKS,
    "under_review": ("K7",), "under_rereview": ("K9",),
}  # fmt: skip
"""The limits of an item that is being handled, by the state that it is in."""


def fits(ground: str, item: Item, matter: Sequence[Item], today: date) -> bool:
    """Whether a ground fits an item of a matter, whose items (itself among them) count for it; see `Ruling.matter`.

    N1 and N2 speak of facts outside the record (courts, arbitration) and are taken on the unit's word.
    """
    if ground in ("N1", "N2"):
        return True
    if ground == "N3":
        return item.channel == "visit" and item.skip_level
    match ground:
        case "N4":
            return any(each.no != item.no and _in_time(each, today) for each in matter)
        case "N5":
            return item.channel == "visit" and any(
                each.no != item.no and each.answered_at is not None and not each.reviews and each.reviewing is None
                for each in matter
            )
        case "N6":
            return any(_window_passed(each, today) for each in matter)
        case "N7":
            return any(each.state == "determined" for each in matter)
        case "N8":
            return any(stage == "rereview" for each in matter for stage, _ in each.reviews)
        case _:
            return False


def _in_time(item: Item, today: date) -> bool:
    """It is being handled, and the limit for what it waits for has not passed (R2005 16; R2022 19)."""
    clocks = WAITED_FOR.get(item.state)
    return clocks is not None and all(each.due_on >= today for each in item.running(*clocks))


def _window_passed(item: Item, today: date) -> bool:
    """A window for review or re-review ran out unused."""
    return any(each.clock in ("K6", "K8") and each.met_on is None and each.due_on < today for each in item.deadlines)
