"""What is asked wrongly is refused by the name that the client used; nothing is left out in silence."""

import pytest

from tests.api.city import CAUSED, UNITS

CODE = {"X-Query-Code": "7K3M-Q9TP-2XWB"}
RATINGS = f"/v1/public/petitions/{CAUSED}/ratings"
YEAR = "from=2020-01-01&to=2020-08-31"
NEEDED = {"unit": "430408-zjj", "from": "2020-01-01", "to": "2020-06-30", "before": "2020-08-01", "after": "2020-08-02"}


def problem(told) -> tuple[int, str, str | None]:
    """Status, code and the path of the first field at fault."""
    body = told.json()
    return told.status_code, body["code"], next((each["path"] for each in body.get("errors", ())), None)


# names of parameters


def test_a_parameter_that_a_route_does_not_have_is_refused_on_every_route(client):
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, told in methods.items():
            query = {
                each["name"]: NEEDED[each["name"]]
                for each in told.get("parameters", ())
                if each["in"] == "query" and each.get("required")
            }
            address = path.replace("{position}", "1")
            asked = client.request(method, address, params={**query, "asof": "2020-08-01"})
            assert problem(asked) == (400, "unknown-field", "asof"), (method, path)


def test_who_misspelt_a_parameter_is_told_what_he_meant(client):
    told = client.get("/v1/petitions?asof=2020-08-01").json()
    assert told["detail"] == "asof: no parameter of this address: did you mean as_of?"
    assert client.get("/v1/health?x=1").json()["detail"] == "x: no parameter of this address: there is none"
    assert "there are as_of, at, min_position" in client.get("/v1/overview?zzz=1").json()["detail"]


@pytest.mark.parametrize("page", ["/", "/petitions", f"/petitions/{CAUSED}", "/findings", "/kpis", "/due", "/units"])
def test_a_page_is_not_shown_as_of_today_because_its_time_was_misspelt(client, page):
    assert problem(client.get(f"{page}?asof=2020-08-01")) == (400, "unknown-field", "asof")
    assert client.get(f"{page}?as_of=2020-08-01&lang=en").status_code == 200


def test_a_citizens_page_opens_whatever_a_messenger_hung_on_to_its_address(client):
    assert client.get("/public?isappinstalled=0").status_code == 200


@pytest.mark.parametrize(
    ("asked", "path"),
    [("petitions?state=null", "state"), ("petitions?late=null", "late"), ("units?level=NULL", "level"),
     ("overview?min_position=null", "min_position"), ("petitions?channel=null", "channel"), ("due?span=null", "span"),
     ("findings?axis=null", "axis"), (f"kpis?unit=430408-zjj&{YEAR}&items=null", "items"), ("log?from=null", "from")],
)  # fmt: skip
def test_null_is_no_value(client, asked, path):
    assert problem(client.get(f"/v1/{asked}")) == (400, "bad-value", path)


def test_null_is_a_word_like_any_other_where_words_are_looked_for(client):
    assert client.get("/v1/petitions?q=null").json()["total"] == 0


# what is not on record


@pytest.mark.parametrize(
    ("asked", "path"),
    [(f"kpis?unit=nope&{YEAR}", "unit"), (f"kpis/repeat_rate/items?unit=nope&{YEAR}", "unit"),
     ("findings?unit=nope", "unit"), ("counters?unit=nope", "unit"), ("petitions?unit=nope", "unit"),
     ("petitions?registered_by=nope", "registered_by"), ("petitions?of=nope", "of"), ("due?unit=nope", "unit"),
     (f"duties?unit=nope&{YEAR}", "unit"), ("boards/three-none?unit=nope", "unit"), ("ledgers?unit=nope", "unit"),
     ("ledgers/dispute?unit=nope", "unit"), ("evaluations/2020H1?unit=nope", "unit"),
     ("diff?before=2020-08-01&after=2020-08-02&unit=nope", "unit")],
)  # fmt: skip
def test_a_unit_that_nobody_has_heard_of_has_no_zeros(client, asked, path):
    assert problem(client.get(f"/v1/{asked}")) == (404, "not-found", path)


@pytest.mark.parametrize(
    "page", [f"/kpis?unit=nope&{YEAR}", "/counters?unit=nope", "/petitions?of=nope", "/due?unit=nope"]
)
def test_nor_has_it_on_a_page(client, page):
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("asked", ["findings?rule=F99", "findings?rule=D00"])
def test_a_rule_that_there_is_not_trips_nothing(client, asked):
    assert problem(client.get(f"/v1/{asked}")) == (400, "bad-value", "rule")


@pytest.mark.parametrize(
    "asked",
    ["petitions?state=x", "petitions?channel=x", "petitions?purpose=x", "petitions?only=x", "petitions?sort=x",
     "units?level=x", "findings?axis=C", "findings?state=x", "counters?by=x", "due?span=x", "ledgers/dispute?state=x",
     "boards/three-none?level=x"],
)  # fmt: skip
def test_what_is_none_of_a_closed_set_is_named(client, asked):
    name = asked.partition("?")[2].partition("=")[0]
    assert problem(client.get(f"/v1/{asked}")) == (400, "bad-value", name)


# times and numbers


def test_a_difference_is_not_asked_of_a_time_that_the_first_of_both_could_not_know(client):
    asked = "/v1/diff?before=2020-08-01&after=2020-08-03&at="
    assert problem(client.get(f"{asked}2020-08-02")) == (400, "bad-value", "at")
    assert "lies after as_of" in client.get(f"{asked}2020-08-02").json()["detail"]


@pytest.mark.parametrize(
    ("asked", "path"),
    [("/events/99999999999999999999999", "position"), ("/audit?event=99999999999999999999999", "event"),
     ("/v1/log/proof/99999999999999999999999", "position"), ("/v1/log?from=99999999999999999999999", "from"),
     ("/v1/overview?min_position=99999999999999999999999", "min_position"),
     ("/v1/stream?after=99999999999999999999999", "after"), ("/v1/log?limit=99999999999999999999999", "limit")],
)  # fmt: skip
def test_a_position_that_no_log_has_is_a_bad_value(client, asked, path):
    assert problem(client.get(asked)) == (400, "bad-value", path)


# headers and bodies


@pytest.mark.parametrize("code", [{}, {"X-Query-Code": "x" * 65}])
def test_a_header_is_named_as_it_is_sent(client, code):
    told = client.get(f"/v1/public/petitions/{CAUSED}", headers=code)
    assert problem(told) == (400, "bad-value", "X-Query-Code")
    assert "for path" not in told.json()["detail"]


@pytest.mark.parametrize(
    ("address", "body", "expected"),
    [(RATINGS, {}, ("bad-value", "target")), (RATINGS, {"target": "unit"}, ("bad-value", "score")),
     (RATINGS, {"target": "town", "score": "satisfied"}, ("bad-value", "target")),
     (RATINGS, {"target": "unit", "score": "satisfied", "resaon": "x"}, ("unknown-field", "resaon")),
     (RATINGS, {"target": "unit", "score": "satisfied", "reason": "长" * 501}, ("bad-value", "reason")),
     (RATINGS, [], ("malformed", None)), ("/v1/webhooks", {}, ("bad-value", "url")),
     ("/v1/webhooks", {"url": "https://a.example/", "unti": "430408-zjj"}, ("unknown-field", "unti"))],
)  # fmt: skip
def test_a_field_of_a_body_is_named_as_it_is_sent(client, address, body, expected):
    assert problem(client.post(address, json=body, headers=CODE)) == (400, *expected)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_a_body_that_is_none_is_said_to_be_so(client, body):
    told = client.post(RATINGS, content=body, headers={**CODE, "content-type": "application/json"})
    assert problem(told) == (400, "malformed", None)
    assert "the body" in told.json()["detail"]


# names of things, and HEAD


@pytest.mark.parametrize("path", ["", "/timeline", "/dossier", "/candidates", "/personal"])
def test_an_item_is_found_with_its_kind_or_without(client, path):
    bare, named = (client.get(f"/v1/petitions/{no}{path}") for no in (CAUSED, f"petition:{CAUSED}"))
    assert (bare.status_code, named.json()) == (200, bare.json())


def test_a_matter_too_and_both_have_their_pages(client):
    told = [client.get(f"/v1/matters/{kind}{CAUSED}").json() for kind in ("", "petition:", "matter:")]
    assert told[0] == told[1] == told[2]
    assert client.get(f"/petitions/petition:{CAUSED}").status_code == 200
    assert client.get(f"/v1/petitions/matter:{CAUSED}").status_code == 404
    assert client.get(f"/v1/petitions/unit:{UNITS[0][0]}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/v1/petitions", "/v1/overview", "/v1/health", "/", "/petitions", "/static/danze.css"]
)
def test_head_has_the_headers_of_get_and_nothing_else(client, path):
    got, asked = client.get(path), client.head(path)
    assert (asked.status_code, asked.content) == (200, b"")
    assert {**asked.headers, "date": ""} == {**got.headers, "date": ""}


def test_head_is_told_that_nothing_changed_and_that_there_is_nothing(client):
    tag = client.head("/v1/petitions").headers["etag"]
    assert client.head("/v1/petitions", headers={"if-none-match": tag}).status_code == 304
    assert client.head("/v1/petitions/none").status_code == 404
    assert client.head("/v1/stream").status_code == client.head("/v1/actions").status_code == 405
