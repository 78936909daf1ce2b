import pytest


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json()


def operations(document):
    return [(path, method, o) for path, methods in document["paths"].items() for method, o in methods.items()]


def test_it_is_openapi_31_and_lists_every_route_of_v1(document):
    assert document["openapi"].startswith("3.1")
    assert {path for path, _, _ in operations(document)} == {
        "/v1/boards/three-none", "/v1/evaluations/{period}",
        "/v1/actions", "/v1/counters", "/v1/due", "/v1/due/coming", "/v1/officials", "/v1/rules", "/v1/diff",
        "/v1/duties", "/v1/log/checkpoints",
        "/v1/subjects/{subject}/timeline", "/v1/findings", "/v1/findings/{finding}",
        "/v1/findings/{finding}/explain", "/v1/health", "/v1/kpis",
        "/v1/kpis/{rate}/items", "/v1/ledgers", "/v1/ledgers/{kind}", "/v1/log",
        "/v1/log/checkpoint", "/v1/log/proof/{position}",
        "/v1/matters/{no}", "/v1/officials/{official}/record", "/v1/overview", "/v1/petitions", "/v1/petitions/{no}",
        "/v1/petitions/{no}/candidates", "/v1/petitions/{no}/dossier", "/v1/petitions/{no}/personal",
        "/v1/petitions/{no}/timeline",
        "/v1/petitions/{no}/query-code", "/v1/public/petitions/{no}", "/v1/public/petitions/{no}/ratings",
        "/v1/rulesets/preview", "/v1/stream", "/v1/units", "/v1/units/{code}/scoreboard",
        "/v1/webhooks", "/v1/webhooks/{id}", "/v1/webhooks/{id}/deliveries", "/v1/webhooks/{id}/resume",
    }  # fmt: skip


def test_every_answer_has_a_shape_and_an_example_and_problems_theirs(document):
    for path, _, operation in operations(document):
        done = {"takeActions": "207", "subscribe": "201"}.get(operation["operationId"], "200")
        good = operation["responses"][done]["content"]
        good = good["text/event-stream" if path == "/v1/stream" else "application/json"]
        assert good["schema"], path
        assert good["examples"], path
        assert "application/problem+json" in operation["responses"]["400"]["content"], path
        assert operation.get("description") or operation.get("summary"), path


NO_TIMES = (
    "/v1/health", "/v1/stream", "/v1/log/checkpoint", "/v1/log/checkpoints", "/v1/log/proof/{position}", "/v1/webhooks",
    "/v1/webhooks/{id}/deliveries", "/v1/public/petitions/{no}",
)  # fmt: skip


def test_every_operation_says_what_it_is_for_in_our_words(document):
    said = {f"{method} {path}": o.get("description", "") for path, method, o in operations(document)}
    assert [route for route, words in said.items() if not words or "callable" in words] == []


def test_every_question_has_as_of_and_min_position(document):
    for path, method, operation in operations(document):
        if method == "get" and path not in (*NO_TIMES, "/v1/diff"):
            assert {"as_of", "min_position"} <= {p["name"] for p in operation["parameters"]}, path


def test_actions_are_taken_in_four_media_types(document):
    body = document["paths"]["/v1/actions"]["post"]["requestBody"]["content"]
    assert body.keys() == {
        "application/json", "application/x-ndjson", "application/cloudevents+json",
        "application/cloudevents-batch+json",
    }  # fmt: skip


def test_the_examples_fit_the_small_city_that_answers(client, document):
    for path, method, operation in operations(document):
        needed = any(parameter.get("required") for parameter in operation.get("parameters", ()))
        if needed or method == "post" or path in ("/v1/stream", "/v1/webhooks"):
            continue
        content = operation["responses"]["200"]["content"]["application/json"]
        example = next(iter(content["examples"].values()))["value"]
        assert example.keys() <= client.get(path).json().keys() | {"position", "as_of", "behind"}, path
