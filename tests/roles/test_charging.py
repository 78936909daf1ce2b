"""Duties and blame fall on units and officials of one's own, whatever day an act is dated."""

from datetime import date

import pytest

from domain.dispute.events import DisputeAssigned, DisputeLogged
from domain.duty.events import ReceptionHeld
from domain.finding.events import FindingDecided, FindingOpened
from domain.unit.events import ContactPointSet
from tests.roles.conftest import NO_ACT, PARTIES, PARTY, asked, findings, sent
from tests.samples import *

NOT_TO = ("not-allowed", "$.data.to_unit")
AT_ITS_WINDOW = [*CITY_UNITS, *PARTIES, on("2020-04-10", raised(), by=HOUSING)]

# duties


@pytest.mark.parametrize(
    ("by", "to"),
    [(HOUSING, CITY), (HOUSING, BUREAU), (HOUSING, PARTY), (HOUSING, LABOUR), (TOWN, HOUSING), (COUNTY, PARTY)],
)
def test_no_report_is_owed_by_a_peer_or_by_who_is_over_one(open_city, by, to):
    city = open_city([*CITY_UNITS, *PARTIES, on("2020-04-10", raised(), by=by)], date(2020, 4, 11))
    assert sent(city, on("2020-04-12", assign(to, "2020-04-13"), by=by), "clerk", by) == NOT_TO


@pytest.mark.parametrize("to", [CITY, BUREAU, PARTY])
def test_a_dispute_is_assigned_to_nobody_over_oneself(open_city, to):
    logged = on("2020-05-12", DisputeLogged(place="x", unit=HOUSING, summary="x"), of="dispute:q", by=HOUSING)
    city = open_city([*CITY_UNITS, *PARTIES, logged], date(2020, 5, 12))
    assigned = on("2020-05-13", DisputeAssigned(to_unit=to), of="dispute:q", by=HOUSING)
    assert sent(city, assigned, "clerk", HOUSING) == NOT_TO


@pytest.mark.parametrize("day", ["2020-05-03", "2018-05-03"])
@pytest.mark.parametrize(
    ("fact", "told"),
    [(ContactPointSet(leader=head(CITY), target_unit=TOWN), ("not-allowed", "$.data.leader")),
     (RoleGiven(official=head(CITY), role="deputy_in_charge", name="x"), NO_ACT)],
    ids=["contact point", "role with a quota"],
)  # fmt: skip
def test_a_township_lays_no_leaders_duty_on_the_citys_leader(open_city, fact, told, day):
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    assert sent(city, on(day, fact, of=TOWN, by=TOWN), "clerk", TOWN) == told


def test_a_department_enters_no_reception_for_the_citys_leader(open_city):
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    held = ReceptionHeld(leader=head(CITY), kind="reception", items=())
    told = sent(city, on("2020-05-12", held, of=f"duty:{HOUSING[5:]}", by=HOUSING), "clerk", HOUSING)
    assert told == ("not-allowed", "$.data.leader")


# who answers


@pytest.mark.parametrize(
    ("accepted", "told"),
    [(accept(handler=clerk(LABOUR)), ("not-allowed", "$.data.handler")),
     (e.PetitionAccepted(procedure="ordinary", handler=None, origin={"file": "x"}), ("not-allowed", "$.data.origin"))],
    ids=["another's", "none, as if it were imported"],
)  # fmt: skip
def test_a_unit_names_a_handler_of_its_own(open_city, accepted, told):
    city = open_city(AT_ITS_WINDOW, date(2020, 4, 11))
    assert sent(city, on("2020-04-12", accepted, by=HOUSING), "clerk", HOUSING) == told


@pytest.mark.parametrize("unit", [BUREAU, COUNTY, PARTY, LABOUR])
def test_the_supervisor_of_a_department_accepts_an_item_for_nobody_over_or_beside_it(open_city, unit):
    city = open_city([*AT_HOUSING, *PARTIES], date(2020, 4, 14))
    accepted = on("2020-04-15", accept(handler=clerk(unit)), by=unit)
    assert sent(city, accepted, "supervisor", HOUSING) == ("not-allowed", "$.unit")


def test_nobody_signs_as_an_official_of_another_office(open_city):
    city = open_city(AT_ITS_WINDOW, date(2020, 5, 2))
    signed = on("2018-06-01", raised(), by=HOUSING, no="7", actor=head(CITY))
    assert sent(city, signed, "clerk", HOUSING) == ("not-allowed", "$.actor")


def answering(city, id):
    told = asked(city, "/v1/findings?limit=500", "operator").json()["findings"]
    (found,) = (each for each in told if each["id"] == id)
    return {each["official"] for each in found["answers"]}


def test_who_answers_for_a_missed_limit_is_not_changed_by_roles_entered_afterwards(open_city):
    handled = on("2020-04-12", accept(handler=clerk(HOUSING)), by=HOUSING)
    city = open_city([*AT_ITS_WINDOW, handled], date(2020, 9, 1))
    before = answering(city, "F04:petition:1:K5")
    ended = RoleEnded(official=deputy(HOUSING), role="deputy_in_charge")
    given = RoleGiven(official=deputy(LABOUR), role="deputy_in_charge", name="x")
    for fact in (ended, given):
        assert sent(city, on("2020-01-02", fact, of=HOUSING, by=HOUSING), "clerk", HOUSING) == NO_ACT
    assert answering(city, "F04:petition:1:K5") == before


def test_a_fault_does_not_fall_on_a_leader_who_was_seated_there_on_paper(open_city):
    """HOUSING's supervisor seats the county's head as SITE's deputy; he would answer for SITE's fault."""
    city = open_city([*AT_HOUSING, on("2020-04-14", refer(SITE), by=HOUSING)], date(2020, 4, 15))
    given = on("2018-05-05", RoleGiven(official=head(COUNTY), role="deputy_in_charge", name="x"), of=SITE, by=HOUSING)
    ended = on("2019-05-05", RoleEnded(official=deputy(SITE), role="deputy_in_charge"), of=SITE, by=HOUSING)
    assert [sent(city, each, "supervisor", HOUSING) for each in (given, ended)] == [
        ("not-allowed", "$.data.official"), "recorded",
    ]  # fmt: skip
    city.system.intake(history=True).advance(date(2020, 9, 1))
    assert head(COUNTY) not in answering(city, "F02:petition:1:K2")


@pytest.mark.parametrize("day", ["2020-09-02 10:00", "2018-06-01"])
def test_blame_falls_on_no_official_whom_the_reporter_is_not_over(open_city, day):
    city = open_city([*AT_HOUSING, on("2020-04-14", refer(SITE), by=HOUSING)], date(2020, 9, 1))
    blamed = on("2020-05-02", cause(SITE, officials=(head(CITY),)), by=HOUSING)
    assert sent(city, blamed, "clerk", HOUSING) == ("not-allowed", "$.data.officials")
    (id,) = {each for each in findings(city, "supervisor", HOUSING) if each.startswith("F02:petition:1:K2")}
    assert sent(city, on("2020-09-02", FindingOpened(), of=id, by=HOUSING), "supervisor", HOUSING) == "recorded"
    fact = FindingDecided(official=head(CITY), responsibility="direct", measure="discipline", reason="x")
    told = sent(city, on(day, fact, of=id, by=HOUSING), "supervisor", HOUSING)
    assert told == ("not-allowed", "$.data.official")


@pytest.mark.parametrize("who", [head(COUNTY), head(PARTY), head(BUREAU)])
def test_a_bureau_decides_no_blame_of_the_heads_over_it(open_city, who):
    city = open_city([*AT_HOUSING, *PARTIES], date(2020, 9, 1))
    (id,) = {each for each in findings(city, "supervisor", BUREAU) if each.startswith("F02:petition:1:K2")}
    assert sent(city, on("2020-09-02", FindingOpened(), of=id, by=BUREAU), "supervisor", BUREAU) == "recorded"
    fact = FindingDecided(official=who, responsibility="direct", measure="discipline", reason="x")
    told = sent(city, on("2020-09-02 10:00", fact, of=id, by=BUREAU), "supervisor", BUREAU)
    assert told == ("not-allowed", "$.data.official")


def test_a_breach_is_of_a_unit_that_there_is(open_city):
    city = open_city(AT_ITS_WINDOW, date(2020, 5, 2))
    breached = on("2020-05-03", e.SecrecyBreached(by_unit="unit:nowhere", to="x"), by=BUREAU)
    assert sent(city, breached, "clerk", BUREAU) == ("unknown-subject", "$.data.by_unit")
