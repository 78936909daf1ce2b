"""`docs/events.md`: every type of fact."""

from collections.abc import Collection
from typing import get_args

from cli.reference.markdown import code, page, table
from cli.reference.meaning import chinese, english, fields
from cli.reference.steps import Effects, effects
from domain.fact import Fact
from domain.finding.decide import OPEN_TO as FINDING_OPEN_TO
from domain.finding.decide import State as FindingState
from domain.petition.decide import STEPS
from domain.petition.item import State
from domain.petition.steps import ANY, OPEN_TO
from domain.vocabulary import LOG_MADE, SUBJECT_KIND, TYPES

ABOUT = """\
Each type with the kind of subject it speaks about, its meaning, the fields of its `data`, the states it is open
to, and what its step does. An action and the event it becomes have the same type and the same `data`; unknown
fields are refused. `data` of any type may carry `origin`: a flat object that says where an imported fact comes
from.

**starts**, **meets**, **moves**, **ends** name clocks ([rules.md](rules.md)) that the step *may* start, meet,
move or end, depending on the case and on the law of the day; **may trip** names rules. Any deadline met late
trips the rule of its clock as well, and any fact about an item that is entered late trips F13: neither is
repeated below. A finding may be cleared again by a later fact.
"""


def events_page() -> str:
    """The whole page: an index, then the types kind by kind."""
    kinds = list(dict.fromkeys(name.partition(".")[0] for name in TYPES))
    index = table(("type", "中文", "English"), (_indexed(name, fact) for name, fact in TYPES.items()))
    parts = [line for kind in kinds for line in _kind(kind)]
    return page("Events 事件", ABOUT, *index, *parts)


def _indexed(name: str, fact: type[Fact]) -> tuple[str, str, str]:
    return f"[`{name}`](#{_anchor(name)})", chinese(name, fact), english(fact)


def _anchor(name: str) -> str:
    return name.replace(".", "")


def _kind(kind: str) -> list[str]:
    names = [name for name in TYPES if name.partition(".")[0] == kind]
    return [f"## {kind}", "", *(line for name in names for line in _type(name))]


def _type(name: str) -> list[str]:
    fact = TYPES[name]
    told = chinese(name, fact)
    about = [f"- {key}: {value}" for key, value in (*_about(name, fact), *_done(effects(fact))) if value]
    rows = (
        (code(each.name), "yes" if each.required else "", each.kind, code(each.default), each.note)
        for each in fields(fact)
    )
    held = table(("field", "required", "type", "default", "note"), rows) or ["No fields.", ""]
    step = STEPS.get(fact)
    said = [english(step), ""] if step and step.__doc__ else []
    return [f"### {name}", "", f"{told}: {english(fact)}" if told else english(fact), "", *said, *about, "", *held]


def _about(name: str, fact: type[Fact]) -> list[tuple[str, str]]:
    return [
        ("subject", _subject(name)),
        ("schema", f"[{name}.json](schemas/{name}.json)"),
        ("written by", "the log itself, never a producer" if name in LOG_MADE else ""),
        ("open to", _open_to(fact)),
    ]


def _subject(name: str) -> str:
    kinds = SUBJECT_KIND[name]
    if name.startswith("finding."):
        return f"the id of a finding, `{kinds[0]}:…` to `{kinds[-1]}:…`"
    return " or ".join(f"`{kind}:…`" for kind in kinds)


def _open_to(fact: type[Fact]) -> str:
    if fact in FINDING_OPEN_TO:
        return _listed(FINDING_OPEN_TO[fact], FindingState) + " (states of a finding)"
    if fact not in OPEN_TO:
        return ""
    states, closed = OPEN_TO[fact], ANY - OPEN_TO[fact]
    if not states:
        return "an item that is not registered yet"
    if not closed:
        return "every state"
    if len(closed) < 3:
        return f"every state but {_listed(closed, State)}"
    return _listed(states, State)


def _listed(states: Collection[str], declared: object) -> str:
    """States in the order of their declaration."""
    return ", ".join(state for state in get_args(declared) if state in states)


def _done(done: Effects) -> list[tuple[str, str]]:
    named = [(verb, ", ".join(getattr(done, verb))) for verb in ("starts", "meets", "moves", "ends")]
    return [*named, ("may trip", ", ".join(done.trips))]
