"""`make chaos N=1000 ENGINE=embedded FAULT=kill`. The rest is imported late: each process begun imports this."""

import argparse
import sys
import time
from functools import partial


def main() -> None:
    """Says how it goes."""
    from tests.faults.harness import FAULTS, NotHere, run

    parser = argparse.ArgumentParser(prog="make chaos", description="Break things at random moments.")
    parser.add_argument("times", type=int)
    parser.add_argument("--engine", choices=FAULTS, default="distributed")
    parser.add_argument("--fault", action="append", default=[], help="A name; all by turns where none is given.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float)
    parser.add_argument("--longest", type=float, help="Seconds that a fault of the distributed engine lasts at most.")
    options = parser.parse_args()
    if unknown := {*options.fault} - {*FAULTS[options.engine]}:
        sys.exit(f"{options.engine} knows no fault {', '.join(unknown)}: {', '.join(FAULTS[options.engine])}")
    began, say = time.monotonic(), partial(print, flush=True)
    try:
        struck = run(
            options.engine, options.times, faults=options.fault, seed=options.seed, scale=options.scale,
            longest=options.longest,
            say=lambda text: say(f"{time.monotonic() - began:6.1f} s  {text}"),
        )  # fmt: skip
    except NotHere as why:
        sys.exit(str(why))
    told = ", ".join(f"{name} {count}" for name, count in struck.most_common())
    say(f"{options.engine}: {struck.total():,} faults in {time.monotonic() - began:,.0f} s: {told}")


if __name__ == "__main__":
    main()
