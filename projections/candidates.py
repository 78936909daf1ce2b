"""Which earlier items may this one repeat (筛重)? Offered to a human, who judges (判重); nothing is judged here.

A repeat is the same person with the same facts (domain.md 1.11). The same person: a petitioner is the same, joint
signers among them, or both are anonymous accusations of the same accused. The same facts: titles alike, or the same
unit, class and place. The question starts from an item and tells of items only: nobody can ask about a person.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from projections.cases import CaseRow
from projections.titles import likeness, shared_terms

SHOWN = 20
SIGNS = {
    "petitioner": ("至少一名信访人相同", "at least one petitioner is the same"),
    "accused": ("均为匿名检举控告，被反映对象相同", "both are anonymous accusations of the same accused"),
    "title": ("标题相近", "the titles are alike"),
    "about_unit": ("被反映单位相同", "about the same unit"),
    "category": ("内容分类相同", "the same class of content"),
    "place": ("属地相同", "the same place"),
}
"""What speaks for it, in words."""
OF_PERSON = ("petitioner", "accused")


def candidates(item: CaseRow, earlier: Iterable[CaseRow], same: Mapping[str, int], alike: int) -> list[dict[str, Any]]:
    """Candidates, the likeliest first.

    `same` tells how many petitioners each earlier item shares with this one; titles are alike from `alike` percent on.
    """
    found = [told for row in earlier if (told := _candidate(item, row, same.get(row.no, 0), alike)) is not None]
    found.sort(key=lambda each: each["no"])
    found.sort(key=lambda each: (len(each["basis"]), each["likeness"], each["registered_on"]), reverse=True)
    return found[:SHOWN]


def _candidate(item: CaseRow, row: CaseRow, persons: int, alike: int) -> dict[str, Any] | None:
    percent = likeness(item.title, row.title)
    signs = _signs(item, row, persons, percent >= alike)
    person = any(sign in OF_PERSON for sign in signs)
    facts = "title" in signs or {"about_unit", "category", "place"} <= signs.keys()
    hinted = facts or "about_unit" in signs or {"category", "place"} <= signs.keys()
    if not (facts or (person and hinted)):
        return None
    basis = [name for name, there in (("same_person", person), ("same_facts", facts)) if there]
    return {
        "no": row.no, "title": row.title, "state": row.state, "registered_on": row.registered_on, "unit": row.unit,
        "basis": basis, "likeness": percent, "shared_terms": shared_terms(item.title, row.title),
        "shared_petitioners": persons,
        "why": [{"sign": sign, "zh": SIGNS[sign][0], "en": SIGNS[sign][1]} for sign in signs],
    }  # fmt: skip


def _signs(item: CaseRow, row: CaseRow, persons: int, alike: bool) -> dict[str, bool]:
    """The signs that are there, in the order of SIGNS."""
    signs = {
        "petitioner": persons > 0,
        "accused": _accuses(item) and _accuses(row) and _accused(item) == _accused(row),
        "title": alike,
        "about_unit": item.about_unit is not None and item.about_unit == row.about_unit,
        "category": item.category == row.category,
        "place": item.place.startswith(row.place) or row.place.startswith(item.place),
    }
    return {sign: True for sign, there in signs.items() if there}


def _accuses(row: CaseRow) -> bool:
    """An anonymous accusation of somebody named."""
    return row.purpose == "accusation" and bool(row.anonymous) and any(_accused(row))


def _accused(row: CaseRow) -> tuple[str | None, str | None]:
    """The official, or where none is named, the unit."""
    return (row.about_official, None) if row.about_official else (None, row.about_unit)
