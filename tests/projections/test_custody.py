"""In whose hands an item was, day by day (contract section 6, dossier)."""

from projections.custody import custody
from tests.samples import *
from tests.spec import given


def chain(*actions) -> list:
    story = given(*CITY_UNITS, *actions)
    told = custody([each for each in story.events if each.subject == "petition:1"], story.units)
    return [(each["unit"], each["from"], each["until"], each["why"]) for each in told]


def test_an_open_item_goes_with_its_unit_into_another_from_that_day_on():
    merger = [merged("2020-05-06", HOUSING, LAND), merged("2020-05-20", LAND, LABOUR)]
    assert chain(REGISTERED, REFERRED, ACCEPTED, *merger) == [
        (BUREAU, "2020-04-10", "2020-04-13", "registered"), (HOUSING, "2020-04-13", "2020-04-20", "referred"),
        (HOUSING, "2020-04-20", "2020-05-06", "accepted"), (LAND, "2020-05-06", "2020-05-20", "merged"),
        (LABOUR, "2020-05-20", None, "merged"),
    ]  # fmt: skip


def test_what_was_over_before_its_unit_ended_stays_where_it_was():
    refused = on("2020-04-20", e.PetitionNotAccepted(ground="N1"), by=HOUSING)
    assert chain(REGISTERED, REFERRED, refused, merged("2020-05-06", HOUSING, LAND))[-1] == (
        HOUSING, "2020-04-13", "2020-04-20", "referred",
    )  # fmt: skip


def test_a_later_step_of_the_successor_follows_the_merger():
    changed = on("2020-05-08", e.HandlerChanged(handler="official:wang", reason="合并"), by=LAND)
    assert chain(REGISTERED, REFERRED, ACCEPTED, merged("2020-05-06", HOUSING, LAND), changed)[-2:] == [
        (LAND, "2020-05-06", "2020-05-08", "merged"), (LAND, "2020-05-08", None, "handler_changed"),
    ]  # fmt: skip
