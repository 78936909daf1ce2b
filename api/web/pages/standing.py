"""三无, 半年评价 and 挂牌: how places and units stand, always beside findings and outcomes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter

from api.asked import read_span, unit_id
from api.ports import Answer, Asks
from api.problems import Problem, found
from api.web.figures import local_date
from api.web.page import Page, Shown
from api.web.sheets import Sheet
from domain.periods import Period, containing, half_year

INDICATORS = ("irregular_in_beijing", "repeated_to_beijing", "collective_to_province", "extreme_incidents")
PLACES = {
    "place": "three_none.place", "name": "three_none.name",
    **{f"indicators.{name}.count": f"three_none.{name}" for name in INDICATORS}, "three_none": "three_none.holds",
    "findings.A": "three_none.caused", "findings.B": "three_none.handled", "outcomes.items": "unit.registered",
    "outcomes.resolved": "petition.resolved", "outcomes.dissatisfied": "record.dissatisfied",
    "outcomes.late": "petition.late",
}  # fmt: skip
EVALUATED = {
    "unit_name": "unit.name", "level": "unit.level", "period": "kpi.period", "score": "evaluation.score",
    "state": "petition.state", "scored_on": "field.scored_on", "listed_on": "field.listed_on",
    "reason": "field.reason", "delisted_on": "field.delisted_on",
}  # fmt: skip
LINES = {
    "name": "evaluation.line", "article": "deadline.article", "numerator": "kpi.numerator",
    "denominator": "kpi.denominator", "points": "evaluation.points", "of": "evaluation.of",
    "explained": "finding.explained",
}  # fmt: skip
From = Annotated[str | None, QueryParameter(name="from")]
RECORDED_WITHIN = timedelta(days=366)
"""A half year is evaluated after it, at the latest so long after."""


@get("/three-none", include_in_schema=False, sync_to_thread=True)
def three_none(
    page: Shown,
    questions: Asks,
    unit: FromQuery[str | None] = None,
    from_: From = None,
    to: FromQuery[str | None] = None,
    level: FromQuery[str] = "township",
) -> Response[str]:
    """Where none of the three occurred; by place, never by number."""
    begins, ends = read_span(from_, to)
    told = found(questions.three_none(unit_id(unit), begins, ends, page.moment), f"unit {unit}")
    places = [each for each in told["places"] if each["level"] == level]
    return page.show(
        "three_none.html", told=told, places=places, level=level, indicators=INDICATORS, counties=_counties(page),
        sheet=Sheet("three-none", PLACES, places),
    )  # fmt: skip


def _counties(page: Page) -> list[dict[str, Any]]:
    """The governments of counties, to choose from."""
    return [each for each in page.units if (each["level"], each["kind"]) == ("county", "government")]


@get("/evaluations", include_in_schema=False, sync_to_thread=True)
def evaluations(
    page: Shown, questions: Asks, period: FromQuery[str | None] = None, level: FromQuery[str | None] = None
) -> Response[str]:
    """Who was evaluated for a half year, who is listed, who was interviewed: as named humans recorded it."""
    half = _half(page, questions, period)
    until = half.last + RECORDED_WITHIN
    answer = questions.ledger("evaluation", from_=half.first, to=until, limit=None, as_of=page.moment)
    told = found(answer, "evaluation")
    page.names |= told.get("names", {})
    levels = {each["unit"]: each["level"] for each in page.units}
    recorded = [
        {**each, "level": levels.get(each["unit"])} for each in told["entries"] if each.get("period") == half.name
    ]
    counts = {name: sum(each["level"] == name for each in recorded) for name in ("city", "county", "township")}
    shown = sorted((each for each in recorded if level in (None, "", each["level"])), key=lambda each: each["unit"])
    return page.show(
        "evaluations.html", told=told, half=half, near=_near(half), rows=shown, counts=counts,
        listed=[each for each in recorded if each["state"] == "listed"], counties=_counties(page),
        sheet=Sheet(f"evaluations-{half.name}", EVALUATED, shown),
    )  # fmt: skip


def _half(page: Page, questions: Asks, asked: str | None) -> Period:
    """The half year asked for; by default the last that is over."""
    if asked:
        half = half_year(asked)
        if half is None:
            raise Problem(404, "not-found", f"{asked} is no half year, as 2020H1 is")
        return half
    answered = local_date(questions.leaders(page.moment)["as_of"]) or date.max
    return containing("half_year", containing("half_year", answered).first - timedelta(days=1))


def _near(half: Period) -> list[str]:
    before = containing("half_year", half.first - timedelta(days=1))
    return [before.name, half.name, containing("half_year", half.last + timedelta(days=1)).name]


@get("/evaluations/{period:str}/{code:str}", include_in_schema=False, sync_to_thread=True)
def evaluation(page: Shown, questions: Asks, period: FromPath[str], code: FromPath[str]) -> Response[str]:
    """How one unit's half year scores, line by line, and what humans recorded of it."""
    half = _half(page, questions, period)
    told = found(questions.evaluation(unit_id(code) or code, half, page.moment, items=False), f"unit {code}")
    rows = ({**each, **_in_words(page, each)} for each in told["lines"])
    return page.show(
        "evaluation.html", told=told, near=_near(half), code=code, sheet=Sheet(f"evaluation-{half.name}", LINES, rows)
    )


def _in_words(page: Page, line: Answer) -> dict[str, str]:
    return {name: page.words.either(line[name]) for name in ("name", "explained")}


HANDLERS = [three_none, evaluations, evaluation]
