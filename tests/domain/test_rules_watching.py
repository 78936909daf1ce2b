"""F17, F18, F20–F22: supervision, going above, execution, causes, incidents (contract section 5)."""

import pytest

from domain.finding.events import FindingDecided, FindingDismissed, FindingOpened
from tests.samples import *
from tests.spec import given


def day(text: str) -> date:
    return date.fromisoformat(text)


DELIVERED = on("2020-05-22", deliver(), by=HOUSING)
REVIEW = on("2020-06-10", e.ReviewRequested(to_unit=COUNTY))
REVIEWED = on("2020-07-01", e.ReviewAnswered(by_unit=COUNTY, outcome="upheld"), by=COUNTY)
REREVIEW = on("2020-07-20", e.RereviewRequested(to_unit=CITY))


def test_f17_dissatisfied_and_nobody_supervises_within_five_working_days():
    story = given(*WITH_ANSWER).when(on("2020-06-22", rate(), by=BUREAU))
    story.by("2020-06-30").finds("F16:petition:1")  # 06-25 to 06-27 off, 06-28 worked
    story.by("2020-07-01").finds("F16:petition:1", "F17:petition:1:S7")
    assert story.finding("F17:petition:1:S7").unit == BUREAU


def test_f17_any_supervision_in_time_meets_it():
    story = given(*WITH_ANSWER, on("2020-06-22", rate(), by=BUREAU), on("2020-06-30", supervise("S7")))
    story.when(on("2020-07-02", e.SupervisionAnswered(), by=HOUSING)).by("2020-08-01").finds("F16:petition:1")


@pytest.mark.parametrize(
    ("kind", "ground"),
    [
        ({"channel": "handed_down", "handed_down_by": PROVINCE}, "S9"),
        ({"channel": "handed_down", "handed_down_by": NATION}, "S9"),
        ({"channel": "reception"}, "S10"),
    ],
)
def test_f17_of_items_from_above_and_from_a_leaders_reception(kind, ground):
    story = given(*CITY_UNITS, on("2020-04-10", raised(**kind)), on("2020-04-10", answer(), by=BUREAU))
    story.by("2020-04-17").finds()
    story.by("2020-04-18").finds(f"F17:petition:1:{ground}")


def test_f17_not_for_an_item_handed_down_by_the_city():
    handed = on("2020-04-10", raised(channel="handed_down", handed_down_by=CITY_BUREAU))
    given(*CITY_UNITS, handed, on("2020-04-10", answer(), by=BUREAU)).by("2020-06-01").finds()


def test_f17_of_s8_names_the_bureau_of_the_level_of_the_first_handler():
    """The repeat came in at the city; the first handler is a county department (contract 5, F17)."""
    again = [on("2020-06-02", raised(), by=CITY_BUREAU, no="2"), on("2020-06-03", repeats("1"), by=CITY_BUREAU, no="2")]
    story = given(*WITH_END, *again)
    assert story.clock("S8", "2").owed_by == BUREAU
    assert story.by("2020-06-11").finding("F17:petition:2:S8").unit == BUREAU


# going above, execution, causes, incidents


def test_f18_going_up_after_a_fault_names_the_unit_at_fault_and_never_the_petitioner():
    late = on("2020-06-22", answer(), by=HOUSING)
    story = given(*IN_HANDLING, late).when(on("2020-06-23", go_up("province")))
    story.finds("F04:petition:1:K5", f"F18:petition:1:{HOUSING}")
    assert "person:" not in repr(story.finding(f"F18:petition:1:{HOUSING}"))


def test_f18_one_level_above_is_the_proper_level():
    late = on("2020-06-22", answer(), by=HOUSING)
    given(*IN_HANDLING, late).when(on("2020-06-23", go_up("city"))).finds("F04:petition:1:K5")


def test_f18_needs_a_fault():
    given(*WITH_ANSWER).when(on("2020-06-23", go_up("national"))).finds()


def test_f18_counts_the_faults_on_every_item_of_the_matter():
    again = [on("2020-06-20", raised(), no="2"), on("2020-06-20", repeats("1"), no="2")]
    story = given(*IN_HANDLING, *again).when(on("2020-06-22", go_up("province"), no="2"))
    assert story.finding(f"F18:petition:2:{HOUSING}").unit == HOUSING


SUPPORTED = on("2020-05-20", answer("supported"), by=HOUSING)


def test_f20_supported_and_not_executed_in_thirty_days():
    story = given(*IN_HANDLING, SUPPORTED)
    story.by("2020-06-19").finds()
    story.by("2020-06-20").finds("F20:petition:1")
    seen = (len(CITY_UNITS) + 5, len(story.events))
    found = finding("F20:petition:1", HOUSING, "2020-06-20", handler="official:handler", evidence=seen)
    assert story.finding("F20:petition:1") == found


def test_f20_executed_in_time_and_refused():
    given(*IN_HANDLING, SUPPORTED, on("2020-06-19", e.PetitionExecuted(), by=HOUSING)).by("2020-12-31").finds()
    given(*IN_HANDLING, SUPPORTED).when(on("2020-06-01", e.ExecutionRefused(), by=HOUSING)).finds("F20:petition:1")


def test_f20_a_revoked_opinion_is_not_executed():
    revoked = on("2020-06-15", e.ReviewAnswered(by_unit=COUNTY, outcome="revoked"), by=COUNTY)
    given(*IN_HANDLING, SUPPORTED, DELIVERED, REVIEW, revoked).by("2020-12-31").finds()


def test_f21_a_human_found_the_cause():
    story = (
        given(*IN_HANDLING)
        .when(on("2020-06-20", cause(COUNTY, ground="A3")))
        .finds(f"F21:petition:1:{COUNTY}", "F04:petition:1:K5")
    )
    found = story.finding(f"F21:petition:1:{COUNTY}")
    assert (found.axis, found.ground, found.since, found.on) == ("A", "A3", day("2020-06-20"), day("2019-06-03"))


def test_f21_two_units_can_cause_and_a_third_handle_badly():
    story = given(*IN_HANDLING).when(on("2020-06-20", cause(COUNTY)))
    story.when(on("2020-06-20", cause(LAND, ground="A2")))
    units = {id: each.unit for id, each in story.standing().items()}
    assert units == {f"F21:petition:1:{COUNTY}": COUNTY, f"F21:petition:1:{LAND}": LAND, "F04:petition:1:K5": HOUSING}


def test_f21_a_revision_moves_it_or_takes_it_back():
    story = given(*WITH_ANSWER, on("2020-06-20", cause(COUNTY)))
    story.when(on("2020-06-21", e.CauseContested(unit=COUNTY, reason="无关"), by=COUNTY)).finds(
        f"F21:petition:1:{COUNTY}"
    )
    story.when(on("2020-06-22", e.CauseRevised(unit=LAND))).finds(f"F21:petition:1:{LAND}")
    story.when(on("2020-06-23", e.CauseRevised(withdrawn=True))).finds()


def test_f21_a_cause_that_was_found_is_changed_by_a_revision_alone():
    story = given(*WITH_ANSWER, on("2020-06-20", cause(COUNTY)))
    story.when(on("2020-06-21", cause(COUNTY, ground="A2"))).refused("already-exists", "$.data.unit")
    story.when(on("2020-06-22", e.CauseRevised(unit=COUNTY, withdrawn=True))).finds()
    story.when(on("2020-06-23", cause(COUNTY, ground="A2"))).finds(f"F21:petition:1:{COUNTY}")


DECIDED = FindingDecided(official=clerk(COUNTY), responsibility="direct", measure="talk", reason="情况属实")


@pytest.mark.parametrize(("judged", "state"), [(DECIDED, "decided"), (FindingDismissed(reason="不实"), "dismissed")])
def test_f21_what_humans_made_of_one_allegation_is_not_said_of_another(judged, state):
    id = f"F21:petition:1:{COUNTY}"
    by_humans = [
        on("2020-06-21", FindingOpened(), by=CITY_BUREAU, of=id),
        on("2020-06-22", judged, by=CITY_BUREAU, of=id),
    ]
    story = given(*WITH_ANSWER, on("2020-06-20", cause(COUNTY)), *by_humans)
    story.when(on("2020-06-23", e.CauseRevised(evidence=(1,))))
    assert story.fold.standings()[id].state == state
    story.when(on("2020-06-24", e.CauseRevised(officials=(deputy(COUNTY),)))).finds(id)
    now = story.fold.standings()[id]
    assert (now.state, now.finding.officials, now.steps) == ("proposed", (deputy(COUNTY),), ())
    assert [former.state for former in now.former] == [state]


def test_f22_an_incident_mishandled_is_graver():
    given(*IN_HANDLING).when(on("2020-05-06", e.IncidentReported(kind="mass"))).finds()
    story = given(*IN_HANDLING).when(on("2020-05-06", e.IncidentReported(kind="extreme", mishandled_by=TOWN)))
    story.finds(f"F22:petition:1:{TOWN}")
    assert story.finding(f"F22:petition:1:{TOWN}").aggravated
