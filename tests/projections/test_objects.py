"""What an event speaks of: items, matters, units, persons, deadlines, findings, supervisions, and how."""

from datetime import date

from infra.shipped import shipped_rules
from projections.object_types import EVENT_TYPES, OBJECT_TYPES
from projections.objects import of_item
from projections.traces import told
from tests.samples import *
from tests.spec import given


def told_of(story, no: str = "1"):
    """The events and objects of an item."""
    return of_item([each for each in story.events if each.subject == f"petition:{no}"], shipped_rules().calendar)


def of_type(happened, activity: str):
    return [set(each.objects) for each in happened if each.activity == activity]


def test_a_referral_speaks_of_the_item_both_units_and_the_clocks():
    happened, _ = told_of(given(*AT_HOUSING))
    assert of_type(happened, "petition.referred") == [
        {
            ("petition:1", "subject"), ("matter:1", "matter"), (clerk(BUREAU), "actor"), (BUREAU, "unit"),
            (HOUSING, "to_unit"), ("deadline:1:K1:1", "meets"), ("deadline:1:K2:2", "sets"),
        }
    ]  # fmt: skip


def test_a_deadline_tells_when_it_was_moved_and_met():
    _, objects = told_of(
        given(*IN_HANDLING, on("2020-06-10", extend(), by=HOUSING), on("2020-06-15", answer(), by=HOUSING))
    )
    clock = objects["deadline:1:K5:3"]
    assert clock.first == {
        "clock": "K5", "starts_on": date(2020, 4, 20), "strict_on": date(2020, 6, 19), "due_on": date(2020, 6, 19),
    }  # fmt: skip
    assert [(when.date(), name, value) for when, name, value in clock.changes] == [
        (date(2020, 6, 10), "strict_on", date(2020, 7, 19)), (date(2020, 6, 10), "due_on", date(2020, 7, 20)),
        (date(2020, 6, 10), "extended", 30), (date(2020, 6, 15), "met_on", date(2020, 6, 15)),
        (date(2020, 6, 15), "late_by", 0),
    ]  # fmt: skip
    assert set(clock.objects) == {("petition:1", "about"), (HOUSING, "owed_by")}


def test_what_was_missed_raises_a_finding_against_the_unit():
    happened, objects = told_of(given(*AT_HOUSING).by("2020-05-15"))
    assert of_type(happened, "deadline.missed") == [
        {
            ("petition:1", "subject"), ("matter:1", "matter"), (HOUSING, "unit"), (HOUSING, "owed_by"),
            ("deadline:1:K2:2", "misses"), ("F02:petition:1:K2", "raises"),
        }
    ]  # fmt: skip
    assert objects["deadline:1:K2:2"].changes[-1][1:] == ("missed", True)


def test_a_report_answers_all_supervisions_and_the_oldest_is_closed_first():
    story = given(
        *IN_HANDLING, on("2020-05-06", supervise("S6")), on("2020-05-07", supervise("S4")),
        on("2020-05-08", e.SupervisionAnswered(), by=HOUSING), on("2020-05-09", e.SupervisionClosed()),
    )  # fmt: skip
    happened, objects = told_of(story)
    ways = [(id, how) for each in happened for id, how in each.objects if id.startswith("supervision:")]
    one, two = "supervision:1:5", "supervision:1:6"
    assert ways == [(one, "opens"), (two, "opens"), (one, "answers"), (two, "answers"), (one, "closes")]
    assert set(objects[one].objects) == {("petition:1", "about"), (HOUSING, "unit")}


def test_a_repeat_leaves_its_own_matter_for_that_of_the_first_item():
    again = [on("2020-06-10", raised(), no="2"), on("2020-06-11", repeats("1"), no="2")]
    happened, objects = told_of(given(*WITH_END, *again), "2")
    assert [id for each in happened for id, how in each.objects if how == "matter"] == ["matter:2", "matter:1"]
    assert ("petition:1", "first") in happened[1].objects
    assert ("matter:1", "part_of") in objects["petition:2"].objects


def test_all_that_is_told_was_declared():
    story = given(
        *WITH_END, on("2020-06-10", raised(about_unit=HOUSING), no="2"), on("2020-06-11", repeats("1"), no="2")
    )
    for no in ("1", "2"):
        happened, objects = told_of(story, no)
        for each in happened:
            assert each.told.keys() <= EVENT_TYPES[each.activity].keys()
        for each in objects.values():
            assert {*each.first, *(name for _, name, _ in each.changes)} <= OBJECT_TYPES[each.type].keys()
        assert told(story.item(no)).keys() <= OBJECT_TYPES["petition"].keys()
