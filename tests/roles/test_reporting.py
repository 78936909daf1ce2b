"""A token reports for its own units, under its own name, and its holder learns nothing of what he may not know."""

import msgspec
import pytest

from domain.codec import encode
from domain.conference.events import ItemAgreed, ItemDone
from domain.dispute.events import DisputeAssigned, DisputeBecamePetition, DisputeLogged
from domain.gathering.events import GatheringArrived, GatheringSummoned
from infra.refused import sent as as_sent
from tests.samples import *

WORKED = e.PetitionWorked(what="接谈")


def sent(city, action, role, *units, official=None):
    """The one outcome of an action sent with a token, without the position."""
    by = {"authorization": f"Bearer {city.token(role, *units, official=official)}"}
    answer = city.http.post("/v1/actions", json=[msgspec.json.decode(encode(action))], headers=by)
    (result,) = answer.json()["results"]
    rejection = result.get("rejection")
    return (rejection["code"], rejection["path"]) if rejection else result["outcome"]


@pytest.mark.parametrize(
    ("role", "units", "by", "outcome"),
    [("producer", [HOUSING], HOUSING, "recorded"), ("producer", [LABOUR, HOUSING], HOUSING, "recorded"),
     ("producer", [LABOUR], HOUSING, ("not-allowed", "$.unit")),
     ("producer", [HOUSING], SITE, ("not-allowed", "$.unit")),
     ("clerk", [HOUSING], SITE, "recorded"), ("clerk", [SITE], HOUSING, ("not-allowed", "$.unit")),
     ("clerk", [LABOUR], HOUSING, ("not-allowed", "$.unit")), ("supervisor", [BUREAU], HOUSING, "recorded"),
     ("supervisor", ["unit:430481-xfj"], HOUSING, ("not-allowed", "$.unit")),
     ("supervisor", [BUREAU], CITY_BUREAU, ("not-allowed", "$.unit")), ("operator", [], HOUSING, "recorded")],
)  # fmt: skip
def test_a_token_reports_for_its_units_alone(city, role, units, by, outcome):
    assert sent(city, on("2020-09-25", WORKED, by=by), role, *units) == outcome


def test_a_token_of_an_official_signs_as_nobody_else(city):
    action = on("2020-09-25", WORKED, by=HOUSING, actor=deputy(HOUSING))
    assert sent(city, action, "clerk", HOUSING, official=clerk(HOUSING)) == ("not-allowed", "$.actor")
    action = on("2020-09-25", WORKED, by=HOUSING, actor=clerk(HOUSING))
    assert sent(city, action, "clerk", HOUSING, official=clerk(HOUSING)) == "recorded"


def test_what_is_not_allowed_is_kept_whole_with_its_reason(city):
    before = city.system.log.rejected(limit=1000)
    sent(city, on("2020-09-25", WORKED, by=HOUSING), "producer", LABOUR)
    ((_, kept, _),) = city.system.log.rejected(limit=1000)[len(before) :]
    assert (kept.code, kept.path) == ("not-allowed", "$.unit")
    assert "接谈".encode() in (as_sent(kept.body, city.system.vault) or b"")


@pytest.mark.parametrize("no", ["90", "91", "77"])
def test_an_accusation_is_to_the_accused_as_if_it_were_not(city, no):
    """Acts on it, judgements that name it and gatherings about it are refused in the words for what does not exist."""
    for action, path in [
        (on("2020-09-25", WORKED, by=HOUSING, no=no), "$.subject"),
        (on("2020-09-25", repeats(no), by=HOUSING, no="1"), "$.data.first"),
        (on("2020-09-25", GatheringArrived(persons=6, place="区政府", units=(HOUSING,), petition=no), by=HOUSING,
            of="gathering:x"), "$.data.petition"),
    ]:  # fmt: skip
        assert sent(city, action, "producer", HOUSING) == ("unknown-subject", path)


def test_who_handles_it_goes_on(city):
    assert sent(city, on("2020-09-25", WORKED, by=COUNTY, no="90"), "clerk", COUNTY) == "recorded"


@pytest.mark.parametrize("line", ["{", "[]", '{"subject": 7}', '"x"'])
def test_what_is_no_action_is_left_to_the_intake_to_refuse(city, line):
    by = {"authorization": f"Bearer {city.token('producer', HOUSING)}", "content-type": "application/x-ndjson"}
    (result,) = city.http.post("/v1/actions", content=line, headers=by).json()["results"]
    assert result["outcome"] == "rejected"


@pytest.mark.parametrize("asker", [HOUSING, COUNTY])
def test_what_goes_on_about_an_accusation_alone_is_to_the_accused_as_if_it_were_not(open_city, asker):
    """A dispute that became it, something agreed about it, a gathering for it: whoever handles it may go on."""
    dispute, agreed, came = "dispute:d9", f"conference:{CITY[5:]}", "gathering:g9"
    logged = DisputeLogged(place="430408001", unit=HOUSING, summary="收费分歧")
    city = open_city([
        *CITY_UNITS, on("2020-05-03", logged, of=dispute, by=HOUSING),
        on("2020-05-04", raised(purpose="accusation", about_unit=HOUSING), no="90", by=CITY_BUREAU),
        on("2020-05-05", DisputeBecamePetition(petition="90"), of=dispute, by=HOUSING),
        on("2020-05-05", ItemAgreed(item="核查", owner_unit=COUNTY, petition="90"), of=agreed, by=CITY_BUREAU),
        on("2020-05-06", GatheringArrived(persons=6, place="区政府", units=(HOUSING,), petition="90"), of=came,
           by=COUNTY),
    ])  # fmt: skip
    for action, unknown, known in [
        (on("2020-05-09", DisputeAssigned(to_unit=HOUSING), of=dispute, by=asker), "$.subject", "not-in-this-state"),
        (on("2020-05-09", ItemDone(item="核查"), of=agreed, by=asker), "$.data.item", "recorded"),
        (on("2020-05-09", GatheringSummoned(units=(LABOUR,)), of=came, by=asker), "$.subject", "recorded"),
    ]:  # fmt: skip
        told = sent(city, action, "producer", asker)
        assert told == ("unknown-subject", unknown) if asker == HOUSING else known in told
