"""Which items speak of this in their title? Chinese is indexed by single characters and by pairs, other words whole."""

import re
from operator import add

_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[0-9a-zA-Z]+")


def terms(title: str) -> str:
    """The words under which a title is found, separated by spaces."""
    found: list[str] = []
    for run in _CHINESE.findall(title):
        found += run
        found += map(add, run, run[1:])
    found += _WORD.findall(title.lower())
    return " ".join(found)


def wanted(query: str) -> list[str]:
    """The words that a title must have all of: pairs where the query gives pairs, else single characters."""
    found: list[str] = []
    for run in _CHINESE.findall(query):
        found += [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
    return list(dict.fromkeys([*found, *(word.lower() for word in _WORD.findall(query))]))
