"""What a second adversary tried: to hide an item from who is over it, to judge upwards, to put blame elsewhere."""

from datetime import date
from decimal import Decimal

import pytest

from domain.codec import encode
from domain.evaluation.events import EvaluationScored
from domain.finding.events import FindingDecided, FindingDismissed, FindingOpened
from domain.inspection.events import InspectionPlanned
from infra.office import Office
from tests.roles.test_misuse import CENTRE, CLOSED_EARLY, DISCIPLINE, PARTIES, PARTY, accusing, asked, findings, taken
from tests.roles.test_reporting import NO_ITEM, WORKED, sent
from tests.samples import *

OWN = [*AT_HOUSING, ACCEPTED]
AGAINST_BUREAU = accusing("99", HOUSING, "2020-04-20", about_unit=BUREAU)
"""HOUSING accuses the bureau that supervises it."""
OTHER = on("2020-04-20", raised(), by=HOUSING, no="5")


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
def test_nobody_hides_his_item_from_his_bureau_by_making_it_repeat_an_accusation_of_the_bureau(open_city, story, acts):
    city = open_city(story, date(2020, 4, 25))
    for act in acts:
        sent(city, act, "clerk", HOUSING)
    assert asked(city, "/v1/petitions/1", "supervisor", BUREAU).status_code == 200
    assert sent(city, on("2020-04-29", supervise(), by=BUREAU), "clerk", BUREAU) == "recorded"


def test_nor_does_a_bureau_from_that_of_the_city(open_city):
    accused = accusing("99", BUREAU, "2020-04-22", about_unit=CITY_BUREAU)
    handled = on("2020-04-12", accept(handler=clerk(BUREAU)), by=BUREAU)
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=BUREAU), handled, accused], date(2020, 4, 22))
    assert sent(city, judged("99", by=BUREAU), "clerk", BUREAU) == ("not-allowed", "$.data.first")
    assert asked(city, "/v1/petitions/1", "supervisor", CITY_BUREAU).status_code == 200


def test_who_also_serves_in_the_accused_government_is_told_nothing_at_the_bureau(open_city):
    who = "official:both"
    given = [role_given("2019-03-01", unit, who, "member") for unit in (COUNTY, BUREAU)]
    city = open_city([*CITY_UNITS, *given, accusing("92", BUREAU, about_unit=COUNTY)], date(2020, 5, 4))
    for no in ("absent", "92"):
        act = on("2020-05-05", refer(LAND), by=BUREAU, no=no, actor=who)
        assert sent(city, act, "clerk", BUREAU, official=who) == NO_ITEM


@pytest.mark.parametrize(
    ("fact", "of"),
    [(UnitMerged(into=BUREAU), DISCIPLINE), (UnitMerged(into=CENTRE), DISCIPLINE),
     (RoleGiven(official=clerk(DISCIPLINE), role="member", name="x"), CENTRE)],
    ids=["merged into the accused", "merged below it", "a seat below it"],
)  # fmt: skip
def test_the_accused_bureau_does_not_blind_who_handles_the_accusation(open_city, fact, of):
    city = open_city([
        *CITY_UNITS, *PARTIES, *established(CENTRE, "county", "reception_centre", BUREAU),
        accusing("94", CITY_BUREAU, about_unit=BUREAU), on("2020-05-05", assign(DISCIPLINE), by=CITY_BUREAU, no="94"),
    ], date(2020, 5, 5))  # fmt: skip
    who = clerk(DISCIPLINE)
    assert not taken(sent(city, on("2020-05-06", fact, of=of, by=BUREAU), "supervisor", BUREAU))
    assert asked(city, "/v1/petitions/94", "clerk", DISCIPLINE, official=who).status_code == 200


@pytest.mark.parametrize("where", [SITE, LABOUR])
def test_nor_does_an_accused_department_by_a_seat_for_its_clerk(open_city, where):
    city, who = open_city([*CITY_UNITS, accusing("93", BUREAU, about_unit=HOUSING)], date(2020, 5, 4)), clerk(BUREAU)
    given = on("2020-05-05", RoleGiven(official=who, role="member", name="x"), of=where, by=HOUSING)
    assert not taken(sent(city, given, "supervisor", HOUSING))
    acted = on("2020-05-06", WORKED, by=BUREAU, no="93", actor=who)
    assert sent(city, acted, "clerk", BUREAU, official=who) == "recorded"


@pytest.mark.parametrize(
    ("fact", "of"),
    [(UnitAbolished(into=HOUSING), BUREAU), (UnitMerged(into=SITE), BUREAU), (UnitMerged(into=HOUSING), BUREAU),
     (RoleEnded(official=head(BUREAU), role="principal"), BUREAU),
     (InspectionPlanned(kind="supervision", units=(BUREAU,)), "inspection:z"),
     (EvaluationScored(metrics={}, score=Decimal(0), formula="x"), f"evaluation:{BUREAU[5:]}:2020H1")],
    ids=["abolishes", "merges", "takes over", "deposes", "inspects", "marks"],
)  # fmt: skip
def test_the_supervisor_of_a_department_does_not_judge_the_bureau_that_supervises_it(open_city, fact, of):
    city = open_city(CITY_UNITS, date(2020, 9, 2))
    assert not taken(sent(city, on("2020-09-03", fact, of=of, by=HOUSING), "supervisor", HOUSING))


CAUSED_BY_PARTY = [
    *CITY_UNITS, *PARTIES, on("2020-04-10", raised(), by=LABOUR), on("2020-05-01", cause(PARTY), by=CITY_BUREAU)
]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "unit", "fact", "of"),
    [("clerk", COUNTY, e.CauseRevised(unit=PARTY, withdrawn=True), None),
     ("clerk", BUREAU, e.CauseRevised(unit=PARTY, withdrawn=True), None),
     ("supervisor", BUREAU, FindingDismissed(reason="x"), f"F21:petition:1:{PARTY}"),
     ("supervisor", BUREAU, UnitAbolished(into=BUREAU), PARTY)],
)  # fmt: skip
def test_government_and_bureau_do_not_judge_the_party_committee_beside_them(open_city, role, unit, fact, of):
    city = open_city(CAUSED_BY_PARTY, date(2020, 5, 2))
    assert not taken(sent(city, on("2020-05-03", fact, of=of, by=unit, actor=head(unit)), role, unit))


def test_the_discipline_organ_judges_the_bureau(open_city):
    story = [
        *CITY_UNITS,
        *PARTIES,
        on("2020-04-10", raised(), by=LABOUR),
        on("2020-05-01", cause(BUREAU), by=CITY_BUREAU),
    ]
    city = open_city(story, date(2020, 5, 2))
    opened = on("2020-05-03", FindingOpened(), of=f"F21:petition:1:{BUREAU}", by=DISCIPLINE)
    assert sent(city, opened, "supervisor", DISCIPLINE) == "recorded"


# blame


def test_blame_falls_on_no_official_whom_the_reporter_is_not_over(open_city):
    city = open_city([*AT_HOUSING, on("2020-04-14", refer(SITE), by=HOUSING)], date(2020, 9, 1))
    blamed = on("2020-05-02", cause(SITE, officials=(head(CITY),)), by=HOUSING)
    assert sent(city, blamed, "clerk", HOUSING) == ("not-allowed", "$.data.officials")
    (id,) = {each for each in findings(city, "supervisor", HOUSING) if each.startswith("F02:petition:1:K2")}
    opened = on("2020-09-02", FindingOpened(), of=id, by=HOUSING)
    assert sent(city, opened, "supervisor", HOUSING) == "recorded"
    fact = FindingDecided(official=head(CITY), responsibility="direct", measure="discipline", reason="x")
    told = sent(city, on("2020-09-02 10:00", fact, of=id, by=HOUSING), "supervisor", HOUSING)
    assert told == ("not-allowed", "$.data.official")


@pytest.mark.parametrize("fact", [e.ExecutionRefused(), CLOSED, e.PetitionChannelled(path="other")])
def test_a_bureau_that_registered_an_item_does_not_do_what_is_for_who_has_it(open_city, fact):
    city = open_city([*IN_HANDLING, on("2020-05-20", answer("supported"), by=HOUSING)], date(2020, 5, 21))
    assert sent(city, on("2020-05-22", fact, by=BUREAU), "clerk", BUREAU) == ("not-allowed", "$.type")
    assert sent(city, on("2020-05-22", fact, by=HOUSING), "supervisor", BUREAU) != ("not-allowed", "$.type")


def test_in_one_batch_nobody_trips_a_finding_on_his_own_government_and_dismisses_it(open_city):
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=BUREAU)], date(2020, 4, 11))
    lines = [
        on("2020-05-02", cause(CITY), by=CITY_BUREAU),
        on("2020-05-03", FindingDismissed(reason="x"), of=f"F21:petition:1:{CITY}", by=CITY),
    ]
    by = {"authorization": f"Bearer {city.token('supervisor', CITY)}", "content-type": "application/x-ndjson"}
    told = city.http.post("/v1/actions", content=b"\n".join(map(encode, lines)), headers=by).json()["results"]
    assert [each["outcome"] for each in told] == ["rejected", "rejected"]
    lines[0] = on("2020-05-02", cause(COUNTY), by=CITY)
    lines[1] = on("2020-05-03", FindingDismissed(reason="x"), of=f"F21:petition:1:{COUNTY}", by=CITY, actor=head(CITY))
    told = city.http.post("/v1/actions", content=b"\n".join(map(encode, lines)), headers=by).json()["results"]
    assert [each["outcome"] for each in told] == ["recorded", "recorded"]


# reviews


def test_nobody_answers_the_review_of_his_own_opinion_in_the_name_of_his_government(open_city):
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=BUREAU), on("2020-04-12", accept(handler=clerk(BUREAU)), by=BUREAU),
        on("2020-04-20", answer(), by=BUREAU), on("2020-04-21", deliver(), by=BUREAU),
        on("2020-04-25", e.ReviewRequested(to_unit=COUNTY), by=COUNTY),
    ], date(2020, 4, 26))  # fmt: skip
    upheld = e.ReviewAnswered(by_unit=COUNTY, outcome="upheld")
    assert sent(city, on("2020-04-27", upheld, by=BUREAU), "clerk", BUREAU) == ("not-allowed", "$.data.by_unit")
    assert sent(city, on("2020-04-27", upheld, by=COUNTY), "clerk", COUNTY) == "recorded"


def test_what_the_province_decided_the_bureau_of_the_city_enters(open_city):
    province = "unit:430000-jyt"
    city = open_city([
        *established(province, "province", "department"), *WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING),
        on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS),
        on("2020-06-10", e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="upheld"), by=CITY_SCHOOLS),
        on("2020-06-11", deliver("review"), by=CITY_SCHOOLS),
        on("2020-06-15", e.RereviewRequested(to_unit=province), by=HOUSING),
    ], date(2020, 6, 30))  # fmt: skip
    answered = e.RereviewAnswered(by_unit=province, outcome="upheld")
    assert sent(city, on("2020-07-01", answered, by=HOUSING), "clerk", HOUSING) == ("not-allowed", "$.data.by_unit")
    assert sent(city, on("2020-07-01", answered, by=CITY_BUREAU), "clerk", CITY_BUREAU) == "recorded"


# who is left to route it


def test_who_registered_an_accusation_of_one_who_served_with_him_once_passes_it_on(open_city):
    who = head(COUNTY)
    given, ended = RoleGiven(official=who, role="member", name="x"), RoleEnded(official=who, role="member")
    city = open_city([
        *CITY_UNITS, *PARTIES, on("2019-01-03", given, by=CITY), on("2019-05-01", ended, by=CITY),
        accusing("50", CITY, "2020-04-12", about_official=who),
    ], date(2020, 4, 12))  # fmt: skip
    assert sent(city, on("2020-04-13", refer(CITY_SCHOOLS), by=CITY, no="50"), "clerk", CITY) == "recorded"


def test_whom_an_accusation_may_be_assigned_to_sees_it(open_city):
    """It is about the head of an office below, who served in HOUSING before."""
    who = head(SITE)
    given, ended = RoleGiven(official=who, role="member", name="x"), RoleEnded(official=who, role="member")
    city = open_city([
        *CITY_UNITS, on("2019-01-03", given, by=HOUSING), on("2019-05-01", ended, by=HOUSING),
        accusing("50", BUREAU, "2020-04-12", about_official=who),
    ], date(2020, 4, 12))  # fmt: skip
    assigned = on("2020-04-13", assign(HOUSING, "2020-05-20"), by=BUREAU, no="50")
    assert sent(city, assigned, "clerk", BUREAU) == "recorded"
    accepted = on("2020-04-14", accept(handler=clerk(HOUSING)), by=HOUSING, no="50")
    assert sent(city, accepted, "clerk", HOUSING) == "recorded"


# a matter with an accusation in it

TURNED = [
    *CITY_UNITS, *CLOSED_EARLY, on("2020-05-04", raised(), by=BUREAU, no="5"),
    on("2020-05-08", repeats("1"), no="5", by=BUREAU),
]  # fmt: skip
ACCUSED_TOO = [accusing("90", CITY_BUREAU, about_unit=HOUSING), on("2020-05-05", repeats("1"), no="90", by=CITY_BUREAU)]


def test_whether_an_accusation_repeats_it_changes_nothing_that_is_found_on_an_item(open_city):
    seen = []
    for story in (TURNED, [*TURNED, *ACCUSED_TOO]):
        city = open_city(story, date(2020, 5, 10))
        told = asked(city, "/v1/findings?limit=500", "clerk", HOUSING).json()["findings"]
        seen.append([(each["id"], each["since"]) for each in told if each["id"].startswith("F23")])
    assert seen[0] == seen[1] == [("F23:petition:1", "2020-05-08")]
    assert sent(city, on("2020-05-11", repeats(None), no="90", by=CITY_BUREAU), "clerk", CITY_BUREAU) == "recorded"
    assert "F23:petition:1" in findings(city, "operator")


# bureaus


def test_a_bureau_that_was_merged_is_followed_by_what_it_went_into(open_city):
    own, new = "unit:430408-zjjxfb", "unit:430408-xfz"
    city = open_city([
        *CITY_UNITS, *established(own, "county", "bureau", HOUSING), *established(new, "county", "department", COUNTY),
        on("2020-05-02", UnitMerged(into=new), by=BUREAU),
    ], date(2020, 5, 3))  # fmt: skip
    office = Office(city.system.log, city.system.rules)
    office.catch_up()
    assert office.units.bureau_of(LABOUR) == new


def test_a_bureau_that_was_abolished_is_followed_by_the_next_that_stands(open_city):
    new = "unit:430408-xfj2"
    city = open_city([
        *CITY_UNITS, on("2020-05-02", UnitAbolished(), by=BUREAU), *established(new, "county", "bureau", COUNTY),
    ], date(2020, 5, 3))  # fmt: skip
    office = Office(city.system.log, city.system.rules)
    office.catch_up()
    assert office.units.bureau_of(LABOUR) == new
