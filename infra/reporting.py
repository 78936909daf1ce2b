"""What may a token report? For its own units and under its own name; and nothing about what it may not know of."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from domain.envelope import Rejected
from domain.reader import Reader
from domain.unit.state import Units
from projections.visibility import found_on

Secret = Callable[[str], bool]
"""Whether an item is hidden from the reporter, by its NO."""


class _Said(Struct):
    """As much of an action as decides who may report it; the intake reads the rest, and refuses what is malformed."""

    subject: str
    type: str = ""
    unit: str | None = None
    actor: str | None = None
    data: dict[str, Any] = {}


NO_SUCH = {
    "dispute": ("{} is not in the ledger", "$.subject"), "gathering": ("nobody arrived at {}", "$.subject"),
    "conference": ("{} was not agreed", "$.data.item"),
}  # fmt: skip
"""In the words of the domain."""


def refused(
    lines: Sequence[bytes], reader: Reader, units: Units, secret: Secret, threads: frozenset[str] = frozenset()
) -> dict[int, Rejected]:
    """Which of the lines are not this reporter's to send, by their place, and why."""
    told = {}
    for place, line in enumerate(lines):
        try:
            said = msgspec.json.decode(line, type=_Said)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if why := _not_his(said, reader, units) or next(_unknown(said, secret, threads), None):
            told[place] = why
    return told


def _not_his(said: _Said, reader: Reader, units: Units) -> Rejected | None:
    below = reader.role in ("clerk", "supervisor")
    own = said.unit in reader.units or (below and any(units.is_below(said.unit or "", unit) for unit in reader.units))
    if not own and reader.role == "supervisor":
        seats = [known.territory for unit in reader.units if (known := units.get(unit))]
        acting = units.get(said.unit)
        own = acting is not None and any(acting.division.startswith(seat) for seat in seats)
    if not own:
        return Rejected("not-allowed", f"this token does not report for {said.unit or 'no unit'}", "$.unit")
    if reader.official is not None and said.actor != reader.official:
        return Rejected("not-allowed", f"this token acts as {reader.official}, not as {said.actor}", "$.actor")
    return None


def _unknown(said: _Said, secret: Secret, threads: frozenset[str]) -> Iterator[Rejected]:
    """Items that the reporter may not know of are as if they were not: the words are those of the domain."""
    kind, _, rest = said.subject.partition(":")
    if found_on(said.subject) in threads:
        yield Rejected("unknown-subject", f"no finding {said.subject} stands", "$.subject")
    item = str(said.data.get("item"))
    for thread, name in ((said.subject, said.subject), (f"{said.subject}:{item}", item)):
        if thread in threads:
            words, path = NO_SUCH[kind]
            yield Rejected("unknown-subject", words.format(name), path)
    if kind == "petition" and not said.type.startswith("petition.registered") and secret(rest):
        yield Rejected("unknown-subject", f"{said.subject} is not registered", "$.subject")
    if rest.startswith("petition:") and secret(rest.split(":")[1]):
        yield Rejected("unknown-subject", f"no finding {said.subject} stands", "$.subject")
    items = said.data.get("items")
    named = [(f"$.data.{key}", said.data.get(key)) for key in ("petition", "first")]
    named += [(f"$.data.items[{at}]", no) for at, no in enumerate(items if isinstance(items, list) else ())]
    for path, no in named:
        if isinstance(no, str) and secret(no := no.removeprefix("petition:")):
            yield Rejected("unknown-subject", f"petition:{no} is not registered", path)
