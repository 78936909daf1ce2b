"""Whether the ground of a refusal fits the facts on record (domain.md 1.3). Only what the record can show is judged."""

from datetime import date

from domain.known import Known
from domain.petition.item import Item
from domain.petition.matter import counting


def fits(ground: str, item: Item, known: Known, today: date) -> bool:
    """N1 and N2 speak of facts outside the record (courts, arbitration) and are taken on the unit's word."""
    if ground in ("N1", "N2"):
        return True
    if ground == "N3":
        return item.channel == "visit" and item.skip_level
    matter = [item, *_others(item, known)]
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


def _others(item: Item, known: Known) -> list[Item]:
    if item.first is None:
        return []
    numbers = (item.first, *known.repeats(item.first))
    return counting(item, (other for no in numbers if no != item.no and (other := known.item(no)) is not None))


def _in_handling(item: Item) -> bool:
    return item.state in ("registered", "routed", "accepted", "under_review", "under_rereview")


def _window_passed(item: Item, today: date) -> bool:
    """A window for review or re-review ran out unused."""
    return any(each.clock in ("K6", "K8") and each.met_on is None and each.due_on < today for each in item.deadlines)
