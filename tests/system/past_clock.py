"""`danze clock` in a city whose days fly by: STORE FIRST-DAY LAST-DAY DAYS-A-SECOND. All else is the worker's own."""

import sys
import time
from datetime import date, timedelta

from cli.waiting import standing, stopped
from cli.workers import tick


def main(store: str, first: str, last: str, speed: str) -> None:
    began = time.monotonic()

    def today() -> date:
        passed = timedelta(days=int((time.monotonic() - began) * float(speed)))
        return min(date.fromisoformat(first) + passed, date.fromisoformat(last))

    with standing("clock", store) as system:
        tick(system.log, lambda: system.intake(history=True, clock=True), today, stopped(), 0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
