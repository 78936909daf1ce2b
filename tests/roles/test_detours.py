"""What a third adversary tried: acts dated before, detours by a root, a peer or a merger; and who is left to act."""

from datetime import date

import pytest

from domain.dispute.events import DisputeAssigned, DisputeLogged
from domain.finding.events import FindingDecided, FindingOpened
from domain.unit.events import ContactPointSet
from tests.roles.conftest import ELSEWHERE, ELSEWHERE_BUREAU, OTHER_COUNTY
from tests.roles.test_misuse import CENTRE, CITY_PARTY, DISCIPLINE, PARTIES, PARTY, accusing, asked, findings, taken
from tests.roles.test_reporting import WORKED, sent
from tests.samples import *

# backdated


def test_backdated_seat_does_not_blind_who_handles_the_accusation(open_city):
    city = open_city([
        *CITY_UNITS, *PARTIES, *established(CENTRE, "county", "reception_centre", BUREAU),
        accusing("94", CITY_BUREAU, about_unit=BUREAU), on("2020-05-05", assign(DISCIPLINE), by=CITY_BUREAU, no="94"),
    ], date(2020, 5, 5))  # fmt: skip
    who = clerk(DISCIPLINE)
    given = on("2018-06-01", RoleGiven(official=who, role="member", name="x"), of=CENTRE, by=BUREAU)
    told = sent(city, given, "supervisor", BUREAU)
    assert asked(city, "/v1/petitions/94", "clerk", DISCIPLINE, official=who).status_code == 200, told
    acted = on("2020-05-06", WORKED, by=DISCIPLINE, no="94", actor=who)
    assert sent(city, acted, "clerk", DISCIPLINE, official=who) == "recorded"


@pytest.mark.parametrize("day", ["2018-06-01", "2020-09-02 10:00"])
def test_backdated_decision_puts_blame_on_nobody_above(open_city, day):
    city = open_city([*AT_HOUSING, on("2020-04-14", refer(SITE), by=HOUSING)], date(2020, 9, 1))
    (id,) = {each for each in findings(city, "supervisor", HOUSING) if each.startswith("F02:petition:1:K2")}
    opened = on("2020-09-02" if day > "2020" else day, FindingOpened(), of=id, by=HOUSING)
    told = sent(city, opened, "supervisor", HOUSING)
    fact = FindingDecided(official=head(CITY), responsibility="direct", measure="discipline", reason="x")
    assert not taken(sent(city, on(day, fact, of=id, by=HOUSING), "supervisor", HOUSING)), told


def test_backdated_contact_point_lays_no_duty_on_the_citys_leader(open_city):
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    fact = ContactPointSet(leader=head(CITY), target_unit=TOWN)
    assert not taken(sent(city, on("2018-05-03", fact, of=TOWN, by=TOWN), "clerk", TOWN))


def test_backdated_signature_of_another_offices_head(open_city):
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING)], date(2020, 5, 2))
    act = on("2018-06-01", raised(), by=HOUSING, no="7", actor=head(CITY))
    assert not taken(sent(city, act, "clerk", HOUSING))


# repeats


def test_registrant_does_not_blind_the_peer_who_has_the_item(open_city):
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(LABOUR), by=HOUSING),
        on("2020-04-12", accept(handler=clerk(LABOUR)), by=LABOUR),
    ], date(2020, 4, 13))  # fmt: skip
    sent(city, accusing("99", HOUSING, "2020-04-14", about_unit=LABOUR), "clerk", HOUSING)
    told = sent(city, on("2020-04-15", repeats("99"), by=HOUSING), "clerk", HOUSING)
    assert sent(city, on("2020-04-20", answer(), by=LABOUR), "clerk", LABOUR) == "recorded", told


def test_nobody_is_sent_an_item_that_is_hidden_from_him(open_city):
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING)], date(2020, 4, 11))
    told = [
        sent(city, act, "clerk", HOUSING)
        for act in (
            accusing("99", HOUSING, "2020-04-12", about_unit=LABOUR),
            on("2020-04-12", repeats("99"), by=HOUSING),
            on("2020-04-13", refer(LABOUR), by=HOUSING),
        )
    ]
    worked = sent(city, on("2020-04-14", accept(handler=clerk(LABOUR)), by=LABOUR), "clerk", LABOUR)
    assert not taken(told[-1]) or taken(worked), (told, worked)


DELIVERED = [*WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING)]
UNDER_REVIEW = [*DELIVERED, on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS)]


def test_who_answered_does_not_blind_the_reviewer(open_city):
    city = open_city(UNDER_REVIEW, date(2020, 5, 30))
    told = [
        sent(city, accusing("99", HOUSING, "2020-05-30", about_unit=CITY_SCHOOLS), "clerk", HOUSING),
        sent(city, on("2020-05-31", repeats("99"), by=HOUSING), "clerk", HOUSING),
    ]
    act = on("2020-06-02", e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="revoked"), by=CITY_SCHOOLS)
    assert sent(city, act, "clerk", CITY_SCHOOLS) == "recorded", told


# reviews


def test_reviewer_does_not_answer_the_rereview_of_its_own_review(open_city):
    city = open_city([
        *UNDER_REVIEW,
        on("2020-06-10", e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="upheld"), by=CITY_SCHOOLS),
        on("2020-06-11", deliver("review"), by=CITY_SCHOOLS),
        on("2020-06-15", e.RereviewRequested(to_unit=CITY), by=CITY),
    ], date(2020, 6, 20))  # fmt: skip
    upheld = on("2020-06-21", e.RereviewAnswered(by_unit=CITY_SCHOOLS, outcome="upheld"), by=CITY_SCHOOLS)
    assert not taken(sent(city, upheld, "clerk", CITY_SCHOOLS))


def test_somebody_enters_what_the_province_decided_on_the_city_bureaus_own_opinion(open_city):
    city = open_city([
        *established(PROVINCE, "province", "bureau"), *CITY_UNITS, on("2020-04-10", raised(), by=CITY_BUREAU),
        on("2020-04-12", accept(handler=clerk(CITY_BUREAU)), by=CITY_BUREAU),
        on("2020-04-20", answer(), by=CITY_BUREAU), on("2020-04-21", deliver(), by=CITY_BUREAU),
    ], date(2020, 4, 26))  # fmt: skip
    asked_for = sent(city, on("2020-04-25", e.ReviewRequested(to_unit=PROVINCE), by=CITY_BUREAU), "clerk", CITY_BUREAU)
    upheld = e.ReviewAnswered(by_unit=PROVINCE, outcome="upheld")
    told = [
        sent(city, on("2020-04-27", upheld, by=unit), role, unit)
        for unit in (CITY_BUREAU, CITY)
        for role in ("clerk", "supervisor")
    ]
    assert asked_for == "recorded"
    assert "recorded" in told


# duties


@pytest.mark.parametrize(
    ("by", "to"), [(HOUSING, BUREAU), (HOUSING, PARTY), (HOUSING, LABOUR), (TOWN, HOUSING), (COUNTY, PARTY)]
)
def test_no_report_is_owed_to_a_peer_or_to_who_is_below(open_city, by, to):
    city = open_city([*CITY_UNITS, *PARTIES, on("2020-04-10", raised(), by=by)], date(2020, 4, 11))
    assert not taken(sent(city, on("2020-04-12", assign(to, "2020-04-13"), by=by), "clerk", by))


@pytest.mark.parametrize("to", [BUREAU, PARTY])
def test_dispute_assigned_to_who_is_over(open_city, to):
    logged = on("2020-05-12", DisputeLogged(place="x", unit=HOUSING, summary="x"), of="dispute:q", by=HOUSING)
    city = open_city([*CITY_UNITS, *PARTIES, logged], date(2020, 5, 12))
    assert not taken(
        sent(city, on("2020-05-13", DisputeAssigned(to_unit=to), of="dispute:q", by=HOUSING), "clerk", HOUSING)
    )


@pytest.mark.parametrize("who", [head(COUNTY), head(PARTY), head(BUREAU)])
def test_bureau_decides_no_blame_of_the_head_of_its_government(open_city, who):
    city = open_city([*AT_HOUSING, *PARTIES], date(2020, 9, 1))
    (id,) = {each for each in findings(city, "supervisor", BUREAU) if each.startswith("F02:petition:1:K2")}
    assert sent(city, on("2020-09-02", FindingOpened(), of=id, by=BUREAU), "supervisor", BUREAU) == "recorded"
    fact = FindingDecided(official=who, responsibility="direct", measure="discipline", reason="x")
    assert not taken(sent(city, on("2020-09-02 10:00", fact, of=id, by=BUREAU), "supervisor", BUREAU))


# mergers


def test_what_the_bureau_went_into_supervises(open_city):
    new = "unit:430408-shgz"
    city = open_city([
        *IN_HANDLING, *established(new, "county", "department", COUNTY),
        on("2020-05-02", UnitMerged(into=new), by=BUREAU),
    ], date(2020, 6, 3))  # fmt: skip
    assert sent(city, on("2020-06-04", supervise(), by=new), "clerk", new) == "recorded"


@pytest.mark.parametrize("role", ["clerk", "supervisor"])
def test_bureau_of_a_county_that_took_another_in_supervises_there(open_city, role):
    city = open_city([
        *IN_HANDLING, *OTHER_COUNTY, on("2020-05-02", UnitMerged(into=ELSEWHERE_BUREAU), by=BUREAU),
        on("2020-05-02", UnitMerged(into=ELSEWHERE), by=COUNTY),
    ], date(2020, 6, 3))  # fmt: skip
    assert sent(city, on("2020-06-04", supervise(), by=ELSEWHERE_BUREAU), role, ELSEWHERE_BUREAU) == "recorded"


def test_item_held_by_a_merged_unit_is_answered_by_its_successor(open_city):
    city = open_city([*IN_HANDLING, on("2020-05-02", UnitMerged(into=LABOUR), by=HOUSING)], date(2020, 5, 3))
    assert sent(city, on("2020-05-04", answer(), by=LABOUR), "clerk", LABOUR) == "recorded"
    assert sent(city, on("2020-05-05", deliver(), by=LABOUR), "clerk", LABOUR) == "recorded"
    req = on("2020-05-06", e.ReviewRequested(to_unit=COUNTY), by=COUNTY)
    assert sent(city, req, "clerk", COUNTY) == "recorded"


def test_leader_of_both_government_and_party_is_given_his_role(open_city):
    city = open_city([*CITY_UNITS, *PARTIES], date(2020, 5, 2))
    given = RoleGiven(official=deputy(PARTY), role="deputy_in_charge", name="x")
    told = [sent(city, on("2020-05-03", given, of=COUNTY, by=u), "supervisor", u) for u in (CITY, CITY_PARTY)]
    assert "recorded" in told, told


# hidden from above by detours


def test_item_is_not_hidden_from_the_bureau_by_the_root_that_lies_elsewhere(open_city):
    """5 repeats 1, which lies at CITY_SCHOOLS; then who registered 1 makes it repeat an accusation of BUREAU."""
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(CITY_SCHOOLS), by=HOUSING),
        on("2020-04-10", raised(), by=HOUSING, no="5"),
        on("2020-04-11", accept(handler=clerk(HOUSING)), by=HOUSING, no="5"),
    ], date(2020, 4, 20))  # fmt: skip
    told = [
        sent(city, act, "clerk", HOUSING)
        for act in (
            accusing("99", HOUSING, "2020-04-20", about_unit=BUREAU),
            on("2020-04-21", repeats("1"), by=HOUSING, no="5"),
            on("2020-04-22", repeats("99"), by=HOUSING),
        )
    ]
    assert asked(city, "/v1/petitions/5", "supervisor", BUREAU).status_code == 200, told


def test_dispute_and_its_finding_are_not_hidden_from_the_bureau(open_city):
    logged = on("2020-04-12", DisputeLogged(place="x", unit=HOUSING, summary="x"), of="dispute:q", by=HOUSING)
    city = open_city([*CITY_UNITS, logged, accusing("99", HOUSING, "2020-04-20", about_unit=BUREAU)], date(2020, 12, 1))
    before = {each for each in findings(city, "supervisor", BUREAU) if each.startswith("D14")}
    assert before
    from domain.dispute.events import DisputeBecamePetition

    became = on("2020-12-02", DisputeBecamePetition(petition="99"), of="dispute:q", by=HOUSING)
    told = sent(city, became, "clerk", HOUSING)
    assert before <= findings(city, "supervisor", BUREAU), told


@pytest.mark.parametrize("to", [BUREAU, PARTY, LABOUR])
def test_k13_trips_on_who_was_assigned_by_a_department_beside(open_city, to):
    city = open_city([*CITY_UNITS, *PARTIES, on("2020-04-10", raised(), by=HOUSING)], date(2020, 4, 11))
    sent(city, on("2020-04-12", assign(to, "2020-04-13"), by=HOUSING), "clerk", HOUSING)
    city.system.intake(history=True).advance(date(2020, 4, 20))
    told = asked(city, "/v1/findings?limit=500", "operator").json()["findings"]
    assert not [(f["id"], f["unit"]) for f in told if ":K13" in f["id"] and f["unit"] == to]


def test_mayors_mailbox_by_the_partys_supervisor(open_city):
    city = open_city(
        [*CITY_UNITS, *PARTIES, accusing("50", CITY, "2020-04-12", about_official=deputy(CITY))], date(2020, 4, 12)
    )
    assert (
        sent(city, on("2020-04-13", refer(CITY_PARTY), by=CITY_PARTY, no="50"), "supervisor", CITY_PARTY) == "recorded"
    )


SUBJECTS = [
    "F19:gathering:g",
    "F19:gathering:",
    "D13:conference:430408-gov",
    "D13:conference:430408-gov:x",
    "D14:dispute:q",
    "F23:petition:1",
    "F23:petition:",
    "F02:petition:1",
    "D09:duty:430408-gov:principal:x",
    "D12:petition:1",
    "F19:gathering:g:unit:430408-gov",
    "D13:conference::x",
    "F21:petition:1:unit:430408-zjj",
]


@pytest.mark.parametrize("unit", [BUREAU, COUNTY, PARTY, LABOUR])
def test_supervisor_of_a_department_makes_nobody_over_or_beside_it_the_handler(open_city, unit):
    city = open_city([*AT_HOUSING, *PARTIES], date(2020, 4, 14))
    accepted = on("2020-04-15", accept(handler=clerk(unit)), by=unit)
    told = sent(city, accepted, "supervisor", HOUSING)
    city.system.intake(history=True).advance(date(2020, 9, 1))
    blamed = {(f["id"], f["unit"]) for f in asked(city, "/v1/findings?limit=500", "operator").json()["findings"]}
    assert not taken(told), sorted(each for each in blamed if "petition:1" in each[0])


def test_who_is_sent_an_accusation_of_one_who_retired_from_him_can_see_it_or_is_not_sent_it(open_city):
    who = "official:retired"
    city = open_city([
        *CITY_UNITS, role_given("2019-03-01", HOUSING, who, "member"), role_ended("2020-03-01", HOUSING, who, "member"),
        accusing("50", BUREAU, "2020-04-12", about_official=who),
    ], date(2020, 4, 12))  # fmt: skip
    told = sent(city, on("2020-04-13", assign(HOUSING), by=BUREAU, no="50"), "clerk", BUREAU)
    accepted = on("2020-04-14", accept(handler=clerk(HOUSING)), by=HOUSING, no="50")
    assert not taken(told) or taken(sent(city, accepted, "clerk", HOUSING))


def test_backdated_seat_by_an_accused_department_does_not_blind_the_bureaus_clerk(open_city):
    city, who = open_city([*CITY_UNITS, accusing("93", BUREAU, about_unit=HOUSING)], date(2020, 5, 4)), clerk(BUREAU)
    told = sent(
        city,
        on("2018-05-05", RoleGiven(official=who, role="member", name="x"), of=SITE, by=HOUSING),
        "supervisor",
        HOUSING,
    )
    acted = on("2020-05-06", WORKED, by=BUREAU, no="93", actor=who)
    assert sent(city, acted, "clerk", BUREAU, official=who) == "recorded", told


def test_backdated_seat_of_an_accused_official_moves_the_guard(open_city):
    """The accused official of LABOUR is given a seat in SITE on paper: then HOUSING's office is his organ, too."""
    city = open_city(
        [*CITY_UNITS, *OTHER_COUNTY, accusing("93", BUREAU, about_official=deputy(BUREAU))], date(2020, 5, 4)
    )
    told = sent(
        city,
        on("2018-05-05", RoleGiven(official=head(COUNTY), role="deputy_in_charge", name="x"), of=SITE, by=HOUSING),
        "supervisor",
        HOUSING,
    )
    assert not taken(told)


def test_backdated_fault_falls_on_the_leader_seated_on_paper(open_city):
    """HOUSING's supervisor seats the county's head as SITE's deputy; he answers for SITE's fault."""
    city = open_city([*AT_HOUSING, on("2020-04-14", refer(SITE), by=HOUSING)], date(2020, 4, 15))
    for fact, day in (
        (RoleGiven(official=head(COUNTY), role="deputy_in_charge", name="x"), "2018-05-05"),
        (RoleEnded(official=deputy(SITE), role="deputy_in_charge"), "2019-05-05"),
    ):
        told = sent(city, on(day, fact, of=SITE, by=HOUSING), "supervisor", HOUSING)
    city.system.intake(history=True).advance(date(2020, 9, 1))
    found = [
        f
        for f in asked(city, "/v1/findings?limit=500", "operator").json()["findings"]
        if f["id"].startswith("F02:petition:1")
    ]
    assert head(COUNTY) not in {a["official"] for f in found for a in f["answers"]}, told
