"""What was refused is sent again: as it was, once the reason is gone, or mended."""

import json

import pytest

from infra.log.open import open_log
from infra.vault.vault import open_vault
from tests.infra.kafka_reading import records
from tests.system.command import action, city, registered

WORKED = action("W-1", "petition.worked", "petition:P-1", "2020-04-11T09:00:00+08:00", {"what": "现场查看"})
SECRET = {"personal": {"name": "李大山", "phone": "13900000000"}}


def told(recorded=0, duplicate=0, rejected=0):
    return {"recorded": recorded, "duplicate": duplicate, "rejected": rejected, "erased": []}


def test_what_came_too_early_is_taken_when_it_is_sent_again(danze):
    danze.emit(*city(), WORKED)
    danze.emit(registered(1))
    said = danze("resubmit", "--json").json
    assert said == {**told(recorded=1), "still_rejected": []}
    assert danze("resubmit", "--json").json == {**told(), "still_rejected": []}
    assert danze.events() == 5


def test_personal_fields_are_sealed_in_the_store_and_sent_again_as_they_were(danze):
    danze.emit(*city(), registered(2))
    danze.emit({**registered(2, **SECRET), "id": "again"})
    said = danze("resubmit", "--json")
    assert said.code == 1
    (still,) = said.json["still_rejected"]
    assert (still["number"], still["rejection"]["code"]) == (1, "already-exists")
    assert "李大山" not in said.out
    assert danze("resubmit", "--code", "malformed", "--json").json["rejected"] == 0


def test_filters_choose_by_code_time_and_number(danze):
    danze.emit(b"hello", registered(1, colour="red"), {**registered(2), "subject": "unit:x"})
    chosen = [
        danze("resubmit", "--json", *options).json["rejected"]
        for options in (
            (),
            ("--code", "malformed"),
            ("--code", "malformed", "--code", "bad-value"),
            ("--numbers", "2-3"),
            ("--numbers", "1,3,7"),
            ("--since", "2019-01-01T00:00:00+08:00"),
            ("--since", "2999-01-01"),
        )
    ]
    assert chosen == [3, 1, 2, 2, 2, 3, 0]


def test_a_mended_file_is_taken_with_the_reasons_still_in_it(danze, tmp_path):
    refused, mended = tmp_path / "refused.jsonl", tmp_path / "mended.jsonl"
    danze.emit(*city(), registered(1, colour="red", **SECRET), options=("--rejected", str(refused)))
    line = json.loads(refused.read_text())
    del line["data"]["colour"]
    assert line["rejection"]["code"] == "unknown-field"
    mended.write_text(json.dumps(line) + "\n")
    assert danze("resubmit", mended, "--json").json == {**told(recorded=1), "still_rejected": []}


def test_what_its_owner_had_erased_is_not_sent_again(danze):
    forgotten = action(
        "F-1", "petitioner.forgotten", "petitioner:0001", "2020-05-01T09:00:00+08:00", {"reason": "本人申请"}
    )
    danze.emit(*city(), registered(1, colour="red", **SECRET), registered(2, petitioners=["person:0001"]))
    danze.emit(forgotten)
    said = danze("resubmit", "--json")
    assert (said.code, said.json) == (1, {**told(), "erased": [1], "still_rejected": []})


def test_sealed_fields_of_something_else_are_told_as_malformed_and_the_others_are_taken(danze, store, tmp_path):
    """What an export of the log holds was a traceback, and nothing after it was sent."""
    danze.emit(*city(), registered(1, **SECRET))
    log = open_log(str(store), create=False)
    recorded = json.loads(log.stream("petition:P-1")[0].body)["data"]["personal"]
    log.close()
    lost = {"key": "person:nobody", "sealed": recorded["sealed"]}
    numbers = {"key": 1, "sealed": 2}
    wrong = [registered(5, personal=recorded), {"sealed": {"a": 1}}, registered(6, personal=lost), {"sealed": lost}]
    lines = [*wrong, {"sealed": {**lost, "key": "person:\0"}}, registered(7, personal=numbers), registered(8, **SECRET)]
    (tmp_path / "mended.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    said = danze("resubmit", tmp_path / "mended.jsonl", "--json")
    assert (said.code, said.json["recorded"], said.json["rejected"]) == (1, 1, 6)
    still = {each["number"]: each["rejection"] for each in said.json["still_rejected"]}
    assert {number: (each["code"], each["path"]) for number, each in still.items()} == {
        1: ("malformed", "$.data.personal"), 2: ("malformed", "$.sealed"), 3: ("malformed", "$.data.personal"),
        4: ("malformed", "$.sealed"), 5: ("malformed", "$.sealed"), 6: ("malformed", "$.data.personal"),
    }  # fmt: skip
    assert "not what is kept of a refused action" in still[1]["message"]
    assert "the personal fields of person:nobody cannot be opened" in still[3]["message"]


def test_many_are_sent_again_in_parts_and_what_is_refused_anew_is_not_sent_twice(danze):
    danze.emit(*(registered(n, **SECRET) for n in range(2_500)))
    danze.emit(*city()[:2])
    said = danze("resubmit", "--json").json
    assert (said["recorded"], said["rejected"]) == (2_500, 0)


def test_options_that_make_no_sense_are_named(danze, tmp_path):
    danze.emit(*city())
    danze("resubmit", "--numbers", "3-").refused("--numbers '3-' is no list of numbers")
    danze("resubmit", "--since", "yesterday").refused("--since: 'yesterday'")
    danze("resubmit", tmp_path / "x", "--code", "malformed").refused("a file is sent whole")
    danze("resubmit", "--kafka", "x:y").refused("--kafka 'x:y' is no HOST:PORT")


@pytest.mark.kafka
def test_with_kafka_they_go_to_the_topic_of_actions_sealed_to_the_intake(danze, store, kafka_url, topics):
    twice = {**registered(2, **SECRET), "id": "again"}
    danze.emit(*city(), registered(2), WORKED, twice, registered(3, colour="red"))
    said = danze("resubmit", "--kafka", kafka_url, "--topics", topics.prefix, "--json")
    assert (said.code, said.json["sent"]) == (1, 2)
    (still,) = said.json["still_rejected"]
    assert still["rejection"]["code"] == "unknown-field"
    sent = {r.key.decode(): r.value for batch in records(kafka_url, topics.actions).values() for r in batch}
    assert json.loads(sent["petition:P-1"]) == WORKED
    assert "李大山" not in sent["petition:P-2"].decode()
    vault = open_vault(str(store), create=False)
    assert json.loads(vault.intake_key.opened(sent["petition:P-2"])) == twice
    vault.close()
