"""Which items are judged to repeat an item itself (重复件). Members of members are reached step by step."""

from domain.envelope import AnyEvent


def evolve(root: str, repeats: tuple[str, ...], event: AnyEvent) -> tuple[str, ...]:
    """The repeats of `root` after an event; only judgements change them, and seeing one twice changes nothing."""
    decided = event.decided
    if decided.repeat_number is None:
        return repeats
    no = event.subject.partition(":")[2]
    if decided.matter == root and no != root:
        return repeats if no in repeats else (*repeats, no)
    return tuple(each for each in repeats if each != no)
