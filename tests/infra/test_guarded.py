"""An attempt to send an accusation to whom it accuses goes on record by the log's own hand, and trips F12."""

from contextlib import closing

import pytest
from msgspec.structs import replace

from cli.wiring import System
from domain.codec import encode
from tests.samples import BUREAU, CITY_UNITS, COUNTY, HOUSING, on, raised, refer


@pytest.mark.parametrize("named", [COUNTY, None], ids=["says its unit", "says none"])
def test_the_attempt_is_found_on_the_unit_that_made_it(tmp_path, named):
    registered = on("2020-04-10", raised(purpose="accusation", about_unit=HOUSING), by=BUREAU)
    attempt = replace(on("2020-04-13", refer(HOUSING), by=COUNTY), unit=named)
    with closing(System(f"sqlite:///{tmp_path}/danze.db")) as system:
        intake = system.intake(history=True)
        story = [*CITY_UNITS, registered, on("2020-04-12", refer(COUNTY), by=BUREAU), attempt]
        *taken, told = intake.take([encode(action) for action in story])
        assert {each.outcome for each in taken} == {"recorded"}
        assert (told.outcome, told.rejection.code) == ("rejected", "accused-organ")
        system.projector.catch_up()
        found = system.answers.findings()["findings"]
    assert [(each["id"], each["unit"], each["attempt"]) for each in found] == [
        (f"F12:petition:1:{HOUSING}", COUNTY, True)
    ]
