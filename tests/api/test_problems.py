import sqlite3

import pytest

from domain.reader import NotYours
from infra import postgres, sqlite
from infra.log.port import HELD

HTML = {"accept": "text/html"}


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/nothing", 404), ("DELETE", "/v1/health", 405), ("GET", "/x", 404)]
)
def test_routing_errors_are_problem_documents(client, method, path, status):
    answer = client.request(method, path)
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["instance"]) == (status, status, path)
    assert body["type"].startswith("urn:danze:problem:")
    assert {"title", "detail", "code"} <= body.keys()


def test_a_wrong_method_is_told_the_right_ones(client):
    assert "GET" in client.post("/v1/health").headers["allow"]


def test_a_fault_of_ours_says_its_number_and_nothing_else(client, questions, caplog):
    questions.broken = RuntimeError("password in /etc/secret")
    answer = client.get("/v1/overview")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.json()["detail"].rpartition(" ")[2] in caplog.text


def test_what_the_disk_refuses_us_is_our_fault_and_tells_no_path(client, questions, caplog):
    """It was 403 with a path of the server, and nobody heard of it."""
    questions.broken = PermissionError(13, "Permission denied", "/var/lib/danze.db.seals/checkpoint")
    answer = client.get("/v1/overview")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "seals" not in answer.text
    assert "/var/lib/danze.db.seals/checkpoint" in caplog.text


def test_what_is_not_for_who_asks_is_said_in_its_words(client, questions):
    questions.broken = NotYours("unit:x is outside your jurisdiction")
    answer = client.get("/v1/overview")
    told = (answer.status_code, answer.json()["code"], answer.json()["detail"])
    assert told == (403, "not-allowed", "unit:x is outside your jurisdiction")


def test_a_store_that_does_not_answer_is_unavailable(client, questions):
    questions.broken = TimeoutError("locked")
    answer = client.get("/v1/petitions")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


@pytest.mark.parametrize("trouble_of", [sqlite.trouble, postgres.trouble])
def test_what_another_process_holds_is_for_later_and_what_nobody_foresaw_is_ours(client, questions, trouble_of):
    questions.broken = trouble_of(f"danze.db {HELD} for 30 s", sqlite3.OperationalError("database is locked"))
    answer = client.get("/v1/petitions")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "unavailable", "60")
    questions.broken = trouble_of("danze.db.views: no such column", sqlite3.OperationalError("no such column: x"))
    assert (client.get("/v1/petitions").status_code, client.get("/v1/petitions").json()["code"]) == (500, "internal")


def test_a_value_error_without_a_cursor_is_ours(client, questions):
    questions.broken = ValueError("a bug")
    assert client.get("/v1/petitions").status_code == 500
    assert client.get("/v1/petitions?cursor=3").status_code == 400


@pytest.mark.parametrize("path", ["/v1/health", "/", "/v1/nothing", "/nothing", "/static/danze.css", "/openapi.json"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_a_parameter_given_twice_is_refused(client):
    told = client.get("/v1/overview?min_position=5&min_position=0")
    assert (told.status_code, told.json()["errors"][0]["path"]) == (400, "min_position")
    assert client.get("/v1/overview?min_position=0").status_code == 200


def test_answers_are_kept_by_no_cache_but_the_clients_own_and_pages_by_none(client):
    assert client.get("/v1/overview").headers["cache-control"] == "private, no-cache"
    assert client.get("/").headers["cache-control"] == "no-store"


def test_a_person_gets_a_page_and_a_program_a_document(client):
    assert "text/html" in client.get("/petitions/none", headers=HTML).headers["content-type"]
    assert "problem+json" in client.get("/v1/petitions/none", headers=HTML).headers["content-type"]
    assert "problem+json" in client.get("/petitions/none").headers["content-type"]


def test_an_error_page_speaks_the_language_asked_for(client):
    assert "无法显示此页" in client.get("/petitions/none", headers=HTML).text
    assert "cannot be shown" in client.get("/petitions/none?lang=en", headers=HTML).text
    assert client.get("/?as_of=foo&lang=en", headers=HTML).status_code == 400


def test_markup_in_an_address_stays_text(client):
    answer = client.get("/petitions/%3Cscript%3Ealert(1)%3C%2Fscript%3E", headers=HTML)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text
