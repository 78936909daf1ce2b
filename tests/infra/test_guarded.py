"""An attempt to send an accusation to whom it accuses goes on record by the log's own hand, and trips F12."""

from contextlib import closing

import pytest
from msgspec.structs import replace

from cli.wiring import System
from domain.codec import encode
from domain.conference.events import ItemAgreed
from domain.gathering.events import GatheringArrived, GatheringSummoned
from tests.samples import BUREAU, CITY_UNITS, COUNTY, HOUSING, LAND, SITE, accept, clerk, on, raised, refer

REGISTERED = on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING), by=BUREAU)
AT_COUNTY = on("2020-04-12", refer(COUNTY), by=BUREAU)
AGREED = ItemAgreed(item="核查", owner_unit=SITE, petition="1")
CAME = GatheringArrived(persons=6, place="区政府", petition="1")


def attempted(folder, attempt, code="accused-organ"):
    """The findings after a last action that is refused: (id, unit, attempt)."""
    with closing(System(f"sqlite:///{folder}/danze.db")) as system:
        intake = system.intake(history=True)
        story = [*CITY_UNITS, REGISTERED, AT_COUNTY, on("2020-04-12", CAME, of="gathering:1", by=BUREAU), attempt]
        *taken, told = intake.take([encode(action) for action in story])
        assert {each.outcome for each in taken} == {"recorded"}
        assert (told.outcome, told.rejection.code) == ("rejected", code)
        system.projector.catch_up()
        found = system.answers.findings()["findings"]
    return [(each["id"], each["unit"], each["attempt"]) for each in found]


@pytest.mark.parametrize("named", [COUNTY, None], ids=["says its unit", "says none"])
def test_the_attempt_is_found_on_the_unit_that_made_it(tmp_path, named):
    attempt = replace(on("2020-04-13", refer(HOUSING), by=COUNTY), unit=named)
    assert attempted(tmp_path, attempt) == [(f"F12:petition:1:{HOUSING}", COUNTY, True)]


@pytest.mark.parametrize(
    ("fact", "of", "by", "accused"),
    [(AGREED, "conference:430408-gov", COUNTY, SITE),
     (replace(CAME, units=(LAND, HOUSING)), "gathering:2", LAND, HOUSING),
     (GatheringSummoned(units=(LAND, SITE)), "gathering:1", BUREAU, SITE)],
)  # fmt: skip
def test_the_attempt_by_a_conference_or_at_a_gathering_is_found_as_well(tmp_path, fact, of, by, accused):
    assert attempted(tmp_path, on("2020-04-13", fact, of=of, by=by)) == [(f"F12:petition:1:{accused}", by, True)]


def test_who_would_handle_it_out_of_turn_is_refused_and_nothing_is_found(tmp_path):
    accepted = on("2020-04-13", accept(handler=clerk(HOUSING)), by=COUNTY)
    assert attempted(tmp_path, accepted, "conflicted-official") == []
