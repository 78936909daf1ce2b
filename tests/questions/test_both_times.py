"""Every verb and route that asks takes both times, and answers say both. A new one that does not fails here."""

import pytest
import typer

from cli.verbs import app
from tests.samples import *

NO_QUESTIONS = {
    "run", "api", "emit", "import", "export", "keys", "ruleset", "calendar", "simulate", "tick", "replay", "verify",
    "conform", "doctor", "seal", "witness", "prove", "relay", "topics", "intake", "project", "clock", "resubmit",
    "docs", "audit", "backup", "restore", "token", "access", "webhook",
}  # fmt: skip
"""They do, prove or hand on something; what each is about is the log as it stands."""
NO_TIMES = {
    "/v1/health", "/v1/log/checkpoint", "/v1/log/checkpoints", "/v1/log/proof/{position}", "/v1/stream", "/v1/webhooks",
    "/v1/webhooks/{id}/deliveries", "/v1/public/petitions/{no}", "/v1/diff",
}  # fmt: skip
"""They are about the store, its seals and what is told as it happens; a difference names its two times itself."""
HEAD = {"as_of", "at", "position", "behind"}
NO_HEAD = NO_TIMES - {"/v1/log/checkpoints", "/v1/diff"}
NAMED = {
    "no": "1", "code": HOUSING, "unit": HOUSING, "official": head(HOUSING), "subject": "petition:1", "by": "place",
    "kind": "dispute", "period": "2020H1", "from": "2020-05-01", "to": "2020-06-30", "before": "2020-05-01",
    "after": "2020-08-01", "rate": "repeat_rate",
}  # fmt: skip
"""What a question that cannot do without a name is asked about."""
SQUARE = ("--as-of", "2020-06-29", "--at", "2020-06-15")


def test_every_verb_that_asks_takes_both_times():
    verbs = typer.main.get_command(app).commands
    taking = {name for name, verb in verbs.items() if {"as_of", "at"} <= {each.name for each in verb.params}}
    assert taking == verbs.keys() - NO_QUESTIONS


def test_every_verb_that_ends_by_itself_answers_in_json_where_it_is_asked_to():
    without = {" ".join(path) for path, verb in walked(typer.main.get_command(app)) if not json_of(verb)}
    assert without == {"run", "api", "witness", "relay", "intake", "project", "clock"}


def walked(verb, path=()):
    """Verbs, and those within them."""
    inner = getattr(verb, "commands", {})
    if not inner:
        yield path, verb
    for name, each in inner.items():
        yield from walked(each, (*path, name))


def json_of(verb) -> bool:
    return any("--json" in each.opts for each in verb.params)


def test_every_route_that_asks_takes_both_times(city):
    paths = city.http.get("/openapi.json").json()["paths"]
    asking = {path: methods["get"] for path, methods in paths.items() if "get" in methods and path not in NO_TIMES}
    without = [
        path for path, told in asking.items()
        if not {"as_of", "at", "min_position"} <= {each["name"] for each in told.get("parameters", ())}
    ]  # fmt: skip
    assert without == []


def test_every_answer_says_by_when_it_was_known_up_to_where_and_how_far_behind_it_is(city):
    named = {**NAMED, "finding": city.ask.findings()["findings"][0]["id"]}
    paths = city.http.get("/openapi.json").json()["paths"]
    asking = {path: methods["get"] for path, methods in paths.items() if "get" in methods and path not in NO_HEAD}
    for path, told in asking.items():
        needed = [each for each in told.get("parameters", ()) if each.get("required")]
        asked = {each["name"]: named[each["name"]] for each in needed if each["in"] == "query"}
        answer = city.http.get(path.format(**named), params=asked)
        assert answer.status_code == 200, (path, answer.json())
        assert answer.json().keys() >= HEAD, path


def test_every_answer_is_described_with_its_head(city):
    document = city.http.get("/openapi.json").json()
    shapes = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        if "get" in methods and path not in NO_HEAD:
            shape = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
            assert {*shapes[shape.rpartition("/")[2]]["required"]} >= HEAD, path


def test_the_log_and_a_difference_speak_of_the_time_that_they_were_asked_about(city):
    log, overview = (city.http.get(f"/v1/{path}as_of=2020-06-29").json() for path in ("log?limit=1000&", "overview?"))
    assert {name: log[name] for name in HEAD} == {name: overview[name] for name in HEAD}
    assert log["events"][-1]["position"] == log["next"] == log["position"]
    told = city.http.get("/v1/diff?before=2020-05-01&after=2020-06-29").json()
    assert {name: told[name] for name in HEAD} == told["to"] == {name: log[name] for name in HEAD}


@pytest.mark.parametrize("verb", [("findings",), ("search",), ("due",), ("three-none",), ("ledger", "dispute")])
def test_the_command_line_and_http_say_which_times_they_speak_of(city, verb):
    told = city.danze(*verb, *SQUARE, "--json").json
    assert told["at"] == "2020-06-15T23:59:59.999999+08:00"
    assert told["as_of"] <= "2020-06-29T23:59:59.999999+08:00"
    path = {"search": "petitions", "three-none": "boards/three-none", "ledger": "ledgers/dispute"}.get(verb[0], verb[0])
    over_http = city.http.get(f"/v1/{path}?as_of=2020-06-29&at=2020-06-15").json()
    assert (over_http["as_of"], over_http["at"]) == (told["as_of"], told["at"])


@pytest.mark.parametrize(
    ("as_of", "at", "why"),
    [
        ("2020-06-01", "2020-06-02", "nobody knew then what would be"),
        ("2020-06-01", "soon", "neither"),
        ("2020-06-01", "2020-05-01T12:00:00", "offset"),
    ],
)
def test_times_that_contradict_each_other_or_are_none_are_told_in_a_sentence(city, as_of, at, why):
    city.danze("findings", "--as-of", as_of, "--at", at).refused("--at", why)
    answer = city.http.get(f"/v1/findings?as_of={as_of}&at={at}")
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "at")
    assert why in answer.json()["detail"]


def test_the_log_of_a_time_leaves_out_what_had_not_happened(city):
    events = city.http.get("/v1/log?limit=1000&at=2020-05-01").json()["events"]
    assert events
    assert all(each["time"] < "2020-05-02" for each in events)


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59-12:00", "9999-12-31", "0001-01-01", "0001-01-01T00:00:00+14:00"])
@pytest.mark.parametrize("verb", [("findings",), ("due",), ("counters",), ("ledger", "dispute")])
def test_the_command_line_answers_at_both_ends_of_time(city, verb, end):
    for option in ("--as-of", "--at"):
        told = city.danze(*verb, option, end, "--json").json
        assert told["position"] >= 0, (option, told)
