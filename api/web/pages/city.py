"""总览, 统计, 工作指标 and 关于."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from api.asked import known_unit, read_date, read_days
from api.ports import Answer, Asks
from api.problems import Problem, bad_value, cursor_read
from api.web.figures import local_date
from api.web.page import Page, Shown
from api.web.pages.items import ITEMS, PAGE
from api.web.sheets import Sheet
from api.web.tiles import legend, tiles
from api.web.words import catalogue
from domain.periods import containing
from projections.kpis import PARTS, SIDES

DIMENSIONS = (
    "unit", "level", "place", "county", "township", "village", "category", "channel", "purpose", "month", "quarter",
    "half_year",
)  # fmt: skip
LISTED = {
    "unit": "registered_by", "category": "category", "channel": "channel", "purpose": "purpose", "month": "month",
    **dict.fromkeys(("place", "county", "township", "village"), "place"),
}  # fmt: skip
"""Keys whose items can be listed, and the filter that does it."""
From = Annotated[str | None, QueryParameter(name="from")]
COUNTIES = {
    "division": "unit.division", "name": "overview.county", "registered": "overview.registered",
    "open": "overview.open", "late": "overview.late", "findings": "overview.findings",
    "late_share": "overview.late_share", "findings_share": "overview.findings_share",
}  # fmt: skip
MEASURES = ("open", "late", "late_share", "registered", "findings", "findings_share")
"""What the map may be shaded by."""
RATES = {"name": "kpi.title", "numerator": "kpi.numerator", "denominator": "kpi.denominator", "rate": "kpi.rate"}
COUNTED = ("registrations", "first_time", "repeat", "skip_level", "collective", "to_city", "to_province", "to_nation",
           "beyond", "collective_above", "irregular")  # fmt: skip
COUNTERS = {"key": "counters.key", "name": "counters.by", **{name: f"counters.{name}" for name in COUNTED}}


@get("/", include_in_schema=False, sync_to_thread=True)
def overview(page: Shown, questions: Asks, measure: FromQuery[str] = "open") -> Response[str]:
    """The city on one page; the map is shaded by one measure of its counties."""
    if measure not in MEASURES:
        raise bad_value("measure", f"one of {', '.join(MEASURES)}")
    city = questions.overview(page.moment)
    rows = [{**each, **_shares(each)} for each in city["counties"]]
    seats = {each["division"][:6]: each["unit"] for each in page.units if each["level"] == "county"
             and each["kind"] == "government"}  # fmt: skip
    return page.show(
        "overview.html", told=city, city=city, period=_of_city(page, city), coming=questions.coming(page.moment),
        counties=rows, tiles=tiles(rows, measure), legend=legend(rows, measure), measure=measure, measures=MEASURES,
        seats=seats, month_days=_month_days, sheet=Sheet("counties", COUNTIES, rows),
    )  # fmt: skip


def _month_days(month: str) -> Answer:
    """The days of `2020-08`, as a filter."""
    period = containing("month", date.fromisoformat(f"{month}-01"))
    return {"from": str(period.first), "to": str(period.last)}


def _shares(county: Answer) -> Answer:
    """Per hundred items, so that a large county and a small one can be looked at together; rounded."""
    return {
        "late_share": round(100 * county["late"] / county["open"]) if county["open"] else 0,
        "findings_share": round(100 * county["findings"] / county["registered"]) if county["registered"] else 0,
    }


def period_of(answer: Answer) -> Answer:
    """The unit and period that an answer's rates are for, so that their numbers can be opened."""
    if answer.get("kpi_period"):
        return dict(answer["kpi_period"])
    year = str(answer.get("as_of", ""))[:4]
    return {"from": f"{year}-01-01", "to": f"{year}-12-31"}


def _of_city(page: Page, city: Answer) -> Answer:
    """The period of the overview's rates; where it names no unit, the city's government."""
    return {"unit": page.city, **period_of(city)}


def _kpis(page: Page, questions: Asks, unit: str | None, from_: str | None, to: str | None) -> dict[str, Any]:
    city = questions.overview(page.moment) if not (unit and from_ and to) else {}
    known = _of_city(page, city) if city else {}
    if not (unit or known["unit"]):
        raise bad_value("unit", "missing")
    answered = local_date(city.get("as_of")) or date.max - timedelta(days=1)
    begins, ends = read_days(from_ or known.get("from"), to or known.get("to"), answered)
    named = known_unit(questions, unit, page.moment) or known["unit"]
    told = questions.rates(named, begins, ends, page.moment)
    return {"told": told, "kpis": told["kpis"], "period": {"unit": named, "from": str(begins), "to": str(ends)}}


@get("/kpis", include_in_schema=False, sync_to_thread=True)
def kpis(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    from_: From = None,
    to: FromQuery[str | None] = None,
) -> Response[str]:
    """All rates of a unit, with how they are counted."""
    shown = _kpis(page, questions, unit, from_, to)
    rows = ({**kpi, "name": page.words(f"kpi.{name}")} for name, kpi in shown["kpis"].items())
    return page.show("kpis.html", **shown, sheet=Sheet("rates", RATES, rows))


@get("/kpis/{name:str}", include_in_schema=False, sync_to_thread=True)
def kpi_items(
    page: Shown,
    questions: Asks,
    name: FromPath[str],
    unit: FromQuery[str | None] = None,
    from_: From = None,
    to: FromQuery[str | None] = None,
    side: FromQuery[str] = "denominator",
    cursor: FromQuery[str | None] = None,
) -> Response[str]:
    """The items behind one rate."""
    if name not in PARTS or side not in (*SIDES, *PARTS[name]):
        raise Problem(404, "not-found", f"there is no rate {name} with a {side}")
    shown = _kpis(page, questions, unit, from_, to)
    period, limit = shown["period"], page.limit(PAGE)
    begins, ends = date.fromisoformat(period["from"]), date.fromisoformat(period["to"])
    with cursor_read(cursor):
        listed = questions.rate_items(
            period["unit"], begins, ends, name, side, limit=limit, cursor=cursor or None, as_of=page.moment
        )
    kpi = shown["kpis"][name]
    items = questions.items(listed["items"], page.moment) | {
        "total": kpi[side] if side in SIDES else kpi["parts"][side]["count"], "next": listed["next"]
    }  # fmt: skip
    sheet = Sheet(f"{name}-{side}", ITEMS, items["petitions"])
    return page.show("kpi_items.html", name=name, side=side, kpi=kpi, items=items, sheet=sheet, **shown)


@get("/counters", include_in_schema=False, sync_to_thread=True)
def counters(
    page: Shown,
    questions: Asks,
    by: FromQuery[str] = "county",
    unit: FromQuery[str | None] = None,
    from_: From = None,
    to: FromQuery[str | None] = None,
) -> Response[str]:
    """Registrations, repeats and visits above, by one dimension."""
    if by not in DIMENSIONS:
        raise bad_value("by", f"one of {', '.join(DIMENSIONS)}")
    begins, ends = read_date(from_, "from"), read_date(to, "to")
    told = questions.counters(
        by=by, unit=known_unit(questions, unit, page.moment), from_=begins, to=ends, as_of=page.moment
    )
    sheet = Sheet(f"counts-by-{by}", COUNTERS, told["rows"])
    asked = {"from": from_, "to": to, "registered_by": unit}
    return page.show(
        "counters.html", told=told, by=by, dimensions=DIMENSIONS, columns=COUNTED, sheet=sheet,
        behind=_behind(page, by, [row["key"] for row in told["rows"]], asked),
    )  # fmt: skip


def _behind(page: Page, by: str, keys: list[str], asked: Answer) -> dict[str, Answer]:
    """The filter that lists what each key counts. A key that others begin with, or are below, counts less than its
    list would hold, and has none.
    """
    filter_, parents = LISTED.get(by), {each["unit"]: each["parent"] for each in page.units} if by == "unit" else {}
    above = {parent for key in keys if (parent := parents.get(key))}
    while grown := {parent for each in above if (parent := parents.get(each))} - above:
        above |= grown
    above |= {key for key, after in pairwise(sorted(keys)) if filter_ == "place" and after.startswith(key)}
    return {key: {**asked, filter_: key} for key in keys if filter_ and key and key not in above}


@get("/about", include_in_schema=False, sync_to_thread=True)
def about(page: Shown, questions: Asks) -> Response[str]:
    """What this is, and what it will never do."""
    return page.show("about.html", told=questions.health(), rules=list(catalogue()["rule"]))


HANDLERS = [overview, kpis, kpi_items, counters, about]
