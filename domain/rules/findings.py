"""The rules that a step of an item trips at once (F05–F24, D11, D12): one small function per rule (contract section 5).

The clock rules (F01–F04, F06–F09, F17, F20 by lapse of time) trip in `Ruling.late`, by the table `RULE_OF_CLOCK`; F13
in `Draft.recorded`, for anything may be entered late; F19 and the other D rules are in `domain.rules.duties`.
F18 names units, never the petitioner; every finding is a proposal that a human decides on (Art 19).
"""

from datetime import date
from typing import Protocol

from domain.deadlines import HANDLING_CLOCKS
from domain.fact import OfficialId, UnitId
from domain.petition.item import Item
from domain.petition.ruling import Ruling
from domain.unit.state import Units


class Decision(Protocol):
    """Who took part in the decision that caused a matter."""

    @property
    def officials(self) -> tuple[OfficialId, ...]: ...
    @property
    def collective(self) -> bool: ...
    @property
    def dissent(self) -> tuple[OfficialId, ...]: ...


def f05_extension_irregular(ruling: Ruling) -> None:
    """More than 30 days in all (only 30 count). The missing notice is the clock K5x."""
    ruling.find("F05", ruling.unit)


def f10_simple_misused(ruling: Ruling, *, repeat: bool = False, not_supported: bool = False) -> None:
    """The simple procedure is for first-time items of one petitioner, not handed down, not to refuse (SIMP16 5)."""
    item, units = ruling.item, ruling.units
    accepting = getattr(ruling.action.data, "procedure", None)
    if (accepting or item.procedure) != "simple":
        return
    unit = ruling.unit if accepting else item.accepted_by or item.unit
    if repeat or item.first is not None or not_supported or _unfit_for_simple(item, unit, units):
        ruling.find("F10", unit, handler=getattr(ruling.action.data, "handler", None))


def _unfit_for_simple(item: Item, unit: UnitId, units: Units) -> bool:
    """Handed down, joint or collective, whatever was judged about repeats."""
    rank = units.rank(unit) or 0
    from_above = item.channel == "handed_down" or any((units.rank(by) or 0) > rank for by in item.assigned_by)
    return from_above or item.joint_letter or item.collective


def f11_refusal_irregular(ruling: Ruling) -> None:
    """Refused on a ground that the record does not bear out."""
    ruling.find("F11", ruling.unit)


def f12_secrecy(ruling: Ruling, by_unit: UnitId, to: str, *, attempt: bool) -> None:
    """An accusation reached the accused, or was about to (泄露检举材料)."""
    told = to if to.startswith("unit:") else by_unit  # the name of a person is no part of an id
    ruling.find("F12", by_unit, detail=told, attempt=attempt)


def passes_on(item: Item, by: UnitId, units: Units) -> bool:
    """Whether a routing passes the item around: no bureau's own first one does, nor one after a granted objection."""
    if item.objection_granted:
        return False
    return not (units.is_bureau(by) and by not in item.routers)


def f14_passed_around(ruling: Ruling, by: UnitId, *, turned_down: bool = False) -> None:
    """From the third routing on, each unit that passed the item on or whose objection was turned down (推诿)."""
    item = ruling.item
    routings = item.routings + (not turned_down)
    if routings < ruling.law.parameters["passed_around_from"]:
        return
    passing = [by] if turned_down or ruling.facts.get("passed_on") else []
    for unit in dict.fromkeys((*item.passed_by, *passing)):
        if f"F14:{item.subject}:{unit}" not in item.found:
            ruling.find("F14", unit, detail=unit)


def f15_repeat_after_close(ruling: Ruling, root: Item) -> None:
    """The matter was closed before this item was received: the first handler did not settle it. Calls for S8."""
    if not _closed_before(root, ruling.item):
        return
    ruling.find_first_handler("F15", root, evidence=(root.closed_by,))
    ruling.call_for_supervision("S8")


def _closed_before(root: Item, repeat: Item) -> bool:
    """Whether the matter was closed before the repeat was received."""
    closed, received = root.closed_at, repeat.received_at or repeat.registered_at
    return closed is not None and closed <= received


def f23_first_turned_repeat(ruling: Ruling, root: Item, *, first_repeat: bool) -> None:
    """The first repeat came while the first item was open past K5, or after it was closed (初转重). An accusation turns
    no ordinary item: that would tell of it.
    """
    if ruling.item.purpose == "accusation" != root.purpose:
        return
    received = ruling.item.received_on
    overdue = any(
        each.clock in HANDLING_CLOCKS
        and not each.ended
        and each.due_on < received
        and (each.met_on is None or each.met_on > received)
        for each in root.deadlines
    )
    closed = _closed_before(root, ruling.item)
    if first_repeat and (overdue or closed):
        ruling.find_first_handler("F23", root, id=f"F23:{root.subject}", subject=root.subject)


def take_back_repeat(ruling: Ruling) -> None:
    """A judgement is revised: what it tripped does not stand any more, and its supervision is not due."""
    item = ruling.item
    if item.first is None:
        return
    ruling.clear(f"F15:{item.subject}")
    if f"F23:petition:{item.first}" in item.found:  # not where another repeat tripped it
        ruling.clear(f"F23:petition:{item.first}")
    ruling.clear(f"F17:{item.subject}:S8")
    ruling.drop("S8")
    if item.outcome != "not_supported" and not _unfit_for_simple(item, item.accepted_by or item.unit, ruling.units):
        ruling.clear(f"F10:{item.subject}")


def f16_dissatisfied(ruling: Ruling, target: str) -> None:
    """The petitioner is dissatisfied with the unit. A rating of the bureau calls for S7 only."""
    if target == "unit":
        ruling.find_first_handler("F16")


def rated_better(ruling: Ruling, target: str) -> None:
    """The petitioner rated again, and is not dissatisfied any more."""
    if target == "unit":
        ruling.clear(f"F16:{ruling.subject}")
    ruling.drop("S7")


def f18_raised_above_after_fault(ruling: Ruling, matter: list[Item]) -> None:
    """The matter went beyond its proper level while units bear faults of handling on it: they answer for that.

    A fault that a human dismissed is none.
    """
    faults = [fault for item in matter for fault in item.faults if not fault[0].startswith("F18:")]
    for unit in dict.fromkeys(unit for id, unit in faults if ruling.known.state(id) != "dismissed"):
        ruling.find("F18", unit, detail=unit)


def f20_support_refused(ruling: Ruling) -> None:
    """A unit refuses to carry out what was supported."""
    unit = ruling.item.answered_by or ruling.item.unit
    ruling.find("F20", ruling.units.answering(unit, ruling.day))


def f21_cause_found(
    ruling: Ruling, unit: UnitId, ground: str, decided_on: date, decision: Decision, evidence: tuple[int, ...]
) -> None:
    """A human found who caused the matter (谁引发): those who held the roles on the day it was decided answer."""
    ruling.find(
        "F21", unit, detail=unit, ground=ground, on=decided_on, officials=decision.officials,
        collective=decision.collective, dissent=decision.dissent, evidence=evidence,
    )  # fmt: skip


def f22_incident_mishandled(ruling: Ruling, unit: UnitId) -> None:
    """Mishandling led to a mass or extreme incident: graver (从严)."""
    ruling.find("F22", unit, detail=unit, aggravated=True)


def f24_return_visit_unsolved(ruling: Ruling) -> None:
    """Asked after closing, the petitioner says that it is not solved."""
    ruling.find_first_handler("F24")


def d11_sponsor_order(ruling: Ruling, leader: OfficialId) -> None:
    """A deputy sponsors while a principal of his unit sponsors nothing open; or government before party (Art 9)."""
    units, day = ruling.units, ruling.day
    if "sponsor" not in ruling.law.clocks:  # before the opinion nobody asked for an order
        return
    for unit in sorted(units.seats(leader, day)):
        principals = [each.official for each in units.holding(unit, day, "principal")]
        before = [] if leader in principals else principals
        for party in units.party_beside(unit):
            before += [each.official for each in units.holding(party, day, "principal")]
        if any(not ruling.known.sponsors(each) for each in before if each != leader):
            ruling.find("D11", unit)
            return


def d12_no_sponsor(ruling: Ruling, unit: UnitId, due_on: str) -> None:
    """Handed down by province or nation, or prominent in a conference, and without a sponsor (Art 9)."""
    ruling.find("D12", unit, period=due_on)


def d12_warranty_undone(ruling: Ruling, leader: OfficialId) -> None:
    """The sponsorship ended and not all five warranties were kept: that leader answers (Art 9)."""
    seats = sorted(ruling.units.seats(leader, ruling.day))
    ruling.find("D12", seats[0] if seats else ruling.responsible(), officials=(leader,))
