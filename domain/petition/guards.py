"""Who may be given an item, who may act on it, which level is proper for it."""

from datetime import date

from domain.draft import Verdict
from domain.envelope import Rejected
from domain.fact import RANK, OfficialId, UnitId
from domain.known import Known
from domain.petition.item import Item
from domain.petition.ruling import Ruling
from domain.unit.state import Units


def unknown_unit(ruling: Ruling, unit: str | None, path: str) -> Verdict:
    """Refuses a unit that nobody established, or that had ended by the day of the step."""
    known = ruling.units.get(unit)
    if known is None:
        return Rejected("unknown-subject", f"{unit} is not established", path)
    if known.ended_on is not None and known.ended_on <= ruling.day:
        return Rejected("not-in-this-state", f"{unit} ended on {known.ended_on}", path)
    return None


def may_receive(ruling: Ruling, to: UnitId, path: str = "$.data.to_unit") -> Verdict:
    """A unit can be given the item if it stands, and if the item does not accuse it (R2005 23; R2022 30)."""
    return unknown_unit(ruling, to, path) or kept_from(ruling.item, to, ruling.known, ruling.day, path)


def kept_from(item: Item, unit: UnitId, known: Known, day: date, path: str) -> Verdict:
    """An accusation is kept from the organ that it accuses, whatever would bring it there (R2005 23; R2022 30)."""
    if any(accused_organ(each, unit, known.units, day) for each in _repeated(item, known)):
        message = f"an accusation never reaches the unit it accuses, nor a unit below it: {unit}"
        return Rejected("accused-organ", message, path)
    return None


def _repeated(item: Item, known: Known) -> list[Item]:
    """The item and those that it repeats, step by step: what repeats an accusation is kept from whom that accuses."""
    found = [item]
    for each in found:
        first = known.item(each.first) if each.first is not None else None
        if first is not None and all(first.no != other.no for other in found):
            found.append(first)
    return found


def accused_organ(item: Item, unit: UnitId, units: Units, day: date) -> bool:
    """Whether the item accuses the unit, one above it, what either went into, or an official who holds a role there."""
    if item.purpose != "accusation":
        return False
    organs = {item.about_unit} if item.about_unit else set()
    if item.about_official:
        organs |= units.seats(item.about_official, day)
    organs |= {units.answering(organ, day) for organ in organs}
    return any(units.is_below(unit, organ) for organ in organs)


def conflicted(item: Item, official: str | None, path: str) -> Verdict:
    """An official does not act on a petition about himself, nor handle it (R2005 30; R2022 28)."""
    about = item.about_official
    if about is not None and about == official:
        return Rejected("conflicted-official", f"the item is about {about}, who may not act on it", path)
    return None


def recused(ruling: Ruling, official: OfficialId | None, path: str) -> Verdict:
    """Who serves in the accused organ neither handles nor sponsors the accusation (回避, R2005 30; R2022 28, 30)."""
    if official is not None and any(_accuses(each, official, ruling) for each in _repeated(ruling.item, ruling.known)):
        message = f"the accusation is of {official}, or of an organ in which he serves: he has no part in it"
        return Rejected("conflicted-official", message, path)
    return None


def _accuses(item: Item, official: OfficialId, ruling: Ruling) -> bool:
    """Whether the item accuses the official, or an organ in which he holds a role on the day, elsewhere or not."""
    himself = item.purpose == "accusation" and item.about_official == official
    seats = ruling.units.seats(official, ruling.day)
    return himself or any(accused_organ(item, seat, ruling.units, ruling.day) for seat in seats)


def skips(level: int, proper: int | None) -> bool:
    """Above the proper level: that of the competent unit or one above (R2022 20; LEVEL14 4)."""
    return proper is not None and level > proper + 1


def competent(ruling: Ruling, unit: UnitId) -> None:
    """The competent unit is known now: a visit registered above its proper level is a skip-level visit."""
    item = ruling.item
    if item.channel != "visit" or ruling.units.is_bureau(unit):
        return
    registered_at = ruling.units.rank(item.registered_by)
    above = registered_at is not None and skips(registered_at, ruling.units.rank(unit))
    if above != item.skip_level:
        ruling.facts["skip_level"] = above


def rank_of_place(place: str) -> int:
    """The level that a division code stands for: 430400 city, 430408 county, 430408001 township."""
    if len(place) >= 12:
        return RANK["village"]
    if len(place) >= 9:
        return RANK["township"]
    return RANK["city"] if place.endswith("00") else RANK["county"]
