"""Nobody hides an item from who is over him, has it or reviews it, by tying it to an accusation of those."""

from datetime import date

import pytest

from domain.dispute.events import DisputeBecamePetition, DisputeLogged
from tests.roles.conftest import accusing, asked, findings, sent
from tests.samples import *

OWN = [*AT_HOUSING, ACCEPTED]
AGAINST_BUREAU = accusing("99", HOUSING, "2020-04-20", about_unit=BUREAU)
"""HOUSING accuses the bureau that supervises it."""
OTHER = on("2020-04-20", raised(), by=HOUSING, no="5")
NOT_ITS_ROOT = ("not-allowed", "$.data.first")


def judged(first, no="1", by=HOUSING):
    return on("2020-04-23", repeats(first), by=by, no=no)


@pytest.mark.parametrize(
    ("story", "acts"),
    [([*OWN, AGAINST_BUREAU], [judged("99")]),
     ([*OWN, AGAINST_BUREAU, OTHER], [judged("5"), on("2020-04-24", refer(SITE), by=HOUSING, no="5"),
                                      judged("99", no="5")]),
     ([*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(SITE), by=HOUSING), AGAINST_BUREAU],
      [judged("99")]),
     ([*OWN, AGAINST_BUREAU, OTHER, judged("99", no="5", by=CITY_BUREAU)], [judged("5")]),
     ([*CITY_UNITS, accusing("1", BUREAU, "2020-04-10", about_unit=SITE), on("2020-04-13", refer()), ACCEPTED,
       AGAINST_BUREAU], [judged("99")]),
     ([*OWN, AGAINST_BUREAU], [judged("petition:99")])],
    ids=["at once", "by a chain", "with who is below", "by the root", "itself an accusation", "with its kind"],
)  # fmt: skip
def test_nobody_hides_his_item_from_his_bureau(open_city, story, acts):
    city = open_city(story, date(2020, 4, 25))
    *before, last = (sent(city, act, "clerk", HOUSING) for act in acts)
    assert (before, last) == (["recorded"] * len(before), NOT_ITS_ROOT)
    assert asked(city, "/v1/petitions/1", "supervisor", BUREAU).status_code == 200
    assert sent(city, on("2020-04-29", supervise(), by=BUREAU), "clerk", BUREAU) == "recorded"


def test_a_bureau_hides_none_from_that_of_the_city(open_city):
    accused = accusing("99", BUREAU, "2020-04-22", about_unit=CITY_BUREAU)
    handled = on("2020-04-12", accept(handler=clerk(BUREAU)), by=BUREAU)
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=BUREAU), handled, accused], date(2020, 4, 22))
    assert sent(city, judged("99", by=BUREAU), "clerk", BUREAU) == NOT_ITS_ROOT
    assert asked(city, "/v1/petitions/1", "supervisor", CITY_BUREAU).status_code == 200


def test_an_item_is_not_hidden_by_the_root_that_lies_elsewhere(open_city):
    """5 repeats 1, which lies at CITY_SCHOOLS; then who registered 1 makes it repeat an accusation of BUREAU."""
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(CITY_SCHOOLS), by=HOUSING),
        OTHER, on("2020-04-21", accept(handler=clerk(HOUSING)), by=HOUSING, no="5"), AGAINST_BUREAU,
    ], date(2020, 4, 22))  # fmt: skip
    assert sent(city, judged("1", no="5"), "clerk", HOUSING) == "recorded"
    assert sent(city, judged("99"), "clerk", HOUSING) == NOT_ITS_ROOT
    assert asked(city, "/v1/petitions/5", "supervisor", BUREAU).status_code == 200


def test_a_dispute_and_what_was_found_on_it_are_not_hidden_from_the_bureau(open_city):
    logged = on("2020-04-12", DisputeLogged(place="x", unit=HOUSING, summary="x"), of="dispute:q", by=HOUSING)
    city = open_city([*CITY_UNITS, logged, AGAINST_BUREAU], date(2020, 12, 1))
    before = {each for each in findings(city, "supervisor", BUREAU) if each.startswith("D14")}
    became = on("2020-12-02", DisputeBecamePetition(petition="99"), of="dispute:q", by=HOUSING)
    assert sent(city, became, "clerk", HOUSING) == ("not-allowed", "$.data.petition")
    assert before
    assert before <= findings(city, "supervisor", BUREAU)


PASSED_ON = [*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(LABOUR), by=HOUSING)]


def test_who_registered_an_item_does_not_hide_it_from_who_has_it(open_city):
    handled = on("2020-04-12", accept(handler=clerk(LABOUR)), by=LABOUR)
    against = accusing("99", HOUSING, "2020-04-14", about_unit=LABOUR)
    city = open_city([*PASSED_ON, handled, against], date(2020, 4, 15))
    assert sent(city, judged("99"), "clerk", HOUSING) == NOT_ITS_ROOT
    assert sent(city, on("2020-04-24", answer(), by=LABOUR), "clerk", LABOUR) == "recorded"


def test_nobody_is_sent_an_item_that_is_hidden_from_him(open_city):
    own, against = on("2020-04-10", raised(), by=HOUSING), accusing("99", HOUSING, "2020-04-12", about_unit=LABOUR)
    city = open_city([*CITY_UNITS, own, against, on("2020-04-12", repeats("99"), by=HOUSING)], date(2020, 4, 12))
    told = sent(city, on("2020-04-13", refer(LABOUR), by=HOUSING), "clerk", HOUSING)
    assert told == ("accused-organ", "$.data.to_unit")


def test_who_answered_does_not_hide_it_from_the_reviewer(open_city):
    city = open_city([
        *WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING),
        on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS),
        accusing("99", HOUSING, "2020-05-30", about_unit=CITY_SCHOOLS),
    ], date(2020, 5, 30))  # fmt: skip
    assert sent(city, on("2020-05-31", repeats("99"), by=HOUSING), "clerk", HOUSING) == NOT_ITS_ROOT
    revoked = on("2020-06-02", e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="revoked"), by=CITY_SCHOOLS)
    assert sent(city, revoked, "clerk", CITY_SCHOOLS) == "recorded"
