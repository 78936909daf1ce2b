"""An id with a slash in it is reached where the slash is written %2F, whatever stands around it."""

from datetime import date
from urllib.parse import quote

from litestar.testing import TestClient

from api.app import create_app
from domain.conference.events import ItemAgreed
from tests.samples import *

AGREED = ItemAgreed(item="清欠/二期 50%", owner_unit=HOUSING, due=date(2020, 6, 1))
ID = f"D13:conference:{CITY[5:]}:清欠/二期 50%"


def test_the_finding_of_an_agreed_item_with_a_slash_is_read_and_explained(after):
    agreed = on("2020-05-11", AGREED, of=f"conference:{CITY[5:]}", by=CITY_BUREAU)
    with TestClient(create_app(after(*CITY_UNITS, agreed, until="2020-07-01"), None, version="test")) as http:
        assert [each["id"] for each in http.get("/v1/findings").json()["findings"] if each["rule"] == "D13"] == [ID]
        for path in ("", "/explain"):
            answer = http.get(f"/v1/findings/{quote(ID, safe='')}{path}")
            assert (answer.status_code, answer.json()["id"]) == (200, ID)
        assert http.get(f"/findings/{quote(ID)}").status_code == 200


def test_what_is_not_there_is_told_as_it_was_asked_for(city):
    answer = city.http.get("/v1/petitions/a%2Fb%2fc/timeline")
    assert (answer.status_code, answer.json()["instance"]) == (404, "/v1/petitions/a/b/c/timeline")
    assert "a/b/c" in answer.json()["detail"]
    assert city.http.get("/v1/none/a%2Fb").json()["instance"] == "/v1/none/a/b"
    assert city.http.get("/v1/petitions?q=a%2Fb").status_code == 200
