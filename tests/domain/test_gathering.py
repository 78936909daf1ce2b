"""Joint reception of those who come in numbers (联合接访, Art 7), and F19: who was called and did not come."""

from contextlib import closing

from msgspec.structs import replace

from cli.wiring import System
from domain.codec import encode
from domain.finding.events import FindingOpened
from domain.gathering.events import (
    GatheringArrived,
    GatheringAttended,
    GatheringEnded,
    GatheringReported,
    GatheringSummoned,
)  # fmt: skip
from tests.samples import *
from tests.spec import given

LEAD = head(COUNTY)
ARRIVED = on("2020-06-01 09:00", GatheringArrived(persons=40, place="430408", units=(HOUSING,)))
CALLED = on("2020-06-01 09:10", GatheringSummoned(units=(HOUSING, LABOUR)))
HOUSING_CAME = on("2020-06-01 09:40", GatheringAttended(unit=HOUSING, leader=head(HOUSING)))
LABOUR_CAME = on("2020-06-01 09:50", GatheringAttended(unit=LABOUR, leader=head(LABOUR)))
REPORTED = on("2020-06-01 09:05", GatheringReported(to=LEAD))
ENDED = on("2020-06-01 12:00", GatheringEnded())
BEFORE = [*CITY_UNITS, ARRIVED]


def entered_late(action, day="2020-06-03"):
    return replace(action, recordedat=at(day))


def test_nothing_is_found_where_all_came_and_it_was_reported():
    given(*BEFORE, REPORTED, CALLED, HOUSING_CAME, LABOUR_CAME).when(ENDED).nothing().finds()


def test_f19_a_unit_that_was_called_and_did_not_come():
    story = given(*BEFORE, REPORTED, CALLED, HOUSING_CAME).when(ENDED)
    story.finds(f"F19:gathering:1:{LABOUR}")
    found = story.finding(f"F19:gathering:1:{LABOUR}")
    called = next(event.position for event in story.events if event.type == "gathering.summoned.v1")
    assert (found.unit, found.axis, found.ground, found.since) == (LABOUR, "B", "B6", date(2020, 6, 1))
    assert found.evidence == (called, len(story.events))
    story.who_answers(found.id, (clerk(LABOUR), "direct"), (deputy(LABOUR), "leadership"), (head(LABOUR), "leadership"))


def test_f19_the_unit_that_received_them_where_nobody_was_told():
    story = given(*BEFORE, CALLED, HOUSING_CAME, LABOUR_CAME).when(ENDED)
    story.finds(f"F19:gathering:1:{BUREAU}")


def test_f19_is_taken_back_by_evidence_that_comes_late():
    story = given(*BEFORE, CALLED, HOUSING_CAME, ENDED)
    story.finds(f"F19:gathering:1:{BUREAU}", f"F19:gathering:1:{LABOUR}")
    story.when(entered_late(LABOUR_CAME)).finds(f"F19:gathering:1:{BUREAU}")
    story.when(entered_late(REPORTED)).finds()


def test_one_unit_with_two_faults_is_cleared_by_mending_both():
    called = on("2020-06-01 09:10", GatheringSummoned(units=(BUREAU,)))
    story = given(*BEFORE, called, ENDED)
    story.finds(f"F19:gathering:1:{BUREAU}")
    story.when(entered_late(REPORTED)).finds(f"F19:gathering:1:{BUREAU}")
    story.when(entered_late(on("2020-06-01 09:30", GatheringAttended(unit=BUREAU, leader=head(BUREAU))))).finds()


def test_a_call_entered_after_the_end_finds_who_did_not_come():
    story = given(*BEFORE, REPORTED, ENDED)
    story.when(entered_late(CALLED)).finds(f"F19:gathering:1:{HOUSING}", f"F19:gathering:1:{LABOUR}")


def test_the_unit_that_a_merged_one_went_into_answers():
    story = given(*BEFORE, REPORTED, CALLED, HOUSING_CAME, merged("2020-06-01 10:00", LABOUR, LAND)).when(ENDED)
    assert story.finding(f"F19:gathering:1:{LABOUR}").unit == LAND


def test_steps_that_cannot_be():
    given(*BEFORE).when(ARRIVED).refused("already-exists", "$.subject")
    given(*CITY_UNITS).when(CALLED).refused("unknown-subject", "$.subject")
    given(*BEFORE).when(on("2020-06-01 08:00", GatheringEnded())).refused("before-previous", "$.time")
    given(*BEFORE, ENDED).when(ENDED).refused("not-in-this-state", "$.type")
    given(*BEFORE, ENDED).when(on("2020-06-01 13:00", GatheringReported(to=LEAD))).refused(
        "not-in-this-state", "$.type"
    )
    nobody = on("2020-06-01 09:10", GatheringSummoned(units=(HOUSING, "unit:none")))
    given(*BEFORE).when(nobody).refused("unknown-subject", "$.data.units[1]")
    of_no_item = on("2020-06-01", GatheringArrived(persons=9, place="430408", petition="404"), no="2")
    given(*BEFORE).when(of_no_item).refused("unknown-subject", "$.data.petition")
    by_nobody = replace(on("2020-06-01", GatheringArrived(persons=9, place="430408"), no="3"), unit=None)
    given(*BEFORE).when(by_nobody).refused("missing-field", "$.unit")


def test_a_human_decides_on_the_finding_too(store_url):
    with closing(System(store_url)) as system:
        intake = system.intake(history=True)
        story = [*BEFORE, CALLED, HOUSING_CAME, ENDED]
        assert {outcome.outcome for outcome in intake.take([encode(action) for action in story])} == {"recorded"}
        id = f"F19:gathering:1:{LABOUR}"
        opened = replace(on("2020-06-02", FindingOpened()), subject=id)
        gone = replace(on("2020-06-03", FindingOpened()), subject=f"F19:gathering:1:{HOUSING}")
        assert [outcome.outcome for outcome in intake.take([encode(opened), encode(gone)])] == ["recorded", "rejected"]
        found = {each["id"]: each for each in system.answers.findings()["findings"]}
        assert found[id]["state"] == "opened"
        assert not any(system.projector.replay().differences.values())
