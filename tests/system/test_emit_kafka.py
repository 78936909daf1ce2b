"""`danze emit --kafka`: checked here, sealed, sent with key = subject; refused ones stay here with the reason."""

from __future__ import annotations

import json

import pytest

from consumers.cloudevents import received
from infra.vault.sealed_box import IntakeKey
from tests.clients.topic import records
from tests.domain.test_codec import GOOD
from tests.servers import free_port
from tests.system.command import Danze

INTAKE = IntakeKey(b"\1" * 32)
PERSONAL = {**GOOD, "id": "2", "subject": "petition:2", "data": {**GOOD["data"], "personal": {"name": "周小华"}}}
WRONG = {**GOOD, "id": "3", "type": "petition.vanished.v1"}
CLEAR = "personal fields are not sent in clear: give --intake-key what `danze keys` prints where the intake runs"


def lines(*actions) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in actions)


@pytest.fixture
def danze(tmp_path) -> Danze:
    return Danze(tmp_path / "danze.db")


@pytest.mark.kafka
def test_good_ones_are_sent_and_wrong_ones_stay_with_the_reason(danze, kafka_url, topics, tmp_path):
    out = tmp_path / "rejected.jsonl"
    to = ("--kafka", kafka_url, "--topics", topics.prefix, "--intake-key", INTAKE.public)
    said = danze("emit", "-", *to, "--rejected", out, "--json", sent=lines(GOOD, WRONG, PERSONAL) + b"{\n")
    assert (said.code, said.json) == (1, {"sent": 2, "rejected": 2})
    first, second = sorted(records(kafka_url, topics.actions), key=lambda each: each["id"])
    assert (first, first.key) == (GOOD, b"petition:1")
    assert "周小华" not in json.dumps(second, ensure_ascii=False)
    line = received(second.key, json.dumps(second).encode(), second.headers)
    assert isinstance(line, bytes)
    opened = INTAKE.opened(line)
    assert isinstance(opened, bytes)
    assert json.loads(opened) == PERSONAL
    unknown = {"code": "unknown-type", "message": "there is no type 'petition.vanished.v1'", "path": "$.type"}
    kept = [json.loads(each) for each in out.read_text(encoding="utf-8").splitlines()]
    assert kept[0] == {**WRONG, "rejection": unknown}
    assert (kept[1]["line"], kept[1]["rejection"]["code"]) == ("{", "malformed")
    assert not (tmp_path / "danze.db").exists(), "a producer has no store"


@pytest.mark.kafka
def test_personal_fields_without_a_key_stay_here(danze, kafka_url, topics, tmp_path):
    out = tmp_path / "rejected.jsonl"
    to = ("--kafka", kafka_url, "--topics", topics.prefix)
    said = danze("emit", "-", *to, "--rejected", out, "--json", sent=lines(PERSONAL))
    assert (said.code, said.json) == (1, {"sent": 0, "rejected": 1})
    refused = {"code": "bad-value", "message": CLEAR, "path": "$.data.personal"}
    assert json.loads(out.read_text(encoding="utf-8")) == {**PERSONAL, "rejection": refused}
    assert records(kafka_url, topics.actions) == []


@pytest.mark.kafka
def test_a_thousand_and_more_go_in_the_order_of_the_file(danze, kafka_url, topics):
    worked = {**GOOD, "type": "petition.worked.v1"}
    many = [{**worked, "id": str(n), "subject": f"petition:{n % 7}", "data": {"what": str(n)}} for n in range(2_500)]
    said = danze("emit", "-", "--kafka", kafka_url, "--topics", topics.prefix, "--json", sent=lines(*many))
    assert (said.code, said.json) == (0, {"sent": 2_500, "rejected": 0})
    found = records(kafka_url, topics.actions)
    for subject in range(7):
        ids = [int(each["id"]) for each in found if each["subject"] == f"petition:{subject}"]
        assert ids == [*range(subject, 2_500, 7)]


def test_no_broker_is_one_sentence(danze):
    nowhere = f"127.0.0.1:{free_port()}"
    said = danze("emit", "-", "--kafka", nowhere, sent=lines(GOOD))
    said.refused("no Kafka broker to be reached", nowhere, "sent so far: 0", "Send the same again")


@pytest.mark.kafka
def test_a_missing_topic_is_one_sentence(danze, kafka_url):
    to = ("--kafka", kafka_url, "--topics", "t-nobody-made.")
    danze("emit", "-", *to, sent=lines(GOOD)).refused(
        "there is no topic t-nobody-made.petition.actions", "danze topics"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--kafka", "nonsense:port"), "is no HOST:PORT"),
        (("--kafka", "127.0.0.1:9", "--intake-key", "secret"), "--intake-key: 'secret' is no public key of an intake"),
        (("--kafka", "127.0.0.1:9", "--history"), "--history takes a past into a store"),
    ],
)
def test_wrong_options_are_one_sentence(danze, options, words):
    danze("emit", "-", *options, sent=lines(GOOD)).refused(words)


@pytest.mark.kafka
def test_what_a_store_had_refused_is_sealed_when_it_is_sent_again(danze, kafka_url, topics):
    """Its unit is not on record: refused, kept under the petitioner's key, and sealed to the intake on its way."""
    assert danze("emit", "-", "--json", sent=lines(PERSONAL)).json["rejected"] == 1
    said = danze("resubmit", "--kafka", kafka_url, "--topics", topics.prefix, "--json")
    assert said.json["sent"] == 1
    (found,) = records(kafka_url, topics.actions)
    assert found["data"]["personal"]["key"] == danze("keys", "--json").json["intake"]["name"]
    assert "周小华" not in json.dumps(found, ensure_ascii=False)
