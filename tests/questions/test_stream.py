"""Server-sent events of real servers: what happens is told once, and a line that was cut goes on where it ended."""

import json
import urllib.request
from contextlib import closing
from datetime import datetime

import pytest
from msgspec.structs import replace

from cli.wiring import System
from domain.codec import encode
from domain.envelope import SHANGHAI
from tests.api.fuzz import served
from tests.samples import *


@pytest.fixture
def url(store_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with closing(System(store_url)) as system:
        system.intake(history=True).take([encode(each) for each in CITY_UNITS])
        system.projector.catch_up()
    with served(store_url) as url:
        yield url


def report(url, *actions):
    now = datetime.now(SHANGHAI)
    lines = b"\n".join(encode(replace(each, time=now, recordedat=None)) for each in actions)
    request = urllib.request.Request(f"{url}/v1/actions", lines, {"Content-Type": "application/x-ndjson"})
    with urllib.request.urlopen(request) as answer:
        return [each["position"] for each in json.load(answer)["results"]]


def listened(url, seconds=3, last=None, **query):
    """(type, id, data) of everything that a line tells in so many seconds."""
    asked = "&".join(f"{name}={value}" for name, value in {"seconds": seconds, **query}.items())
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/v1/stream?{asked}", headers=headers)) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = [block.splitlines() for block in answer.read().decode().split("\n\n") if block.startswith("event:")]
    return [(kind[7:], int(at[4:]), json.loads(data[6:])) for kind, at, data in blocks]


def findings(told):
    return [(kind, at, data["finding"]["id"]) for kind, at, data in told if kind.startswith("finding.")]


STORY = [on("2020-04-10", raised()), on("2020-04-10", cause(HOUSING))]
CAUSED = "F21:petition:1:unit:430408-zjj"


def test_a_finding_is_told_once_and_again_to_who_was_cut_off_before_it(url):
    *_, at = report(url, *STORY)
    assert findings(listened(url, after=at - 1)) == [("finding.raised", at, CAUSED)]
    assert findings(listened(url, seconds=1, last=at)) == []
    assert findings(listened(url, seconds=1, last=at - 1)) == [("finding.raised", at, CAUSED)]
    assert findings(listened(url, seconds=1, after=0, unit=CITY)) == [("finding.raised", at, CAUSED)]
    assert findings(listened(url, seconds=1, after=0, unit=LABOUR)) == []


def test_sums_and_what_comes_due_are_told_at_the_beginning_and_when_they_change(url):
    report(url, STORY[0])
    told = {kind: data for kind, _, data in listened(url, seconds=1, unit=COUNTY)}
    assert told["counters"]["totals"]["items"] == told["counters"]["totals"]["open"] == 1
    assert [each["clock"] for each in told["deadlines"]["due"]] == ["K1"]


def test_a_line_that_cannot_be_had_is_a_problem(url):
    for asked, status in (("unit=nobody", 404), ("seconds=0", 400)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{url}/v1/stream?{asked}")
        assert refused.value.code == status
        assert json.load(refused.value)["code"]


@pytest.mark.parametrize("last", ["\xb2", "-1", "x", "9999999999999999999", "9" * 5_000])
def test_what_is_no_position_is_told_to_who_comes_back_with_it(url, last):
    with pytest.raises(urllib.error.HTTPError) as refused:
        listened(url, seconds=1, last=last)
    assert (refused.value.code, json.load(refused.value)["code"]) == (400, "bad-value")
