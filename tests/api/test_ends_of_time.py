"""Whatever time is asked about, up to the first and the last day that there is: nothing breaks on our side."""

from contextlib import closing
from urllib.parse import quote

import orjson
import pytest
from litestar.testing import TestClient

from api.app import create_app
from cli.running import Door
from cli.taking import take
from cli.wiring import System
from infra.city.simulation import simulate
from tests.api.simulated import pages

ENDS = (
    "9999-12-31", "0001-01-01", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00-12:00",
)  # fmt: skip
HALVES = ("/evaluations?period=1000H1", "/evaluations?period=9999H2", "/v1/evaluations/9999H2?unit=430400-gov")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with closing(System(f"sqlite:///{tmp_path_factory.mktemp('ends')}/danze.db")) as system:
        take(system, map(orjson.dumps, simulate(7, days=200, scale=0.01, counties=1)), history=True, title="simulate")
        app = create_app(system.answers, Door(system.intake(), system.answers), version="test")
        with TestClient(app, raise_server_exceptions=False) as client:
            yield system, client


def addresses(system: System, client: TestClient) -> list[str]:
    """Every question of /v1, with what it needs, and every page."""
    shown = pages(system.answers)
    finding = next(each for each in shown if each.startswith("/findings/")).rpartition("/")[2]
    item = next(each for each in shown if each.startswith("/petitions/")).rpartition("/")[2]
    known = {
        "no": item, "finding": finding, "code": "430400-gov", "unit": "430400-gov", "from": "2020-07-01",
        "to": "2020-09-30", "rate": "on_time_answer", "official": "official:430400-gov-head", "period": "2020H2",
        "kind": "dispute", "position": "9", "subject": "unit:430400-gov", "id": "none", "before": "2020-08-01",
        "after": "2020-09-01",
    }  # fmt: skip
    asked = []
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        if "get" not in methods or path == "/v1/stream":
            continue
        needed = [
            each for each in methods["get"].get("parameters", ()) if each.get("required") and each["in"] == "query"
        ]
        query = "&".join(f"{each['name']}={known[each['name']]}" for each in needed)
        asked.append(f"{path.format(**{name: quote(value, safe='') for name, value in known.items()})}?{query}")
    spans = [f"/v1/due?span={span}" for span in ("missed", "today", "week")]
    return [*asked, *spans, *shown, *HALVES, "/due?span=week"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", ["as_of", "at"])
def test_every_question_and_page_is_answered_at_both_ends_of_time(city, name, end):
    system, client = city
    broken = []
    for address in addresses(system, client):
        told = client.get(f"{address}{'&' if '?' in address else '?'}{name}={quote(end)}")
        if told.status_code >= 500:
            broken.append((address, told.json()))
    assert broken == []


@pytest.mark.parametrize(
    "asked",
    ["from=9999-12-01&to=9999-12-31", "from=0001-01-01&to=0001-01-31", "on=9999-12-31", "on=0001-01-01",
     "before=9999-12-31&after=9999-12-31", "before=0001-01-01&after=9999-12-31"],
)  # fmt: skip
def test_days_at_both_ends_are_answered_too(city, asked):
    client = city[1]
    names = {each.partition("=")[0] for each in asked.split("&")}
    broken = []
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        taken = {each["name"] for each in methods.get("get", {}).get("parameters", ())}
        if names <= taken and "{kind}" not in path and "format" not in taken and path != "/v1/log":
            address = path.format(rate="repeat_rate", official="official:430400-gov-head")
            rest = "&unit=430400-gov" if "unit" in taken else ""
            told = client.get(f"{address}?{asked}{rest}")
            if told.status_code >= 500:
                broken.append((address, told.json()))
    for page in (
        "/kpis",
        "/kpis/repeat_rate",
        "/counters",
        "/petitions",
        "/three-none",
        "/rules",
        "/units/430400-gov/duties",
    ):
        told = client.get(f"{page}?{asked}")
        if told.status_code >= 500:
            broken.append((page, told.json()))
    assert broken == []
