"""What a stranger found: places where an accusation showed to those whom it accuses."""

from domain.duty.events import ReceptionHeld
from domain.inspection.events import InspectionPlanned
from tests.projections.test_ledgers import DUTY, HISTORY
from tests.roles.conftest import ACCUSATION
from tests.samples import *

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
