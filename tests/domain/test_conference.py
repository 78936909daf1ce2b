"""The joint conference (Art 5, 6): what it agreed, its groups and members; D13 and D12 for what it made prominent."""

import pytest

from domain.conference import events as c
from domain.envelope import Decided
from tests.samples import *
from tests.spec import given, watched

OFFICE = "conference:430400-xfj"


def meets(day: str, fact, **other):
    return on(day, fact, by=CITY_BUREAU, of=OFFICE, **other)


def agreed(due: str | None = "2020-08-01", item: str = "物业收费专项整治", **other) -> c.ItemAgreed:
    return c.ItemAgreed(item=item, owner_unit=HOUSING, due=date.fromisoformat(due) if due else None, **other)


AGREED = meets("2020-07-01", agreed())
DONE = c.ItemDone(item="物业收费专项整治")
D13 = f"D13:{OFFICE}:物业收费专项整治"


def open_items(story) -> list[str]:
    return sorted(id for id in story.standing() if id.startswith("D13"))


def test_d13_an_item_past_its_day_which_is_given_and_does_not_roll():
    story = watched(*CITY_UNITS, AGREED).by("2020-08-01")
    assert open_items(story) == []
    assert open_items(story.by("2020-08-02")) == [D13]
    found = story.finding(D13)
    assert (found.unit, found.since, found.period) == (HOUSING, date(2020, 8, 2), "2020-08-01")
    assert found.evidence[0] == len(CITY_UNITS) + 1 + sum(
        each.source == "/danze/clock" for each in story.events[: found.evidence[0]]
    )
    story.who_answers(D13, (head(HOUSING), "direct"))


@pytest.mark.parametrize(("done", "left"), [("2020-08-01", []), ("2020-08-02", [D13])])
def test_d13_what_is_done_on_its_day_is_in_time(done, left):
    story = watched(*CITY_UNITS, AGREED, meets(done, DONE)).by("2020-09-01")
    assert open_items(story) == left


def test_d13_is_cleared_by_an_end_that_was_entered_late():
    story = watched(*CITY_UNITS, AGREED).by("2020-08-02")
    story.when(meets("2020-07-31", DONE, entered="2020-08-02 10:00"))
    assert open_items(story) == []


def test_an_item_without_a_day_is_never_late():
    story = given(*CITY_UNITS).when(meets("2020-07-01", agreed(None))).then(Decided())
    assert story.state(OFFICE).due == ()


def test_d12_an_item_that_the_conference_made_prominent_gets_a_sponsor_in_ten_working_days():
    prominent = meets("2020-07-01", agreed(None, petition="1"))
    story = watched(*IN_HANDLING, prominent).by("2020-07-15")
    assert "D12:petition:1" not in story.standing()
    found = story.by("2020-07-16").finding("D12:petition:1")
    assert (found.unit, found.since, found.period) == (HOUSING, date(2020, 7, 16), "2020-07-15")
    story.who_answers("D12:petition:1", (head(HOUSING), "direct"))
    leader = e.PetitionSponsored(leader=head(COUNTY), team=(), plan="一案一策")
    late = on("2020-07-15", leader, by=COUNTY, entered="2020-07-16 10:00")
    assert "D12:petition:1" not in story.when(late).standing()


@pytest.mark.parametrize(("day", "left"), [("2020-05-06", False), ("2020-07-15", False), ("2020-07-16", True)])
def test_d12_a_sponsor_before_or_in_time(day, left):
    steps = [meets("2020-07-01", agreed(None, petition="1"))]
    sponsor = on(day, e.PetitionSponsored(leader=head(COUNTY), team=(), plan="一案一策"), by=COUNTY)
    story = watched(*IN_HANDLING, *sorted([*steps, sponsor], key=lambda each: each.time)).by("2020-08-01")
    assert ("D12:petition:1" in story.standing()) is left


def test_d12_not_for_an_item_that_is_over():
    story = watched(*WITH_END, meets("2020-07-01", agreed(None, petition="1"))).by("2020-08-01")
    assert "D12:petition:1" not in story.standing()


def test_agreements_are_made_once_and_done_once():
    story = given(*CITY_UNITS, AGREED)
    story.when(meets("2020-07-02", agreed())).refused("already-exists", "$.data.item")
    story.when(meets("2020-07-02", c.ItemDone(item="别的"))).refused("unknown-subject", "$.data.item")
    story.when(meets("2020-06-30", DONE)).refused("before-previous", "$.time")
    story.and_then(meets("2020-07-20", DONE))
    story.when(meets("2020-07-21", DONE)).refused("not-in-this-state", "$.data.item")


def test_agreements_name_what_is_known_and_days_to_come():
    story = given(*CITY_UNITS)
    nobody = c.ItemAgreed(item="x", owner_unit="unit:nowhere")
    story.when(meets("2020-07-02", nobody)).refused("unknown-subject", "$.data.owner_unit")
    story.when(meets("2020-07-02", agreed("2020-07-01"))).refused("bad-value", "$.data.due")
    story.when(meets("2020-07-02", agreed(petition="9"))).refused("unknown-subject", "$.data.petition")
    elsewhere = on("2020-07-02", c.ConferenceHeld(), by=CITY_BUREAU, of="conference:nowhere")
    story.when(elsewhere).refused("unknown-subject", "$.subject")
    story.when(meets("2020-07-02", c.ConferenceHeld(attended=("unit:no",)))).refused(
        "unknown-subject", "$.data.attended[0]"
    )
    story.when(meets("2020-07-02", c.ConferenceHeld(attended=(HOUSING,), topics=("物业",)))).nothing()


def test_groups_are_formed_and_dissolved():
    def group(**other):
        return c.GroupFormed(**{"name": "物业专项小组", "lead_unit": HOUSING, "members": (LAND,), **other})

    story = given(*CITY_UNITS, meets("2020-07-01", group()))
    story.when(meets("2020-07-02", group())).refused("already-exists", "$.data.name")
    unknown = group(name="乙", lead_unit="unit:no")
    story.when(meets("2020-07-02", unknown)).refused("unknown-subject", "$.data.lead_unit")
    unknown = group(name="乙", members=("unit:no",))
    story.when(meets("2020-07-02", unknown)).refused("unknown-subject", "$.data.members[0]")
    story.and_then(meets("2020-07-03", c.GroupDissolved(name="物业专项小组", lead_unit=HOUSING, members=(LAND,))))
    gone = meets("2020-07-04", c.GroupDissolved(name="物业专项小组"))
    story.when(gone).refused("not-in-this-state", "$.data.name")
    story.when(meets("2020-07-05", group())).nothing()


def test_members_are_named_whole_or_by_who_joined_and_left():
    story = given(*CITY_UNITS, meets("2020-07-01", c.MembersChanged(members=(HOUSING, LAND))))
    story.and_then(meets("2020-07-05", c.MembersChanged(joined=(LABOUR,), left=(LAND,))))
    assert story.state(OFFICE).current() == [HOUSING, LABOUR]
    story.and_then(meets("2020-07-06", c.MembersChanged(members=(LAND,))))
    spans = [(each.unit, each.since.day, each.until and each.until.day) for each in story.state(OFFICE).members]
    assert spans == [(HOUSING, 1, 6), (LAND, 1, 5), (LABOUR, 5, 6), (LAND, 6, None)]
    story.when(meets("2020-07-07", c.MembersChanged())).refused("missing-field", "$.data.members")
    unknown = c.MembersChanged(joined=("unit:no",))
    story.when(meets("2020-07-07", unknown)).refused("unknown-subject", "$.data.joined[0]")
