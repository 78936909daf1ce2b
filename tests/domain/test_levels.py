"""Registration: collective and skip-level visits, the proper level, who may register (contract 5; domain.md 1.4)."""

import pytest

from domain.envelope import Rejected
from tests.samples import *
from tests.spec import given


@pytest.mark.parametrize(
    ("channel", "persons", "collective"),
    [("visit", 4, False), ("visit", 5, True), ("reception", 5, True), ("letter", 50, False), ("online", 5, False)],
)
def test_five_visitors_are_collective(channel, persons, collective):
    story = given(*CITY_UNITS, on("2020-04-10", raised(channel=channel, persons=persons)))
    assert story.item().collective is collective


@pytest.mark.parametrize(
    ("about", "by", "skips"),
    [
        (TOWN, TOWN, False), (TOWN, BUREAU, False), (TOWN, CITY_BUREAU, True), (HOUSING, BUREAU, False),
        (HOUSING, CITY_BUREAU, False), (CITY_SCHOOLS, CITY_BUREAU, False),
    ],
)  # fmt: skip
def test_a_visit_above_the_level_over_the_competent_unit_skips(about, by, skips):
    story = given(*CITY_UNITS, on("2020-04-10", raised(channel="visit", about_unit=about), by=by))
    assert story.item().skip_level is skips


def test_letters_do_not_skip():
    assert not given(*CITY_UNITS, on("2020-04-10", raised(about_unit=TOWN), by=CITY_BUREAU)).item().skip_level


def test_the_unit_that_gets_the_item_shows_whether_the_visit_skipped():
    visit = on("2020-04-10", raised(channel="visit"), by=CITY_BUREAU)
    assert given(*CITY_UNITS, visit, on("2020-04-13", refer(TOWN), by=CITY_BUREAU)).item().skip_level
    assert not given(*CITY_UNITS, visit, on("2020-04-13", refer(HOUSING), by=CITY_BUREAU)).item().skip_level


@pytest.mark.parametrize(
    ("unit", "level", "beyond"),
    [
        (TOWN, "county", False), (TOWN, "city", True), (HOUSING, "city", False), (HOUSING, "province", True),
        (CITY_SCHOOLS, "province", False), (CITY_SCHOOLS, "national", True),
    ],
)  # fmt: skip
def test_beyond_the_proper_level_is_two_above_the_competent_unit(unit, level, beyond):
    story = given(*CITY_UNITS, REGISTERED, on("2020-04-13", accept(), by=unit)).when(on("2020-05-06", go_up(level)))
    assert story.ruling.decided.beyond is beyond


def test_a_registration_names_a_unit_that_stands():
    story = given(*CITY_UNITS)
    story.when(on("2020-04-10", raised(), by="unit:nowhere")).refused("unknown-subject", "$.unit")
    late = raised(received_at=at("2020-04-11"))
    story.when(on("2020-04-10", late)).refused("bad-value", "$.data.received_at")
    story.when(REGISTERED).when(REGISTERED).refused("already-exists", "$.subject")
    story.when(on("2020-04-13", refer(), no="9")).refused("unknown-subject", "$.subject")


def test_a_registration_without_a_unit_is_refused():
    story = given(*CITY_UNITS)
    nobodys = type(REGISTERED)(**{**{f: getattr(REGISTERED, f) for f in REGISTERED.__struct_fields__}, "unit": None})
    assert story.take(nobodys) == Rejected("missing-field", story.take(nobodys).message, "$.unit")


@pytest.mark.parametrize(
    ("step", "code", "path"),
    [
        (refer("unit:nowhere"), "unknown-subject", "$.data.to_unit"),
        (refer(BUREAU), "bad-value", "$.data.to_unit"),
        (cause("unit:nowhere"), "unknown-subject", "$.data.unit"),
        (cause(decided_on=date(2021, 1, 1)), "bad-value", "$.data.decided_on"),
        (e.IncidentReported(kind="mass", mishandled_by="unit:nowhere"), "unknown-subject", "$.data.mishandled_by"),
        (repeats("9"), "unknown-subject", "$.data.first"),
    ],
)
def test_what_names_something_unknown_is_refused_at_its_field(step, code, path):
    given(*CITY_UNITS, REGISTERED).when(on("2020-04-13", step)).refused(code, path)


def test_a_unit_does_not_review_its_own_opinion():
    story = given(*WITH_ANSWER, on("2020-05-22", deliver(), by=HOUSING))
    story.when(on("2020-05-25", e.ReviewRequested(to_unit=HOUSING))).refused("bad-value", "$.data.to_unit")
