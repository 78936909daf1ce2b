"""Lists in every order that may be asked for: page after page gives the whole list, each row once."""

from typing import get_args

import pytest

from infra.questions.order import cursor_of
from projections import orders

LISTS = {
    "petitions": ("petitions", orders.Items), "findings": ("findings", orders.Findings), "due": ("due", orders.Due),
    "ledgers/reception": ("entries", orders.Entries), "ledgers/unit": ("entries", orders.Entries),
    "ledgers/supervision": ("entries", orders.Entries),
}  # fmt: skip
WHOLE = {
    "units": ("units", orders.Units),
    "counters": ("rows", orders.Counts),
    "officials": ("leaders", orders.Leaders),
}
ASKED = [(path, rows, sort) for path, (rows, sorts) in LISTS.items() for sort in get_args(sorts)]


def paged(http, path, rows, sort, **asked):
    """Every row of a list, asked for by ones."""
    found, cursor = [], None
    while True:
        goes_on = {"cursor": cursor} if cursor else {}
        page = http.get(f"/v1/{path}", params={"limit": 1, "sort": sort, **asked, **goes_on}).json()
        found += page[rows]
        if (cursor := page["next"]) is None:
            return found


@pytest.mark.parametrize(("path", "rows", "sort"), ASKED)
def test_page_after_page_gives_the_whole_list_in_order(city, path, rows, sort):
    whole = city.http.get(f"/v1/{path}", params={"limit": 500, "sort": sort}).json()[rows]
    assert paged(city.http, path, rows, sort) == whole
    name, down = orders.split(sort)
    told = [each[name] for each in whole if each.get(name) is not None]
    assert told == sorted(told, reverse=down)


@pytest.mark.parametrize(("path", "rows", "sort"), ASKED)
def test_the_other_way_round_is_the_other_way_round(city, path, rows, sort):
    name, _ = orders.split(sort)
    one, other = (
        [each for each in city.http.get(f"/v1/{path}?limit=500&sort={way}").json()[rows] if each.get(name) is not None]
        for way in (name, f"-{name}")
    )
    assert one == other[::-1]


def test_the_log_is_read_from_either_end(city):
    whole = city.http.get("/v1/log?limit=1000").json()["events"]
    down, asked = [], "/v1/log?sort=-position&limit=7"
    page = city.http.get(asked).json()
    down += page["events"]
    while page["next"] is not None:
        page = city.http.get(f"{asked}&from={page['next'] - 1}").json()
        down += page["events"]
    assert down == whole[::-1]
    assert city.http.get("/v1/log?sort=-position&limit=1000").json()["next"] is None
    last = city.http.get("/v1/log?sort=-position&from=3&limit=2").json()
    assert ([each["position"] for each in last["events"]], last["next"]) == ([3, 2], 2)


FILTERS = {
    "petitions": ("petitions", ("only=repeat", "only=closed&closed=2020-05", "month=2020-05", "of=unit:430408-zjj",
                                "from=2020-05-01&to=2020-05-31")),
    "findings": ("findings", ("place=430408", "division=430408", "from=2020-05-01&to=2020-06-30")),
    "units": ("units", ("level=county", "division=430408", "q=局")),
    "boards/three-none": ("places", ("level=township",)),
}  # fmt: skip
PAGED = ("petitions", "findings")
"""Asked for in pages; the others are told whole."""


@pytest.mark.parametrize(("path", "asked"), [(path, each) for path, (_, some) in FILTERS.items() for each in some])
def test_what_a_page_is_filtered_by_a_list_is_too(city, path, asked):
    """The file of the page has the same rows."""
    rows = FILTERS[path][0]
    listed = city.http.get(f"/v1/{path}?{asked}").json()[rows]
    lines = city.http.get(f"/{path.removeprefix('boards/')}?{asked}&format=csv").text.splitlines()
    every = city.http.get(f"/v1/{path}", params={"limit": 500} if path in PAGED else {}).json()[rows]
    assert len(lines) - 1 == len(listed) < len(every) or path == "units"


def test_who_answers_for_a_finding_is_asked_for_in_order_too(city):
    official = city.ask.findings()["findings"][0]["answers"][0]["official"]
    for sort in get_args(orders.Findings):
        whole = city.ask.findings(official=official, sort=sort)["findings"]
        assert paged(city.http, "findings", "findings", sort, official=official) == whole
        assert len(whole) > 1


@pytest.mark.parametrize(
    ("path", "rows", "sort"), [(p, r, s) for p, (r, all_) in WHOLE.items() for s in get_args(all_)]
)
def test_what_is_told_whole_is_sorted_and_what_has_no_value_comes_last(city, path, rows, sort):
    name, down = orders.split(sort)
    told = [each[name] for each in city.http.get(f"/v1/{path}?sort={sort}").json()[rows]]
    some = [each for each in told if each is not None]
    assert told == sorted(some, reverse=down) + [None] * (len(told) - len(some))


@pytest.mark.parametrize("path", [*LISTS, *WHOLE])
def test_an_order_that_is_none_is_named(city, path):
    answer = city.http.get(f"/v1/{path}?sort=mood")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert [each["path"] for each in answer.json()["errors"]] == ["sort"]


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_of_another_order_or_list_is_none_of_this(city, path):
    _, sorts = LISTS[path]
    first, other = get_args(sorts)[:2]
    made = city.http.get(f"/v1/{path}?limit=1&sort={first}").json()["next"] or cursor_of(first, ("a", 1, "b"))
    for cursor in (made, cursor_of(other, ("\0",)), cursor_of(other, (2**63, "a")), "%C3%A9", "W10", "eyJhIjoxfQ"):
        answer = city.http.get(f"/v1/{path}?cursor={cursor}&sort={other}")
        assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "cursor")


LONG_AGO = "unit={}&from=2000-01-01&to=2000-02-01"
EMPTY = {
    "petitions?q=nobody-wrote-this": "petitions", "findings?official=official:nobody": "findings",
    "due?handler=official:nobody": "due", "due?handler=official:nobody&sort=percent": "due",
    "due?handler=official:nobody&sort=-owed_by": "due", f"ledgers/unit?{LONG_AGO}": "entries",
    f"duties?{LONG_AGO}": "units", f"kpis/timely_acceptance_unit/items?{LONG_AGO}": "items",
}  # fmt: skip


@pytest.mark.parametrize("path", EMPTY)
def test_what_is_no_cursor_is_none_of_an_empty_list_either(city, path):
    asked = f"/v1/{path.format(city.ask.units()['units'][0]['unit'])}"
    whole = city.http.get(asked)
    assert (whole.status_code, whole.json()[EMPTY[path]]) == (200, [])
    answer = city.http.get(f"{asked}&cursor=rubbish")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert [each["path"] for each in answer.json()["errors"]] == ["cursor"]


@pytest.mark.parametrize(("name", "value"), [("axis", "C"), ("state", "open"), ("rule", "F4"), ("rule", "K01")])
def test_a_filter_of_findings_that_is_none_is_refused_by_name_on_the_page_as_in_v1(city, name, value):
    for path in ("/findings", "/v1/findings"):
        refused = city.http.get(f"{path}?{name}={value}", headers={"accept": "application/json"})
        assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, name)
    assert city.http.get(f"/findings?{name}=").status_code == 200
