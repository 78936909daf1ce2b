"""What may a token report? What its role may (`domain/reporters.py`), for its own units and under its own name, about
what is of its jurisdiction; and nothing about what it may not know of.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.codec import decode_action
from domain.envelope import Rejected
from domain.fact import RANK
from domain.reader import Reader
from domain.reporters import BY_THE_JUDGED, DESK, FROM_ABOVE, OURS, OVERSEEN, REVIEWED, SPONSORED, reserved
from domain.unit.state import Units
from infra.log.port import key_of
from infra.office import decoded
from infra.questions import Answers
from infra.questions.book import Book
from projections.visibility import found_on


class _Said(Struct):
    """As much of an action as decides who may report it; the intake reads the rest, and refuses what is malformed."""

    subject: str
    source: str = ""
    id: str = ""
    type: str = ""
    unit: str | None = None
    actor: str | None = None
    data: dict[str, Any] = {}


_decode = msgspec.json.Decoder(_Said, float_hook=str).decode
NO_SUCH = {
    "dispute": ("{} is not in the ledger", "$.subject"), "gathering": ("nobody arrived at {}", "$.subject"),
    "conference": ("{} was not agreed", "$.data.item"), "inspection": ("{} is not planned", "$.subject"),
}  # fmt: skip
"""In the words of the domain."""
_DISPUTES = ("dispute", NO_SUCH["dispute"][0])
OF_A_UNIT = ("unit", "duty", "conference", "evaluation")
"""Subjects that name the unit that they are of."""
KEPT = ("duty", "conference")
DONE = "conference.item_done.v1"
"""Of what a conference agreed, whoever owns it says that it is done."""
UNITS_NAMED = ("unit", "to_unit", "owner_unit", "lead_unit", "into", "parent")


class Desk(NamedTuple):
    """Where one reporter stands: what he sees of the record as it is, and the whole of it."""

    reader: Reader
    answers: Answers
    his: Answers
    book: Book
    whole: Book

    @property
    def all_is_his(self) -> bool:
        """Whether he governs the whole city: there may be units above it."""
        within = self.book.reach.within
        return within is None or all(each.unit in within for each in self.whole.units if each.rank <= RANK["city"])


def desk(reader: Reader, answers: Answers) -> Desk:
    """A system reads nothing; it reports about what a clerk of its units sees."""
    seeing = replace(reader, role="clerk") if reader.role == "producer" else reader
    his = answers.for_(seeing)
    return Desk(reader, answers, his, his.present(), answers.present())


def refused(lines: Sequence[bytes], at: Desk) -> dict[int, Rejected]:
    """Which of the lines are not this reporter's to send, by their place, and why."""
    told: dict[int, Rejected] = {}
    desks: dict[str, Desk] = {}
    for place, line in enumerate(lines):
        try:
            said = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if not isinstance(decode_action(line), Rejected):
                told[place] = Rejected("malformed", "this cannot be read as an action", "$")
            continue
        unit = said.unit if at.reader.role == "producer" and said.unit in at.reader.units else ""
        if unit not in desks:
            desks[unit] = desk(replace(at.reader, units=(unit,)), at.answers) if unit else at
        if why := next(_reasons(said, desks[unit]), None):
            told[place] = why
    return told


def _reasons(said: _Said, at: Desk) -> Iterator[Rejected]:
    if at.reader.role == "operator":
        return
    if why := _not_his(said, at.reader, at.whole.units):
        yield why
    if why := reserved(said.type, at.reader.role, all_is_his=at.all_is_his):
        yield why
    if said.source.startswith(OURS) and said.source != DESK:
        yield Rejected("not-allowed", f"{said.source} is a source of danze itself", "$.source")
    if not at.whole.log.known([key_of(said.source, said.id)]):  # else it is a duplicate, and answered as one
        yield from _unknown(said, at)
        if said.subject.startswith("duty:"):
            yield from _unseen(said, at)
        yield from _outside(said, at)
        yield from _named_outside(said, at)


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
    items = said.data.get("items") if kind != "duty" else None
    named = [(f"$.data.{key}", said.data.get(key)) for key in ("petition", "first")]
    named += [(f"$.data.items[{place}]", no) for place, no in enumerate(items if isinstance(items, list) else ())]
    for path, no in named:
        if isinstance(no, str) and secret(no := _bare(no)):
            yield Rejected("unknown-subject", f"petition:{no} is not registered", path)


def _unseen(said: _Said, at: Desk) -> Iterator[Rejected]:
    """Of a reception or a screening: what is hidden would be left out when it is read, what is not there would not.

    So only what he sees is listed.
    """
    for key, subject, words in (("items", "petition", "{} is not registered"), ("disputes", *_DISPUTES)):
        listed = said.data.get(key)
        for place, each in enumerate(listed if isinstance(listed, list) else ()):
            name = f"{subject}:{_bare(str(each)).removeprefix(f'{subject}:')}"
            if not at.book.entries(name):
                yield Rejected("unknown-subject", words.format(name), f"$.data.{key}[{place}]")


def _outside(said: _Said, at: Desk) -> Iterator[Rejected]:
    """What is of others. That units exist is no secret; that an item does, or a gathering, is to who has none of it."""
    kind, _, rest = said.subject.partition(":")
    if at.book.reach.within is None:
        return
    if kind == "petition":
        if not said.type.startswith("petition.registered") and not _his_item(rest, said, at):
            yield Rejected("unknown-subject", f"{said.subject} is not registered", "$.subject")
    elif said.type.startswith("finding."):
        yield from _on_a_finding(said, at)
    elif said.type == DONE and _concerned(said.subject, at, said.data.get("item")):
        return
    elif kind in OF_A_UNIT:
        yield from _foreign_units(said, f"unit:{rest.split(':')[0]}", at)
    elif kind in NO_SUCH and not _concerned(said.subject, at):
        yield Rejected("unknown-subject", NO_SUCH[kind][0].format(said.subject), NO_SUCH[kind][1])


def _named_outside(said: _Said, at: Desk) -> Iterator[Rejected]:
    """Nor is an item tied to one of others: it would be read with it, and bring findings on them."""
    for key in ("petition", "first"):
        no = said.data.get(key)
        if isinstance(no, str) and not _seen(_bare(no), at):
            yield Rejected("unknown-subject", f"petition:{_bare(no)} is not registered", f"$.data.{key}")


def _bare(no: str) -> str:
    """An item's NO, however often its kind is written before it."""
    while no.startswith("petition:"):
        no = no.removeprefix("petition:")
    return no


def _seen(no: str, at: Desk) -> bool:
    """Whether he sees an item. One that there is not, the domain refuses."""
    return at.book.item(no) is not None or at.whole.item(no) is None


def _his_item(no: str, said: _Said, at: Desk) -> bool:
    """Whether he sees the item, reviews it, oversees it, or learns of it from above."""
    if _seen(no, at) or (item := at.whole.item(no)) is None:
        return True
    governs = at.book.reach.governs
    named = [str(said.data[key]) for key in ("by_unit", "to_unit") if key in said.data]
    if item.reviewing is not None and governs(item.reviewing):
        return said.type in REVIEWED and all(map(governs, named))
    acting, holding = at.whole.units.get(said.unit), at.whole.units.get(item.unit)
    if acting is None or holding is None or not holding.division.startswith(acting.territory):
        return False
    if said.type in FROM_ABOVE:
        return (acting.rank > holding.rank or acting.is_bureau) and (acting.is_bureau or all(map(governs, named)))
    if said.type in OVERSEEN:
        return acting.is_bureau
    return said.type in SPONSORED and acting.kind in ("party", "government")


def _on_a_finding(said: _Said, at: Desk) -> Iterator[Rejected]:
    """Of a unit that he governs, and not of his own or one above: nobody judges himself, or who is over him."""
    found, reach = at.his.finding(said.subject), at.book.reach
    if found is None:
        yield Rejected("unknown-subject", f"no finding {said.subject} stands", "$.subject")
    elif not reach.governs(found["unit"]) or (said.type not in BY_THE_JUDGED and found["unit"] in reach.organs):
        yield Rejected("not-allowed", f"a finding on {found['unit']} is not this token's to judge", "$.subject")


def _foreign_units(said: _Said, subject: str, at: Desk) -> Iterator[Rejected]:
    """Of an act on a unit's duties, meetings, marks or standing: it, and what it goes into or stands under, is his.

    A bureau keeps the duties and meetings of the government that it is the bureau of (R2005 6; R2022 13).
    """
    units, governs = at.whole.units, at.book.reach.governs
    acting, kind = units.get(said.unit), said.subject.partition(":")[0]
    keeps = kind in KEPT and acting is not None and acting.is_bureau and acting.parent == subject
    if kind == "evaluation" and subject in at.book.reach.organs:
        yield Rejected("not-allowed", f"{subject} is not this token's to judge", "$.subject")
    if units.get(subject) is not None and not governs(subject) and not keeps:
        yield Rejected("not-allowed", f"{subject} is outside this token's jurisdiction", "$.subject")
    if said.subject.startswith("unit:"):
        for key in ("into", "parent"):
            if isinstance(other := said.data.get(key), str) and not governs(other):
                yield Rejected("not-allowed", f"{other} is outside this token's jurisdiction", f"$.data.{key}")
        if said.type == "unit.established.v1":
            yield from _wrongly_established(said, units)


def _wrongly_established(said: _Said, units: Units) -> Iterator[Rejected]:
    """A new unit stands under one that is there, no higher than it, in its territory."""
    parent = units.get(str(said.data.get("parent")))
    if parent is None:
        yield Rejected("not-allowed", "a unit under no other is not this token's to establish", "$.data.parent")
    elif RANK.get(str(said.data.get("level")), 0) > parent.rank:
        yield Rejected("not-allowed", f"a unit under {parent.unit} stands no higher than it", "$.data.level")
    elif not str(said.data.get("division")).startswith(parent.territory):
        yield Rejected("not-allowed", f"a unit under {parent.unit} is of its division", "$.data.division")


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
