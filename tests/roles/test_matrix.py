"""Who is answered, on every route: each role, in and out of its jurisdiction, about an ordinary item and an accusation.

A new route without a row here fails; a row says what each asker is answered.
"""

from collections.abc import Iterator

import msgspec
import pytest

from domain.codec import encode
from infra.doors.query_codes import QueryCodes
from tests.roles.conftest import ASKERS, ELSEWHERE_BUREAU
from tests.samples import *

NOBODY = (None, *ASKERS)
"""The columns: nobody, then producer, accused, other, handler, county, elsewhere, auditor, auditor_there, inspector,
operator."""

#          nobody prod accu othe hand coun else audi there insp oper
ANYBODY = "200    200  200  200  200  200  200  200  200   200  200"
READERS = "401    403  200  200  200  200  200  200  200   200  200"
NOWHERE = "401    403  404  404  404  404  404  404  404   404  404"
"""This city sends no news; tests/questions/test_webhooks.py has one that does."""
WHOLE__ = "401    403  403  403  403  403  403  200  403   403  200"
WRITERS = "401    207  207  207  207  207  207  403  403   403  207"
KNOWN__ = "401    200  200  200  200  200  200  200  200   200  200"
ITEM___ = "401    403  200  404  200  200  404  200  200   200  200"
ACCUSED = "401    403  404  404  200  200  404  200  404   200  200"
HOUSING_ = "401   403  200  403  200  200  403  200  200   200  200"
DECIDES = "401    403  403  403  403  400  404  403  403   403  400"  # 400: he may, and left the form empty
ABROAD_ = "401    403  403  403  403  403  200  200  200   200  200"

BOTH = {"1": ITEM___, "90": ACCUSED, "91": ACCUSED}
UNITS = {HOUSING[5:]: HOUSING_, ELSEWHERE_BUREAU[5:]: ABROAD_}
YEAR = "from=2020-01-01&to=2020-09-30"
OF_ITEMS, OF_UNITS = {f"F04:petition:{no}:K5": ok for no, ok in [*BOTH.items()][:2]}, UNITS
TABLE: dict[str, dict[str, str]] = {
    "POST /v1/actions": {"/v1/actions": WRITERS},
    "GET /v1/petitions": {
        "/v1/petitions": READERS, f"/v1/petitions?unit={HOUSING}": HOUSING_,
        f"/v1/petitions?registered_by={HOUSING}": HOUSING_,
    },
    "GET /v1/petitions/{no}": {f"/v1/petitions/{no}": ok for no, ok in BOTH.items()},
    "GET /v1/petitions/{no}/timeline": {f"/v1/petitions/{no}/timeline": ok for no, ok in BOTH.items()},
    "GET /v1/petitions/{no}/dossier": {f"/v1/petitions/{no}/dossier": ok for no, ok in BOTH.items()},
    "GET /v1/petitions/{no}/candidates": {f"/v1/petitions/{no}/candidates": ok for no, ok in BOTH.items()},
    "GET /v1/petitions/{no}/personal": {
        "/v1/petitions/1/personal": "401 403 200 404 403 403 404 403 403 403 200",
        "/v1/petitions/90/personal": "401 403 404 404 200 403 404 403 404 403 200",
    },
    "POST /v1/petitions/{no}/query-code": {
        "/v1/petitions/1/query-code": "401 403 403 404 403 200 404 403 403 403 200",
        "/v1/petitions/90/query-code": "401 403 404 404 403 403 404 403 404 403 200",
    },
    "GET /v1/public/petitions/{no}": {"/v1/public/petitions/1": ANYBODY.replace("200", "404")},
    "GET /public": {"/public": ANYBODY},
    "POST /public/item": {"/public/item": ANYBODY.replace("200", "404")},
    "POST /v1/public/petitions/{no}/ratings": {"/v1/public/petitions/2/ratings": ANYBODY.replace("200", "404")},
    "GET /v1/matters/{no}": {f"/v1/matters/{no}": ok for no, ok in BOTH.items()},
    "GET /v1/units": {"/v1/units": READERS},
    "GET /v1/units/{code}/scoreboard": {f"/v1/units/{code}/scoreboard": ok for code, ok in UNITS.items()},
    "GET /v1/findings": {"/v1/findings": READERS, f"/v1/findings?unit={HOUSING}": HOUSING_},
    "GET /v1/findings/{finding}": {f"/v1/findings/{id}": ok for id, ok in OF_ITEMS.items()},
    "GET /v1/findings/{finding}/explain": {
        **{f"/v1/findings/{id}/explain": ok for id, ok in OF_ITEMS.items()},
        **{f"/v1/findings/petition:{no}:K5/explain": ok for no, ok in [*BOTH.items()][:2]},
    },
    "GET /v1/kpis/{rate}/items": {
        f"/v1/kpis/on_time_answer/items?unit=unit:{code}&{YEAR}": ok for code, ok in UNITS.items()
    },
    "GET /v1/kpis": {
        f"/v1/kpis?unit=unit:{code}&{YEAR}{items}": ok for code, ok in UNITS.items() for items in ("", "&items=true")
    },
    "GET /v1/counters": {"/v1/counters?by=place": READERS, f"/v1/counters?by=place&unit={HOUSING}": HOUSING_},
    "GET /v1/overview": {"/v1/overview": READERS},
    "GET /v1/due/coming": {"/v1/due/coming": READERS},
    "GET /v1/officials": {"/v1/officials": READERS},
    "GET /v1/rules": {"/v1/rules": READERS},
    "GET /v1/log/checkpoints": {"/v1/log/checkpoints": READERS},
    "GET /v1/diff": {"/v1/diff?before=2020-06-01&after=2020-07-01": WHOLE__},
    "GET /v1/subjects/{subject}/timeline": {
        **{f"/v1/subjects/petition:{no}/timeline": ok for no, ok in BOTH.items()},
        f"/v1/subjects/{HOUSING}/timeline": ITEM___,
        f"/v1/subjects/{ELSEWHERE_BUREAU}/timeline": "401 403 404 404 404 404 200 200 200 200 200",
    },
    "GET /v1/due": {"/v1/due": READERS, f"/v1/due?unit={HOUSING}": HOUSING_, "/v1/due?unit=nope": NOWHERE},
    "GET /v1/duties": {f"/v1/duties?unit=unit:{code}&{YEAR}": ok for code, ok in UNITS.items()},
    "GET /v1/officials/{official}/record": {f"/v1/officials/{head(HOUSING)}/record": HOUSING_},
    "GET /v1/boards/three-none": {
        "/v1/boards/three-none": READERS, f"/v1/boards/three-none?unit={HOUSING}": HOUSING_,
    },
    "GET /v1/evaluations/{period}": {f"/v1/evaluations/2020H1?unit=unit:{code}": ok for code, ok in UNITS.items()},
    "GET /v1/ledgers": {"/v1/ledgers": READERS, f"/v1/ledgers?unit={HOUSING}": HOUSING_},
    "GET /v1/ledgers/{kind}": {
        "/v1/ledgers/reception": READERS, f"/v1/ledgers/supervision?unit={HOUSING}": HOUSING_,
    },
    "GET /v1/log": {"/v1/log": READERS},
    "GET /v1/log/checkpoint": {"/v1/log/checkpoint": READERS},
    "GET /v1/log/proof/{position}": {"/v1/log/proof/@1": ITEM___, "/v1/log/proof/@90": ACCUSED},
    "GET /v1/health": {"/v1/health": ANYBODY},
    "GET /metrics": {"/metrics": KNOWN__}, "GET /v1/metrics": {"/v1/metrics": KNOWN__},
    "GET /openapi.json": {"/openapi.json": ANYBODY},
    "POST /v1/rulesets/preview": {"/v1/rulesets/preview": WHOLE__},
    "GET /": {"/": READERS},
    "GET /kpis": {f"/kpis?unit=unit:{code}&{YEAR}": ok for code, ok in UNITS.items()} | {"/kpis": READERS},
    "GET /kpis/{name}": {f"/kpis/on_time_answer?unit=unit:{code}&{YEAR}": ok for code, ok in UNITS.items()},
    "GET /counters": {"/counters?by=place": READERS},
    "GET /about": {"/about": READERS},
    "GET /petitions": {"/petitions": READERS, f"/petitions?unit={HOUSING}": HOUSING_},
    "GET /petitions/{no}": {f"/petitions/{no}": ok for no, ok in BOTH.items()},
    "GET /petitions/{no}/clocks/{clock}": {f"/petitions/{no}/clocks/K5": ok for no, ok in [*BOTH.items()][:2]},
    "GET /petitions/{no}/candidates": {f"/petitions/{no}/candidates": ok for no, ok in BOTH.items()},
    "GET /matters/{no}": {f"/matters/{no}": ok for no, ok in BOTH.items()},
    "GET /events/{position}": {"/events/@1": ITEM___, "/events/@90": ACCUSED},
    "GET /units": {"/units": READERS},
    "GET /units/{code}": {f"/units/{code}": ok for code, ok in UNITS.items()},
    "GET /findings": {"/findings": READERS, f"/findings?unit={HOUSING}": HOUSING_},
    "GET /findings/{path}": {f"/findings/{id}": ok for id, ok in OF_ITEMS.items()},
    "POST /decide/{path}": {f"/decide/{id}": DECIDES for id in OF_ITEMS},
    "GET /units/{code}/duties": {f"/units/{code}/duties": ok for code, ok in UNITS.items()},
    "GET /ledgers": {"/ledgers": READERS, f"/ledgers?unit={HOUSING}": HOUSING_},
    "GET /ledgers/{kind}": {"/ledgers/reception": READERS, f"/ledgers/raised?unit={HOUSING}": HOUSING_},
    "GET /supervision": {"/supervision": READERS, f"/supervision?unit={HOUSING}": HOUSING_},
    "GET /sponsorship": {"/sponsorship": READERS, f"/sponsorship?unit={HOUSING}": HOUSING_},
    "GET /officials": {"/officials": READERS},
    "GET /officials/{official}": {f"/officials/{head(HOUSING)}": HOUSING_},
    "GET /three-none": {"/three-none": READERS},
    "GET /evaluations": {"/evaluations": READERS},
    "GET /evaluations/{period}/{code}": {f"/evaluations/2020H1/{code}": ok for code, ok in UNITS.items()},
    "GET /v1/stream": {f"/v1/stream?seconds=1&unit={HOUSING}": HOUSING_},
    "POST /v1/webhooks": {"/v1/webhooks": NOWHERE.replace("404", "400")},
    "GET /v1/webhooks": {"/v1/webhooks": NOWHERE},
    "GET /v1/webhooks/{id}/deliveries": {"/v1/webhooks/none/deliveries": NOWHERE},
    "POST /v1/webhooks/{id}/resume": {"/v1/webhooks/none/resume": NOWHERE},
    "DELETE /v1/webhooks/{id}": {"/v1/webhooks/none": NOWHERE},
    "GET /rules": {"/rules": READERS},
    "GET /audit": {"/audit": READERS},
    "GET /due": {"/due": READERS, f"/due?unit={HOUSING}": HOUSING_},
    "GET /login": {"/login": ANYBODY},
    "POST /login": {"/login": ANYBODY.replace("200", "401")},
    "POST /logout": {"/logout": ANYBODY.replace("200", "303")},
}  # fmt: skip
LITESTARS_OWN = ("/static/", "/schema")


def rows() -> Iterator[tuple[str, str, str]]:
    yield from ((route, path, row) for route, asked in TABLE.items() for path, row in asked.items())


def test_every_route_has_a_row(city):
    routes = {
        f"{method} {route.path_format}" for route in city.http.app.routes for method in route.methods
        if method not in ("OPTIONS", "HEAD") and not route.path_format.startswith(LITESTARS_OWN)
    }  # fmt: skip
    assert routes == TABLE.keys()


@pytest.mark.parametrize(("route", "path", "row"), [*rows()], ids=lambda each: each if each[:1] == "/" else "")
def test_each_asker_is_answered_as_the_table_says(city, monkeypatch, route, path, row):
    where = {"@1": city.system.log.stream("petition:1")[0].position}
    where["@90"] = city.system.log.stream("petition:90")[0].position
    for mark, position in where.items():
        path = path.removesuffix(mark) + str(position) if path.endswith(mark) else path
    monkeypatch.setattr(QueryCodes, "wait", lambda *_: 0.0)  # waits are tested in test_public.py
    method = route.partition(" ")[0]
    told = [city.ask(path, asker, method, **body(method, path, asker)).status_code for asker in NOBODY]
    assert dict(zip(NOBODY, map(str, told), strict=True)) == dict(zip(NOBODY, row.split(), strict=True))


def body(method: str, path: str, asker: str | None) -> dict[str, object]:
    if "public" in path:  # everybody gives a wrong code
        rating = {"json": {"target": "unit", "score": "satisfied"}} if method == "POST" else {}
        return {"headers": {"x-query-code": "2222-2222-2222"}, **rating}
    if method == "GET" or asker is None:
        return {"follow_redirects": False}
    if "preview" in path:
        return {"content": 'name = "x"\nfrom = 2031-01-01\noverlay = true\nzh = "x"\nen = "x"\n',
                "headers": {"content-type": "application/toml"}}  # fmt: skip
    return {"follow_redirects": False, "json": [] if "actions" not in path else _worked(asker)}


def _worked(asker: str) -> object:
    return msgspec.json.decode(encode(on("2020-09-30", e.PetitionWorked(what="接谈"), by=ASKERS[asker][1] or HOUSING)))


@pytest.mark.parametrize("path", [
    "/v1/petitions?unit=&of=&registered_by=", "/v1/findings?unit=&official=", "/v1/due?unit=&handler=",
    "/v1/counters?by=category&unit=", "/v1/boards/three-none?unit=", "/v1/ledgers?unit=",
    "/v1/ledgers/dispute?unit=&leader=&state=",
])  # fmt: skip
def test_a_unit_and_an_official_that_are_left_empty_are_not_asked_for(city, path):
    bare = path.partition("?")[0] + ("?by=category" if "?by=" in path else "")
    for asker in ("operator", "county", "handler"):
        empty, without = city.ask(path, asker), city.ask(bare, asker)
        assert (empty.status_code, empty.json()) == (200, without.json())


def test_nobody_who_is_turned_away_is_told_whether_there_was_something(city):
    """What is hidden and what does not exist are answered alike, byte by byte but for the number asked for."""
    for path in ("/v1/petitions/{}", "/v1/petitions/{}/timeline", "/v1/matters/{}", "/v1/findings/F04:petition:{}:K5"):
        hidden, nothing = (city.ask(path.format(no), "accused") for no in ("90", "77"))
        assert hidden.text.replace("90", "77") == nothing.text
        assert hidden.headers.items() == nothing.headers.items()


def test_every_denied_access_is_noted(city):
    city.heard.denials.clear()
    city.ask("/v1/petitions/90", "accused")
    city.ask("/v1/units/430481-xfj/scoreboard", "county")
    city.ask("/v1/petitions", None)
    city.ask("/v1/log", "producer")
    assert [(who.role, method, path, why) for who, method, path, why in city.heard.denials] == [
        ("clerk", "GET", "/v1/petitions/90", "not-found"),
        ("supervisor", "GET", "/v1/units/430481-xfj/scoreboard", "not-allowed"),
        ("public", "GET", "/v1/petitions", "no-token"),
        ("producer", "GET", "/v1/log", "not-allowed"),
    ]
