"""Which items speak of this in their title? Indexed by single characters; what is asked for is a phrase of them."""

import re

_ASKED = re.compile(r"\w+")


def terms(title: str) -> str:
    """A title as the index takes it: its characters, separated by spaces. The index leaves out punctuation."""
    return " ".join(title.lower())


def phrases(query: str) -> list[list[str]]:
    """What a title must contain: each run of letters or characters of the query, as a phrase."""
    return [list(run) for run in _ASKED.findall(query.lower())]
