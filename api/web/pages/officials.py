"""领导档案: what leaders did, and what occurs and is resolved where they lead."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from api.asked import official_id, read_span
from api.ports import Asks
from api.problems import found
from api.web.page import Page, Shown
from api.web.sheets import Sheet
from domain.unit.state import DIGITS

From = Annotated[str | None, QueryParameter(name="from")]
LEADERS = {
    "unit_name": "unit.name", "level": "unit.level", "role": "finding.role", "name": "finding.official",
    "since": "unit.since",
}  # fmt: skip
FIGURES = {"what": "record.what", "count": "record.count", "of": "record.of"}
LEDGER_OF = {
    "receptions": "reception", "contact_visits": "contact", "days_on_duty": "standing", "reports": "report",
    "briefings_heard": "briefing", "screenings": "screening", "agreed_items": "conference",
    "gatherings_attended": "gathering",
}  # fmt: skip
"""The ledger in which each kind of work stands."""
ABOVE = {"township": "county", "county": "city", "city": "province"}
OF_HIS_UNIT = ("briefings_heard", "screenings", "agreed_items", "gatherings_attended")
"""Work that stands under the unit that he leads, not under his name."""


@get("/officials", include_in_schema=False, sync_to_thread=True)
def leaders(page: Shown, questions: Asks) -> Response[str]:
    """Who leads the city and its counties, and where nobody does."""
    told = questions.leaders(page.moment)
    sheet = Sheet("leaders", LEADERS, told["leaders"])
    return page.show("leaders.html", told=told, rows=_by_unit(told["leaders"]), sheet=sheet)


def _by_unit(leaders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for each in leaders:
        row = rows.setdefault(each["unit"], {**each, "held": {}})
        row["held"][each["role"]] = each
    return list(rows.values())


@get("/officials/{official:str}", include_in_schema=False, sync_to_thread=True)
def record(
    page: Shown, questions: Asks, official: FromPath[str], from_: From = None, to: FromQuery[str | None] = None
) -> Response[str]:
    """One official's record: facts with the rows behind them, never a score."""
    begins, ends = read_span(from_, to)
    named = official_id(official) or official
    told = found(questions.record(named, begins, ends, page.moment), f"official {official}")
    lists = {work: _list_of(page, told, work, ledger) for work, ledger in LEDGER_OF.items()}
    return page.show(
        "record.html",
        told=told,
        record=told,
        lists=lists,
        around=_around(page, told),
        sheet=Sheet("record", FIGURES, _figures(page, told)),
    )


def _around(page: Page, told: dict[str, Any]) -> dict[str, str]:
    """What the codes of all places begin with that the share of each governing unit's place is of."""
    known = {each["unit"]: each for each in page.units}
    led = [known[each["unit"]] for each in told["occurrence"] if each["by"] == "place" and each["unit"] in known]
    return {each["unit"]: each["division"][: DIGITS[ABOVE[each["level"]]]] for each in led if each["level"] in ABOVE}


def _list_of(page: Page, told: dict[str, Any], work: str, ledger: str) -> str:
    """Where the entries behind one kind of work are listed."""
    whose = {"leader": told["official"]}
    if work in OF_HIS_UNIT:
        whose = {"unit": told["offices"][-1]["unit"]}
    return page.link(f"/ledgers/{ledger}", **whose, **{"from": told["from"], "to": told["to"]})


def _figures(page: Page, told: dict[str, Any]) -> list[dict[str, Any]]:
    words, work, sponsored = page.words, told["work"], told["sponsorship"]
    rows = [(words(f"record.{name}"), each["count"], None) for name, each in work.items() if "count" in each]
    rows += [(f"{words('record.duties')} {words(f'duty.{name}')}", n, None) for name, n in work["duties"].items()]
    rows += [(words("record.sponsored"), sponsored["resolved"], sponsored["sponsored"])]
    rows += [(f"{words('record.occurrence')} {o['unit_name']}", o["items"], o["of"]) for o in told["occurrence"]]
    rows += [(f"{words('record.resolution')} {r['unit_name']}", r["resolved"], r["items"]) for r in told["resolution"]]
    rows += [(words.term("state", name), n, None) for name, n in told["findings"]["states"].items()]
    return [{"what": what, "count": count, "of": of} for what, count, of in rows]


HANDLERS = [leaders, record]
