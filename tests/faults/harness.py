"""One harness of named faults for both engines.

A history is sent piece by piece; at each piece something breaks at a random moment, is healed, and whoever sends sends
again. Afterwards nothing may be lost and nothing doubled, and every question is answered as in one process that nobody
disturbed. Faults and moments come from a seed; what the machine does between them nobody can repeat.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.faults import at_distributed, at_embedded
from tests.faults.distributed import Distributed
from tests.faults.embedded import Embedded
from tests.faults.town import same, undisturbed
from tests.faults.wires import NoWires, Wire, laid

FAULTS = {"embedded": at_embedded.FAULTS, "distributed": at_distributed.FAULTS}
CHECKED = 25
"""Faults between two checks of what can be said at any time."""
NOT_HERE = "NOT ON THIS MACHINE:"
"""So begins what is said of faults that are not tried as they should be."""
Say = Callable[[str], object]


def run(
    engine: str, times: int, *, faults: Sequence[str] = (), seed: int = 1, scale: float | None = None,
    longest: float | None = None, say: Say = print,
) -> Counter[str]:  # fmt: skip
    """Takes a history through an engine under so many faults, and compares; an AssertionError says what went wrong.

    `longest` is for how many seconds a fault of the distributed engine lasts at most.

    `NotHere` where this machine does not let us try any of those that are asked for.
    """
    with folder() as place, ExitStack() as stack:
        scale = scale or min(0.3, max(0.03, 0.0003 * times))
        alone = undisturbed(place, scale, early=engine == "distributed")
        later = alone.total - alone.quarter
        say(f"{len(alone.lines):,} actions become {alone.quarter:,} events, and the clock writes {later:,} after them")
        random, struck = Random(seed), Counter[str]()
        table = at_embedded.FAULTS if engine == "embedded" else at_distributed.FAULTS
        named = [*faults] or [name for name in table if name != "leader"]
        made: Embedded | Distributed
        if engine == "embedded":
            made = Embedded(place, random)
        else:
            brokers = 3 if "leader" in named else 1
            made = Distributed(place, random, brokers, stack.enter_context(wired(brokers + 1, say)))
            made.longest = longest or made.longest
        made.lines = alone.lines
        named = tried(named, made.cannot, say)
        with made.standing():
            say("all stands")
            for number in range(1, times + 1):
                made.begin(len(alone.lines) * number // times)
                fault = named[number % len(named)]
                with table[fault](made):
                    struck[fault] += 1
                    made.send_on()
                made.recover()
                if number % CHECKED == 0:
                    made.checked()
                    say(f"{number:5} faults; {dict(struck)}")
            made.finish(alone)
            with made.system() as system, told_of(made.sent_twice):
                asked = same(system, made.danze, alone, made.sources)
            say(f"{asked:,} questions are answered as by the undisturbed run")
        return struck


@contextmanager
def told_of(sent_twice: Callable[[], Sequence[bytes]]) -> Iterator[None]:
    """What differs is told together with what the client sent twice: of that the answer may be another one."""
    try:
        yield
    except AssertionError as differs:
        differs.add_note(f"sent twice: {[*sent_twice()][:100]}")
        raise


class NotHere(Exception):
    """Not a single fault can be tried on this machine; the message says why."""


def tried(named: Sequence[str], cannot: Mapping[str, str], say: Say) -> list[str]:
    """What is left of them; why the others are not tried is said."""
    reasons = [f"{NOT_HERE} {name} is not tried: {cannot[name]}" for name in named if name in cannot]
    for each in reasons:
        say(each)
    if len(reasons) == len(named):
        raise NotHere("; ".join(reasons))
    return [name for name in named if name not in cannot]


@contextmanager
def wired(count: int, say: Say) -> Iterator[list[Wire]]:
    """Wires from the workers' network namespace to one for each server; none where this machine has no such thing."""
    with ExitStack() as stack:
        try:
            wires = stack.enter_context(laid(count))
        except NoWires as why:
            say(f"{NOT_HERE} `cut` holds up a proxy instead of pulling a wire between network namespaces: {why}")
            wires = []
        yield wires


@contextmanager
def folder() -> Iterator[Path]:
    """Where all servers and stores lie; PostgreSQL is let in, which runs as another user where we are root."""
    with TemporaryDirectory(prefix="danze-faults-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o755)
        before = os.environ.get("XDG_DATA_HOME")
        os.environ["XDG_DATA_HOME"] = str(Path(path) / "share")
        try:
            yield Path(path)
        finally:
            del os.environ["XDG_DATA_HOME"]
            if before is not None:
                os.environ["XDG_DATA_HOME"] = before
