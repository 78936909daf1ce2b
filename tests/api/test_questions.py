from datetime import UTC, date, datetime, timedelta

import pytest

from api.asked import SHANGHAI, read_as_of
from api.problems import Problem
from tests.api.city import CAUSED, ITEMS, REPEAT

LATE = f"F04:petition:{CAUSED}:K5"
ROUTES = {
    "/v1/petitions": "petitions",
    f"/v1/petitions/{CAUSED}": "deadlines",
    f"/v1/petitions/{CAUSED}/timeline": "events",
    f"/v1/petitions/{CAUSED}/dossier": "caused_by",
    f"/v1/petitions/{CAUSED}/candidates": "candidates",
    f"/v1/matters/{CAUSED}": "items",
    "/v1/units": "units",
    "/v1/units/430408-zjj/scoreboard": "officials",
    "/v1/units/unit:430408-zjj/scoreboard": "officials",
    "/v1/findings": "findings",
    f"/v1/findings/{LATE}": "officials",
    f"/v1/findings/{LATE}/explain": "zh",
    f"/v1/findings/petition:{CAUSED}:K5/explain": "zh",
    "/v1/kpis?unit=430400-gov&from=2020-01-01&to=2020-06-30": "kpis",
    "/v1/counters?by=category": "rows",
    "/v1/due?unit=430408-zjj": "groups",
    "/v1/overview": "totals",
    "/v1/due/coming": "week",
    "/v1/officials": "leaders",
    "/v1/rules": "clocks",
    "/v1/ledgers": "ledgers",
    "/v1/ledgers/dispute": "entries",
    "/v1/evaluations/2020H1?unit=430408-gov": "lines",
    "/v1/boards/three-none": "places",
    "/v1/officials/430408-gov-head/record": "work",
    "/v1/duties?unit=430408-gov&from=2020-05-01&to=2020-06-30": "totals",
    "/v1/log": "events",
    "/v1/health": "views_position",
}


@pytest.mark.parametrize(("path", "key"), ROUTES.items())
def test_every_question_is_answered_with_what_it_asks(client, path, key):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert {key, "position"} <= answer.json().keys()


@pytest.mark.parametrize("path", [p for p in ROUTES if "health" not in p])
def test_every_question_can_be_asked_as_of_a_day_and_waits_for_a_position(client, path):
    glue = "&" if "?" in path else "?"
    assert client.get(f"{path}{glue}as_of=2020-08-01&min_position=1").status_code == 200
    refused = client.get(f"{path}{glue}as_of=yesterday")
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "as_of")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/petitions/none",
        "/v1/petitions/none/timeline",
        "/v1/petitions/none/dossier",
        "/v1/petitions/none/candidates",
        "/v1/matters/none",
        "/v1/units/none/scoreboard",
        "/v1/ledgers/dispute?unit=none",
        "/v1/evaluations/2020H1?unit=none",
        "/v1/evaluations/2020H3?unit=430408-gov",
        "/v1/boards/three-none?unit=none",
        "/v1/findings/F04:petition:none:K5",
        "/v1/officials/none/record",
        "/v1/findings/F04:petition:none:K5/explain",
        f"/v1/petitions/{CAUSED}?as_of=2020-04-09",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_day_means_its_end_in_shanghai():
    end = read_as_of("2020-06-30")
    assert end == datetime(2020, 6, 30, 15, 59, 59, 999999, UTC)
    assert read_as_of("2020-06-30T12:00:00 08:00") == datetime(2020, 6, 30, 12, tzinfo=SHANGHAI)
    assert read_as_of("2020-06-30T12:00:00Z") == datetime(2020, 6, 30, 12, tzinfo=UTC)
    assert read_as_of("") is None


@pytest.mark.parametrize("text", ["2020-13-01", "20200630", "2020-06-30T12:00:00", "now", "2020-W01-1", "٢٠٢٠-06-30"])
def test_a_time_that_is_none_is_a_problem(text):
    with pytest.raises(Problem, match="as_of"):
        read_as_of(text)


def test_filters_reach_the_questions_in_full_form(client, questions):
    seen = []
    questions.search = lambda q, **asked: seen.append((q, asked)) or {"petitions": []}
    client.get(
        "/v1/petitions?q=停车&unit=430408-zjj&state=open&late=true&place=430408&channel=visit&category=民政&limit=7"
    )
    q, asked = seen[0]
    assert q == "停车"
    assert asked == {
        "unit": "unit:430408-zjj", "state": "open", "category": "民政", "place": "430408", "channel": "visit",
        "late": True, "limit": 7, "cursor": None, "as_of": None, "purpose": None, "registered_by": None,
        "sort": "-registered_on", **dict.fromkeys(("of", "only", "month", "closed", "from_", "to")),
    }  # fmt: skip


def test_kpis_get_their_dates(client, questions):
    seen = []
    questions.rates = lambda *asked: seen.append(asked) or {"kpis": {}}
    client.get("/v1/kpis?unit=430400-gov&from=2020-01-01&to=2020-06-30&as_of=2020-07-01")
    assert seen[0][:3] == ("unit:430400-gov", date(2020, 1, 1), date(2020, 6, 30))
    assert seen[0][3] - datetime(2020, 7, 1, tzinfo=SHANGHAI) < timedelta(days=1)


def test_a_list_goes_on_where_it_ended(client):
    nos, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/v1/petitions?limit=4{cursor and '&cursor=' + cursor}").json()
        nos += [p["no"] for p in page["petitions"]]
        cursor = page["next"]
    assert nos == [item[0] for item in ITEMS]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("petitions?cursor=nonsense", "cursor"),
        ("findings?cursor=nonsense", "cursor"),
        ("due?cursor=nonsense", "cursor"),
        ("petitions?limit=0", "limit"),
        ("petitions?limit=many", "limit"),
        ("petitions?late=perhaps", "late"),
        ("petitions?min_position=-1", "min_position"),
        ("findings?rule=F4", "rule"),
        ("findings?axis=C", "axis"),
        ("petitions?state=late", "state"),
        ("petitions?channel=pigeon", "channel"),
        ("petitions?purpose=none", "purpose"),
        *((f"petitions?month={each}", "month") for each in ("2020-99", "abc", "2020-8", "2020-08-01", "0000-01")),
        *((f"petitions?closed={each}", "closed") for each in ("zzz", "2020-13", "2020-02-31", "2020-W01-1")),
        ("units?level=citty", "level"),
        ("kpis?unit=u&from=2020-01-01", "to"),
        ("kpis?unit=u&from=2020-02-30&to=2020-03-01", "from"),
        ("kpis?unit=u&from=2020-03-01&to=2020-02-01", "to"),
        ("kpis?from=2020-03-01&to=2020-02-01", "unit"),
        ("counters?by=mood", "by"),
        ("log?from=0", "from"),
        ("kpis?unit=a%00&from=2020-01-01&to=2020-02-01", "unit"),
        ("petitions?q=%00", "q"),
        ("petitions/a%00", "no"),
        ("subjects/unit:a%00/timeline", "subject"),
        ("log?limit=5000", "limit"),
    ],
)
def test_a_bad_parameter_is_named(client, query, path):
    answer = client.get(f"/v1/{query}")
    assert answer.status_code == 400
    assert path in [e["path"] for e in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("petitions?month=2020-99", "month"),
        ("petitions?closed=zzz", "closed"),
        ("petitions?state=late", "state"),
        ("units?level=citty", "level"),
    ],
)
def test_a_bad_parameter_of_a_page_is_named_as_well(client, query, path):
    answer = client.get(f"/{query}", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert f"{path}: " in answer.text


@pytest.mark.parametrize(
    "query", ["petitions?month=2020-08&closed=2020-08-31", "petitions?closed=2020-09", "units?level=city"]
)
def test_a_month_a_day_and_a_level_are_taken(client, query):
    assert [client.get(f"{way}/{query}").status_code for way in ("", "/v1")] == [200, 200]
    empty = query.partition("?")[0] + "?month=&closed=&level="
    assert client.get(f"/{empty}").status_code == 200, "a form sends what was left empty"


def test_a_reader_waits_for_his_own_write_and_is_told_when_it_does_not_come(client, questions, monkeypatch):
    monkeypatch.setattr("api.asked.PATIENCE", 0.1)
    questions.views = 5
    answer = client.get("/v1/petitions?min_position=6")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-yet-seen")
    assert answer.headers["retry-after"] == "1"
    assert client.get("/v1/petitions?min_position=5").status_code == 200


def test_a_reader_is_answered_as_soon_as_the_read_models_have_seen_it(client, questions):
    healths = iter([4, 5, 6])
    questions.health = lambda: {"ok": True, "position": 6, "views_position": next(healths), "behind": 0}
    assert client.get("/v1/overview?min_position=6").status_code == 200


def test_the_log_is_read_from_a_position_and_as_of_a_time(client, questions):
    page = client.get("/v1/log?from=12&limit=3").json()
    assert [e["position"] for e in page["events"]] == [12, 13, 14]
    early = client.get("/v1/log?limit=1000&as_of=2020-04-30").json()["events"]
    assert 0 < len(early) < len(questions.events)
    assert max(e["recorded"] for e in early) < "2020-05-01"


def test_health_says_unwell_with_503(client, questions):
    questions.health = lambda: {"ok": False, "position": 9, "views_position": 3, "behind": 6}
    assert client.get("/v1/health").status_code == 503


def test_metrics_tell_requests_by_route_and_how_far_the_views_are(fresh_client, questions):
    questions.views -= 2
    fresh_client.get(f"/v1/petitions/{CAUSED}")
    fresh_client.get(f"/v1/petitions/{REPEAT}")
    fresh_client.get("/nowhere/4711")
    metrics = fresh_client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=")
    assert 'danze_http_requests_total{method="GET",route="/v1/petitions/{no}",status="200"} 2.0' in metrics.text
    assert 'route="unmatched",status="404"' in metrics.text
    assert "danze_views_behind 2.0" in metrics.text
