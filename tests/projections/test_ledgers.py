"""What the ledgers hold: whole entries, folded from what happened."""

from datetime import date
from decimal import Decimal

import pytest

from domain.conference.events import ConferenceHeld, GroupDissolved, GroupFormed, ItemAgreed, ItemDone
from domain.dispute.events import DisputeAssigned, DisputeBecamePetition, DisputeCleared, DisputeLogged
from domain.duty.events import (
    BriefingHeard,
    ContactVisited,
    DutyReported,
    DutyStood,
    ReceptionHeld,
    RosterSet,
    ScreeningHeld,
)
from domain.evaluation.events import EvaluationScored, OfficialInterviewed, UnitDelisted, UnitListed
from domain.gathering.events import (
    GatheringArrived,
    GatheringAttended,
    GatheringEnded,
    GatheringReported,
    GatheringSummoned,
)
from domain.inspection.events import InspectionFound, InspectionHeld, InspectionPlanned, InspectionRectified
from domain.period.events import ProtectionDeclared, ProtectionEnded
from projections.ledgers.duties import ACTS, KINDS, act_entry
from projections.ledgers.entry import pack, unpack_entry
from projections.ledgers.writing import WRITES, written
from tests.samples import *
from tests.spec import Story, given

DUTY, AGREED, CALLED = f"duty:{COUNTY[5:]}", f"conference:{CITY[5:]}", "gathering:430408-2020-06-01"
DISPUTE, PATROL, HALF = "dispute:d1", "inspection:2020-1", f"evaluation:{TOWN[5:]}:2020H1"
RECEIVED = on("2020-05-06", ReceptionHeld(leader=head(COUNTY), kind="reception", items=("1", "2")), of=DUTY, by=COUNTY)
HISTORY = [
    *IN_HANDLING,
    on("2020-04-23", raised(), no="2"),
    RECEIVED,
    on("2020-05-07", RosterSet(leader=head(COUNTY), place="接待中心", on=date(2020, 5, 9)), of=DUTY),
    on("2020-05-08", ScreeningHeld(disputes=("d1",)), of=DUTY),
    on("2020-05-08", DisputeLogged(place="430408001", unit=TOWN, summary="征地补偿分歧"), of=DISPUTE),
    on("2020-05-09", DisputeAssigned(to_unit=LAND), of=DISPUTE),
    on("2020-05-20", DisputeCleared(how="达成协议"), of=DISPUTE),
    on("2020-05-11", ItemAgreed(item="清欠", owner_unit=LABOUR, due=date(2020, 6, 30)), of=AGREED, by=CITY_BUREAU),
    on("2020-05-12", GroupFormed(name="物业", lead_unit=HOUSING, members=(LAND,)), of=AGREED, by=CITY_BUREAU),
    on("2020-05-13", supervise(), by=CITY_BUREAU),
    on("2020-05-14", supervise("S3", "2020-06-01"), by=CITY_BUREAU),
    on("2020-05-30", e.SupervisionAnswered(), by=HOUSING),
    on("2020-06-02", e.SupervisionClosed(), by=CITY_BUREAU),
    on("2020-05-15", e.PetitionSponsored(leader=head(COUNTY), team=(head(HOUSING),), plan="约谈物业"), by=COUNTY),
    on("2020-05-18", e.SponsorDutyDone(duty="informed"), by=COUNTY),
    on("2020-06-12", ItemDone(item="清欠"), of=AGREED, by=CITY_BUREAU),
    on("2020-06-13", GroupDissolved(name="物业"), of=AGREED, by=CITY_BUREAU),
    on("2020-06-01 09:00", GatheringArrived(persons=12, place="区政府", units=(HOUSING,), petition="1"), of=CALLED),
    on("2020-06-01 09:05", GatheringSummoned(units=(HOUSING, LAND)), of=CALLED),
    on("2020-06-01 09:20", GatheringReported(to=head(CITY)), of=CALLED),
    on("2020-06-01 09:40", GatheringAttended(unit=HOUSING, leader=deputy(HOUSING)), of=CALLED),
    on("2020-06-01 11:00", GatheringEnded(), of=CALLED),
    on("2020-06-02", InspectionPlanned(kind="supervision", units=(HOUSING, LAND), items=("1",)), of=PATROL),
    on("2020-06-08", InspectionHeld(invited=("人大代表",)), of=PATROL),
    on("2020-06-09", InspectionFound(unit=HOUSING, finding="台账不全"), of=PATROL),
    on("2020-06-09", InspectionFound(unit=LAND, finding="答复超期"), of=PATROL),
    on("2020-06-19", InspectionRectified(unit=HOUSING), of=PATROL),
    on("2020-06-10", ProtectionDeclared(levels=("city",), until=date(2020, 6, 20)), of="period:p", by=CITY_BUREAU),
    on("2020-06-16", ProtectionEnded(), of="period:p", by=CITY_BUREAU),
    on("2020-06-20", go_up("province", "collective"), by=CITY_BUREAU),
    on("2020-06-21", e.IncidentReported(kind="extreme", mishandled_by=LAND), by=CITY_BUREAU),
    on("2020-06-22", e.PetitionResolved(), by=HOUSING),
    on("2020-06-24", BriefingHeard(body="government"), of=DUTY),
    on("2020-06-25", ContactVisited(leader=head(COUNTY), target_unit=TOWN), of=DUTY),
    on("2020-06-26", DutyStood(leader=deputy(COUNTY), place="接待中心"), of=DUTY),
    on("2020-06-27", DutyReported(by=head(COUNTY), to_unit=CITY), of=DUTY),
    on("2020-06-28", ConferenceHeld(attended=(COUNTY, HOUSING), topics=("物业",)), of=AGREED, by=CITY_BUREAU),
    on("2020-07-10", EvaluationScored(metrics={"rate": Decimal("0.9")}, score=Decimal("58.5"), formula="…"), of=HALF),
    on("2020-07-11", UnitListed(reason="58.5 < 60"), of=HALF, by=CITY_BUREAU),
    on("2020-07-20", OfficialInterviewed(official=head(TOWN)), of=HALF, by=CITY_BUREAU),
    on("2020-09-20", UnitDelisted(), of=HALF, by=CITY_BUREAU),
]


def events_of(story: Story) -> dict[str, list]:
    """The events that write into ledgers, by subject."""
    streams: dict[str, list] = {}
    for event in story.events:
        if type(event.data) in WRITES:
            streams.setdefault(event.subject, []).append(event)
    return streams


def acts_of(story: Story) -> list:
    """The rows of duties that were done."""
    return [row for event in story.events if (act := ACTS.get(type(event.data))) for row in act(event.data, event)]


def entries(story: Story, ledger: str) -> list[tuple]:
    """(state, opened, due, ended, unit, official, petition, about) of each entry."""
    changing = [each for stream in events_of(story).values() for each in written((), stream)]
    return [
        (each.state, str(each.opened_on), each.due_on and str(each.due_on), each.ended_on and str(each.ended_on),
         each.unit, each.official, each.petition, each.about)
        for each in [*changing, *map(act_entry, acts_of(story))] if each.ledger == ledger
    ]  # fmt: skip


@pytest.fixture(scope="module")
def story() -> Story:
    return given(*HISTORY)


def test_a_reception_has_an_entry_for_each_item_received(story):
    about = {"kind": "reception"}
    assert entries(story, "reception") == [
        ("done", "2020-05-06", None, None, COUNTY, head(COUNTY), "1", about),
        ("done", "2020-05-06", None, None, COUNTY, head(COUNTY), "2", about),
    ]


def test_a_reception_to_which_nobody_came_was_held_all_the_same():
    nobody = on("2020-05-06", ReceptionHeld(leader=head(COUNTY), kind="visit_down", items=()), of=DUTY)
    assert [entry[6:] for entry in entries(given(*CITY_UNITS, nobody), "reception")] == [(None, {"kind": "visit_down"})]


def test_a_roster_names_the_day_of_the_duty(story):
    assert entries(story, "roster") == [
        ("planned", "2020-05-07", "2020-05-09", None, COUNTY, head(COUNTY), None, {}),
    ]


def test_a_dispute_is_struck_off(story):
    about = {"summary": "征地补偿分歧", "assigned_to": LAND, "how": "达成协议"}
    assert entries(story, "dispute") == [
        ("cleared", "2020-05-08", "2020-06-08", "2020-05-20", TOWN, None, None, about),
    ]
    assert entries(story, "screening")[0][-1] == {"disputes": ["d1"]}


def test_a_dispute_goes_on_as_a_petition():
    logged = on("2020-05-08", DisputeLogged(place="430408001", unit=TOWN, summary="征地"), of=DISPUTE)
    became = on("2020-05-09", DisputeBecamePetition(petition="1"), of=DISPUTE)
    (entry,) = entries(given(*AT_HOUSING, logged, became), "dispute")
    assert (entry[0], entry[3], entry[6]) == ("became_petition", "2020-05-09", "1")


def test_what_the_conference_agreed_is_done_and_its_group_dissolved(story):
    assert entries(story, "conference") == [
        ("done", "2020-05-11", "2020-06-30", "2020-06-12", LABOUR, None, None, {"item": "清欠"}),
    ]
    assert entries(story, "group") == [
        ("dissolved", "2020-05-12", None, "2020-06-13", HOUSING, None, None, {"name": "物业", "members": (LAND,)}),
    ]


def test_a_gathering_says_who_was_summoned_who_came_and_when_it_was_reported(story):
    (entry,) = entries(story, "gathering")
    assert entry[:7] == ("ended", "2020-06-01", None, "2020-06-01", BUREAU, None, "1")
    assert entry[7] == {
        "persons": 12, "at": "2020-06-01T09:00:00+08:00", "concerned": (HOUSING,), "summoned": [HOUSING, LAND],
        "attended": [{"unit": HOUSING, "leader": deputy(HOUSING), "at": "2020-06-01T09:40:00+08:00"}],
        "reported": {"to": head(CITY), "at": "2020-06-01T09:20:00+08:00"},
    }  # fmt: skip


def test_an_inspection_is_open_until_every_unit_put_right_what_was_found(story):
    (entry,) = entries(story, "inspection")
    assert (entry[0], entry[3]) == ("to_rectify", None)
    assert [(one["unit"], one["rectified_on"]) for one in entry[7]["found"]] == [(HOUSING, "2020-06-19"), (LAND, None)]
    story = given(*HISTORY, on("2020-09-21", InspectionRectified(), of=PATROL))
    assert [(each[0], each[3]) for each in entries(story, "inspection")] == [("rectified", "2020-09-21")]


def test_an_evaluation_keeps_score_listing_interview_and_delisting(story):
    assert entries(story, "evaluation") == [
        ("delisted", "2020-07-10", "2020-08-10", "2020-09-20", TOWN, None, None, {
            "period": "2020H1", "score": "58.5", "metrics": {"rate": "0.9"}, "formula": "…",
            "scored_on": "2020-07-10", "listed_on": "2020-07-11", "reason": "58.5 < 60",
            "interviewed": [{"official": head(TOWN), "on": "2020-07-20"}], "delisted_on": "2020-09-20",
        }),
    ]  # fmt: skip


def test_a_protection_that_ends_early_ends_the_day_before(story):
    about = {"levels": ("city",)}
    assert entries(story, "protection") == [
        ("ended", "2020-06-10", "2020-06-20", "2020-06-15", CITY_BUREAU, None, None, about),
    ]


def test_one_report_answers_both_supervisions_and_the_older_is_closed_first(story):
    told = {"by": CITY_BUREAU, "answered_on": "2020-05-30"}
    assert entries(story, "supervision") == [
        ("closed", "2020-05-13", "2020-06-12", "2020-06-02", HOUSING, None, "1", {"ground": "S6", **told}),
        ("answered", "2020-05-14", "2020-06-01", None, HOUSING, None, "1", {"ground": "S3", **told}),
    ]


def test_a_sponsorship_shows_each_of_the_five_warranties(story):
    warranties = {"informed": "2020-05-18", "persuaded": None, "resolved": None, "supported": None, "desisted": None}
    about = {"team": (head(HOUSING),), "plan": "约谈物业", "warranties": warranties, "why": None}
    assert entries(story, "sponsorship") == [("open", "2020-05-15", None, None, COUNTY, head(COUNTY), "1", about)]


def test_a_visit_above_is_a_fact_about_the_matter(story):
    about = {"level": "province", "kind": "collective", "persons": 1, "beyond": True}
    assert entries(story, "raised") == [("recorded", "2020-06-20", None, None, CITY_BUREAU, None, "1", about)]


@pytest.mark.parametrize("cut", range(1, 8))
def test_folded_in_pieces_read_again_and_seen_twice_it_is_the_same(story, cut):
    for stream in events_of(story).values():
        whole = {each.key: pack(each) for each in written((), stream)}
        first = written((), stream[:cut])
        kept = {each.key: each for each in first} | {each.key: each for each in written(_read_again(first), stream)}
        again = written(_read_again(kept.values()), stream)
        assert {key: pack(each) for key, each in kept.items()} == whole
        assert all(pack(each) == whole[each.key] for each in again)


def _read_again(kept) -> list:
    return [unpack_entry(pack(each)) for each in kept]


def test_acts_stand_in_the_order_of_the_log_each_once(story):
    rows = acts_of(story)
    assert {row.ledger for row in rows} == KINDS
    assert [row.id for row in rows] == sorted({row.id for row in rows})
