"""What an adversary with a token of a small office tried, and what was refused wrongly to who did his job."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.conference.events import ItemAgreed
from domain.dispute.events import DisputeAssigned, DisputeLogged
from domain.duty.events import BriefingHeard, DutyStood, ReceptionHeld, RosterSet
from domain.finding.events import FindingAppealed
from domain.gathering.events import GatheringArrived
from domain.inspection.events import InspectionPlanned
from domain.unit.events import ContactPointSet
from infra.office import Office
from tests.projections.test_ledgers import HISTORY
from tests.roles.conftest import ACCUSATION, ELSEWHERE, OTHER_COUNTY
from tests.roles.test_reporting import NO_ITEM, WORKED, sent
from tests.samples import *

CENTRE, OWN_BUREAU = "unit:430408-jdzx", "unit:430408-zjjxfb"
PARTY, CITY_PARTY, DISCIPLINE, CONGRESS = (
    "unit:430408-party", "unit:430400-party", "unit:430408-jw", "unit:430408-rd",
)  # fmt: skip
PARTIES = [
    *established(CITY_PARTY, "city", "party"), *established(PARTY, "county", "party", CITY_PARTY),
    *established(DISCIPLINE, "county", "other", PARTY), *established(CONGRESS, "county", "other", PARTY),
]  # fmt: skip


def accusing(no, by, day="2020-05-04", **about):
    return on(day, raised(purpose="accusation", **about), no=no, by=by)


def headers(city, role, *units, official=None):
    return {"authorization": f"Bearer {city.token(role, *units, official=official)}"}


def asked(city, path, role, *units, official=None):
    city.system.projector.catch_up()
    return city.http.get(path, headers=headers(city, role, *units, official=official))


def findings(city, role, *units):
    return {each["id"] for each in asked(city, "/v1/findings?limit=500", role, *units).json()["findings"]}


def taken(told):
    return told == "recorded"


# 1. secrecy


@pytest.fixture
def accused_government(open_city):
    """92 accuses the county's government, 93 HOUSING; both lie at the county's bureau, that registered them."""
    story = [accusing("92", BUREAU, about_unit=COUNTY), accusing("93", BUREAU, about_unit=HOUSING)]
    return open_city([*CITY_UNITS, *OTHER_COUNTY, *story], date(2020, 5, 4))


@pytest.mark.parametrize(
    ("role", "units", "no"),
    [
        ("clerk", [COUNTY], "92"),
        ("producer", [COUNTY, BUREAU], "92"),
        ("supervisor", [HOUSING], "93"),
        ("supervisor", [COUNTY], "92"),
    ],
)
def test_the_accused_does_not_learn_of_it_by_naming_the_bureau_as_its_unit(accused_government, role, units, no):
    city = accused_government
    assert asked(city, f"/v1/petitions/{no}", role if role != "producer" else "clerk", units[0]).status_code == 404
    absent = sent(city, on("2020-05-05", notify("receipt"), by=BUREAU, no="absent"), role, *units)
    assert absent == (("not-allowed", "$.unit") if units == [HOUSING] else NO_ITEM)
    assert sent(city, on("2020-05-05", notify("receipt"), by=BUREAU, no=no), role, *units) == absent


@pytest.mark.parametrize(("role", "unit", "no"), [("clerk", COUNTY, "92"), ("supervisor", HOUSING, "93")])
def test_the_accused_does_not_channel_the_accusation_away(accused_government, role, unit, no):
    act = on("2020-05-05", e.PetitionChannelled(path="other"), by=BUREAU, no=no)
    assert not taken(sent(accused_government, act, role, unit))


def test_an_accused_clerk_of_the_bureau_is_not_told_that_it_is_about_him(open_city):
    who = deputy(BUREAU)
    city = open_city([*CITY_UNITS, accusing("94", BUREAU, about_official=who)], date(2020, 5, 4))
    told = [
        sent(city, on("2020-05-05", notify("receipt"), by=BUREAU, no=no, actor=who), "clerk", BUREAU, official=who)
        for no in ("94", "absent")
    ]
    assert told == [NO_ITEM, NO_ITEM]


def test_a_bureau_does_nothing_with_what_accuses_the_bureau_itself(open_city):
    """The guide says: of what accuses its own government."""
    city = open_city([*CITY_UNITS, accusing("94", BUREAU, about_unit=BUREAU)], date(2020, 5, 4))
    assert (
        sent(city, on("2020-05-05", e.PetitionChannelled(path="other"), by=BUREAU, no="94"), "clerk", BUREAU) == NO_ITEM
    )


CLOSED_EARLY = [
    on("2020-04-10", raised(), by=HOUSING), on("2020-04-12", accept(handler=clerk(HOUSING)), by=HOUSING),
    on("2020-04-20", answer(), by=HOUSING), on("2020-04-21", CLOSED, by=HOUSING),
]  # fmt: skip


def test_a_finding_that_rests_on_a_hidden_repeat_alone_is_not_there_to_be_appealed(open_city):
    """F23 is hidden on reading; the refusal of an appeal tells of it."""
    hidden = [accusing("90", CITY_BUREAU, about_unit=HOUSING), on("2020-05-05", repeats("1"), no="90", by=CITY_BUREAU)]
    city = open_city([*CITY_UNITS, *CLOSED_EARLY, *hidden], date(2020, 5, 10))
    assert "F23:petition:1" not in findings(city, "clerk", HOUSING)
    told = [
        sent(city, on("2020-05-11", FindingAppealed(), of=id, by=HOUSING), "clerk", HOUSING)
        for id in ("F23:petition:1", "F24:petition:1")
    ]
    assert told[0] == told[1]


PLAIN = [*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-10", raised(), by=HOUSING, no="3")]
HIDDEN = [
    accusing("90", CITY_BUREAU, "2020-04-11", about_unit=HOUSING),
    on("2020-04-12", repeats("1"), no="90", by=CITY_BUREAU), on("2020-04-12", assign(COUNTY), no="90", by=CITY_BUREAU),
    on("2020-04-13", accept(handler=clerk(COUNTY)), no="90", by=COUNTY),
]  # fmt: skip
"""An accusation of HOUSING that was judged to repeat HOUSING's own item 1; COUNTY handles it."""


def test_who_handles_a_hidden_repeat_is_not_told_as_the_first_handler(open_city):
    told = []
    for story in (PLAIN, [*PLAIN, *HIDDEN]):
        city = open_city(story, date(2020, 4, 13))
        assert taken(sent(city, on("2020-04-14", repeats("1"), by=HOUSING, no="3"), "clerk", HOUSING))
        told.append(asked(city, "/v1/petitions/3", "clerk", HOUSING).json()["first_handler"])
    assert told[0] == told[1]


def test_faults_on_a_hidden_repeat_are_not_told_by_f18(open_city):
    told = []
    for story in (PLAIN, [*PLAIN, *HIDDEN]):
        city = open_city(story, date(2020, 9, 1))
        assert taken(sent(city, on("2020-09-02", go_up("national"), by=HOUSING), "clerk", HOUSING))
        told.append({id for id in findings(city, "clerk", HOUSING) if id.startswith("F18")})
    assert told[0] == told[1]


def test_whether_a_refusal_is_irregular_does_not_tell_of_a_hidden_repeat(open_city):
    """N4: the same matter is being handled. That it is, by a hidden item, the missing F11 tells."""
    base = [
        *CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-10 10:00", answer(), by=HOUSING),
        on("2020-04-10 11:00", CLOSED, by=HOUSING), on("2020-04-11", raised(), by=HOUSING, no="3"),
    ]  # fmt: skip
    told = []
    for story in (base, [*base, *HIDDEN[:3]]):
        city = open_city(story, date(2020, 4, 13))
        assert taken(sent(city, on("2020-04-14", repeats("1"), by=HOUSING, no="3"), "clerk", HOUSING))
        refusal = e.PetitionNotAccepted(ground="N4")
        assert taken(sent(city, on("2020-04-15", refusal, by=HOUSING, no="3"), "clerk", HOUSING))
        told.append("F11:petition:3" in findings(city, "clerk", HOUSING))
    assert told[0] == told[1]


def test_that_an_id_was_taken_is_not_told_of_another_units_act(open_city):
    city = open_city(CITY_UNITS, date(2020, 5, 4))
    real = replace(accusing("95", CITY_BUREAU, about_unit=HOUSING), source="/430400/window-3", id="17")
    assert taken(sent(city, real, "clerk", CITY_BUREAU))
    told = [
        sent(city, replace(on("2020-05-05", WORKED, by=HOUSING, no="absent"), source="/430400/window-3", id=id),
             "clerk", HOUSING)
        for id in ("17", "18")
    ]  # fmt: skip
    assert told[0] == told[1]


# 2. blinding others


@pytest.mark.parametrize("role", ["clerk", "producer"])
def test_the_accused_does_not_blind_who_handles_it_or_audits_it_by_a_role_on_paper(open_city, role):
    city = open_city([*HISTORY, *OTHER_COUNTY, *ACCUSATION])
    handler = clerk(CITY_BUREAU)
    readers = [("clerk", (CITY_BUREAU,), handler), ("auditor", (), "official:auditor")]
    for who in (handler, "official:auditor"):
        given = on("2020-09-25", RoleGiven(official=who, role="member", name="x"), of=HOUSING, by=HOUSING)
        sent(city, given, role, HOUSING)
    for kind, units, official in readers:
        assert asked(city, "/v1/petitions/90", kind, *units, official=official).status_code == 200, kind
    acted = on("2020-09-26", WORKED, by=CITY_BUREAU, no="90", actor=handler)
    assert sent(city, acted, "clerk", CITY_BUREAU, official=handler) == "recorded"


def test_a_unit_does_not_escape_its_bureau_by_an_accusation_that_its_item_repeats(open_city):
    city = open_city([*AT_HOUSING, ACCEPTED], date(2020, 4, 21))
    assert asked(city, "/v1/petitions/1", "clerk", BUREAU).status_code == 200
    sent(city, accusing("99", HOUSING, "2020-04-22", about_unit=BUREAU), "clerk", HOUSING)
    sent(city, on("2020-04-23", repeats("99"), by=HOUSING), "clerk", HOUSING)
    assert asked(city, "/v1/petitions/1", "clerk", BUREAU).status_code == 200
    assert sent(city, on("2020-04-24", supervise(), by=BUREAU), "clerk", BUREAU) == "recorded"


def test_the_accused_organ_does_not_accept_and_answer_it_after_a_move_on_paper(open_city):
    city, who = open_city(CITY_UNITS, date(2020, 4, 1)), deputy(HOUSING)
    assert taken(sent(city, accusing("96", HOUSING, "2020-04-10", about_official=who), "clerk", HOUSING))
    assert sent(city, on("2020-04-11", WORKED, by=HOUSING, no="96"), "clerk", HOUSING) == NO_ITEM
    given, ended = RoleGiven(official=who, role="member", name="x"), RoleEnded(official=who, role="deputy_in_charge")
    sent(city, on("2020-04-10", given, of=SITE, by=HOUSING), "clerk", HOUSING)
    sent(city, on("2020-04-10", ended, of=HOUSING, by=HOUSING), "clerk", HOUSING)
    accepted = sent(city, on("2020-04-11", accept(handler=clerk(HOUSING)), by=HOUSING, no="96"), "clerk", HOUSING)
    answered = sent(city, on("2020-04-11 10:00", answer("not_supported"), by=HOUSING, no="96"), "clerk", HOUSING)
    assert not taken(accepted)
    assert not taken(answered)


# 3. judging oneself


CAUSES = [
    *CITY_UNITS, *established(CENTRE, "county", "reception_centre", BUREAU), on("2020-04-10", raised(), by=BUREAU),
    *(on("2020-05-01", cause(unit), by=CITY_BUREAU) for unit in (BUREAU, HOUSING, COUNTY)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("role", "unit", "named", "judged"),
    [
        ("clerk", BUREAU, CENTRE, BUREAU),
        ("clerk", COUNTY, BUREAU, COUNTY),
        ("supervisor", HOUSING, BUREAU, HOUSING),
        ("supervisor", BUREAU, CENTRE, BUREAU),
    ],
)
def test_nobody_takes_the_cause_found_with_himself_back_in_the_name_of_a_bureau_below_or_beside(
    open_city, role, unit, named, judged
):
    city = open_city(CAUSES, date(2020, 5, 2))
    withdrawn = on("2020-05-03", e.CauseRevised(unit=judged, withdrawn=True), by=named)
    assert sent(city, withdrawn, role, unit)[0] == "not-allowed"


def test_a_supervisor_sets_up_no_bureau_of_his_own_that_judges_him(open_city):
    city = open_city(CAUSES, date(2020, 5, 2))
    new = UnitEstablished(name="新", level="county", kind="bureau", division="430408", parent=HOUSING)
    sent(city, on("2020-05-03", new, of=OWN_BUREAU, by=HOUSING), "supervisor", HOUSING)
    withdrawn = on("2020-05-04", e.CauseRevised(unit=HOUSING, withdrawn=True), by=OWN_BUREAU)
    assert not taken(sent(city, withdrawn, "clerk", HOUSING))


DELIVERED = [*WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING)]


def test_who_has_the_item_does_not_answer_the_review_that_another_was_asked_for(open_city):
    asked_for = on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS)
    city = open_city([*DELIVERED, asked_for], date(2020, 5, 30))
    for unit in (HOUSING, SITE, "unit:nowhere"):
        answered = on("2020-05-30", e.ReviewAnswered(by_unit=unit, outcome="upheld"), by=HOUSING)
        assert not taken(sent(city, answered, "clerk", HOUSING)), unit


def test_a_unit_does_not_have_its_opinion_reviewed_by_who_is_below_it(open_city):
    city = open_city(DELIVERED, date(2020, 5, 30))
    told = sent(city, on("2020-05-29", e.ReviewRequested(to_unit=SITE), by=HOUSING), "clerk", HOUSING)
    assert told in (("not-allowed", "$.data.to_unit"), ("bad-value", "$.data.to_unit"))


@pytest.mark.parametrize(
    ("fact", "of"),
    [
        (UnitMerged(into=HOUSING), COUNTY),
        (UnitAbolished(into=HOUSING), BUREAU),
        (InspectionPlanned(kind="supervision", units=(COUNTY,)), "inspection:z"),
        (InspectionPlanned(kind="supervision", units=(BUREAU,)), "inspection:z"),
        (RoleEnded(official=head(COUNTY), role="principal"), COUNTY),
    ],
    ids=["merges its government", "abolishes itself", "inspects its government", "inspects itself", "deposes its head"],
)
def test_a_supervisor_ends_and_inspects_neither_his_own_unit_nor_the_one_above(open_city, fact, of):
    """As docs/guides/roles.md says."""
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    assert not taken(sent(city, on("2020-05-03", fact, of=of, by=BUREAU), "supervisor", BUREAU))


# 4. duties and blame laid on others


def test_a_department_assigns_nothing_to_who_is_over_it(open_city):
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING)], date(2020, 4, 11))
    told = sent(city, on("2020-04-12", assign(CITY, "2020-04-13"), by=HOUSING), "clerk", HOUSING)
    assert told == ("not-allowed", "$.data.to_unit")


def test_a_department_makes_no_review_the_duty_of_another_county(open_city):
    city = open_city([*DELIVERED, *OTHER_COUNTY], date(2020, 5, 30))
    told = sent(city, on("2020-05-29", e.ReviewRequested(to_unit=ELSEWHERE), by=HOUSING), "clerk", HOUSING)
    assert not taken(told)


def test_a_dispute_is_assigned_to_nobody_over_oneself(open_city):
    logged = on("2020-05-12", DisputeLogged(place="x", unit=HOUSING, summary="x"), of="dispute:q", by=HOUSING)
    city = open_city([*CITY_UNITS, logged], date(2020, 5, 12))
    told = sent(city, on("2020-05-13", DisputeAssigned(to_unit=CITY), of="dispute:q", by=HOUSING), "clerk", HOUSING)
    assert told == ("not-allowed", "$.data.to_unit")


@pytest.mark.parametrize(
    "fact",
    [
        ContactPointSet(leader=head(CITY), target_unit=TOWN),
        RoleGiven(official=head(CITY), role="deputy_in_charge", name="x"),
    ],
    ids=["contact point", "role with a quota"],
)
def test_a_township_lays_no_leaders_duty_on_the_citys_leader(open_city, fact):
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    assert not taken(sent(city, on("2020-05-03", fact, of=TOWN, by=TOWN), "clerk", TOWN))


def test_a_unit_names_no_handler_of_another_unit(open_city):
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING)], date(2020, 4, 11))
    told = sent(city, on("2020-04-12", accept(handler=clerk(LABOUR)), by=HOUSING), "clerk", HOUSING)
    assert not taken(told)


def test_who_answers_for_a_missed_limit_is_not_changed_by_roles_entered_afterwards(open_city):
    handled = on("2020-04-12", accept(handler=clerk(HOUSING)), by=HOUSING)
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), handled], date(2020, 9, 1))

    def answering():
        told = asked(city, "/v1/findings?limit=500", "supervisor", BUREAU).json()["findings"]
        (found,) = (each for each in told if each["id"] == "F04:petition:1:K5")
        return {each["official"] for each in found["answers"]}

    before = answering()
    ended = RoleEnded(official=deputy(HOUSING), role="deputy_in_charge")
    sent(city, on("2020-01-02", ended, of=HOUSING, by=HOUSING), "clerk", HOUSING)
    given = RoleGiven(official=deputy(LABOUR), role="deputy_in_charge", name="x")
    sent(city, on("2020-01-02", given, of=HOUSING, by=HOUSING), "clerk", HOUSING)
    assert answering() == before


def test_a_department_enters_no_reception_for_the_citys_leader(open_city):
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    held = ReceptionHeld(leader=head(CITY), kind="reception", items=())
    told = sent(city, on("2020-05-12", held, of=f"duty:{HOUSING[5:]}", by=HOUSING), "clerk", HOUSING)
    assert not taken(told)


# 6. wrongly refused


@pytest.mark.parametrize("unit", [HOUSING, TOWN])
def test_who_registered_what_accuses_it_hands_it_on(open_city, unit):
    """R2005 23, R2022 30 forbid to pass it to the accused; so it has to leave him. Nobody else may route it."""
    city = open_city([*CITY_UNITS, accusing("50", unit, "2020-04-12", about_unit=unit)], date(2020, 4, 12))
    by_bureau = sent(city, on("2020-04-13", refer(CITY), by=BUREAU, no="50"), "clerk", BUREAU)
    by_itself = sent(city, on("2020-04-13 10:00", refer(CITY), by=unit, no="50"), "clerk", unit)
    assert "recorded" in (by_bureau, by_itself)


@pytest.fixture(scope="module")
def working(open_city):
    """Item 1 is under review at CITY_SCHOOLS; 2 is HOUSING's and sponsored by the congress' head; 3 came back from
    LAND; 90 accuses HOUSING, and the discipline organ has it."""
    return open_city([
        *CITY_UNITS, *PARTIES, *DELIVERED[len(CITY_UNITS):],
        on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS),
        on("2020-04-10", raised(), by=HOUSING, no="2"), on("2020-04-10", raised(), by=BUREAU, no="3"),
        on("2020-04-11", refer(LAND), by=BUREAU, no="3"),
        on("2020-04-12", e.AssignmentObjected(reason="x"), by=LAND, no="3"),
        on("2020-04-13", e.AssignmentWithdrawn(), by=BUREAU, no="3"),
        accusing("90", BUREAU, about_unit=HOUSING), on("2020-05-05", assign(DISCIPLINE), no="90", by=BUREAU),
        on("2020-05-04", e.PetitionSponsored(leader=head(CONGRESS), team=(), plan="x"), no="2", by=PARTY),
        on("2020-05-06", GatheringArrived(persons=9, place="x"), of="gathering:t", by=TOWN),
    ], date(2020, 6, 1))  # fmt: skip


@pytest.mark.parametrize(("action", "unit"), [
    (on("2020-06-02", e.PetitionMediated(agreement="x"), by=CITY_SCHOOLS), CITY_SCHOOLS),
    (on("2020-06-02", repeats("1"), by=BUREAU, no="2"), BUREAU),
    (on("2020-06-02", e.PetitionResolved(), by=BUREAU, no="2"), BUREAU),
    (on("2020-06-02", e.SponsorDutyDone(duty="informed"), by=CONGRESS, no="2"), CONGRESS),
    (on("2020-06-02", e.SecrecyBreached(by_unit=HOUSING, to="x"), by=DISCIPLINE, no="90"), DISCIPLINE),
    (on("2020-06-02", cause(HOUSING), by=DISCIPLINE, no="90"), DISCIPLINE),
    (on("2020-06-02", supervise(), by=PARTY), PARTY),
    (on("2020-06-02", BriefingHeard(body="party_committee"), of=f"duty:{PARTY[5:]}", by=BUREAU), BUREAU),
    (on("2020-06-02", ItemAgreed(item="x", owner_unit=HOUSING), of=f"conference:{PARTY[5:]}", by=BUREAU), BUREAU),
    (on("2020-06-02", e.PetitionWithdrawn(), by=CITY_SCHOOLS), CITY_SCHOOLS),
], ids=["reviewer mediates", "bureau judges repeats", "bureau verifies that it is resolved", "sponsor's own unit",
        "discipline tells of a breach", "discipline finds the cause", "party supervises",
        "party's briefing", "party's conference",
        "withdrawn at the reviewing organ"])  # fmt: skip
def test_an_office_that_does_its_job_is_not_refused(working, action, unit):
    assert sent(working, action, "clerk", unit) == "recorded"


# 7. small


def test_a_breach_is_of_a_unit_that_there_is(working):
    told = sent(
        working, on("2020-06-02", e.SecrecyBreached(by_unit="unit:nowhere", to="x"), by=BUREAU), "clerk", BUREAU
    )
    assert told == ("unknown-subject", "$.data.by_unit")


# 8. found later


def test_who_holds_a_repeat_does_not_take_the_judgement_back_that_tells_against_him(open_city):
    """RepeatJudged(first=null) clears F15 and F23, which are on the first handler, and the trigger of supervision."""
    city = open_city([
        *CITY_UNITS, *CLOSED_EARLY, on("2020-05-04", raised(), by=BUREAU, no="5"),
        on("2020-05-05", repeats("1"), by=BUREAU, no="5"), on("2020-05-05", refer(HOUSING), by=BUREAU, no="5"),
    ], date(2020, 5, 6))  # fmt: skip
    assert {"F15:petition:5", "F23:petition:1"} <= findings(city, "clerk", HOUSING)
    sent(city, on("2020-05-07", repeats(None), by=HOUSING, no="5"), "clerk", HOUSING)
    assert {"F15:petition:5", "F23:petition:1"} <= findings(city, "clerk", HOUSING)


def test_who_holds_an_item_does_not_end_the_sponsorship_of_a_leader_over_him(open_city):
    """It trips D12 on that leader."""
    sponsored = on("2020-05-04", e.PetitionSponsored(leader=head(COUNTY), team=(), plan="x"), by=COUNTY)
    city = open_city([*IN_HANDLING, sponsored], date(2020, 5, 5))
    sent(city, on("2020-05-06", e.SponsorshipEnded(why="x"), by=HOUSING), "clerk", HOUSING)
    assert "D12:petition:1" not in findings(city, "operator")


def test_who_registered_an_item_reports_no_refusal_to_execute_by_its_peer(open_city):
    """It trips F20 on who answered it."""
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(LABOUR), by=HOUSING),
        on("2020-04-12", accept(handler=clerk(LABOUR)), by=LABOUR), on("2020-04-20", answer("supported"), by=LABOUR),
    ], date(2020, 4, 21))  # fmt: skip
    sent(city, on("2020-04-22", e.ExecutionRefused(), by=HOUSING), "clerk", HOUSING)
    assert "F20:petition:1" not in findings(city, "operator")


def test_who_registered_an_item_neither_answers_nor_refuses_it_for_who_has_it(open_city):
    city = open_city([
        *CITY_UNITS, on("2020-04-10", raised(), by=HOUSING), on("2020-04-11", refer(LABOUR), by=HOUSING),
    ], date(2020, 4, 12))  # fmt: skip
    for fact in (e.PetitionNotAccepted(ground="N3"), answer(), e.AssignmentObjected(reason="x")):
        assert not taken(sent(city, on("2020-04-13", fact, by=HOUSING), "clerk", HOUSING)), fact


def test_a_handler_is_named_over_http_whatever_origin_is_said(open_city):
    city = open_city([*CITY_UNITS, on("2020-04-10", raised(), by=HOUSING)], date(2020, 4, 11))
    accepted = e.PetitionAccepted(procedure="ordinary", handler=None, origin={"file": "x"})
    assert not taken(sent(city, on("2020-04-12", accepted, by=HOUSING), "clerk", HOUSING))


def test_a_new_bureau_does_not_take_the_place_of_the_countys(open_city):
    """Supervision is owed by `bureau_of` (F17): a department's supervisor moves it to a unit of his own."""
    city = open_city(CITY_UNITS, date(2020, 5, 2))
    new = UnitEstablished(name="新", level="county", kind="bureau", division="430408", parent=HOUSING)
    sent(city, on("2020-05-03", new, of=OWN_BUREAU, by=HOUSING), "supervisor", HOUSING)
    city.system.projector.catch_up()
    office = Office(city.system.log, city.system.rules)
    office.catch_up()
    assert office.units.bureau_of(LABOUR) == BUREAU


def test_a_bureau_enters_late_that_it_notified_before_it_gave_an_accusation_of_its_government_away(accused_government):
    city = accused_government
    assert taken(sent(city, on("2020-05-05 15:00", refer(CITY_BUREAU), by=BUREAU, no="92"), "clerk", BUREAU))
    told = sent(city, on("2020-05-05 10:00", notify("receipt"), by=BUREAU, no="92"), "clerk", BUREAU)
    assert told == "recorded"


@pytest.mark.parametrize(
    ("fact", "of"),
    [
        (DutyStood(leader=deputy(HOUSING), place="接待中心"), f"duty:{HOUSING[5:]}"),
        (RosterSet(leader=deputy(HOUSING), place="接待中心"), f"duty:{HOUSING[5:]}"),
        (ContactPointSet(leader=head(COUNTY), target_unit=TOWN), COUNTY),
    ],
    ids=["duty at its centre", "roster of its centre", "contact point of its government's leader"],
)
def test_a_bureau_keeps_the_roster_of_its_centre_and_the_contact_points_of_its_government(working, fact, of):
    assert sent(working, on("2020-06-02", fact, of=of, by=BUREAU), "clerk", BUREAU) == "recorded"
