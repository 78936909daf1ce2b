"""Which items are judged to repeat an item itself (重复件). Members of members are reached step by step."""

from collections.abc import Callable, Iterable

from domain.envelope import AnyEvent
from domain.petition.item import Handler, Item


def evolve(root: str, repeats: tuple[str, ...], event: AnyEvent) -> tuple[str, ...]:
    """The repeats of `root` after an event; only judgements change them, and seeing one twice changes nothing."""
    decided = event.decided
    if decided.repeat_number is None:
        return repeats
    no = event.subject.partition(":")[2]
    if decided.matter == root and no != root:
        return repeats if no in repeats else (*repeats, no)
    return tuple(each for each in repeats if each != no)


def first_item(no: str, item: Callable[[str], Item | None]) -> Item | None:
    """The matter's first item, which the item named is or (in steps) repeats."""
    at, seen = item(no), set[str]()
    while at is not None and at.first is not None and at.no not in seen:
        seen.add(at.no)
        at = item(at.first)
    return at


def members(root: str, repeats: Callable[[str], tuple[str, ...]]) -> list[str]:
    """All items that repeat the matter, those that repeat a repeat among them."""
    found = [*repeats(root)]
    for no in found:  # grows while it is walked
        found += [each for each in repeats(no) if each not in found]
    return found


def items(root: Item, item: Callable[[str], Item | None], repeats: Callable[[str], tuple[str, ...]]) -> list[Item]:
    """The first item and all that repeat it."""
    return [root, *(other for no in members(root.no, repeats) if (other := item(no)) is not None)]


def counting(of: Item, found: Iterable[Item]) -> list[Item]:
    """Of a matter's items those that count where something is worked out about one of them. An accusation counts for
    accusations alone: whom it accuses would learn of it by his own item (R2005 23; R2022 30).
    """
    accuses = of.purpose == "accusation"
    return [each for each in found if accuses or each.no == of.no or each.purpose != "accusation"]


def first_handler(items: Iterable[Item]) -> Handler | None:
    """The first handler (首办): who accepted first of all that accepted one of these items."""
    taken = [each.taken for each in items if each.taken is not None]
    if not taken:
        return None
    unit, official, _ = min(taken, key=lambda each: each[2])
    return unit, official
