"""What may a token report? What its role may (`domain/reporters.py`), for its own units and under its own name, about
what is of its jurisdiction; and nothing about what it may not know of.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.envelope import Rejected
from domain.reader import Reader
from domain.reporters import FROM_ABOVE, reserved
from domain.unit.state import Units
from infra.office import decoded
from infra.questions import Answers
from infra.questions.book import Book
from projections.visibility import found_on


class _Said(Struct):
    """As much of an action as decides who may report it; the intake reads the rest, and refuses what is malformed."""

    subject: str
    type: str = ""
    unit: str | None = None
    actor: str | None = None
    data: dict[str, Any] = {}


NO_SUCH = {
    "dispute": ("{} is not in the ledger", "$.subject"), "gathering": ("nobody arrived at {}", "$.subject"),
    "conference": ("{} was not agreed", "$.data.item"), "inspection": ("{} is not planned", "$.subject"),
}  # fmt: skip
"""In the words of the domain."""
OF_A_UNIT = ("unit", "duty", "conference", "evaluation")
"""Subjects that name the unit that they are of."""
KEPT = ("duty", "conference")
DONE = "conference.item_done.v1"
"""Of what a conference agreed, whoever owns it says that it is done."""
UNITS_NAMED = ("unit", "to_unit", "owner_unit", "lead_unit", "into", "parent")


class Desk(NamedTuple):
    """Where one reporter stands: what he sees of the record as it is, and the whole of it."""

    reader: Reader
    his: Answers
    book: Book
    whole: Book


def desk(reader: Reader, answers: Answers) -> Desk:
    """A system reads nothing; it reports about what a clerk of its units sees."""
    seeing = replace(reader, role="clerk") if reader.role == "producer" else reader
    his = answers.for_(seeing)
    return Desk(reader, his, his.present(), answers.present())


def refused(lines: Sequence[bytes], at: Desk) -> dict[int, Rejected]:
    """Which of the lines are not this reporter's to send, by their place, and why."""
    told = {}
    for place, line in enumerate(lines):
        try:
            said = msgspec.json.decode(line, type=_Said)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if why := next(_reasons(said, at), None):
            told[place] = why
    return told


def _reasons(said: _Said, at: Desk) -> Iterator[Rejected]:
    if at.reader.role == "operator":
        return
    if why := _not_his(said, at.reader, at.whole.units):
        yield why
    if why := reserved(said.type, at.reader.role, all_is_his=at.book.reach.within is None):
        yield why
    yield from _unknown(said, at)
    yield from _outside(said, at)


def _not_his(said: _Said, reader: Reader, units: Units) -> Rejected | None:
    below = reader.role in ("clerk", "supervisor")
    own = said.unit in reader.units or (below and any(units.is_below(said.unit or "", unit) for unit in reader.units))
    if not own and reader.role == "supervisor":
        seats = [known.territory for unit in reader.units if (known := units.get(unit))]
        acting = units.get(said.unit)
        own = acting is not None and any(acting.division.startswith(seat) for seat in seats)
    if not own:
        whom = said.unit or "anybody whom the action does not name: it lacks `unit`"
        return Rejected("not-allowed", f"this token does not report for {whom}", "$.unit")
    if reader.official is not None and said.actor != reader.official:
        return Rejected("not-allowed", f"this token acts as {reader.official}, not as {said.actor}", "$.actor")
    return None


def _unknown(said: _Said, at: Desk) -> Iterator[Rejected]:
    """Items that the reporter may not know of are as if they were not: the words are those of the domain."""
    kind, _, rest = said.subject.partition(":")
    threads, secret = at.his.threads(), at.his.secret
    if found_on(said.subject) in threads or (rest.startswith("petition:") and secret(rest.split(":")[1])):
        yield Rejected("unknown-subject", f"no finding {said.subject} stands", "$.subject")
    item = str(said.data.get("item"))
    for thread, name in ((said.subject, said.subject), (f"{said.subject}:{item}", item)):
        if thread in threads:
            words, path = NO_SUCH[kind]
            yield Rejected("unknown-subject", words.format(name), path)
    if kind == "petition" and not said.type.startswith("petition.registered") and secret(rest):
        yield Rejected("unknown-subject", f"{said.subject} is not registered", "$.subject")
    items = said.data.get("items") if kind != "duty" else None  # whoever was received may be registered later
    named = [(f"$.data.{key}", said.data.get(key)) for key in ("petition", "first")]
    named += [(f"$.data.items[{at}]", no) for at, no in enumerate(items if isinstance(items, list) else ())]
    for path, no in named:
        if isinstance(no, str) and secret(no := no.removeprefix("petition:")):
            yield Rejected("unknown-subject", f"petition:{no} is not registered", path)


def _outside(said: _Said, at: Desk) -> Iterator[Rejected]:
    """What is of others. That units exist is no secret; that an item does, or a gathering, is to who has none of it."""
    kind, _, rest = said.subject.partition(":")
    if at.book.reach.within is None:
        return
    if kind == "petition":
        if not said.type.startswith("petition.registered") and not _his_item(rest, said, at):
            yield Rejected("unknown-subject", f"{said.subject} is not registered", "$.subject")
    elif said.type.startswith("finding."):
        if at.his.finding(said.subject) is None:
            yield Rejected("unknown-subject", f"no finding {said.subject} stands", "$.subject")
    elif said.type == DONE and _concerned(said.subject, at, said.data.get("item")):
        return
    elif kind in OF_A_UNIT:
        yield from _foreign_units(said, f"unit:{rest.split(':')[0]}", at)
    elif kind in NO_SUCH and not _concerned(said.subject, at):
        yield Rejected("unknown-subject", NO_SUCH[kind][0].format(said.subject), NO_SUCH[kind][1])


def _his_item(no: str, said: _Said, at: Desk) -> bool:
    """Whether he sees the item, reviews it, or learns of it from above. One that there is not the domain refuses."""
    if at.book.item(no) is not None or (item := at.whole.item(no)) is None:
        return True
    if item.reviewing is not None and at.book.reach.governs(item.reviewing):
        return True
    acting, holding = at.whole.units.get(said.unit), at.whole.units.get(item.unit)
    if said.type not in FROM_ABOVE or acting is None or holding is None:
        return False
    return holding.division.startswith(acting.territory) and acting.rank > holding.rank


def _foreign_units(said: _Said, subject: str, at: Desk) -> Iterator[Rejected]:
    """Of an act on a unit's duties, meetings, marks or standing: it, and what it goes into or stands under, is his.

    A bureau keeps the duties and meetings of the government that it is the bureau of (R2005 6; R2022 13).
    """
    units, governs = at.whole.units, at.book.reach.governs
    acting, kind = units.get(said.unit), said.subject.partition(":")[0]
    keeps = kind in KEPT and acting is not None and acting.is_bureau and acting.parent == subject
    if units.get(subject) is not None and not governs(subject) and not keeps:
        yield Rejected("not-allowed", f"{subject} is outside this token's jurisdiction", "$.subject")
    if said.subject.startswith("unit:"):
        for key in ("into", "parent"):
            if isinstance(other := said.data.get(key), str) and not governs(other):
                yield Rejected("not-allowed", f"{other} is outside this token's jurisdiction", f"$.data.{key}")
        if said.type == "unit.established.v1" and said.data.get("parent") is None:
            yield Rejected("not-allowed", "a unit under no other is not this token's to establish", "$.data.parent")


def _concerned(subject: str, at: Desk, item: object = None) -> bool:
    """Whether a unit of his acted on a dispute, a gathering, an inspection, or on one item that a conference agreed, or
    is named there; or there is none yet.
    """
    events = [
        each for each in decoded(at.whole.entries(subject)) if item is None or getattr(each.data, "item", None) == item
    ]
    units = {event.unit for event in events}
    for fact in (event.data for event in events):
        units |= {getattr(fact, key, None) for key in UNITS_NAMED} | {*(getattr(fact, "units", None) or ())}
    return not events or any(map(at.book.reach.governs, units))
