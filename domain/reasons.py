"""What was said of why something fails: what is in the way may change, and what goes on for hours is said once."""

import re

_NUMBERS = re.compile(r"\d+")


class Reasons:
    """Each reason is new once, whatever numbers are in it, until the same works again."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def __bool__(self) -> bool:
        """Whether it fails."""
        return bool(self._said)

    def new(self, why: str) -> bool:
        """Notes a failure, and says whether this reason is to be told."""
        known = len(self._said)
        self._said.add(_NUMBERS.sub("", why))
        return len(self._said) > known

    def works(self) -> bool:
        """Notes that it works; whether it failed before."""
        failed = bool(self._said)
        self._said.clear()
        return failed
