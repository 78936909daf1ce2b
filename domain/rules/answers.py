"""Who answers for a finding, as persons: the roles held on the day the duty was broken (RESP16 11)."""

from datetime import date

from msgspec import Struct

from domain.envelope import Finding
from domain.fact import OfficialId
from domain.unit.state import Units

HEADS = ("deputy_in_charge", "principal")


class Answer(Struct, frozen=True):
    """One person who answers, or a vacant role (`official` is None)."""

    official: OfficialId | None
    role: str
    responsibility: str
    name: str | None = None


def answers(finding: Finding, units: Units) -> list[Answer]:
    """Direct responsibility first, then leadership. Nobody stands in the list twice; dissent on record bears none."""
    day = finding.on or finding.since
    if finding.rule.startswith("D"):
        found = _owing(finding, units, day)
    else:
        found = _collective(finding, units, day) if finding.collective else _individual(finding, units, day)
    seen: set[str] = set()
    told = []
    for answer in found:
        if answer.official is not None:
            if answer.official in seen:
                continue
            seen.add(answer.official)
        told.append(answer)
    return told


def _owing(finding: Finding, units: Units, day: date) -> list[Answer]:
    """Of a duty that was not done: the leader named, else the unit's principal."""
    if finding.officials:
        return [_named(finding, units, day, official, "direct") for official in finding.officials]
    return _holders(finding, units, day, "principal", "direct")


def _individual(finding: Finding, units: Units, day: date) -> list[Answer]:
    if finding.officials:
        direct = [_named(finding, units, day, official, "direct") for official in finding.officials]
    elif finding.rule == "F21":
        direct = []
    elif finding.handler is not None:
        direct = [_named(finding, units, day, finding.handler, "direct", role="handler")]
    else:
        direct = _holders(finding, units, day, "petition_clerk", "direct")
    heads = [answer for role in HEADS for answer in _holders(finding, units, day, role, "leadership")]
    dissent = [_named(finding, units, day, official, "none") for official in finding.dissent]
    return [*direct, *heads, *dissent]


def _collective(finding: Finding, units: Units, day: date) -> list[Answer]:
    heads = [answer for role in HEADS for answer in _holders(finding, units, day, role, "main_leadership")]
    part = [_named(finding, units, day, official, "important_leadership") for official in finding.officials]
    dissent = [_named(finding, units, day, official, "none") for official in finding.dissent]
    return [*heads, *(each for each in part if each.official not in finding.dissent), *dissent]


def _holders(finding: Finding, units: Units, day: date, role: str, responsibility: str) -> list[Answer]:
    held = units.holding(finding.unit, day, role)
    if not held:
        return [Answer(None, role, responsibility)]
    return [Answer(each.official, role, _borne(finding, each.official, responsibility), each.name) for each in held]


def _named(
    finding: Finding, units: Units, day: date, official: OfficialId, responsibility: str, role: str | None = None
) -> Answer:
    role = role or units.role_of(finding.unit, official, day) or "member"
    return Answer(official, role, _borne(finding, official, responsibility), units.official(official))


def _borne(finding: Finding, official: OfficialId, responsibility: str) -> str:
    """Nothing, where the official objected on record."""
    return "none" if official in finding.dissent else responsibility
