"""A machine whose time can be set: `python -m tests.faults.machine FILE VERB …` is danze on it.

`wiring.now` is the only clock in the product; it then says so many days more than ours as a file holds.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from cli import wiring


class Machine:
    """Whose processes look at one file."""

    def __init__(self, ahead: Path) -> None:
        self.ahead = ahead

    def set(self, days: float) -> None:
        """So far ahead of our time, or back, is its time from now on."""
        fresh = self.ahead.with_suffix(".new")
        fresh.write_text(str(days))
        fresh.rename(self.ahead)

    def enter(self) -> None:
        """This process runs on it from here on."""
        real = wiring.now
        wiring.now = lambda: real() + timedelta(days=float(self.ahead.read_text()))


def main() -> None:
    Machine(Path(sys.argv.pop(1))).enter()
    from cli.verbs import main as danze

    danze()


if __name__ == "__main__":
    main()
