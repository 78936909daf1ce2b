"""Whether the ground of a refusal fits the facts on record (domain.md 1.3). Only what the record can show is judged."""

from collections.abc import Sequence
from datetime import date

from domain.petition.item import Item


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
            return any(each.no != item.no and _in_handling(each) for each in matter)
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


def _in_handling(item: Item) -> bool:
    return item.state in ("registered", "routed", "accepted", "under_review", "under_rereview")


def _window_passed(item: Item, today: date) -> bool:
    """A window for review or re-review ran out unused."""
    return any(each.clock in ("K6", "K8") and each.met_on is None and each.due_on < today for each in item.deadlines)
