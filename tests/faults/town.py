"""What is sent in every run, the run that nobody disturbs, and what must be the same afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import orjson

from cli.wiring import System
from infra.city.simulation import simulate
from tests.system.command import Danze
from tests.system.engine import answers, differing

FIRST, LAST = "2020-10-01", "2021-02-28"
"""The clock begins where the last of what was begun in the simulated quarter ends."""
DAYS = 91


class Undisturbed(NamedTuple):
    """One process that nobody disturbs takes the same history."""

    lines: list[bytes]
    danze: Danze
    quarter: int
    """Events of the history."""
    total: int
    """With those of the clock after it."""


def undisturbed(folder: Path, scale: float, *, early: bool) -> Undisturbed:
    lines = history(scale, early=early)
    danze = Danze(folder / "undisturbed.db")
    danze("emit", "--history", "-", sent=b"\n".join(lines))
    quarter = danze.events()
    danze("tick", "--history", "--now", LAST)
    return Undisturbed(lines, danze, quarter, danze.events())


def history(scale: float, *, early: bool) -> list[bytes]:
    """A quarter of the city; and now and then what nobody can read.

    `early`: also work told before its item is known. A topic gives it twice, and it stays refused; who sends it again
    by hand asks again, and is answered otherwise by then.
    """
    lines = []
    for number, action in enumerate(simulate(3, days=DAYS, scale=scale, counties=1)):
        if action["type"] == "petition.registered.v1" and number % 5 == 0 and early:
            untimely = {"id": f"early {number}", "type": "petition.worked.v1", "data": {"what": "来电询问"}}
            lines.append(orjson.dumps({**action, **untimely}))
        if number % 500 == 499:
            lines.append(b"{%d" % number)
        lines.append(orjson.dumps(action))
    return lines


def same(system: System, danze: Danze, alone: Undisturbed, sources: Sequence[tuple[str, ...]] = ((),)) -> int:
    """Nothing lost, nothing doubled, and every answer is that of the undisturbed run; answers how many were asked.

    An AssertionError says what went wrong. The read models are made anew from each source, and compared.
    """
    with closing(System(alone.danze.store)) as other:
        for name, found in (("events", events), ("refused", refused)):
            assert found(system) == found(other), f"{name}: {apart(found(system), found(other))}"
        assert danze.events() == alone.total  # `danze verify` found both in order and without gaps
        wanted = answers(other)
        assert differing(wanted, answers(system)) == []
    for source in sources:
        rebuilt = danze("replay", *source, "--json").json
        assert (rebuilt["position"], {*rebuilt["differences"].values()}) == (alone.total, {0}), source
    return len(wanted)


def events(system: System) -> list[tuple[object, ...]]:
    """All but the bytes, for each store seals personal fields in its own way."""
    entries = system.log.raw_entries(limit=10**9)
    return [(e.position, e.subject, e.version, e.type, e.recorded, e.key) for e in entries]


def apart(here: Sequence[object], there: Sequence[object]) -> str:
    """Where two lists part, and what comes there."""
    pairs = enumerate(zip(here, there, strict=False))
    at = next((n for n, (one, other) in pairs if one != other), min(len(here), len(there)))
    return f"{len(here):,} and {len(there):,}, which part at {at}: {here[at : at + 3]} and {there[at : at + 3]}"


def refused(system: System) -> list[tuple[bytes, str]]:
    return sorted((rejection.key, rejection.code) for _, rejection, _ in system.log.rejected(limit=10**9))
