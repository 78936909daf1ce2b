import json

import pytest

from api.routes.previews import RULESET, RULESET_TOML

PATH, TOML = "/v1/rulesets/preview", {"content-type": "application/toml"}


def test_a_rule_set_is_previewed_in_toml_and_as_an_object(client):
    one = client.post(PATH, content=RULESET_TOML, headers=TOML)
    two = client.post(PATH, json=RULESET)
    assert (one.status_code, one.json()) == (200, two.json())
    assert one.json()["deadlines"][0]["to"] == "2020-07-30"


def test_the_day_can_be_another(client):
    assert client.post(f"{PATH}?from=2032-01-01", json=RULESET).json()["adopted_from"] == "2032-01-01"
    answer = client.post(f"{PATH}?from=soon", json=RULESET)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "from")


def test_mistakes_are_told_each_at_its_place(client):
    answer = client.post(PATH, content=RULESET_TOML.replace("days", "dayz"), headers=TOML)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-value")
    assert answer.json()["errors"] == [{"path": "parameters.supervise_dayz", "message": "no step asks for it"}]


@pytest.mark.parametrize("body", [b"\xff", b"[1]", b"{", b"[" * 100_000])
def test_what_is_no_object_is_a_problem(client, body):
    answer = client.post(PATH, content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_other_media_types_and_long_bodies_are_refused(client):
    assert client.post(PATH, content="a,b", headers={"content-type": "text/csv"}).status_code == 415
    assert client.post(PATH, content=json.dumps({"a": "x" * (1 << 20)}), headers=TOML).status_code == 413
