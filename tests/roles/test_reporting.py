"""A token reports for its own units, under its own name, and its holder learns nothing of what he may not know."""

import re
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from msgspec.structs import replace

from domain.codec import encode
from domain.conference.events import ItemAgreed, ItemDone
from domain.dispute.events import DisputeAssigned, DisputeBecamePetition, DisputeLogged
from domain.duty.events import BriefingHeard, ReceptionHeld
from domain.evaluation.events import EvaluationScored
from domain.finding.events import FindingDismissed, FindingOpened
from domain.gathering.events import GatheringArrived, GatheringAttended, GatheringEnded, GatheringSummoned
from domain.inspection.events import InspectionPlanned
from domain.period.events import ProtectionDeclared
from domain.petitioner.events import PetitionerForgotten
from domain.ruleset.events import CalendarAdopted, RulesetAdopted
from infra.refused import sent as as_sent
from tests.roles.conftest import ELSEWHERE, ELSEWHERE_BUREAU, NO_ACT, NO_ITEM, NOT_THERE, WORKED, sent
from tests.samples import *


@pytest.mark.parametrize(
    ("role", "units", "by", "outcome"),
    [("producer", [HOUSING], HOUSING, "recorded"), ("producer", [LABOUR, HOUSING], HOUSING, "recorded"),
     ("producer", [LABOUR], HOUSING, ("not-allowed", "$.unit")),
     ("producer", [HOUSING], SITE, ("not-allowed", "$.unit")),
     ("clerk", [HOUSING], SITE, "recorded"), ("clerk", [SITE], HOUSING, ("not-allowed", "$.unit")),
     ("clerk", [LABOUR], HOUSING, ("not-allowed", "$.unit")), ("supervisor", [BUREAU], HOUSING, "recorded"),
     ("supervisor", ["unit:430481-xfj"], HOUSING, ("not-allowed", "$.unit")),
     ("supervisor", [BUREAU], CITY_BUREAU, ("not-allowed", "$.unit")), ("operator", [], HOUSING, "recorded")],
)  # fmt: skip
def test_a_token_reports_for_its_units_alone(city, role, units, by, outcome):
    assert sent(city, on("2020-09-25", WORKED, by=by), role, *units) == outcome


FINDING = "F04:petition:1:K5"
CHANGED = [
    ("what another county's unit handles", ELSEWHERE, on("2020-09-25", refer(ELSEWHERE), by=ELSEWHERE), NO_ITEM),
    ("what a unit of the same county handles", LABOUR, on("2020-09-25", refer(LABOUR), by=LABOUR), NO_ITEM),
    ("its review", LABOUR, on("2020-09-25", e.ReviewRequested(to_unit=LABOUR), by=LABOUR), NO_ITEM),
    ("a rating of it", LABOUR, on("2020-09-25", rate("satisfied"), by=LABOUR), NO_ITEM),
    ("the unit above", HOUSING, on("2020-09-25", UnitMerged(into=HOUSING), of=COUNTY, by=HOUSING), NO_ACT),
    ("another county's unit", HOUSING, on("2020-09-25", UnitAbolished(into=HOUSING), of=ELSEWHERE, by=HOUSING), NO_ACT),
    ("its own end", HOUSING, on("2020-09-25", UnitMerged(into=LABOUR), by=HOUSING), NO_ACT),
    ("who leads another", HOUSING, on("2020-09-25", RoleGiven(official="official:x", role="principal", name="x"),
                                      of=ELSEWHERE, by=HOUSING), NO_ACT),
    ("its own mark", HOUSING, on("2020-09-25", EvaluationScored(metrics={}, score=Decimal(100), formula="x"),
                                 of=f"evaluation:{HOUSING[5:]}:2020H1", by=HOUSING), NO_ACT),
    ("a leader's duties elsewhere", HOUSING, on("2020-09-25", BriefingHeard(body="government"),
                                                of=f"duty:{ELSEWHERE[5:]}", by=HOUSING), NOT_THERE),
    ("a finding on itself", HOUSING, on("2020-09-25", FindingDismissed(reason="无责"), of=FINDING, by=HOUSING), NO_ACT),
    ("an inspection", HOUSING, on("2020-09-25", InspectionPlanned(kind="patrol", units=(LABOUR,)), of="inspection:x",
                                  by=HOUSING), NO_ACT),
    ("the law", HOUSING, on("2020-09-25", RulesetAdopted(name="cn-2005", from_=date(2027, 1, 1), content_hash="x"),
                            of="ruleset:cn-2005", by=HOUSING), NO_ACT),
    ("the days", HOUSING, on("2020-09-25", CalendarAdopted(year=2027, version="x", content_hash="x"),
                             of="calendar:2027", by=HOUSING), NO_ACT),
    ("protection", HOUSING, on("2020-09-25", ProtectionDeclared(levels=("city",), until=date(2020, 10, 8)),
                               of="period:x", by=HOUSING), NO_ACT),
    ("a person's key", HOUSING, on("2020-09-25", PetitionerForgotten(reason="x"), of="petitioner:p1", by=HOUSING),
     NO_ACT),
]  # fmt: skip
"""What nobody of this unit may report of others, and what it is told."""


@pytest.mark.parametrize("role", ["producer", "clerk"])
@pytest.mark.parametrize(("what", "unit", "action", "told"), CHANGED, ids=[each[0] for each in CHANGED])
def test_in_the_own_name_only_what_is_ones_own_is_reported(city, role, what, unit, action, told):
    assert sent(city, action, role, unit) == told


def test_a_report_opens_no_item_of_others(city):
    """Who could refer another's item to his unit would read what stands in it."""
    asked = {"authorization": f"Bearer {city.token('clerk', LABOUR)}"}
    assert sent(city, on("2020-09-25", refer(LABOUR), by=LABOUR), "clerk", LABOUR) == NO_ITEM
    for path in ("/v1/petitions/1", "/v1/petitions/1/personal"):
        assert city.http.get(path, headers=asked).status_code == 404


@pytest.mark.parametrize(
    ("action", "told"),
    [(on("2020-09-25", UnitMerged(into=ELSEWHERE), of=ELSEWHERE_BUREAU, by=BUREAU), NOT_THERE),
     (on("2020-09-25", UnitMerged(into=ELSEWHERE), of=SITE, by=BUREAU), NOT_THERE),
     (on("2020-09-25", UnitEstablished(name="新", level="county", kind="other", division="430481", parent=ELSEWHERE),
         of="unit:430481-new", by=BUREAU), ("not-allowed", "$.data.parent")),
     (on("2020-09-25", UnitEstablished(name="新", level="county", kind="other", division="430408"),
         of="unit:430408-new", by=BUREAU), ("not-allowed", "$.data.parent")),
     (on("2020-09-25", UnitEstablished(name="新", level="county", kind="other", division="430408", parent=HOUSING),
         of="unit:430408-new", by=BUREAU), ("not-allowed", "$.data.parent")),
     (on("2020-09-25", UnitEstablished(name="新", level="city", kind="bureau", division="430408", parent=BUREAU),
         of="unit:430408-high", by=BUREAU), ("not-allowed", "$.data.level")),
     (on("2020-09-25", UnitEstablished(name="新", level="county", kind="bureau", division="430400", parent=BUREAU),
         of="unit:430408-wide", by=BUREAU), ("not-allowed", "$.data.division")),
     (on("2020-09-25", FindingOpened(), of="F04:petition:77:K5", by=BUREAU), ("unknown-subject", "$.subject")),
     (on("2020-09-25", PetitionerForgotten(reason="x"), of="petitioner:p1", by=BUREAU), NO_ACT)],
)  # fmt: skip
def test_a_supervisor_judges_and_orders_his_division_and_no_other(city, action, told):
    assert sent(city, action, "supervisor", BUREAU) == told


def test_a_government_sets_up_merges_and_staffs_what_lies_below_it(city):
    def told(fact, of):
        return sent(city, on("2020-09-25", fact, of=of, by=COUNTY), "supervisor", COUNTY)

    fields = {"name": "新", "level": "county", "kind": "other", "division": "430408"}
    new = "unit:430408-below"
    assert told(UnitEstablished(**fields, parent=HOUSING), new) == "recorded"
    assert told(UnitEstablished(**{**fields, "level": "city"}, parent=HOUSING), new + "2") == (
        "not-allowed",
        "$.data.level",
    )
    assert told(RoleGiven(official="official:new", role="principal", name="新"), new) == "recorded"
    assert told(UnitMerged(into=ELSEWHERE), new) == ("not-allowed", "$.data.into")
    assert told(UnitMerged(into=LABOUR), new) == "recorded"


def test_who_supervises_the_whole_city_reports_what_holds_for_it(city):
    action = on("2020-09-25", ProtectionDeclared(levels=("city",), until=date(2020, 10, 8)), of="period:x", by=CITY)
    assert sent(city, action, "supervisor", CITY) == "recorded"


def test_a_bureau_keeps_the_duties_of_the_government_that_it_is_the_bureau_of(city):
    heard = BriefingHeard(body="government")
    assert sent(city, on("2020-09-25", heard, of=f"duty:{COUNTY[5:]}", by=BUREAU), "clerk", BUREAU) == "recorded"
    assert sent(city, on("2020-09-25", heard, of=f"duty:{COUNTY[5:]}", by=LABOUR), "clerk", LABOUR) == NOT_THERE


def test_a_higher_organ_to_which_the_petitioner_comes_reviews_what_it_never_had(open_city):
    city = open_city([*WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING)], date(2020, 5, 30))
    asked = on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS)
    reviewed = on("2020-05-30", e.ReviewAnswered(by_unit=CITY_SCHOOLS, outcome="upheld"), by=CITY_SCHOOLS)
    assert sent(city, reviewed, "producer", CITY_SCHOOLS) == NO_ITEM
    assert sent(city, asked, "producer", CITY_SCHOOLS) == "recorded"
    assert sent(city, reviewed, "producer", CITY_SCHOOLS) == "recorded"


@pytest.mark.parametrize("no", ["90", "91", "7", "430408-2020-999999"])
def test_a_reception_tells_nobody_which_items_there_are(city, no):
    """Of one that accuses, of others, or that is not there: read, the first alone would be left out."""
    held = ReceptionHeld(leader=head(HOUSING), kind="reception", items=(no,))
    action = on("2020-09-25", held, of=f"duty:{HOUSING[5:]}", by=HOUSING)
    assert sent(city, action, "clerk", HOUSING) == ("unknown-subject", "$.data.items[0]")
    action = on("2020-09-25", ReceptionHeld(leader=head(HOUSING), kind="reception", items=("1",)),
                of=f"duty:{HOUSING[5:]}", by=HOUSING)  # fmt: skip
    assert sent(city, action, "clerk", HOUSING) == "recorded"


def test_nobody_takes_the_ids_of_danze_itself(city):
    """Under these the clock, the log and petitioners record: who had them first would keep them from it."""
    for source in ("/danze/clock", "/danze/log", "/danze/public"):
        action = replace(on("2020-09-25", WORKED, by=HOUSING), source=source)
        assert sent(city, action, "clerk", HOUSING) == ("not-allowed", "$.source")


def test_what_the_door_reads_is_what_the_intake_reads(city):
    """A number too large for a machine's fraction let an action pass unread."""
    scored = EvaluationScored(metrics={}, score=Decimal(100), formula="x")
    line = encode(on("2020-09-25", scored, of=f"evaluation:{HOUSING[5:]}:2020H1", by=HOUSING))
    line = re.sub(rb'"score":"?100"?', b'"score":1e999', line)
    assert b"1e999" in line
    by = {"authorization": f"Bearer {city.token('clerk', HOUSING)}", "content-type": "application/x-ndjson"}
    (result,) = city.http.post("/v1/actions", content=line, headers=by).json()["results"]
    assert (result["rejection"]["code"], result["rejection"]["path"]) == NO_ACT


@pytest.mark.parametrize("to_unit", [[], {}, 7, None, "\0"])
def test_what_names_no_unit_is_refused_and_breaks_nothing(open_city, to_unit):
    city = open_city([*WITH_ANSWER, on("2020-05-21", deliver(), by=HOUSING)], date(2020, 5, 30))
    line = msgspec.json.decode(encode(on("2020-05-29", e.ReviewRequested(to_unit=CITY_SCHOOLS), by=CITY_SCHOOLS)))
    line["data"] = {"to_unit": to_unit}
    by = {"authorization": f"Bearer {city.token('producer', CITY_SCHOOLS)}"}
    (result,) = city.http.post("/v1/actions", json=[line], headers=by).json()["results"]
    assert result["outcome"] == "rejected"


def test_what_is_sent_again_is_a_duplicate_also_when_it_is_ones_own_no_more(open_city):
    city = open_city(AT_HOUSING, date(2020, 4, 16))
    passed = on("2020-04-15", refer(LAND), by=HOUSING)
    assert [sent(city, passed, "producer", HOUSING) for _ in range(2)] == ["recorded", "duplicate"]


def test_a_system_of_several_units_acts_for_each_as_one_of_it_alone_would(city):
    """One of its units is accused, and another handles the accusation."""
    assert sent(city, on("2020-09-25", WORKED, by=COUNTY, no="90"), "producer", COUNTY, HOUSING) == "recorded"
    assert sent(city, on("2020-09-25", WORKED, by=HOUSING, no="90"), "producer", COUNTY, HOUSING) == NO_ITEM


@pytest.mark.parametrize("first", ["petition:petition:90", "2"])
def test_a_judgement_of_repeats_opens_no_item(city, first):
    assert sent(city, on("2020-09-25", repeats(first), by=LABOUR, no="1"), "clerk", LABOUR) == NO_ITEM
    told = sent(city, on("2020-09-25", repeats(first), by=HOUSING), "clerk", HOUSING)
    assert told == ("unknown-subject", "$.data.first")


def test_nobody_judges_himself_or_who_is_over_him(city):
    for unit in (BUREAU, COUNTY):
        scored = EvaluationScored(metrics={}, score=Decimal(100), formula="x")
        action = on("2020-09-25", scored, of=f"evaluation:{unit[5:]}:2020H1", by=BUREAU)
        assert sent(city, action, "supervisor", BUREAU) == NOT_THERE


def test_units_that_a_gathering_names_report_what_they_did(open_city):
    came = "gathering:g1"
    arrived = GatheringArrived(persons=6, place="区政府", units=(HOUSING,))
    city = open_city([*CITY_UNITS, on("2020-05-06", arrived, of=came, by=BUREAU)], date(2020, 5, 8))
    for unit, told in ((HOUSING, "recorded"), (LAND, ("unknown-subject", "$.subject"))):
        attended = GatheringAttended(unit=unit, leader=deputy(unit))
        assert sent(city, on("2020-05-06 10:00", attended, of=came, by=unit), "producer", unit) == told


def test_a_token_of_an_official_signs_as_nobody_else(city):
    action = on("2020-09-25", WORKED, by=HOUSING, actor=deputy(HOUSING))
    assert sent(city, action, "clerk", HOUSING, official=clerk(HOUSING)) == ("not-allowed", "$.actor")
    action = on("2020-09-25", WORKED, by=HOUSING, actor=clerk(HOUSING))
    assert sent(city, action, "clerk", HOUSING, official=clerk(HOUSING)) == "recorded"


def test_what_is_not_allowed_is_kept_whole_with_its_reason(city):
    before = city.system.log.rejected(limit=1000)
    sent(city, on("2020-09-25", WORKED, by=HOUSING), "producer", LABOUR)
    ((_, kept, _),) = city.system.log.rejected(limit=1000)[len(before) :]
    assert (kept.code, kept.path) == ("not-allowed", "$.unit")
    assert "接谈".encode() in (as_sent(kept.body, city.system.vault) or b"")


@pytest.mark.parametrize("no", ["90", "91", "77"])
def test_an_accusation_is_to_the_accused_as_if_it_were_not(city, no):
    """Acts on it, judgements that name it and gatherings about it are refused in the words for what does not exist."""
    for action, path in [
        (on("2020-09-25", WORKED, by=HOUSING, no=no), "$.subject"),
        (on("2020-09-25", repeats(no), by=HOUSING, no="1"), "$.data.first"),
        (on("2020-09-25", GatheringArrived(persons=6, place="区政府", units=(HOUSING,), petition=no), by=HOUSING,
            of="gathering:x"), "$.data.petition"),
    ]:  # fmt: skip
        assert sent(city, action, "producer", HOUSING) == ("unknown-subject", path)


def test_who_handles_it_goes_on(city):
    assert sent(city, on("2020-09-25", WORKED, by=COUNTY, no="90"), "clerk", COUNTY) == "recorded"


@pytest.mark.parametrize("line", ["{", "[]", '{"subject": 7}', '"x"'])
def test_what_is_no_action_is_left_to_the_intake_to_refuse(city, line):
    by = {"authorization": f"Bearer {city.token('producer', HOUSING)}", "content-type": "application/x-ndjson"}
    (result,) = city.http.post("/v1/actions", content=line, headers=by).json()["results"]
    assert result["outcome"] == "rejected"


@pytest.mark.parametrize("asker", [HOUSING, COUNTY])
def test_what_goes_on_about_an_accusation_alone_is_to_the_accused_as_if_it_were_not(open_city, asker):
    """A dispute that became it, something agreed about it, a gathering for it: whoever handles it may go on."""
    dispute, agreed, came = "dispute:d9", f"conference:{CITY[5:]}", "gathering:g9"
    logged = DisputeLogged(place="430408001", unit=HOUSING, summary="收费分歧")
    city = open_city([
        *CITY_UNITS, on("2020-05-03", logged, of=dispute, by=HOUSING),
        on("2020-05-04", raised(purpose="accusation", about_official="official:zhang"), no="90", by=CITY_BUREAU),
        on("2020-05-05", DisputeBecamePetition(petition="90"), of=dispute, by=HOUSING),
        on("2020-05-05", ItemAgreed(item="核查", owner_unit=COUNTY, petition="90"), of=agreed, by=CITY_BUREAU),
        on("2020-05-06", GatheringArrived(persons=6, place="区政府", units=(HOUSING,), petition="90"), of=came,
           by=COUNTY),
        role_given("2020-05-07", HOUSING, "official:zhang", "petition_lead"),
    ])  # fmt: skip
    for action, unknown, known in [
        (on("2020-05-09", DisputeAssigned(to_unit=HOUSING), of=dispute, by=asker), NO_ITEM, "not-in-this-state"),
        (on("2020-05-09", ItemDone(item="核查"), of=agreed, by=asker), NOT_THERE, "recorded"),
        (on("2020-05-09", GatheringSummoned(units=(SITE,)), of=came, by=asker), NO_ITEM, "accused-organ"),
        (on("2020-05-09", GatheringEnded(), of=came, by=asker), NO_ITEM, "recorded"),
    ]:  # fmt: skip
        told = sent(city, action, "producer", asker)
        assert told == unknown if asker == HOUSING else known in told
