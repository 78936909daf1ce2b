"""Whom an accusation accuses does not learn of it, turns it nowhere, and blinds nobody who handles it (R2022 30)."""

from datetime import date

import pytest
from msgspec.structs import replace

from domain.duty.events import ReceptionHeld
from domain.finding.events import FindingAppealed
from domain.inspection.events import InspectionPlanned
from tests.projections.test_ledgers import DUTY, HISTORY
from tests.roles.conftest import (
    ACCUSATION,
    CENTRE,
    CITY_PARTY,
    CLOSED_EARLY,
    DISCIPLINE,
    NO_ACT,
    NO_ITEM,
    NOT_THERE,
    OTHER_COUNTY,
    PARTIES,
    WORKED,
    accusing,
    asked,
    findings,
    sent,
)
from tests.samples import *

NOT_AS, NOT_HIM = ("not-allowed", "$.unit"), ("not-allowed", "$.data.official")


@pytest.fixture
def accused_government(open_city):
    """92 accuses the county's government, 93 HOUSING; both lie at the county's bureau, that registered them."""
    story = [accusing("92", BUREAU, about_unit=COUNTY), accusing("93", BUREAU, about_unit=HOUSING)]
    return open_city([*CITY_UNITS, *OTHER_COUNTY, *story], date(2020, 5, 4))


# what he is not told


@pytest.mark.parametrize(
    ("role", "units", "no", "told"),
    [("clerk", [COUNTY], "92", NO_ITEM), ("producer", [COUNTY, BUREAU], "92", NO_ITEM),
     ("supervisor", [COUNTY], "92", NO_ITEM), ("supervisor", [HOUSING], "93", NOT_AS)],
)  # fmt: skip
def test_the_accused_does_not_learn_of_it_by_naming_the_bureau_as_its_unit(accused_government, role, units, no, told):
    assert asked(accused_government, f"/v1/petitions/{no}", "clerk", units[0]).status_code == 404
    for fact in (notify("receipt"), e.PetitionChannelled(path="other")):
        for each in (no, "absent"):
            assert sent(accused_government, on("2020-05-05", fact, by=BUREAU, no=each), role, *units) == told


def test_an_accused_clerk_of_the_bureau_is_not_told_that_it_is_about_him(open_city):
    who = deputy(BUREAU)
    city = open_city([*CITY_UNITS, accusing("94", BUREAU, about_official=who)], date(2020, 5, 4))
    for no in ("94", "absent"):
        act = on("2020-05-05", notify("receipt"), by=BUREAU, no=no, actor=who)
        assert sent(city, act, "clerk", BUREAU, official=who) == NO_ITEM


def test_who_also_serves_in_the_accused_government_is_told_nothing_at_the_bureau(open_city):
    who = "official:both"
    given = [role_given("2019-03-01", unit, who, "member") for unit in (COUNTY, BUREAU)]
    city = open_city([*CITY_UNITS, *given, accusing("92", BUREAU, about_unit=COUNTY)], date(2020, 5, 4))
    for no in ("absent", "92"):
        act = on("2020-05-05", refer(LAND), by=BUREAU, no=no, actor=who)
        assert sent(city, act, "clerk", BUREAU, official=who) == NO_ITEM


def test_a_bureau_does_nothing_with_what_accuses_the_bureau_itself(open_city):
    city = open_city([*CITY_UNITS, accusing("94", BUREAU, about_unit=BUREAU)], date(2020, 5, 4))
    act = on("2020-05-05", e.PetitionChannelled(path="other"), by=BUREAU, no="94")
    assert sent(city, act, "clerk", BUREAU) == NO_ITEM


def test_that_an_id_was_taken_is_not_told_of_another_units_act(open_city):
    city = open_city(CITY_UNITS, date(2020, 5, 4))
    window = "/430400/window-3"
    real = replace(accusing("95", CITY_BUREAU, about_unit=HOUSING), source=window, id="17")
    assert sent(city, real, "clerk", CITY_BUREAU) == "recorded"
    for id in ("17", "18"):
        act = replace(on("2020-05-05", WORKED, by=HOUSING, no="absent"), source=window, id=id)
        assert sent(city, act, "clerk", HOUSING) == NO_ITEM


TOGETHER = [
    on("2020-06-24", ReceptionHeld(leader=head(COUNTY), kind="reception", items=("1", "90")), of=DUTY, by=COUNTY),
    on("2020-06-25", InspectionPlanned(kind="supervision", units=(LAND,), items=("1", "90")), of="inspection:X:2"),
    role_given("2020-08-01", HOUSING, "official:new", "member"),
]
"""Events that name the ordinary item and the accusation; and somebody who comes to the accused organ later."""


def test_of_an_event_that_is_told_without_a_hidden_item_there_is_no_proof(open_city):
    city = open_city([*HISTORY, *ACCUSATION, *TOGETHER])
    log = city.ask("/v1/log?limit=1000", "auditor_there").json()["events"]
    shown = [each for each in log if each["type"] == "duty.reception_held.v1" and each["data"]["items"] == ["1"]]
    position = shown[-1]["position"]
    assert city.ask("/v1/log", "operator").status_code == 200
    told = {who: city.ask(f"/v1/log/proof/{position}", who).status_code for who in ("auditor_there", "auditor")}
    assert told == {"auditor_there": 404, "auditor": 200}


def test_an_inspection_lists_no_hidden_item(open_city):
    city = open_city([*HISTORY, *ACCUSATION, *TOGETHER])
    for who, items in (("auditor_there", ["1"]), ("auditor", ["1", "90"])):
        entries = city.ask("/v1/ledgers/inspection", who).json()["entries"]
        assert [each["items"] for each in entries if each["subject"] == "inspection:X:2"] == [items]


def test_what_accuses_the_organ_of_today_is_hidden_as_of_any_day(open_city):
    city = open_city([*HISTORY, *ACCUSATION, *TOGETHER])
    held = {"Authorization": f"Bearer {city.token('auditor', official='official:new')}"}
    other = {"Authorization": f"Bearer {city.token('auditor', official='official:elsewhere')}"}
    for path in ("/v1/petitions/90", "/v1/petitions/90?as_of=2020-07-31", "/v1/petitions/90?at=2020-07-31"):
        assert city.http.get(path, headers=held).status_code == 404
        assert city.http.get(path, headers=other).status_code == 200


# a matter with an accusation in it


def test_a_finding_that_rests_on_a_hidden_repeat_alone_is_not_there_to_be_appealed(open_city):
    """F23 is hidden on reading; the refusal of an appeal tells of it."""
    hidden = [accusing("90", CITY_BUREAU, about_unit=HOUSING), on("2020-05-05", repeats("1"), no="90", by=CITY_BUREAU)]
    city = open_city([*CITY_UNITS, *CLOSED_EARLY, *hidden], date(2020, 5, 10))
    assert "F23:petition:1" not in findings(city, "clerk", HOUSING)
    for id in ("F23:petition:1", "F24:petition:1"):
        assert sent(city, on("2020-05-11", FindingAppealed(), of=id, by=HOUSING), "clerk", HOUSING) == NO_ITEM


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
        assert sent(city, on("2020-04-14", repeats("1"), by=HOUSING, no="3"), "clerk", HOUSING) == "recorded"
        told.append(asked(city, "/v1/petitions/3", "clerk", HOUSING).json()["first_handler"])
    assert told[0] == told[1]


def test_faults_on_a_hidden_repeat_are_not_told_by_f18(open_city):
    told = []
    for story in (PLAIN, [*PLAIN, *HIDDEN]):
        city = open_city(story, date(2020, 9, 1))
        assert sent(city, on("2020-09-02", go_up("national"), by=HOUSING), "clerk", HOUSING) == "recorded"
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
        assert sent(city, on("2020-04-14", repeats("1"), by=HOUSING, no="3"), "clerk", HOUSING) == "recorded"
        refusal = e.PetitionNotAccepted(ground="N4")
        assert sent(city, on("2020-04-15", refusal, by=HOUSING, no="3"), "clerk", HOUSING) == "recorded"
        told.append("F11:petition:3" in findings(city, "clerk", HOUSING))
    assert told[0] == told[1]


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


# where it goes


def test_the_accused_organ_does_not_accept_and_answer_it_after_a_move_on_paper(open_city):
    city, who = open_city(CITY_UNITS, date(2020, 4, 1)), deputy(HOUSING)
    assert sent(city, accusing("96", HOUSING, "2020-04-10", about_official=who), "clerk", HOUSING) == "recorded"
    assert sent(city, on("2020-04-11", WORKED, by=HOUSING, no="96"), "clerk", HOUSING) == NO_ITEM
    given, ended = RoleGiven(official=who, role="member", name="x"), RoleEnded(official=who, role="deputy_in_charge")
    for fact, of in ((given, SITE), (ended, HOUSING)):
        assert sent(city, on("2020-04-10", fact, of=of, by=HOUSING), "clerk", HOUSING) == NO_ACT
    for fact in (accept(handler=clerk(HOUSING)), answer("not_supported")):
        assert sent(city, on("2020-04-11", fact, by=HOUSING, no="96"), "clerk", HOUSING) == NO_ITEM


@pytest.mark.parametrize("unit", [HOUSING, TOWN])
def test_what_accuses_the_unit_that_registered_it_the_bureau_hands_on(open_city, unit):
    """R2005 23, R2022 30 forbid to pass it to the accused; so it has to leave him."""
    city = open_city([*CITY_UNITS, accusing("50", unit, "2020-04-12", about_unit=unit)], date(2020, 4, 12))
    assert sent(city, on("2020-04-13", refer(CITY), by=unit, no="50"), "clerk", unit) == NO_ITEM
    assert sent(city, on("2020-04-13", refer(CITY), by=BUREAU, no="50"), "clerk", BUREAU) == "recorded"


def test_a_bureau_enters_late_that_it_notified_before_it_gave_an_accusation_of_its_government_away(accused_government):
    city = accused_government
    assert sent(city, on("2020-05-05 15:00", refer(CITY_BUREAU), by=BUREAU, no="92"), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-05-05 10:00", notify("receipt"), by=BUREAU, no="92"), "clerk", BUREAU) == "recorded"


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


def test_who_is_sent_an_accusation_of_one_who_retired_from_him_can_see_it(open_city):
    who = "official:retired"
    city = open_city([
        *CITY_UNITS, role_given("2019-03-01", HOUSING, who, "member"), role_ended("2020-03-01", HOUSING, who, "member"),
        accusing("50", BUREAU, "2020-04-12", about_official=who),
    ], date(2020, 4, 12))  # fmt: skip
    assert sent(city, on("2020-04-13", assign(HOUSING), by=BUREAU, no="50"), "clerk", BUREAU) == "recorded"
    accepted = on("2020-04-14", accept(handler=clerk(HOUSING)), by=HOUSING, no="50")
    assert sent(city, accepted, "clerk", HOUSING) == "recorded"


def test_what_accuses_the_mayors_deputy_in_the_mayors_mailbox_the_party_passes_on(open_city):
    accused = accusing("50", CITY, "2020-04-12", about_official=deputy(CITY))
    city = open_city([*CITY_UNITS, *PARTIES, accused], date(2020, 4, 12))
    act = on("2020-04-13", refer(CITY_PARTY), by=CITY_PARTY, no="50")
    assert sent(city, act, "supervisor", CITY_PARTY) == "recorded"


# who handles it goes on seeing it


@pytest.mark.parametrize("role", ["clerk", "producer"])
def test_the_accused_does_not_blind_who_handles_it_or_audits_it_by_a_role_on_paper(open_city, role):
    city, handler, auditor = open_city([*HISTORY, *OTHER_COUNTY, *ACCUSATION]), clerk(CITY_BUREAU), "official:auditor"
    for who in (handler, auditor):
        given = on("2020-09-25", RoleGiven(official=who, role="member", name="x"), of=HOUSING, by=HOUSING)
        assert sent(city, given, role, HOUSING) == NO_ACT
    assert asked(city, "/v1/petitions/90", "clerk", CITY_BUREAU, official=handler).status_code == 200
    assert asked(city, "/v1/petitions/90", "auditor", official=auditor).status_code == 200
    acted = on("2020-09-26", WORKED, by=CITY_BUREAU, no="90", actor=handler)
    assert sent(city, acted, "clerk", CITY_BUREAU, official=handler) == "recorded"


SEAT = RoleGiven(official=clerk(DISCIPLINE), role="member", name="x")


@pytest.mark.parametrize(
    ("fact", "of", "day", "told"),
    [(UnitMerged(into=BUREAU), DISCIPLINE, "2020-05-06", NOT_THERE),
     (UnitMerged(into=CENTRE), DISCIPLINE, "2020-05-06", NOT_THERE),
     (SEAT, CENTRE, "2020-05-06", NOT_HIM), (SEAT, CENTRE, "2018-06-01", NOT_HIM)],
    ids=["merged into the accused", "merged below it", "a seat below it", "a seat, dated back"],
)  # fmt: skip
def test_the_accused_bureau_does_not_blind_who_handles_the_accusation(open_city, fact, of, day, told):
    city = open_city([
        *CITY_UNITS, *PARTIES, *established(CENTRE, "county", "reception_centre", BUREAU),
        accusing("94", CITY_BUREAU, about_unit=BUREAU), on("2020-05-05", assign(DISCIPLINE), by=CITY_BUREAU, no="94"),
    ], date(2020, 5, 5))  # fmt: skip
    who = clerk(DISCIPLINE)
    assert sent(city, on(day, fact, of=of, by=BUREAU), "supervisor", BUREAU) == told
    assert asked(city, "/v1/petitions/94", "clerk", DISCIPLINE, official=who).status_code == 200
    acted = on("2020-05-06", WORKED, by=DISCIPLINE, no="94", actor=who)
    assert sent(city, acted, "clerk", DISCIPLINE, official=who) == "recorded"


@pytest.mark.parametrize("day", ["2020-05-05", "2018-05-05"])
@pytest.mark.parametrize(("where", "told"), [(SITE, NOT_HIM), (LABOUR, NOT_THERE)])
def test_nor_does_an_accused_department_by_a_seat_for_the_bureaus_clerk(open_city, where, told, day):
    city, who = open_city([*CITY_UNITS, accusing("93", BUREAU, about_unit=HOUSING)], date(2020, 5, 4)), clerk(BUREAU)
    given = on(day, RoleGiven(official=who, role="member", name="x"), of=where, by=HOUSING)
    assert sent(city, given, "supervisor", HOUSING) == told
    acted = on("2020-05-06", WORKED, by=BUREAU, no="93", actor=who)
    assert sent(city, acted, "clerk", BUREAU, official=who) == "recorded"
