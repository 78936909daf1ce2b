import json
import tracemalloc

import pytest

from api.problems import Problem
from api.routes.actions import MAX_BODY, MOST, split
from api.routes.actions_told import ACTION

ONE = json.dumps(ACTION, ensure_ascii=False, indent=1).encode()
OTHER = json.dumps({**ACTION, "id": "another"}).encode()


def send(client, body, kind="application/json", **headers):
    return client.post("/v1/actions", content=body, headers={"content-type": kind, **headers})


def test_one_action_is_recorded_and_then_known(client):
    first, second = send(client, ONE), send(client, ONE)
    assert first.status_code == second.status_code == 207
    assert first.json() == {
        "results": [{"outcome": "recorded", "position": 100}],
        "recorded": 1,
        "duplicate": 0,
        "rejected": 0,
    }
    assert second.json()["results"] == [{"outcome": "duplicate", "position": 100}]


@pytest.mark.parametrize("kind", ["application/json", "application/cloudevents-batch+json; charset=utf-8"])
def test_an_array_is_answered_action_by_action_in_order(client, kind):
    answer = send(client, b"[" + ONE + b"," + OTHER + b",{}]", kind).json()
    assert [r["outcome"] for r in answer["results"]] == ["recorded", "recorded", "rejected"]
    assert answer["rejected"] == 1


def test_lines_are_actions_and_a_broken_one_spoils_no_other(client):
    lines = ONE.replace(b"\n", b"") + b"\r\n\n{broken\n" + OTHER
    answer = send(client, lines, "application/x-ndjson").json()
    assert [r["outcome"] for r in answer["results"]] == ["recorded", "rejected", "recorded"]
    assert answer["results"][1]["rejection"]["code"] == "malformed"


def test_the_intake_gets_the_bytes_as_they_were_sent(client, intake):
    seen = []
    intake.take = lambda lines: seen.extend(lines) or [{"outcome": "recorded", "position": 1}] * len(lines)
    exact = b'{"b":1.50,  "a":"\\u62c5"}'
    send(client, b"[ " + exact + b" ]")
    send(client, exact, "application/cloudevents+json")
    assert [line.strip() for line in seen] == [exact, exact]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"", "application/json"),
        (b"3", "application/json"),
        (b"\xff\xfe{}", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":' * 100_000, "application/json"),
        (b" \n ", "application/x-ndjson"),
        (ONE, "application/cloudevents-batch+json"),
        (b"[]", "application/cloudevents+json"),
    ],
)
def test_what_is_no_action_is_a_malformed_problem(client, body, kind):
    answer = send(client, body, kind)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "malformed"


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded"])
def test_other_media_types_are_told_what_is_taken(client, kind):
    answer = send(client, ONE, kind)
    assert answer.status_code == 415
    assert "application/x-ndjson" in answer.headers["accept"]


def test_a_packed_body_is_refused(client):
    assert send(client, ONE, **{"content-encoding": "gzip"}).status_code == 415


def test_a_body_beyond_the_limit_is_too_large(client):
    answer = send(client, b" " * (MAX_BODY + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too-large"


def test_many_actions_are_taken_by_the_thousand_and_answered_in_order(client, intake):
    take, taken = intake.take, []
    intake.take = lambda lines: taken.append(len(lines)) or take(lines)
    lines = [b"{broken" if n == 1_500 else OTHER.replace(b'"another"', b'"%d"' % n) for n in range(2_001)]
    results = send(client, b"\n".join(lines), "application/x-ndjson").json()["results"]
    assert taken == [1_000, 1_000, 1]
    assert [each.get("position") for each in results] == [*range(100, 1_600), None, *range(1_600, 2_100)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"1\n" * (MOST + 1), "application/x-ndjson"), (b"[" + b"1," * MOST + b"1]", "application/json")],
)
def test_of_a_request_with_too_many_actions_none_is_taken(client, intake, body, kind):
    intake.take = None
    answer = send(client, body, kind)
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.json()["detail"].startswith("the body holds more than 10,000 actions, and none was taken")


def test_an_array_of_millions_is_refused_before_it_fills_the_memory():
    tracemalloc.start()
    with pytest.raises(Problem, match="more than 10,000 actions"):
        split("application/json", b" [" + b"1, " * 5_000_000 + b"1]")
    assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize(
    "body",
    [
        b'["\\q", ' + b"1," * 600_000 + b"1]",
        b"[1, " + b"[" * 600_000 + b"1," * 600_000,
        b'["\xff' + b"," * 600_000 + b'"]',
        b'[{"numbers": [' + b"1," * 600_000 + b"1]",
    ],
)
def test_an_array_with_many_commas_that_is_not_json_is_malformed(body):
    with pytest.raises(Problem, match="the body is not JSON") as refused:
        split("application/json", body)
    assert (refused.value.status, refused.value.code) == (400, "malformed")


def test_an_array_with_many_commas_and_few_actions_is_split():
    first, second = b'{"numbers": [' + b"1," * 600_000 + b"1]}", b'{"text": "' + b"," * 600_000 + b'"}'
    assert split("application/json", b"[" + first + b" ,\n" + second + b"]") == [first, second]


def test_actions_are_metered(fresh_client):
    send(fresh_client, b"[" + ONE + b"," + ONE + b"]")
    metrics = fresh_client.get("/metrics").text
    assert 'danze_actions_total{outcome="recorded"} 1.0' in metrics
    assert 'danze_actions_total{outcome="duplicate"} 1.0' in metrics
