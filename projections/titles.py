"""Which items speak of this in their title? Indexed by single characters; what is asked for is a phrase of them."""

import re

_ASKED = re.compile(r"\w+")


def terms(title: str) -> str:
    """A title as the index takes it: its characters, separated by spaces. The index leaves out punctuation."""
    return " ".join(title.lower())


def phrases(query: str) -> list[list[str]]:
    """What a title must contain: each run of letters or characters of the query, as a phrase."""
    return [list(run) for run in _ASKED.findall(query.lower())]


def _pairs(title: str) -> list[str]:
    """Each two characters that stand side by side within a run of letters or characters, in their order."""
    return [run[at : at + 2] for run in _ASKED.findall(title.lower()) for at in range(len(run) - 1)]


def likeness(title: str, other: str) -> int:
    """How alike two titles are, in percent: pairs of characters that both hold, of all that they hold (Dice)."""
    one, two = set(_pairs(title)), set(_pairs(other))
    return 200 * len(one & two) // (len(one) + len(two)) if one and two else 0


def shared_terms(title: str, other: str) -> list[str]:
    """The words that two titles share: runs of two characters or more that stand in both, the longest first."""
    told, rest = [], other.lower()
    for run in _ASKED.findall(title.lower()):
        at = 0
        while at < len(run) - 1:
            length = next((n for n in range(len(run) - at, 1, -1) if run[at : at + n] in rest), 0)
            if length:
                told.append(run[at : at + length])
            at += max(1, length)
    return sorted(dict.fromkeys(told), key=len, reverse=True)
