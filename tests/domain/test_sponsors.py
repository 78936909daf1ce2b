"""Sponsorship (包案, Art 9): in the order of rank (D11), in time, and with all five warranties kept (D12)."""

import pytest

from domain.envelope import Finding
from tests.samples import *
from tests.spec import given

PARTY = "unit:430408-party"
CITY_AND_PARTY = [*CITY_UNITS, *established(PARTY, "county", "party")]
HANDED = on("2020-07-01", raised(channel="handed_down", handed_down_by=PROVINCE))


def sponsor(day: str, leader: str, no: str = "1", **other):
    return on(day, e.PetitionSponsored(leader=leader, team=(), plan="一案一策"), by=COUNTY, no=no, **other)


def kept(day: str, *duties: str, no: str = "1") -> list:
    return [on(day, e.SponsorDutyDone(duty=duty), by=COUNTY, no=no) for duty in duties]


def order(story) -> list[str]:
    return sorted(id for id in story.standing() if id.startswith("D11"))


def items(*numbers: str) -> list:
    return [on("2020-05-06", raised(), no=no) for no in numbers]


def test_d11_a_deputy_sponsors_while_the_principal_sponsors_nothing():
    story = given(*CITY_UNITS, *items("1")).when(sponsor("2020-05-11", deputy(COUNTY)))
    assert order(story) == ["D11:petition:1"]
    story.who_answers("D11:petition:1", (head(COUNTY), "direct"))


def test_d11_not_while_the_principal_sponsors_something_open():
    first = sponsor("2020-05-11", head(COUNTY))
    assert order(given(*CITY_UNITS, *items("1", "2"), first).when(sponsor("2020-05-12", deputy(COUNTY), "2"))) == []
    ended = on("2020-05-12", e.SponsorshipEnded(why="化解"), by=COUNTY)
    story = given(*CITY_UNITS, *items("1", "2"), first, *kept("2020-05-11", *e.WARRANTIES), ended)
    assert order(story.when(sponsor("2020-05-13", deputy(COUNTY), "2"))) == ["D11:petition:2"]


def test_d11_government_before_party():
    story = given(*CITY_AND_PARTY, *items("1", "2", "3")).when(sponsor("2020-05-11", head(COUNTY)))
    assert order(story) == ["D11:petition:1"]
    story.and_then(sponsor("2020-05-12", head(PARTY), "2")).when(sponsor("2020-05-13", deputy(COUNTY), "3"))
    assert order(story) == ["D11:petition:1"]


def test_d11_nobody_asks_for_an_order_before_the_opinion():
    early = on("2020-03-02", raised())
    assert order(given(*CITY_UNITS, early).when(sponsor("2020-03-05", deputy(COUNTY)))) == []


def test_d12_handed_down_by_the_province_and_no_sponsor_in_ten_working_days():
    story = given(*CITY_UNITS, HANDED).by("2020-07-15")
    assert "D12:petition:1" not in story.standing()
    assert story.dates("sponsor") == ("2020-07-15", "2020-07-15")
    story.by("2020-07-16").who_answers("D12:petition:1", (head(BUREAU), "direct"))
    assert story.finding("D12:petition:1").since == date(2020, 7, 16)


@pytest.mark.parametrize(("day", "left"), [("2020-07-15", False), ("2020-07-16", True)])
def test_d12_a_sponsor_on_the_last_day_is_in_time(day, left):
    story = given(*CITY_UNITS, HANDED, sponsor(day, head(COUNTY))).by("2020-08-01")
    assert ("D12:petition:1" in story.standing()) is left


def test_d12_is_cleared_by_a_sponsorship_entered_late():
    story = given(*CITY_UNITS, HANDED).by("2020-07-16")
    story.when(sponsor("2020-07-14", head(COUNTY), entered="2020-07-16 10:00"))
    assert "D12:petition:1" not in story.standing()


def test_d12_not_for_what_the_city_handed_down_nor_for_what_was_refused_in_time():
    by_city = on("2020-07-01", raised(channel="handed_down", handed_down_by=CITY_BUREAU))
    assert "D12:petition:1" not in given(*CITY_UNITS, by_city).by("2020-09-01").standing()
    refused = on("2020-07-10", e.PetitionNotAccepted(ground="N1"))
    assert "D12:petition:1" not in given(*CITY_UNITS, HANDED, refused).by("2020-09-01").standing()


def test_d12_a_sponsorship_that_ended_with_a_warranty_undone():
    steps = [sponsor("2020-05-11", head(COUNTY)), *kept("2020-05-20", *e.WARRANTIES[:4])]
    story = given(*CITY_UNITS, *items("1"), *steps)
    story.when(on("2020-06-01", e.SponsorshipEnded(why="工作调整"), by=COUNTY))
    assert story.finding("D12:petition:1") == Finding(
        id="D12:petition:1", rule="D12", subject="petition:1", unit=COUNTY, since=date(2020, 6, 1),
        officials=(head(COUNTY),), evidence=(len(story.events),),
    )  # fmt: skip
    story.who_answers("D12:petition:1", (head(COUNTY), "direct"))
    story.when(kept("2020-06-02", e.WARRANTIES[4])[0]).refused("not-in-this-state", "$.type")
    story.and_then(*kept("2020-05-31", e.WARRANTIES[4]))
    assert "D12:petition:1" not in story.standing()


def test_d12_not_where_all_five_were_kept():
    steps = [sponsor("2020-05-11", head(COUNTY)), *kept("2020-05-20", *e.WARRANTIES)]
    story = given(*CITY_UNITS, *items("1"), *steps)
    story.when(on("2020-06-01", e.SponsorshipEnded(why="化解"), by=COUNTY)).nothing()
